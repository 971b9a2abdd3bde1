// cli/run.h: everything one `leat run` holds, and the steps of it. One object, made by run_batch,
// which the callbacks of the batch get as their user pointer.
// The order that loses nothing: before the engine gets an item to send, what has finished is
// written (pull flushes the journal first); and once more after each step.
// Invariant: every item read ends as one record, or is counted as unfinished.
#pragma once

#include <leat/leat.h>

#include "cli/cache.h"
#include "cli/check_command.h"
#include "cli/defaults.h"
#include "cli/event_log.h"
#include "cli/histories.h"
#include "cli/ids.h"
#include "cli/item.h"
#include "cli/journal.h"
#include "cli/mapped_block.h"
#include "cli/metrics_file.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/reader.h"
#include "cli/record.h"
#include "cli/service.h"
#include "cli/shared_context.h"
#include "cli/tally.h"
#include "cli/terminal.h"
#include "cli/tool_runner.h"

namespace cli {

enum Exit { exit_good = 0, exit_failed = 1, exit_usage = 2, exit_stopped = 3, exit_signal = 130 };

class Run {
public:
    explicit Run(const Settings& settings);
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;
    ~Run();

    int run();

private:
    // run_open.cc and run_client.cc: each false after it has said why.
    bool open_input();
    bool open_output();
    bool explain_output(Journal::Opened opened);
    bool open_ids();
    bool resume();
    bool write_first_line();
    bool map_block(leat_config* config);
    bool add_services();
    bool open_client();
    bool open_observers();
    bool open_batch();

    // run_items.cc: what the engine calls.
    static leat_status pull(void* user, leat_request* request);
    static leat_keep take_result(void* user, const leat_result* result);
    static void take_progress(void* user, const leat_progress* progress);
    static void take_attempt(void* user, leat_attempt* attempt);
    static leat_status check_answer(void* user, const leat_result* result, leat_str* message);
    static void take_log(void* user, leat_log_level level, leat_str line);
    leat_status pull_item(leat_request* request);
    bool accept(const Line& line, leat_request* request);
    void remember(leat_request* request);
    void refuse(const Line& line, leat_str id, leat_str metadata, const Fault& fault);
    bool name_refused(uint64_t line, leat_str* id);
    Ids::Answer meet(leat_str id);
    bool write_result(const leat_result& result);
    void say_failure(leat_str id, const char* word, leat_str message);

    // run_again.cc: records that are to be replaced, and the page.
    bool check_files() const;
    bool heal_output();
    bool find_failed();
    void replace_records();
    void say_two_records();
    bool write_page();

    // run_live.cc: text as it comes, and options that the provider has not got.
    static void take_token(void* user, const leat_token* token);
    bool shows_live() const;
    void show(const char* bytes, size_t size);
    void show_piece(const leat_token& token);
    bool end_live(const leat_result& result);
    void check_options();
    void say_ignored(uint32_t fields);

    // run_stop.cc: nobody is left who answers; the budget.
    static void take_budget(void* user, const leat_budget_state* state);
    bool is_anybody_left() const;
    bool was_turned_away(const leat_result& result) const;
    void stop_for(const leat_result& result);
    void look_for_stop();
    double cost_usd() const;
    leat_limiter limiter() const;

    // run.cc
    void loop();
    void note_limiter();
    void react_to_signals();
    int32_t wait_for_input();
    void draw();
    void stop(const char* reason);
    void finish();
    uint64_t unfinished() const;
    int exit_code() const;

    const Settings settings_;
    Format format_ = Format::jsonl;
    Terminal terminal_;
    Service service_{};
    LineReader reader_;
    Journal journal_;
    RecordWriter records_;
    Ids ids_;
    Ids again_;                 // of the records that are to be replaced
    Tally tally_;
    Progress progress_;
    ItemParser* parser_ = nullptr;
    leat_log_ops log_{};
    leat_client* client_ = nullptr;
    MappedBlock block_;
    Cache cache_;
    leat_batch* batch_ = nullptr;
    EventLog events_;
    MetricsFile metrics_;
    MetricsFile metrics_json_;
    Defaults defaults_;
    Histories histories_;
    Replies replies_;
    ToolRunner tools_;
    CheckCommand check_;
    SharedContext context_;

    int64_t started_unix_ms_ = 0;  // when the run began
    double started_wall_ms_ = 0;
    double looked_ms_ = 0;      // until when held_ knows
    leat_limiter held_by_ = LEAT_LIMITER_NONE;  // since then
    Held held_;

    uint64_t items_ = 0;        // lines that are not blank, so far
    uint64_t accepted_ = 0;     // handed to the engine
    uint64_t delivered_ = 0;    // came back from it
    uint64_t left_out_ = 0;     // without a record, and not to be done now
    bool waiting_ = false;      // the input is a pipe with nothing in it now
    bool all_read_ = false;     // pull has said that there is no more
    bool wake_ = false;         // pull stopped only to keep its step short
    const char* stopped_ = nullptr;
    char stop_text_[600] = "";  // where a reason is made up
    int signals_done_ = 0;
    bool hard_ = false;
    bool unwritten_ = false;    // a record could not be written
    bool live_ = false;         // an item's text is being shown
    uint32_t live_attempt_ = 0; // whose
    uint32_t ignored_said_ = 0; // LEAT_FIELD_*
    char id_[32];               // the name of a line that has none
};

int64_t unix_ms();
double wall_ms();  // of a clock that never goes back
uint64_t steady_ms();

}  // namespace cli
