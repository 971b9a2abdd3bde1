// cli/run_stop.cc: ends that come from outside the items: nobody is left who answers (a wrong key, a
// quota that is used up), or the budget is. Depends on run.h.
// Invariant: such an end is told once, with the service's own words; what it kept from being answered
// leaves no record, so that --resume does it.
#include <stdio.h>

#include "base/bytes.h"
#include "cli/run.h"
#include "cli/text_line.h"

namespace cli {

bool Run::is_anybody_left() const {
    const uint32_t count = service_.endpoints_count();
    for (leat_endpoint i = 0; i < count; ++i) {
        if (leat_endpoint_stopped(client_, i) == LEAT_OK) {
            return true;
        }
    }
    return false;
}

// The item did not fail for itself: its service turned everybody away, and it was the last one.
bool Run::was_turned_away(const leat_result& result) const {
    return result.outcome == LEAT_FAILED && result.status != LEAT_OK &&
           leat_endpoint_stopped(client_, result.endpoint) == result.status && !is_anybody_left();
}

// With the words of the last one who turned us away.
void Run::stop_for(const leat_result& result) {
    if (stopped_ != nullptr) {
        return;
    }
    const ServiceTarget* const owner = service_.owner(result.endpoint);
    const leat_str words = leat::head(result.error_message, 200);
    TextLine line(stop_text_, sizeof stop_text_);
    if (service_.targets_count > 1 && owner != nullptr) {
        line.add("%s: ", owner->name);
    }
    line.add("%s", leat_status_hint(result.status));
    if (!leat::empty(words)) {
        line.add(" (\"%.*s\")", static_cast<int>(words.size), words.data);
    }
    if (service_.endpoints_count() > 1) {
        line.add("; nobody else is left");
    }
    stop(stop_text_);
}

// Where no item was there to say it.
void Run::look_for_stop() {
    if (stopped_ == nullptr && !is_anybody_left()) {
        leat_result result{};
        result.status = leat_endpoint_stopped(client_, 0);
        stop_for(result);
    }
}

void Run::take_budget(void* user, const leat_budget_state* state) {
    Run* const run = static_cast<Run*>(user);
    if (state->exhausted != 0) {
        TextLine line(run->stop_text_, sizeof run->stop_text_);
        line.add("the budget of %s is used up", money_words(state->limit_usd).text);
        run->stop(run->stop_text_);
    } else if (!run->settings_.quiet) {
        run->progress_.clear();
        fprintf(stderr, "leat run: four fifths of the budget are spent: %s of %s\n",
                money_words(state->spent_usd).text, money_words(state->limit_usd).text);
    }
}

double Run::cost_usd() const {
    leat_summary summary;
    leat_batch_summary(batch_, &summary);
    return service_.is_priced || summary.cost_usd > 0 ? summary.cost_usd : -1;
}

// The one that keeps something from being sent; the first services before the fallbacks.
leat_limiter Run::limiter() const {
    const uint32_t count = service_.endpoints_count();
    for (leat_endpoint i = 0; i < count; ++i) {
        const leat_limiter limiter = leat_endpoint_limiter(client_, i);
        if (limiter != LEAT_LIMITER_NONE && leat_endpoint_stopped(client_, i) == LEAT_OK) {
            return limiter;
        }
    }
    return LEAT_LIMITER_NONE;
}

}  // namespace cli
