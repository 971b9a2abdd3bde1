// cli/run_again.cc: what `leat retry-failed` does around a run: finds the records that are failures, and
// lets the new ones take their place; and the page of --report. Depends on journal.h and report.h.
// Order that loses nothing: an old record goes when the new one is on disk. A run that ends before that
// leaves two records of some ids, of which the next run over the file drops the older ones.
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/record_read.h"
#include "cli/report.h"
#include "cli/run.h"

namespace cli {

namespace {

constexpr uint64_t failures_usual = 4096;

bool is_wanted(const RecordFacts& facts, uint64_t families) {
    if (!facts.failed || families == 0) {
        return facts.failed;
    }
    int32_t status = LEAT_OK;
    return status_of_word(facts.status, &status) && (leat_status_family(status) & families) != 0;
}

}  // namespace

bool Run::check_files() const {
    const char* const name = settings_.only_failed ? "retry-failed" : "run";
    const bool to_file = strcmp(settings_.output, "-") != 0;
    struct stat facts;
    if (settings_.only_failed && (!to_file || stat(settings_.output, &facts) != 0)) {
        fprintf(stderr, "leat retry-failed: %s: %s\n", settings_.output,
                to_file ? strerror(errno) : "an output that is there, -o OUT");
        return false;
    }
    if (settings_.report == nullptr) {
        return true;
    }
    if (!to_file || format_ != Format::jsonl) {
        fprintf(stderr,
                "leat %s: --report needs records in a file: -o OUT, and no --format but jsonl\n",
                name);
        return false;
    }
    return check_report(name, settings_.input, settings_.report) &&
           check_report(name, settings_.output, settings_.report);
}

// After a run that should have replaced records and was ended first. Who only goes on does not need it.
bool Run::heal_output() {
    // Chains are made again from where the records lie: then they stay where they are.
    if (journal_.repeats() == 0 || replies_.is_open() || journal_.drop_replaced()) {
        return true;
    }
    if (settings_.only_failed) {
        return explain_output(Journal::Opened::failed);
    }
    say_two_records();
    return true;
}

void Run::say_two_records() {
    const int reason = errno;
    progress_.clear();
    fprintf(stderr,
            "leat run: %s: the older ones of two records cannot be dropped (%s); the later one "
            "counts\n",
            settings_.output, strerror(reason));
}

bool Run::find_failed() {
    if (!settings_.only_failed) {
        return true;
    }
    LineReader reader;
    if (!again_.open(failures_usual) || !reader.open(settings_.output, record_line_bytes)) {
        return explain_output(Journal::Opened::failed);
    }
    for (;;) {
        Line line{};
        RecordFacts facts;
        switch (reader.await(&line)) {
            case LineReader::Answer::wait:
            case LineReader::Answer::end:
                return true;
            case LineReader::Answer::error:
                return explain_output(Journal::Opened::failed);
            case LineReader::Answer::too_long:
                break;  // an answer that long is no failure
            case LineReader::Answer::line:
                if (read_record(line, &facts) == RecordLine::record &&
                    is_wanted(facts, settings_.only_status)) {
                    (void)again_.note_done(facts.id);
                }
                break;
        }
    }
}

void Run::replace_records() {
    if (!settings_.only_failed || unwritten_ || tally_.finished() == 0) {
        return;
    }
    if (!journal_.drop_replaced()) {
        say_two_records();
        stop("the output cannot be written anew");
    }
}

bool Run::write_page() {
    return settings_.report == nullptr ||
           write_report("run", settings_.output, settings_.report, record_line_bytes);
}

}  // namespace cli
