// pace/told.cc: see told.h. Providers round what they tell, and answers overtake each other: a small
// margin is left in each bucket, which costs no rate, only the last of a burst.
// Depends on base.
#include "pace/told.h"

#include "base/check.h"
#include "base/narrow.h"

namespace leat {

namespace {

constexpr uint64_t ms_ns = UINT64_C(1000000);
constexpr uint64_t second_ms = 1000;
constexpr uint64_t windows_ns[] = {1000 * ms_ns, 60000 * ms_ns, 3600000 * ms_ns, 86400000 * ms_ns};
// A reset that is this far from what a window of known length would say speaks against it.
constexpr double fit_most = 1.35;
constexpr double window_near = 3.0;
constexpr int32_t fits_most = 4;
constexpr int64_t small_bucket_part = 4;
constexpr int32_t fits_against = -3;
// So much of a limit stays in the bucket: requests are counted exactly, tokens are estimated.
constexpr uint64_t margin_requests_share = 200;
constexpr uint64_t margin_tokens_share = 20;
// A refusal is explained by a bucket that is as good as empty.
constexpr double empty_share = 0.05;

uint64_t total_of(const Totals& totals, Resource resource) {
    switch (resource) {
        case Resource::requests: return totals.number;
        case Resource::tokens: return totals.input_tokens + totals.output_tokens;
        case Resource::input_tokens: return totals.input_tokens;
        case Resource::output_tokens: return totals.output_tokens;
    }
    return 0;
}

double ratio(double a, double b) { return a > b ? a / b : b / a; }

uint64_t margin_of(Resource resource, uint64_t limit) {
    if (resource == Resource::requests) return limit / margin_requests_share + (limit > 2 ? 1 : 0);
    return limit / margin_tokens_share;
}

}  // namespace

// A bucket that holds far less than a window's worth is full again when that much is back: its resets
// say nothing of the limit as a whole.
bool ToldLimit::refills_small_bucket(const leat_limit& limit) const {
    const int64_t held = static_cast<int64_t>(remaining_most_);
    if (held <= limit.remaining || held > limit.limit / small_bucket_part) return false;
    const double missing = static_cast<double>(held - limit.remaining);
    const double window =
        static_cast<double>(limit.reset_ms) * static_cast<double>(limit.limit) / missing * 1e6;
    return ratio(window, static_cast<double>(window_guess_ns_)) < fit_most;
}

// How long the window is that would refill what is missing in the time that the reset names. Resets
// in whole seconds were rounded up, so a short one may mean less.
uint64_t ToldLimit::guess_window(const leat_limit& limit) {
    if (limit.window_ms > 0) return static_cast<uint64_t>(limit.window_ms) * ms_ns;
    const bool tells = limit.reset_ms > 0 && limit.remaining >= 0 && limit.remaining < limit.limit;
    const bool rounded = tells && static_cast<uint64_t>(limit.reset_ms) % second_ms == 0;
    if (!tells || (rounded && limit.reset_ms < 5000)) return window_ns_;
    if (refills_small_bucket(limit)) {
        fits_ = min_of(fits_ + 1, fits_most);
        return window_guess_ns_;
    }
    const double missing = static_cast<double>(limit.limit - limit.remaining);
    const double whole_ms = static_cast<double>(limit.reset_ms) - (rounded ? 500.0 : 0.0);
    const double window = whole_ms * static_cast<double>(limit.limit) / missing * 1e6;
    uint64_t nearest = window_guess_ns_;
    double distance = window_near;
    for (const uint64_t one : windows_ns) {
        const double away = ratio(window, static_cast<double>(one));
        if (away >= distance) continue;
        distance = away;
        nearest = one;
    }
    if (distance < fit_most) {
        fits_ = min_of(fits_ + 1, fits_most);
        return nearest;
    }
    fits_ = max_of(fits_ - 1, -fits_most);
    return window_ns_ != 0 ? window_ns_ : nearest;
}

// A provider may keep less than a whole window's worth: what was ever seen to remain is what it holds.
uint64_t ToldLimit::size_of(uint64_t limit, uint64_t remaining) const {
    return max_of<uint64_t>(min_of(limit, max_of(remaining, remaining_most_)), 1);
}

void ToldLimit::told(uint64_t now_ns, const Ticket& ticket, const Totals& totals,
                     const leat_limit& limit, uint64_t patience_ns) {
    if (limit.limit <= 0) return;
    const uint64_t window_ns = guess_window(limit);
    const uint64_t most = static_cast<uint64_t>(limit.limit);
    const bool has_remaining = limit.remaining >= 0;
    const uint64_t remaining =
        has_remaining ? min_of(static_cast<uint64_t>(limit.remaining), most) : most;
    const uint64_t size = size_of(most, remaining);
    if (!limited() || most != limit_ || window_ns != window_ns_ || size != bucket_.burst()) {
        window_ns_ = window_ns != 0 ? window_ns : window_guess_ns_;
        if (most != limit_) remaining_most_ = remaining;
        limit_ = most;
        remaining_most_ = max_of(remaining_most_, remaining);
        bucket_.reshape(now_ns, most, size_of(most, remaining), window_ns_, totals.number);
    }
    patient_until_ns_ = now_ns + patience_ns;
    fixed_end_ns_ = 0;
    if (!has_remaining) return;
    // Corrections of earlier requests may have made the later sum the smaller one.
    const uint64_t sum = total_of(totals, resource_);
    const uint64_t sum_then = total_of(ticket.totals, resource_);
    const uint64_t sent_after = sum > sum_then ? sum - sum_then : 0;
    double level = static_cast<double>(remaining) - static_cast<double>(sent_after) -
                   static_cast<double>(margin_of(resource_, most));
    const double refill = static_cast<double>(now_ns - ticket.admitted_ns) *
                          static_cast<double>(most) / static_cast<double>(window_ns_);
    if (fits_ <= fits_against && limit.reset_ms > 0) {
        fixed_end_ns_ = now_ns + static_cast<uint64_t>(limit.reset_ms) * ms_ns;
    } else {
        level += refill;
    }
    bucket_.set_level(now_ns, min_of(level, static_cast<double>(bucket_.burst())));
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
        // Patience is at an end: it goes all the same, and the answer will tell.
        bucket_.set_level(now_ns, static_cast<double>(bucket_.burst()));
    }
    bucket_.take(now_ns, amount, ticket.totals.number);
}

void ToldLimit::settle(uint64_t now_ns, uint64_t number, const Demand& reserved,
                       const Demand& used) {
    bucket_.settle(now_ns, number, amount_of(reserved, resource_), amount_of(used, resource_));
}

bool ToldLimit::has_room(uint64_t now_ns) const {
    if (!limited()) return true;
    return bucket_.level(now_ns) > static_cast<double>(bucket_.burst()) * empty_share + 1.0;
}

void Told::open() {
    any_ = false;
    constexpr uint64_t minute = Bucket::minute_ns;
    const Resource resources[slots_count] = {
        Resource::requests, Resource::tokens, Resource::input_tokens, Resource::output_tokens,
        Resource::requests, Resource::tokens, Resource::requests,     Resource::tokens};
    const uint64_t guesses[slots_count] = {minute,        minute,        minute,
                                           minute,        windows_ns[0], windows_ns[0],
                                           windows_ns[3], windows_ns[3]};
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

bool Told::explains_refusal(uint64_t now_ns) const {
    for (const ToldLimit& slot : slots_) {
        if (!slot.has_room(now_ns)) return true;
    }
    return false;
}

}  // namespace leat
