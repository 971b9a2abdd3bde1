// cli/options.h: what the command line says, as one struct a command, and the table that describes
// it. The table is the only place that knows an option: it parses, gives defaults and prints help.
// Invariant: after parse_options, every field holds a value of its range or it said no.
#pragma once

#include <leat/leat.h>
#include <string.h>

namespace cli {

// NULL is an empty text.
inline leat_str view(const char* text) {
    return text == nullptr ? leat_str{nullptr, 0} : leat_str{text, strlen(text)};
}

constexpr uint32_t list_max = 32;
constexpr uint32_t counts_max = 16;

struct TextList {
    const char* items[list_max];
    uint32_t count;
};

struct CountList {
    uint64_t items[counts_max];
    uint32_t count;
};

struct NumberPair {
    double first;
    double second;
    bool is_set;
};

enum class Format : int32_t { automatic, jsonl, text, compact };
enum class OnError : int32_t { go_on, fail_fast, skip };
enum class Order : int32_t { completion, input };
enum class ProgressMode : int32_t { automatic, line, off };
enum class History : int32_t { independent, sequential, shared, named };
enum class CacheMode : int32_t { on, read, refresh };
enum class Dedupe : int32_t { automatic, on, off };
enum class Pacing : int32_t { exponential, linear, fixed_delay, batch_llm };

// Texts are borrowed from argv. Times are milliseconds, sizes bytes, whatever the option takes.
struct Settings {
    const char* input;
    const char* output;
    int32_t format;
    bool lines;
    uint64_t limit;
    bool resume;
    bool force;
    bool strict;
    bool no_id_check;
    uint64_t ids;

    const char* provider;
    const char* base_url;
    const char* model;
    const char* api_key_env;
    const char* ca_file;
    const char* proxy;
    TextList resolve;
    TextList headers;
    bool allow_http;
    bool mock;
    const char* mock_options;

    uint64_t max_in_flight;
    uint64_t rpm;
    uint64_t request_burst;
    uint64_t tpm;
    uint64_t input_tpm;
    uint64_t output_tpm;
    uint64_t rpd;
    uint64_t tpd;
    bool ignore_headers;
    uint64_t ramp_ms;
    leat_number latency_factor;
    uint64_t max_attempts;
    uint64_t backoff_ms;
    uint64_t retry_quota;
    uint64_t rate_limit_retries;
    int32_t pacing;
    uint64_t cooldown_ms;
    uint64_t max_wait_ms;
    uint64_t slow_start;
    uint64_t timeout_ms;
    uint64_t connect_timeout_ms;
    uint64_t deadline_ms;
    int32_t on_error;
    bool retry_failed;
    uint64_t hedge;  // percentile; 0: off
    int32_t order;

    TextList fallbacks;
    uint64_t fallback_on;  // LEAT_ON_*
    TextList balance;
    uint64_t abort_on;     // LEAT_ON_*
    TextList prices;
    leat_number budget_usd;
    const char* price_file;
    const char* zone;

    const char* system;
    leat_number temperature;
    uint64_t max_tokens;
    leat_number seed;
    leat_number top_p;
    leat_number top_k;
    const char* reasoning_effort;
    const char* thinking;
    bool stream;
    const char* schema;
    bool json;
    const char* choices;
    bool no_check;
    const char* tools;
    const char* tool_choice;
    uint64_t tool_rounds;
    uint64_t tool_timeout_ms;
    bool tools_together;
    bool tools_last_answer;
    bool plain_retry;
    const char* check;
    const char* retry_model;
    leat_number retry_temperature;
    bool dry_run;
    const char* cached_content;
    const char* context_cache;
    uint64_t context_ttl_ms;
    const char* context_tags;
    bool context_keep;

    int32_t history;
    bool no_history;
    const char* context;
    uint64_t conversations;
    uint64_t conversation_bytes;
    int32_t when_full;     // leat_history_full
    uint64_t history_tokens;
    const char* transcript;

    const char* cache;
    leat_number cache_ttl_h;
    int32_t cache_mode;
    uint64_t cache_bytes;
    int32_t dedupe;

    uint64_t item_bytes;
    uint64_t max_line_bytes;

    const char* report;
    bool only_failed;      // `retry-failed`: nothing but items whose record is a failure ...
    uint64_t only_status;  // ... of these families, LEAT_ON_*; 0: of any
    const char* metrics;
    const char* metrics_json;
    const char* events;

    int32_t progress;
    uint64_t progress_every;
    bool quiet;
    bool verbose;
    bool help;

    // Items go one after the other, each in its chain.
    bool has_chains() const {
        return static_cast<History>(history) == History::sequential || only_named();
    }
    // Items that name no conversation are no turns of one.
    bool only_named() const { return static_cast<History>(history) == History::named; }
    bool has_conversations() const { return has_chains() || (context != nullptr && !no_history); }
};

enum class Kind : uint8_t {
    flag,
    text,
    count,
    bytes,
    seconds,
    number,
    whole,
    choice,
    list,
    counts,  // whole numbers with commas between
    families,  // words of failures with commas between: a sum of LEAT_ON_*; least 1: not none
    pair     // two numbers with a slash between, in the argument's own words
};

struct Option {
    const char* name;     // without its dashes
    char letter;          // 0: none
    Kind kind;
    const char* argument; // as help shows it; a choice's words, separated by |
    const char* initial;  // parsed like an argument; nullptr: not set
    size_t offset;        // of the field in the command's settings
    uint64_t least;
    uint64_t most;
    const char* text;     // one line of help
    uint64_t automatic = 0;  // what the word auto stands for in a count; 0: it is no count
};

struct OptionGroup {
    const char* title;
    const Option* options;
    size_t count;
};

// All options of one command. Of two with the same name the first one counts, so that a command
// can take a group from another and say more of one of its options.
struct OptionTable {
    const char* command;  // as messages name it
    const OptionGroup* groups;
    size_t count;

    // The one option of that name, or of that letter (name nullptr); nullptr when there is none.
    const Option* find(const char* name, size_t size, char letter) const;
    bool hides(const Option& option) const;  // an earlier one has its name
};

template <size_t N>
constexpr OptionGroup option_group(const char* title, const Option (&options)[N]) {
    return OptionGroup{title, options, N};
}

const OptionTable& run_options();

// A command's own options, and all of run's: its settings begin with Settings.
struct RunOptionsToo {
    RunOptionsToo(const char* command, const OptionGroup& own);
    static constexpr size_t groups_max = 16;
    OptionGroup groups[groups_max];
    OptionTable table;
};
OptionGroup pace_option_group();  // fields of Settings

// Reads arguments into settings (whose type is the table's), defaults first; an argument that is
// no option is *input, of which there may be one (none when input is nullptr). False after it has
// said on stderr what is wrong.
bool parse_options(const OptionTable& table, int argc, char** argv, void* settings,
                   const char** input);

// Reads the arguments behind `run`. False after it has said on stderr what is wrong.
bool parse_run(int argc, char** argv, Settings* settings);

// The name in names (count of them) that is nearest to word; nullptr when none is near.
const char* nearest_name(const char* word, const char* const* names, size_t count);

}  // namespace cli
