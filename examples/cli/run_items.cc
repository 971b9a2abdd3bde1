// cli/run_items.cc: lines in, records out: the callbacks of the batch.
// pull looks at a bounded number of lines before it gives the step back, so that a stretch of bad
// or finished lines never holds up the requests under way.
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "cli/impact.h"
#include "cli/run.h"

namespace cli {

namespace {

constexpr int lines_per_pull = 256;
constexpr int same_name_max = 1000;

}  // namespace

leat_status Run::pull(void* user, leat_request* request) {
    Run* const run = static_cast<Run*>(user);
    if (run->stopped_ != nullptr) {
        return LEAT_E_DONE;
    }
    if (!run->journal_.flush()) {  // nothing is sent while a finished item is not on record
        run->stop("the output cannot be written");
        return LEAT_E_DONE;
    }
    const leat_status status = run->pull_item(request);
    run->all_read_ = run->all_read_ || status == LEAT_E_DONE;
    return status;
}

leat_status Run::pull_item(leat_request* request) {
    for (int looked = 0; looked < lines_per_pull; ++looked) {
        if (settings_.limit > 0 && items_ == settings_.limit) {
            return LEAT_E_DONE;
        }
        Line line{};
        switch (reader_.next(&line)) {
            case LineReader::Answer::wait: waiting_ = true; return LEAT_E_WOULD_BLOCK;
            case LineReader::Answer::end: return LEAT_E_DONE;
            case LineReader::Answer::error:
                stop("the input cannot be read");
                return LEAT_E_DONE;
            case LineReader::Answer::too_long: {
                Fault fault{"too_long_line", ""};
                snprintf(fault.reason, sizeof fault.reason, "longer than --max-line-bytes (%llu)",
                         static_cast<unsigned long long>(settings_.max_line_bytes));
                ++items_;
                refuse(line, leat_str{nullptr, 0}, leat_str{nullptr, 0}, fault);
                break;
            }
            case LineReader::Answer::line:
                if (is_blank_line(line.data, line.size)) {
                    break;
                }
                ++items_;
                leat_request_init(request);
                if (accept(line, request)) {
                    return LEAT_OK;
                }
                break;
        }
        if (stopped_ != nullptr) {
            return LEAT_E_DONE;
        }
    }
    wake_ = true;
    return LEAT_E_WOULD_BLOCK;
}

// True when the line is now a request to send; otherwise it has been dealt with.
bool Run::accept(const Line& line, leat_request* request) {
    Fault fault;
    const bool good = settings_.lines ? parser_->parse_text(line, request, &fault)
                                      : parser_->parse_json(line, request, &fault);
    if (!good) {
        refuse(line, request->id, request->metadata, fault);
        return false;
    }
    if (leat::empty(leat::trim(request->id))) {
        const int size = snprintf(id_, sizeof id_, "line-%llu",
                                  static_cast<unsigned long long>(line.number));
        request->id = leat::text(id_, static_cast<size_t>(size));
    }
    if (!histories_.join(parser_->conversation(), request, &fault)) {
        refuse(line, request->id, request->metadata, fault);
        return false;
    }
    if (ids_.is_open()) {
        switch (meet(request->id)) {
            case Ids::Answer::fresh: break;
            case Ids::Answer::done: remember(request); return false;
            case Ids::Answer::full: stop("no memory for more ids"); return false;
            case Ids::Answer::repeated:
                fault.code = "repeated_id";
                snprintf(fault.reason, sizeof fault.reason, "repeats the id \"%.*s\"",
                         static_cast<int>(leat::head(request->id, 100).size), request->id.data);
                refuse(line, leat_str{nullptr, 0}, request->metadata, fault);
                return false;
        }
    }
    request->flags = LEAT_COPY;
    request->user_number = items_ - 1;
    // When it began, for its record: milliseconds of the run. No pointer is wanted there.
    request->user = reinterpret_cast<void*>(static_cast<uintptr_t>(wall_ms() - started_wall_ms_));
    ++accepted_;
    return true;
}

// done: nothing is to be done about it, because of its record or because only failures are done again.
Ids::Answer Run::meet(leat_str id) {
    const Ids::Answer answer = ids_.meet(id);
    if (answer == Ids::Answer::done && again_.is_open() && again_.has(id)) {
        return Ids::Answer::fresh;
    }
    if (answer == Ids::Answer::fresh && settings_.only_failed) {
        ++left_out_;
        return Ids::Answer::done;
    }
    tally_.done_before += answer == Ids::Answer::done ? 1 : 0;
    return answer;
}

// What an earlier run has recorded is part of its chain.
void Run::remember(leat_request* request) {
    leat_str reply{nullptr, 0};
    if (!replies_.is_open() || !histories_.is_chain(request->conversation) ||
        !replies_.find(journal_.descriptor(), request->id, &reply)) {
        return;
    }
    const leat_status status = leat_conversation_add_turn(request->conversation, request, reply);
    if (status != LEAT_OK) {
        snprintf(stop_text_, sizeof stop_text_, "the chain in %s cannot be made again at \"%.*s\": %s",
                 settings_.output, static_cast<int>(leat::head(request->id, 80).size), request->id.data,
                 leat_status_hint(status));
        stop(stop_text_);
    }
}

// An id for the record of a refused line that no other record has. False when an earlier run has
// written that record, or on no memory.
bool Run::name_refused(uint64_t line, leat_str* id) {
    if (ids_.is_open() && !leat::empty(*id)) {
        const Ids::Answer answer = meet(*id);
        if (answer != Ids::Answer::repeated) {
            return answer == Ids::Answer::fresh;
        }
    } else if (!leat::empty(*id)) {
        return true;
    }
    for (int again = 1; again < same_name_max; ++again) {
        int size = snprintf(id_, sizeof id_, "line-%llu", static_cast<unsigned long long>(line));
        if (again > 1) {
            size += snprintf(id_ + size, sizeof id_ - static_cast<size_t>(size), "-%d", again);
        }
        *id = leat::text(id_, static_cast<size_t>(size));
        const Ids::Answer answer = ids_.is_open() ? meet(*id) : Ids::Answer::fresh;
        if (answer != Ids::Answer::repeated) {
            return answer == Ids::Answer::fresh;
        }
    }
    return true;
}

// A line that is no item: its own record, or the end of the run with --strict.
void Run::refuse(const Line& line, leat_str id, leat_str metadata, const Fault& fault) {
    if (!name_refused(line.number, &id)) {
        return;
    }
    char message[240];
    const int said = snprintf(message, sizeof message, "line %llu: %s",
                              static_cast<unsigned long long>(line.number), fault.reason);
    const leat_str text = leat::text(message, static_cast<size_t>(said));
    const OnError on_error = static_cast<OnError>(settings_.on_error);
    tally_.add_bad_line(fault.code);
    if (settings_.strict) {
        progress_.clear();
        fprintf(stderr, "leat run: %s\n", message);
        stop("a line is no good item (--strict)");
        return;
    }
    if (settings_.verbose) {
        say_failure(id, fault.code, text);
    }
    if (on_error == OnError::fail_fast) {
        stop("an item failed (--on-error fail-fast)");
    }
    if (on_error == OnError::skip) {
        return;
    }
    const size_t size = records_.fault(id, metadata, items_ - 1, line.number, fault,
                                       journal_.room(), journal_.room_bytes());
    if (size == 0 || !journal_.commit(size)) {
        unwritten_ = true;
        stop("the output cannot be written");
    }
}

bool Run::write_result(const leat_result& result) {
    const int64_t begun_ms = static_cast<int64_t>(reinterpret_cast<uintptr_t>(result.user));
    const RunFacts facts{started_unix_ms_ + begun_ms, &held_};
    const size_t size = records_.result(result, facts, journal_.room(), journal_.room_bytes());
    held_.clear();
    return size > 0 && journal_.commit(size);
}

void Run::say_failure(leat_str id, const char* word, leat_str message) {
    progress_.clear();
    fprintf(stderr, "leat run: %.*s: %s: %.*s\n", static_cast<int>(leat::head(id, 80).size),
            id.data, word, static_cast<int>(leat::head(message, 240).size), message.data);
}

// A cancelled item leaves no record, so that --resume does it.
leat_keep Run::take_result(void* user, const leat_result* result) {
    Run* const run = static_cast<Run*>(user);
    const bool turned_away = run->was_turned_away(*result);
    if (turned_away) {
        run->stop_for(*result);
    }
    if (turned_away || result->outcome == LEAT_CANCELLED || result->outcome == LEAT_SKIPPED) {
        (void)run->end_live(*result);
        if (result->status == LEAT_E_DEADLINE_BATCH && run->stopped_ == nullptr) {
            run->stop("the --deadline passed");
        }
        return LEAT_RELEASE;
    }
    run->say_ignored(result->ignored_fields);
    if (!run->end_live(*result) && !run->write_result(*result)) {
        run->unwritten_ = true;
        run->stop("the output cannot be written");
    }
    return LEAT_RELEASE;
}

void Run::take_progress(void* user, const leat_progress* progress) {
    Run* const run = static_cast<Run*>(user);
    leat_result result = *progress->result;
    const bool turned_away = run->was_turned_away(result);
    if (turned_away) {
        run->stop_for(result);
        result.outcome = LEAT_CANCELLED;
    }
    run->tally_.add(result);
    leat_footprint footprint;
    if (footprint_of(run->service_, result, &footprint)) {
        run->tally_.energy_kwh += footprint.energy_kwh.mean;
        run->tally_.gwp_kgco2eq += footprint.gwp_kgco2eq.mean;
        ++run->tally_.footprints;
    }
    ++run->delivered_;
    if (result.outcome != LEAT_FAILED) {
        return;
    }
    if (run->settings_.verbose) {
        const char* const hint = leat_status_hint(result.status);
        run->say_failure(result.id, leat_status_word(result.status),
                         leat::empty(result.error_message) ? leat_str{hint, strlen(hint)}
                                                           : result.error_message);
    }
    if (static_cast<OnError>(run->settings_.on_error) == OnError::fail_fast) {
        run->stop("an item failed (--on-error fail-fast)");
    }
}

void Run::take_log(void* user, leat_log_level level, leat_str line) {
    Run* const run = static_cast<Run*>(user);
    if (run->settings_.quiet && level != LEAT_LOG_ERROR) {
        return;
    }
    // Why nobody is left is told once, at the end.
    if (level == LEAT_LOG_WARNING && run->batch_ != nullptr && !run->is_anybody_left()) {
        return;
    }
    run->progress_.clear();
    fprintf(stderr, "%.*s\n", static_cast<int>(leat::head(line, 1000).size), line.data);
}

}  // namespace cli
