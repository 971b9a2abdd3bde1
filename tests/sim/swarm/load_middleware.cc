// tests/sim/swarm/load_middleware.cc: what stands around a batch's items: it looks, changes requests and
// answers, skips items, answers failures, fails, and meddles as every callback may. Depends on load.h.
// Invariant: what it decides is written down, so that results can be held against it.
#include "sim/swarm/load.h"

namespace swarm {

namespace {

// Long enough that items of few bytes have no room for it now and then.
const std::string long_text(3000, 'w');

leat_str number_text(uint64_t number) {
    static std::string texts[100];
    std::string& text = texts[number % 100];
    text = "changed by " + std::to_string(number % 100);
    return view(text);
}

// Its text is what the last `after` has left.
void check_text(BatchRun* run, const leat_result& result, Verdict* verdict) {
    Record* const record = &run->records[result.index];
    if (record->text.empty()) return;
    const std::string text(result.text.data, result.text.size);
    if (text == record->text) return;
    ++run->around_failed;
    if (text != record->text_before) {
        verdict->fail("middleware", "item %llu: its text is not what the last `after` has left",
                      static_cast<unsigned long long>(result.index));
    }
}

}  // namespace

void check_middleware(BatchRun* run, const leat_result& result, Verdict* verdict) {
    Record* const record = &run->records[result.index];
    const unsigned long long index = result.index;
    const bool is_skipped = result.outcome == LEAT_SKIPPED;
    // Of two tries one may be skipped, and the other one goes on.
    const bool fits =
        result.hedged != 0 ? record->skip_asked || !is_skipped : record->skip_asked == is_skipped;
    if (!fits || is_skipped != (result.status == LEAT_E_SKIPPED)) {
        verdict->fail("middleware", "item %llu: %s, asked for was %s", index,
                      leat_outcome_name(result.outcome), record->skip_asked ? "a skip" : "none");
    }
    if (record->rescued && result.outcome == LEAT_FAILED) {
        ++run->around_failed;
        record->rescued = false;
    }
    if (result.outcome == LEAT_SUCCEEDED) check_text(run, result, verdict);
}

std::vector<leat_middleware> Load::stand_around(BatchRun* run) {
    std::vector<leat_middleware> list(run->plan->middleware);
    run->around.clear();
    for (uint32_t i = 0; i < list.size(); ++i) run->around.push_back({run, i, i % 2 == 1});
    for (uint32_t i = 0; i < list.size(); ++i) {
        leat_middleware_init(&list[i]);
        list[i].user = &run->around[i];
        list[i].per_attempt = run->around[i].per_attempt ? 1 : 0;
        list[i].before = on_before;
        if (i != 1) list[i].after = on_after;
        if (i != 2) list[i].on_error = on_error;
    }
    return list;
}

// Of an item that is under way.
Record* Load::record_of(BatchRun* run, uint64_t index, const char* who) {
    if (index < run->accepted && run->records[index].progresses == 0) return &run->records[index];
    verdict_->fail("middleware", "%s is called for item %llu, which is not under way", who,
                   static_cast<unsigned long long>(index));
    return nullptr;
}

leat_pass Load::on_before(void* user, leat_request* request) {
    const Around& place = *static_cast<const Around*>(user);
    BatchRun* const run = place.run;
    Load* const self = run->load;
    Record* const record = self->record_of(run, request->user_number / 1000, "before");
    if (record == nullptr) return LEAT_PASS;
    const uint32_t bit = 1u << place.place;
    if (request->user != run || (!place.per_attempt && (record->befores & bit) != 0)) {
        self->verdict_->fail("middleware", "before is called for another item, or twice");
    }
    record->befores |= bit;
    if (!self->chance_.percent(run->plan->middleware_percent)) return LEAT_PASS;
    switch (self->chance_.below(8)) {
        case 0:
            record->skip_asked = true;
            return LEAT_PASS_SKIP;
        case 1:
            ++run->around_failed;
            request->prompt = LEAT_STR("not to be sent");
            return LEAT_PASS_FAILED;
        case 2:
            request->prompt = self->chance_.one_in(2) ? view(long_text) : number_text(place.place);
            request->flags |= LEAT_COPY;
            ++run->around_changed;
            return LEAT_PASS;
        case 3:
            request->prompt = LEAT_STR("lent for good");
            request->user_number = 0;
            request->id = LEAT_STR("mine");
            return LEAT_PASS;
        case 4:
            ++run->around_failed;
            request->prompt = leat_str{nullptr, 7};  // no request at all
            return LEAT_PASS;
        case 5:
            request->temperature = leat_number{0.25, 1, {}};
            request->max_output_tokens = 7;
            return LEAT_PASS;
        default:
            self->meddle(run);
            return LEAT_PASS;
    }
}

leat_pass Load::on_after(void* user, const leat_result* result, leat_str* text) {
    const Around& place = *static_cast<const Around*>(user);
    BatchRun* const run = place.run;
    Load* const self = run->load;
    Record* const record = self->record_of(run, result->index, "after");
    if (record == nullptr) return LEAT_PASS;
    if (record->way_out++ > 0 && place.place >= record->out_place) {
        self->verdict_->fail("middleware", "after runs out of its order");
    }
    record->out_place = place.place;
    if (result->outcome != LEAT_SUCCEEDED) {
        self->verdict_->fail("middleware", "after is called for what is no success");
    }
    check_text(run, *result, self->verdict_);
    record->text_before = std::string(result->text.data, result->text.size);
    record->text = record->text_before;
    if (!self->chance_.percent(run->plan->middleware_percent)) return LEAT_PASS;
    if (self->chance_.one_in(4)) {
        ++run->around_failed;
        *text = LEAT_STR("does not count");
        return LEAT_PASS_FAILED;
    }
    self->meddle(run);
    *text = number_text(place.place);
    record->text = std::string(text->data, text->size);
    return LEAT_PASS;
}

leat_pass Load::on_error(void* user, const leat_result* result, leat_str* text) {
    const Around& place = *static_cast<const Around*>(user);
    BatchRun* const run = place.run;
    Load* const self = run->load;
    Record* const record = self->record_of(run, result->index, "on_error");
    if (record == nullptr) return LEAT_PASS;
    if (record->way_out++ > 0 && place.place <= record->out_place) {
        self->verdict_->fail("middleware", "on_error runs out of its order");
    }
    if (record->rescued) ++run->around_failed;  // there was no room for that answer
    record->rescued = false;
    record->out_place = place.place;
    if (result->outcome != LEAT_FAILED) {
        self->verdict_->fail("middleware", "on_error is called for what has not failed");
    }
    if (!self->chance_.percent(run->plan->middleware_percent)) return LEAT_PASS;
    self->meddle(run);
    if (self->chance_.one_in(4)) {
        ++run->around_failed;
        return LEAT_PASS_FAILED;
    }
    record->rescued = true;
    *text = LEAT_STR("an answer all the same");
    return LEAT_PASS_ANSWER;
}

void Load::on_processed(void* user, const leat_result* result) {
    BatchRun* const run = static_cast<BatchRun*>(user);
    if (result->index >= run->accepted) {
        run->load->verdict_->fail("middleware", "post_process of an item that is not there");
        return;
    }
    ++run->records[result->index].processed;
    run->load->meddle(run);
}

}  // namespace swarm
