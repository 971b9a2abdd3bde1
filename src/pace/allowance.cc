// pace/allowance.cc: see allowance.h. ask() takes nothing; take() takes from all limits at once.
// Depends on base and its siblings.
#include "pace/allowance.h"

#include "base/check.h"
#include "base/mutant.h"
#include "base/narrow.h"

namespace leat {

namespace {
// A tokens bucket holds this share of a minute: large enough for several requests at once, small
// enough that a minute's budget cannot go out in one burst (B14).
constexpr uint64_t token_burst_share = 12;

void open_tokens(Bucket* bucket, uint64_t per_minute) {
    bucket->open(per_minute, max_of<uint64_t>(per_minute / token_burst_share, 1));
}
}  // namespace

void Allowance::open(const AllowanceRules& rules) {
    LEAT_CHECK(rules.in_flight_most >= 1);
    *this = Allowance{};
    most_ = rules.in_flight_most;
    const uint64_t second = rules.requests_per_minute / 60;
    const uint64_t burst = rules.request_burst != 0 ? rules.request_burst : second;
    buckets_[index_of(Resource::requests)].open(rules.requests_per_minute,
                                                max_of<uint64_t>(burst, 1));
    open_tokens(&buckets_[index_of(Resource::tokens)], rules.tokens_per_minute);
    open_tokens(&buckets_[index_of(Resource::input_tokens)], rules.input_tokens_per_minute);
    open_tokens(&buckets_[index_of(Resource::output_tokens)], rules.output_tokens_per_minute);
    daily_requests_.open(rules.requests_per_day);
    daily_tokens_.open(rules.tokens_per_day);
}

void Allowance::ask(uint64_t now_ns, const Demand& demand, GateVerdict* verdict) const {
    for (uint32_t i = 0; i < resources_count; ++i) {
        if (!buckets_[i].limited()) continue;
        const Resource resource = static_cast<Resource>(i);
        verdict->wait_until(buckets_[i].ready_at(now_ns, amount_of(demand, resource)),
                            limiter_of(resource));
    }
    verdict->wait_until(daily_requests_.ready_at(now_ns, 1), LEAT_LIMITER_DAY);
    verdict->wait_until(daily_tokens_.ready_at(now_ns, amount_of(demand, Resource::tokens)),
                        LEAT_LIMITER_DAY);
}

uint64_t Allowance::take(uint64_t now_ns, const Demand& demand) {
    LEAT_CHECK(has_permit());
    ++in_flight_;
    ++number_;
    for (uint32_t i = LEAT_MUTANT_IF(5) && in_flight_ > 1 ? 1 : 0; i < resources_count; ++i) {
        buckets_[i].take(now_ns, amount_of(demand, static_cast<Resource>(i)), number_);
    }
    daily_requests_.take(now_ns, 1);
    daily_tokens_.take(now_ns, amount_of(demand, Resource::tokens));
    return number_;
}

void Allowance::release() {
    LEAT_CHECK(in_flight_ > 0);
    --in_flight_;
}

void Allowance::settle(uint64_t now_ns, uint64_t taken_ns, uint64_t number, const Demand& reserved,
                       const Demand& used) {
    LEAT_CHECK(number <= number_);
    for (uint32_t i = 0; i < resources_count; ++i) {
        if (!buckets_[i].limited()) continue;
        const Resource resource = static_cast<Resource>(i);
        const uint64_t taken = amount_of(reserved, resource);
        // More than a minute's worth above the reservation is not believed: no lie can hold the
        // endpoint for longer.
        const uint64_t most = taken + buckets_[i].rate();
        buckets_[i].settle(now_ns, number, taken, min_of(amount_of(used, resource), most));
    }
    daily_tokens_.settle(taken_ns, amount_of(reserved, Resource::tokens),
                         amount_of(used, Resource::tokens));
}

}  // namespace leat
