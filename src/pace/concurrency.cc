// pace/concurrency.cc: see concurrency.h. After Netflix's and Vector's limiters (additive growth,
// multiplicative cut), with DataDesigner's ceiling memory and cascade damping.
// Depends on base.
#include "pace/concurrency.h"

#include "base/check.h"
#include "base/narrow.h"
#include "base/timers.h"

namespace leat {

namespace {
constexpr uint64_t ceiling_wait_least_ns = UINT64_C(30000000000);
constexpr uint64_t ceiling_wait_most_ns = UINT64_C(120000000000);
// A refusal is not to be risked more often than once for so many requests.
constexpr uint64_t ceiling_wait_requests = 300;
constexpr uint64_t barred_ns = UINT64_C(60000000000);
// A limit is in use when so much of it was on the wire.
constexpr double in_use = 0.8;
constexpr double fast_share = 0.9;  // of the soft ceiling: up to there by one for each success
constexpr double trouble_share = 0.1;
constexpr double trouble_weight = 0.05;
constexpr double usual_weight = 0.1;
constexpr double rise_in_a_second = 0.001;
}  // namespace

void Concurrency::open(const ConcurrencyRules& rules, uint64_t now_ns) {
    LEAT_CHECK(rules.initial >= 1 && rules.most >= 1);
    LEAT_CHECK(rules.adaptive.min_in_flight >= 1);
    *this = Concurrency{};
    rules_ = rules;
    opened_ns_ = now_ns;
    limit_ = initial();
    ceiling_wait_ns_ = ceiling_wait_least_ns;
}

uint32_t Concurrency::permits(uint64_t now_ns) const {
    uint32_t permits = adapts() ? static_cast<uint32_t>(limit_) : rules_.most;
    if (ramp_ns() > 0 && now_ns >= opened_ns_) {
        const uint64_t ramped = 1 + (now_ns - opened_ns_) / ramp_ns();
        permits = static_cast<uint32_t>(min_of<uint64_t>(permits, ramped));
    }
    return max_of(permits, uint32_t{1});
}

uint64_t Concurrency::opens_at(uint64_t now_ns) const {
    const uint64_t whole = adapts() ? static_cast<uint64_t>(limit_) : rules_.most;
    if (ramp_ns() == 0 || permits(now_ns) >= whole) return never_ns;
    return now_ns + ramp_ns() - (now_ns - opened_ns_) % ramp_ns();
}

void Concurrency::grow(uint64_t now_ns, const Ticket& ticket) {
    double most = rules_.most;
    if (ceiling_ != 0) {
        const bool tries =
            now_ns >= ceiling_until_ns_ && ticket.totals.number >= ceiling_until_number_;
        most = min_of(most, static_cast<double>(ceiling_) + (tries ? 1.0 : 0.0));
    }
    if (ceiling_ != 0 && ticket.in_flight > ceiling_ && ticket.totals.number > event_number_) {
        // It works by now: what was remembered is of another time.
        ceiling_ = 0;
        ceiling_wait_ns_ = ceiling_wait_least_ns;
        most = rules_.most;
        soft_ceiling_ = limit_;
    }
    const double whole = static_cast<double>(static_cast<uint32_t>(limit_));
    const bool used = static_cast<double>(ticket.in_flight) >= whole * in_use;
    if (!used || limit_ >= most) return;
    const bool fast = soft_ceiling_ == 0 || limit_ < soft_ceiling_ * fast_share;
    limit_ = min_of(limit_ + (fast ? 1.0 : 1.0 / limit_), most);
}

void Concurrency::succeeded(uint64_t now_ns, const Ticket& ticket) {
    LEAT_CHECK(ticket.in_flight >= 1);
    if (ticket.totals.number > event_number_) proven_ = max_of(proven_, ticket.in_flight);
    trouble_ -= trouble_ * trouble_weight;
    if (ticket.totals.number <= cut_number_) return;
    cut_works_ = true;
    if (adapts()) grow(now_ns, ticket);
}

void Concurrency::cut(const Ticket& ticket, uint64_t latest, double factor) {
    if (ticket.totals.number <= cut_number_ || !cut_works_) return;
    cut_number_ = latest;
    cut_works_ = false;
    soft_ceiling_ = limit_;
    limit_ = max_of(limit_ * factor, static_cast<double>(rules_.adaptive.min_in_flight));
}

bool Concurrency::refused(uint64_t now_ns, const Ticket& ticket, uint64_t latest,
                          uint32_t in_flight) {
    if (!adapts()) return false;
    // Just after another 429 nothing is proven: then every request is more than what had worked.
    const bool knows = event_number_ == 0 || proven_ >= ticket.in_flight / 2;
    const bool is_more = knows && ticket.in_flight >= 2 && ticket.in_flight > proven_;
    proven_ = 0;
    event_before_ = event_number_;
    event_number_ = latest;
    burst_lowers_ = false;
    if (ceiling_ != 0 && ticket.in_flight <= ceiling_) {
        // Refused in spite of the ceiling: it was a mistake.
        ceiling_ = 0;
        limit_ = max_of(limit_, limit_before_);
        barred_until_ns_ = now_ns + barred_ns;
        return false;
    }
    if (!is_more || now_ns < barred_until_ns_) return false;
    if (ceiling_ != 0) {
        // One more than the ceiling was tried, in vain.
        ceiling_wait_ns_ = min_of(2 * ceiling_wait_ns_, ceiling_wait_most_ns);
        ceiling_until_number_ = latest + ceiling_wait_requests;
    } else {
        ceiling_wait_ns_ = ceiling_wait_least_ns;
        ceiling_until_number_ = 0;
        limit_before_ = limit_;
        burst_lowers_ = true;
        ceiling_ = max_of(in_flight, uint32_t{1});
    }
    ceiling_until_ns_ = now_ns + ceiling_wait_ns_;
    obey_ceiling();
    return true;
}

void Concurrency::obey_ceiling() {
    soft_ceiling_ = ceiling_;
    limit_ = min_of(limit_, static_cast<double>(ceiling_));
    limit_ = max_of(limit_, static_cast<double>(rules_.adaptive.min_in_flight));
}

void Concurrency::refused_too(const Ticket& ticket) {
    const uint64_t number = ticket.totals.number;
    if (!burst_lowers_ || number <= event_before_ || number > event_number_) return;
    if (ceiling_ > 1) --ceiling_;
    obey_ceiling();
}

void Concurrency::yield(const Ticket& ticket, uint64_t latest) {
    if (adapts()) cut(ticket, latest, rules_.adaptive.decrease);
}

void Concurrency::overloaded(const Ticket& ticket, uint64_t latest, bool is_outage) {
    if (is_outage) trouble_ = max_of(trouble_, trouble_share);
    troubled(ticket, latest);
}

void Concurrency::troubled(const Ticket& ticket, uint64_t latest) {
    trouble_ += (1.0 - trouble_) * trouble_weight;
    if (adapts() && trouble_ > trouble_share) cut(ticket, latest, rules_.adaptive.decrease);
}

void Concurrency::first_byte(uint64_t now_ns, const Ticket& ticket, uint64_t latest,
                             uint64_t waited_ns) {
    const double factor = rules_.adaptive.latency_factor;
    if (!adapts() || factor <= 0) return;
    const double waited = static_cast<double>(waited_ns);
    if (first_byte_slow_ns_ <= 0) {
        first_byte_ns_ = waited;
        first_byte_slow_ns_ = waited;
        first_byte_at_ns_ = now_ns;
    }
    first_byte_ns_ += (waited - first_byte_ns_) * usual_weight;
    // What an idle service takes follows a fall at once; it rises by a thousandth in a second, so
    // that a line that stays long does not become the rule.
    const double idle_s = static_cast<double>(now_ns - first_byte_at_ns_) / 1e9;
    first_byte_at_ns_ = now_ns;
    const double risen = first_byte_slow_ns_ * (1.0 + rise_in_a_second * min_of(idle_s, 60.0));
    first_byte_slow_ns_ = min_of(first_byte_ns_, risen);
    if (first_byte_ns_ > first_byte_slow_ns_ * factor) cut(ticket, latest, 0.9);
}

}  // namespace leat
