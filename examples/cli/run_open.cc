// cli/run_open.cc: everything that happens before the first request: files, id table, client.
// All of the command's memory is mapped here; pages that a run never touches cost nothing.
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "cli/identity.h"
#include "cli/run.h"
#include "cli/tables.h"

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
                                             &ids_));
}

bool Run::open_client() {
    leat_config config;
    fill_client_config(settings_, &config);
    config.tls_ca_file = service_.ca_file;
    log_.struct_size = sizeof log_;
    log_.write = take_log;
    config.ports.log = &log_;
    config.ports.log_user = this;
    block_bytes_ = leat_memory_required(&config);
    if (block_bytes_ == 0) {
        fprintf(stderr, "leat run: %s\n", leat_config_error(&config));
        return false;
    }
    void* block = mmap(nullptr, block_bytes_, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (block == MAP_FAILED) {
        fprintf(stderr, "leat run: no memory for a block of %zu bytes; lower --max-in-flight or "
                        "--item-bytes\n", block_bytes_);
        return false;
    }
    block_ = block;
    leat_status status = leat_open(&config, block_, block_bytes_, &client_);
    if (status == LEAT_OK) {
        status = leat_endpoint_add(client_, &service_.endpoint, &endpoint_);
        if (status == LEAT_OK) {
            return true;
        }
        const char* field = leat_endpoint_config_error(&service_.endpoint);
        fprintf(stderr, "leat run: %s: %s%s%s\n", service_.label, leat_status_hint(status),
                field[0] != 0 ? ": " : "", field);
        return false;
    }
    fprintf(stderr, "leat run: %s: %s\n", leat_status_word(status), leat_status_hint(status));
    return false;
}

bool Run::open_batch() {
    leat_batch_config config;
    fill_batch_config(settings_, &config);
    config.endpoint = endpoint_;
    config.defaults = &defaults_.request();
    config.user = this;
    config.source = pull;
    config.on_result = take_result;
    config.on_progress = take_progress;
    config.on_token = shows_live() ? take_token : nullptr;
    const leat_status status = leat_batch_open(client_, &config, &batch_);
    if (status != LEAT_OK) {
        fprintf(stderr, "leat run: %s: %s\n", leat_status_word(status), leat_status_hint(status));
    }
    check_options();
    return status == LEAT_OK;
}

}  // namespace cli
