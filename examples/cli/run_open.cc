// cli/run_open.cc: the files of a run and its id table, before the first request. The client is opened
// in run_client.cc.
// Invariant: an output that is not ours, or was made with other settings, stays as it is.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/identity.h"
#include "cli/run.h"

namespace cli {

namespace {

constexpr uint64_t ids_of_a_pipe = 65536;

}  // namespace

bool Run::open_input() {
    if (!reader_.open(settings_.input, settings_.max_line_bytes)) {
        fprintf(stderr, "leat run: %s: %s\n", settings_.input, strerror(errno));
        return false;
    }
    uint64_t lines = 0;
    if (reader_.is_regular() && !reader_.count_lines(&lines)) {
        fprintf(stderr, "leat run: %s: %s\n", settings_.input, strerror(errno));
        return false;
    }
    const bool cut = settings_.limit > 0 && settings_.limit < lines;
    tally_.total = cut ? settings_.limit : lines;
    return true;
}

bool Run::explain_output(Journal::Opened opened) {
    const char* const name = settings_.output;
    switch (opened) {
        case Journal::Opened::good: return true;
        case Journal::Opened::not_empty:
            fprintf(stderr, "leat run: %s is there already; --resume goes on with it, or choose "
                            "another -o\n", name);
            break;
        case Journal::Opened::not_ours:
            fprintf(stderr, "leat run: %s is no output of `leat run` in the jsonl format; it stays "
                            "as it is\n", name);
            break;
        case Journal::Opened::other:
            fprintf(stderr, "leat run: %s was made with other settings (its first line has them); "
                            "--force resumes all the same\n", name);
            break;
        case Journal::Opened::busy:
            fprintf(stderr, "leat run: another process is writing %s\n", name);
            break;
        case Journal::Opened::no_memory:
            fprintf(stderr, "leat run: no memory for records of this --item-bytes\n");
            break;
        case Journal::Opened::failed:
            fprintf(stderr, "leat run: %s: %s\n", name, strerror(errno));
            break;
    }
    return false;
}

bool Run::open_output() {
    const size_t record_bytes = record_bytes_max(settings_.item_bytes);
    if (settings_.resume && (format_ != Format::jsonl || settings_.no_id_check)) {
        fprintf(stderr, "leat run: --resume needs ids in OUT: no --format but jsonl, and no "
                        "--no-id-check\n");
        return false;
    }
    if (!records_.open(format_, settings_.item_bytes)) {
        return explain_output(Journal::Opened::no_memory);
    }
    return explain_output(journal_.open(settings_.output, settings_.resume, record_bytes));
}

bool Run::open_ids() {
    if (settings_.no_id_check) {
        return true;
    }
    uint64_t count = reader_.is_regular() ? tally_.total : ids_of_a_pipe;
    uint64_t recorded = 0;
    if (journal_.had_records() && !journal_.count_records(&recorded)) {
        return explain_output(Journal::Opened::failed);
    }
    const bool has_chains = settings_.has_chains() && !settings_.no_history;
    if (recorded > 0 && has_chains &&
        !replies_.open(recorded, record_bytes_max(settings_.item_bytes))) {
        fprintf(stderr, "leat run: no memory for the places of %llu records\n",
                static_cast<unsigned long long>(recorded));
        return false;
    }
    count = settings_.ids > 0 ? settings_.ids : count;
    if (!ids_.open(count + recorded)) {
        fprintf(stderr, "leat run: no memory for a table of %llu ids; --no-id-check does without\n",
                static_cast<unsigned long long>(count));
        return false;
    }
    return true;
}

bool Run::write_first_line() {
    if (journal_.is_stdout() || format_ != Format::jsonl) {
        return true;
    }
    char identity[identity_bytes];
    const size_t size = write_identity(settings_, service_, defaults_, journal_.room(), journal_.room_bytes(),
                                       identity);
    if (size == 0) {
        fprintf(stderr, "leat run: the settings do not fit a record; is --system that long?\n");
        return false;
    }
    if (!journal_.had_records()) {
        if (journal_.commit(size) && journal_.flush()) {
            return true;
        }
        errno = journal_.failure();
        explain_output(Journal::Opened::failed);
        stopped_ = "";
        return false;
    }
    if (journal_.cut_bytes() > 0 && !settings_.quiet) {
        fprintf(stderr, "leat run: %s ended in a line that was cut; its %llu bytes are gone\n",
                settings_.output, static_cast<unsigned long long>(journal_.cut_bytes()));
    }
    return explain_output(journal_.read_back(leat_str{identity, identity_bytes}, settings_.force,
                                             &ids_, replies_.is_open() ? &replies_ : nullptr));
}

}  // namespace cli
