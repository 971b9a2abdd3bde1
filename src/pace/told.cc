// pace/told.cc: see told.h. All that is told may be a lie: nothing here may overflow, and patience
// bounds what it can do.
// Depends on base.
#include "pace/told.h"

#include "base/check.h"
#include "base/narrow.h"
#include "base/root.h"

namespace leat {

namespace {

constexpr uint64_t ms_ns = UINT64_C(1000000);
constexpr uint64_t second_ms = 1000;
constexpr uint64_t second_ns = 1000 * ms_ns;
constexpr uint64_t windows_ns[] = {60000 * ms_ns, 3600000 * ms_ns, 86400000 * ms_ns};
constexpr uint64_t window_most_ns = 366 * UINT64_C(86400000) * ms_ns;
// A reset that is this far from what a window of known length would say is of no such window.
constexpr double fit_most = 1.35;
// Who ever saw so much of a limit remain takes all of it for real.
constexpr double whole_share = 0.8;
constexpr int32_t fixed_sure = 3;
constexpr int32_t fixed_most = 6;
// Ends are compared over so long a time, the longer one where resets are rounded to seconds.
constexpr uint64_t end_apart_ns = 500 * ms_ns;
constexpr uint64_t end_apart_rounded_ns = 5 * second_ns;
constexpr double refill_shown = 4.0;
constexpr uint64_t margin_requests_share = 200;
constexpr uint64_t margin_tokens_share = 100;
constexpr uint64_t margin_most_share = 8;
// A request reaches the service some time after it was let through.
constexpr double refill_sure = 0.99;
constexpr double raise_share = 0.125;
constexpr double spread_weight = 0.05;
constexpr double spreads = 3.0;
// A refusal is explained by a bucket that is as good as empty.
constexpr double empty_share = 0.05;
// A request may have asked for so much more than what was reserved.
constexpr double surprise_most = 4.0;

uint64_t total_of(const Totals& totals, Resource resource) {
    if (resource == Resource::requests) return totals.number;
    return amount_of(Demand{totals.input_tokens, totals.output_tokens}, resource);
}

double ratio(double a, double b) { return a > b ? a / b : b / a; }

}  // namespace

// A provider may keep less than a whole window's worth: what was ever seen to remain is what it
// holds.
uint64_t ToldLimit::size() const {
    const double whole = static_cast<double>(limit_) * whole_share;
    if (static_cast<double>(remaining_most_) >= whole) return limit_;
    return max_of<uint64_t>(remaining_most_, 1);
}

// Whether what is missing from `whole` would be refilled, in the time that the reset names, by a
// window of a usual length. That is the window then.
bool ToldLimit::fits(const leat_limit& limit, uint64_t whole) {
    const uint64_t remaining = static_cast<uint64_t>(limit.remaining);
    if (remaining >= whole) return false;
    const bool rounded = static_cast<uint64_t>(limit.reset_ms) % second_ms == 0;
    // Resets in whole seconds were rounded up, so a short one may mean less.
    if (rounded && limit.reset_ms < 5000) return false;
    const double whole_ms = static_cast<double>(limit.reset_ms) - (rounded ? 500.0 : 0.0);
    const double window =
        whole_ms * 1e6 * static_cast<double>(limit.limit) / static_cast<double>(whole - remaining);
    if (window_ns_ != 0 && ratio(window, static_cast<double>(window_ns_)) < fit_most) return true;
    for (const uint64_t one : windows_ns) {
        if (ratio(window, static_cast<double>(one)) >= fit_most) continue;
        window_ns_ = one;
        return true;
    }
    return false;
}

void ToldLimit::note_window(const leat_limit& limit) {
    if (limit.window_ms > 0) {
        const uint64_t most_ms = window_most_ns / ms_ns;
        window_ns_ = min_of(static_cast<uint64_t>(limit.window_ms), most_ms) * ms_ns;
        return;
    }
    const bool tells = limit.reset_ms > 0 && limit.remaining >= 0;
    // Short windows are told by name; of the others the usual one stands until a reset speaks.
    if (tells && window_guess_ns_ > second_ns && !fits(limit, limit_)) (void)fits(limit, size());
    if (window_ns_ == 0) window_ns_ = window_guess_ns_;
}

// Two answers, long enough apart for a refill to show. The end of a window that is filled up at its
// end stands still, and nothing comes back before it.
void ToldLimit::compare_ends(uint64_t now_ns, uint64_t end_ns, uint64_t remaining, bool rounded) {
    const uint64_t apart_ns = now_ns - end_told_ns_;
    const double refill = static_cast<double>(apart_ns) * static_cast<double>(limit_) /
                          static_cast<double>(window_ns_);
    const bool is_first = end_told_ns_ == 0;
    if (!is_first && apart_ns < (rounded ? end_apart_rounded_ns : end_apart_ns)) return;
    if (!is_first && refill < refill_shown) return;
    if (!is_first && remaining < size() / 2) {
        const uint64_t moved_ns = end_ns > end_ns_ ? end_ns - end_ns_ : end_ns_ - end_ns;
        const double grown = static_cast<double>(remaining) - static_cast<double>(end_remaining_);
        const bool stands = moved_ns < apart_ns / 4 && grown < refill / 2;
        fixed_ = stands ? min_of(fixed_ + 1, fixed_most) : max_of(fixed_ - 1, -fixed_most);
    }
    end_ns_ = end_ns;
    end_told_ns_ = now_ns;
    end_remaining_ = remaining;
}

// Says fixed_end_ns_.
void ToldLimit::note_end(uint64_t now_ns, const leat_limit& limit) {
    fixed_end_ns_ = 0;
    if (limit.reset_ms <= 0 || limit.remaining < 0) return;
    const uint64_t reset_ms = min_of(static_cast<uint64_t>(limit.reset_ms), window_most_ns / ms_ns);
    const uint64_t end_ns = now_ns + reset_ms * ms_ns;
    const bool rounded = reset_ms % second_ms == 0;
    compare_ends(now_ns, end_ns, static_cast<uint64_t>(limit.remaining), rounded);
    if (fixed_ >= fixed_sure) fixed_end_ns_ = end_ns;
}

double ToldLimit::margin(uint64_t unsettled) const {
    const bool counts_requests = resource_ == Resource::requests;
    const uint64_t share = counts_requests ? margin_requests_share : margin_tokens_share;
    const uint64_t most = bucket_.burst() / margin_most_share;
    const double rounding = static_cast<double>(min_of(limit_ / share + 1, most));
    if (counts_requests) return rounding;
    const double spread = spreads * square_root(spread_ * (static_cast<double>(unsettled) + 1));
    return min_of(rounding + spread, static_cast<double>(bucket_.burst()) / 2);
}

void ToldLimit::told(uint64_t now_ns, const Ticket& ticket, const Totals& totals,
                     const leat_limit& limit, uint64_t patience_ns) {
    if (limit.limit <= 0) return;
    LEAT_CHECK(now_ns >= ticket.admitted_ns && totals.number >= ticket.totals.number);
    const uint64_t most = static_cast<uint64_t>(limit.limit);
    const bool has_remaining = limit.remaining >= 0;
    const uint64_t remaining =
        has_remaining ? min_of(static_cast<uint64_t>(limit.remaining), most) : most;
    if (most != limit_) remaining_most_ = 0;
    limit_ = most;
    // This request had been there a moment before.
    const uint64_t own = resource_ == Resource::requests ? 1 : 0;
    remaining_most_ = max_of(remaining_most_, min_of(remaining + own, most));
    note_window(limit);
    const bool is_new = bucket_.rate() != most;
    if (is_new || bucket_.window_ns() != window_ns_ || bucket_.burst() != size()) {
        bucket_.reshape(now_ns, most, size(), window_ns_, totals.number);
    }
    patience_ns_ = patience_ns;
    patient_until_ns_ = now_ns + patience_ns;
    note_end(now_ns, limit);
    // An answer that was overtaken by a later request's has nothing new to say.
    if (!has_remaining || ticket.totals.number < told_number_) return;
    told_number_ = ticket.totals.number;
    const uint64_t sent_after = total_of(totals, resource_) - total_of(ticket.totals, resource_);
    double level = static_cast<double>(remaining) - static_cast<double>(sent_after) -
                   margin(totals.number - ticket.totals.number);
    const double refill = static_cast<double>(now_ns - ticket.admitted_ns) * refill_sure *
                          static_cast<double>(most) / static_cast<double>(window_ns_);
    if (fixed_end_ns_ == 0) level += refill;
    level = min_of(level, static_cast<double>(bucket_.burst()));
    // Lowered at once, raised by and by: what overflowed at the service meanwhile is not in the
    // sum.
    const double known = bucket_.level(now_ns);
    if (!is_new && sent_after > 0 && level > known) level = known + (level - known) * raise_share;
    bucket_.set_level(now_ns, level);
}

uint64_t ToldLimit::ready_at(uint64_t now_ns, const Demand& demand) const {
    const uint64_t amount = amount_of(demand, resource_);
    uint64_t at_ns = bucket_.ready_at(now_ns, amount);
    if (at_ns > now_ns && fixed_end_ns_ > now_ns) at_ns = max_of(at_ns, fixed_end_ns_);
    if (at_ns <= now_ns) return now_ns;
    return max_of(now_ns, min_of(at_ns, patient_until_ns_));
}

void ToldLimit::take(uint64_t now_ns, const Ticket& ticket) {
    if (!limited()) return;
    const uint64_t amount = amount_of(ticket.demand, resource_);
    if (bucket_.ready_at(now_ns, amount) > now_ns) {
        // Patience is at an end: one goes all the same, and its answer will tell.
        bucket_.set_level(now_ns, static_cast<double>(amount) + 1.0);
        // Costs are rounded up, and it may hold less.
        if (bucket_.ready_at(now_ns, amount) > now_ns) bucket_.fill_up(now_ns);
        patient_until_ns_ = now_ns + patience_ns_;
    }
    bucket_.take(now_ns, amount, ticket.totals.number);
}

void ToldLimit::settle(uint64_t now_ns, uint64_t number, const Demand& reserved,
                       const Demand& used) {
    if (!limited()) return;
    const uint64_t before = amount_of(reserved, resource_);
    const uint64_t after = amount_of(used, resource_);
    if (after != 0) {
        const double beyond = static_cast<double>(after) - static_cast<double>(before);
        spread_ += (beyond * beyond - spread_) * spread_weight;
    }
    // What an answer has told since includes what the request really took.
    if (number > told_number_) bucket_.settle(now_ns, number, before, after);
}

bool ToldLimit::has_room(uint64_t now_ns, const Demand& demand) const {
    if (!limited()) return true;
    const double amount = static_cast<double>(amount_of(demand, resource_));
    const double needed = resource_ == Resource::requests ? amount : amount * surprise_most;
    return bucket_.level(now_ns) > static_cast<double>(bucket_.burst()) * empty_share + needed;
}

void Told::open() {
    any_ = false;
    constexpr uint64_t minute = Bucket::minute_ns;
    const Resource resources[slots_count] = {
        Resource::requests, Resource::tokens, Resource::input_tokens, Resource::output_tokens,
        Resource::requests, Resource::tokens, Resource::requests,     Resource::tokens};
    const uint64_t guesses[slots_count] = {minute,    minute,    minute,        minute,
                                           second_ns, second_ns, windows_ns[2], windows_ns[2]};
    for (uint32_t i = 0; i < slots_count; ++i) slots_[i].open(resources[i], guesses[i]);
}

uint64_t Told::ready_at(uint64_t now_ns, const Demand& demand, Resource* resource) const {
    uint64_t at_ns = now_ns;
    if (!any_) return at_ns;
    for (const ToldLimit& slot : slots_) {
        if (!slot.limited()) continue;
        const uint64_t its_ns = slot.ready_at(now_ns, demand);
        if (its_ns <= at_ns) continue;
        at_ns = its_ns;
        *resource = slot.resource();
    }
    return at_ns;
}

void Told::take(uint64_t now_ns, const Ticket& ticket) {
    if (!any_) return;
    for (ToldLimit& slot : slots_) slot.take(now_ns, ticket);
}

void Told::settle(uint64_t now_ns, uint64_t number, const Demand& reserved, const Demand& used) {
    if (!any_) return;
    for (ToldLimit& slot : slots_) slot.settle(now_ns, number, reserved, used);
}

void Told::told(uint64_t now_ns, const Ticket& ticket, const Totals& totals,
                const leat_rate_limits& limits, uint64_t patience_ns) {
    const leat_limit* const told[slots_count] = {
        &limits.requests,       &limits.tokens,       &limits.input_tokens,  &limits.output_tokens,
        &limits.requests_short, &limits.tokens_short, &limits.requests_long, &limits.tokens_long};
    for (uint32_t i = 0; i < slots_count; ++i) {
        slots_[i].told(now_ns, ticket, totals, *told[i], patience_ns);
        any_ = any_ || slots_[i].limited();
    }
}

bool Told::explains_refusal(uint64_t now_ns, const Demand& demand) const {
    for (const ToldLimit& slot : slots_) {
        if (!slot.has_room(now_ns, demand)) return true;
    }
    return false;
}

}  // namespace leat
