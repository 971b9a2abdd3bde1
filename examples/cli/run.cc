// cli/run.cc: the loop of `leat run`: step, write, look at signals, draw; then the summary and the
// exit code.
#include "cli/run.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "cli/signals.h"
#include "cli/summary.h"
#include "cli/tables.h"

namespace cli {

namespace {

constexpr int32_t step_ms_max = 100;

Format choose_format(const Settings& settings) {
    const Format wanted = static_cast<Format>(settings.format);
    if (wanted != Format::automatic) {
        return wanted;
    }
    const bool to_terminal = strcmp(settings.output, "-") == 0 && isatty(STDOUT_FILENO) == 1;
    return to_terminal ? Format::text : Format::jsonl;
}

// Text that shows as it comes shows one item at a time.
Settings with_output(Settings settings) {
    if (settings.output == nullptr) {
        settings.output = "-";
    }
    const bool to_stdout = strcmp(settings.output, "-") == 0;
    if (settings.stream && to_stdout && choose_format(settings) == Format::text) {
        settings.max_in_flight = 1;
    }
    return settings;
}

size_t resident_bytes() {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<size_t>(usage.ru_maxrss) * 1024;
}

}  // namespace

int64_t unix_ms() {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return static_cast<int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1000000;
}

double wall_ms() {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

uint64_t steady_ms() { return static_cast<uint64_t>(wall_ms()); }

Run::Run(const Settings& settings)
    : settings_(with_output(settings)), terminal_(Terminal::of_stderr()) {
    format_ = choose_format(settings_);
}

Run::~Run() {
    if (batch_ != nullptr) {
        leat_batch_close(batch_);
    }
    if (client_ != nullptr) {
        leat_close(client_);
    }
    cache_.close();
    close_service(&service_);
}

// The first reason stays.
void Run::stop(const char* reason) {
    if (stopped_ == nullptr) {
        stopped_ = reason;
    }
}

void Run::react_to_signals() {
    const int seen = signals_seen();
    if (seen == signals_done_) {
        return;
    }
    signals_done_ = seen;
    progress_.clear();
    if (seen == 1) {
        stop("interrupted");
        fprintf(stderr, "leat run: finishing what is on the wire; once more stops at once\n");
        (void)leat_batch_cancel(batch_, LEAT_CANCEL_DRAIN);
    } else if (!hard_) {
        hard_ = true;
        (void)leat_batch_cancel(batch_, LEAT_CANCEL_HARD);
    }
}

// How long the next step may wait: not at all after this has waited itself, for the input or for tools.
int32_t Run::wait_for_input() {
    if (wake_) {
        wake_ = false;
        (void)leat_batch_wake(batch_);
        return 0;
    }
    const bool reads = waiting_ && stopped_ == nullptr;
    tools_.pump();
    // With tools a step must not wait itself: it may begin one whose end only this hears of.
    if (!reads && !tools_.has_tools()) {
        return step_ms_max;
    }
    int64_t wait = leat_next_deadline_ms(client_);
    wait = wait < 0 || wait > step_ms_max ? step_ms_max : wait;
    struct pollfd ready[2 + ToolRunner::watched_max] = {{leat_pollable_fd(client_), POLLIN, 0},
                                                        {reader_.descriptor(), POLLIN, 0}};
    const uint32_t own = reads ? 2 : 1;
    const uint32_t count = own + tools_.watch(ready + own, ToolRunner::watched_max, &wait);
    const int found = poll(ready, count, static_cast<int>(wait));
    if (found > 0 && reads && ready[1].revents != 0) {
        waiting_ = false;
        (void)leat_batch_wake(batch_);
    }
    tools_.pump();
    return 0;
}

void Run::draw() {
    const uint64_t now = steady_ms();
    metrics_.tick(client_, now);
    metrics_json_.tick(client_, now);
    if (!progress_.due(now, tally_.finished())) {
        return;
    }
    leat_stats stats;
    leat_get_stats(client_, &stats);
    const ProgressState state{&tally_, stats.in_flight, limiter(), stopped_ != nullptr, cost_usd()};
    progress_.tick(state, now);
}

// What held the run back after a step does so until the end of the next one.
void Run::note_limiter() {
    const double now = wall_ms();
    held_.pass(held_by_, now - looked_ms_);
    held_by_ = limiter();
    looked_ms_ = now;
}

void Run::loop() {
    bool cancelled = false;
    while (leat_batch_done(batch_) == 0) {
        const leat_status status = leat_step(client_, wait_for_input());
        note_limiter();
        if (!journal_.flush()) {
            unwritten_ = true;
            stop("the output cannot be written");
        }
        if (status != LEAT_OK && status != LEAT_E_DONE) {
            stop(leat_status_hint(status));
            break;
        }
        react_to_signals();
        look_for_stop();
        if (stopped_ != nullptr && !cancelled) {
            // Without an output there is no use in finishing; a deadline drains by itself.
            cancelled = true;
            const bool hard = unwritten_ || hard_;
            (void)leat_batch_cancel(batch_, hard ? LEAT_CANCEL_HARD : LEAT_CANCEL_DRAIN);
        }
        draw();
    }
    if (!journal_.flush()) {
        unwritten_ = true;
        stop("the output cannot be written");
    }
    if (!all_read_) {  // a deadline may pass while no item waits that could tell of it
        stop("the --deadline passed");
    }
}

void Run::finish() {
    progress_.clear();
    if (settings_.transcript != nullptr && !histories_.write_transcript(settings_.transcript)) {
        stop("the transcript cannot be written");
    }
    metrics_.finish(client_);
    metrics_json_.finish(client_);
    events_.flush();
    if (settings_.quiet && stopped_ != nullptr && signals_done_ == 0) {
        fprintf(stderr, "leat run: stopped: %s\n", stopped_);  // else the summary says so
    }
    if (journal_.failure() != 0) {
        fprintf(stderr, "leat run: %s: %s\n", settings_.output, strerror(journal_.failure()));
    }
}

// Without a record; lines that were never read are known when IN is a file.
uint64_t Run::unfinished() const {
    const uint64_t read = accepted_ - delivered_ + tally_.cancelled;
    const uint64_t recorded = tally_.finished() + tally_.done_before;
    const uint64_t all = tally_.total > recorded ? tally_.total - recorded : 0;
    return stopped_ != nullptr && all > read ? all : read + left_out_;
}

int Run::exit_code() const {
    if (signals_done_ > 0) {
        return exit_signal;
    }
    if (stopped_ != nullptr) {
        return exit_stopped;
    }
    return tally_.failed > 0 ? exit_failed : exit_good;
}

int Run::run() {
    watch_signals();
    if (!check_files() || !Histories::are_sound(settings_) || !defaults_.open(settings_) ||
        !tools_.open(defaults_.tools()) || !open_input() || !open_output() ||
        !open_service(settings_, &service_) || !open_ids() || !cache_.open(settings_) ||
        !write_first_line() || !heal_output() || !find_failed()) {
        return stopped_ != nullptr ? exit_stopped : exit_usage;
    }
    records_.name_services(&service_);
    ItemParser parser(service_.model, service_.override_model, defaults_);
    ItemParser context_parser(service_.model, service_.override_model, defaults_);
    parser_ = &parser;
    if (!context_.read(settings_, &context_parser, &defaults_) || !open_client() ||
        !context_.open(settings_, client_, service_, &defaults_) ||
        !histories_.open(settings_, defaults_, client_, parser_) || !open_batch()) {
        return exit_usage;
    }
    const ProgressMode wanted = static_cast<ProgressMode>(settings_.progress);
    const bool shares_terminal = journal_.is_stdout() && isatty(STDOUT_FILENO) == 1;
    Progress::Mode mode = terminal_.is_tty && !shares_terminal ? Progress::Mode::live
                                                               : Progress::Mode::lines;
    if (wanted == ProgressMode::line) {
        mode = Progress::Mode::lines;
    }
    if (wanted == ProgressMode::off || settings_.quiet) {
        mode = Progress::Mode::off;
    }
    started_wall_ms_ = looked_ms_ = wall_ms();
    started_unix_ms_ = unix_ms();
    progress_.start(mode, terminal_, settings_.progress_every, steady_ms());
    loop();
    replace_records();
    context_.close();
    finish();
    SummaryFacts facts{};
    facts.tally = &tally_;
    facts.people = &service_;
    facts.context = &context_;
    facts.budget_usd = settings_.budget_usd.value;
    leat_batch_summary(batch_, &facts.summary);
    leat_get_stats(client_, &facts.stats);
    facts.wall_ms = wall_ms() - started_wall_ms_;
    facts.service = service_.label;
    facts.output = journal_.is_stdout() ? "stdout" : settings_.output;
    facts.stopped = stopped_;
    facts.unfinished = unfinished();
    facts.block_bytes = block_.bytes();
    facts.resident_bytes = resident_bytes();
    facts.ids_capacity = ids_.is_open() ? ids_.capacity() : 0;
    facts.ids_bytes = ids_.bytes();
    if (!settings_.quiet) {
        print_summary(facts, terminal_);
    }
    return write_page() || exit_code() != exit_good ? exit_code() : exit_stopped;
}

int run_batch(int argc, char** argv) {
    Settings settings;
    if (!parse_run(argc, argv, &settings)) {
        return exit_usage;
    }
    if (settings.help) {
        print_run_help();
        return exit_good;
    }
    Run run(settings);
    return run.run();
}

}  // namespace cli
