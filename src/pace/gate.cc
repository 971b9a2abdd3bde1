// pace/gate.cc: see gate.h. ask() takes nothing; admit() takes what ask() granted, from all limits
// or, by a check, from none. Depends on base and its siblings.
#include "pace/gate.h"

#include "base/check.h"
#include "base/narrow.h"
#include "base/timers.h"

namespace leat {

namespace {
constexpr uint64_t ms_ns = UINT64_C(1000000);
// No answer has more tokens than its reservation and this: what is above is a lie.
constexpr uint64_t tokens_beyond_most = 1000000;
constexpr uint32_t silent_most = 5;
constexpr double surprise_weight = 0.02;
constexpr double surprises_share = 0.08;

uint64_t believed(uint64_t reserved, int64_t used) {
    if (used < 0) return reserved;
    return min_of(static_cast<uint64_t>(used), reserved + tokens_beyond_most);
}
}  // namespace

void Gate::open(const GateRules& rules, uint64_t now_ns) {
    LEAT_CHECK(rules.allowance != nullptr);
    LEAT_CHECK(rules.cooldown != nullptr && rules.pacing != nullptr);
    *this = Gate{};
    allowance_ = rules.allowance;
    cooldown_.open(rules.cooldown, rules.pacing);
    concurrency_.open(rules.concurrency, now_ns);
    overload_.open(uint64_t{rules.cooldown->overload_max_ms} * ms_ns);
    told_.open();
    learned_.open();
    uses_told_ = rules.uses_told;
    uses_learned_ = rules.uses_learned;
    retry_after_max_ms_ = rules.cooldown->retry_after_max_ms;
    patience_ns_ = max_of<uint64_t>(retry_after_max_ms_, 1000) * ms_ns;
}

GateVerdict Gate::ask_limits(uint64_t now_ns, const Demand& demand) {
    GateVerdict verdict{true, LEAT_LIMITER_NONE, now_ns};
    allowance_->ask(now_ns, demand, &verdict);
    Resource resource = Resource::requests;
    const uint64_t told_at = told_.ready_at(now_ns, demand, &resource);
    verdict.wait_until(told_at, limiter_of(resource));
    if (learned_.bucket()->limited()) {
        learned_.review(now_ns, totals_.number);
        const uint64_t learned_at = learned_.bucket()->ready_at(now_ns, 1);
        if (learned_at > now_ns) learned_.note_use();
        verdict.wait_until(learned_at, LEAT_LIMITER_LEARNED);
    }
    return verdict;
}

GateVerdict Gate::ask(uint64_t now_ns, const Demand& demand) {
    const bool is_down = overload_.is_open();
    if (cooldown_.paused(now_ns)) {
        return {false, is_down ? LEAT_LIMITER_OVERLOAD : LEAT_LIMITER_COOLDOWN,
                cooldown_.until_ns()};
    }
    const uint64_t probe_at = overload_.ready_at(now_ns);
    if (probe_at > now_ns) return {false, LEAT_LIMITER_OVERLOAD, probe_at};
    if (!has_permit(now_ns)) {
        // A ramp opens by itself; all else takes an answer.
        return {false, LEAT_LIMITER_IN_FLIGHT, concurrency_.opens_at(now_ns)};
    }
    const uint64_t slow_at =
        is_down ? now_ns : cooldown_.ready_at(now_ns, slow_start_permits(now_ns));
    if (slow_at > now_ns) return {false, LEAT_LIMITER_SLOW_START, slow_at};
    return ask_limits(now_ns, demand);
}

Ticket Gate::admit(uint64_t now_ns, const Demand& demand) {
    LEAT_CHECK(has_permit(now_ns) && !cooldown_.paused(now_ns));
    LEAT_DCHECK(ask(now_ns, demand).admit);
    ++totals_.number;
    totals_.input_tokens += demand.input_tokens;
    totals_.output_tokens += demand.output_tokens;
    ++in_flight_;
    cooldown_.admitted(now_ns);
    overload_.admitted(now_ns, totals_.number);
    Ticket ticket;
    ticket.demand = demand;
    ticket.totals = totals_;
    ticket.admitted_ns = now_ns;
    ticket.generation = cooldown_.generation();
    ticket.in_flight = in_flight_;
    ticket.allowance = allowance_->take(now_ns, demand);
    told_.take(now_ns, ticket);
    learned_.bucket()->take(now_ns, 1, totals_.number);
    return ticket;
}

void Gate::release(const Ticket& ticket) {
    LEAT_CHECK(in_flight_ > 0);
    --in_flight_;
    allowance_->release();
    overload_.released(ticket.totals.number);
}

void Gate::told(uint64_t now_ns, const Ticket& ticket, const leat_rate_limits& limits) {
    silent_ = 0;
    if (uses_told_) told_.told(now_ns, ticket, totals_, limits, patience_ns_);
}

void Gate::told_nothing() {
    if (!told_.any() || ++silent_ < silent_most) return;
    told_.open();
    silent_ = 0;
}

void Gate::settle(uint64_t now_ns, const Ticket& ticket, const Used& used) {
    if (used.input_tokens < 0 && used.output_tokens < 0) return;
    const Demand& reserved = ticket.demand;
    const Demand known = {believed(reserved.input_tokens, used.input_tokens),
                          believed(reserved.output_tokens, used.output_tokens)};
    allowance_->settle(now_ns, ticket.admitted_ns, ticket.allowance, reserved, known);
    told_.settle(now_ns, ticket.totals.number, reserved, known);
}

void Gate::succeeded(uint64_t now_ns, const Ticket& ticket) {
    LEAT_CHECK(ticket.totals.number <= totals_.number);
    cooldown_.succeeded();
    overload_.succeeded(ticket.totals.number);
    concurrency_.succeeded(now_ns, ticket);
    surprises_ -= surprises_ * surprise_weight;
}

// From a refusal that nothing explains. True when it shows what was too much.
bool Gate::learn(uint64_t now_ns, const Ticket& ticket) {
    const uint64_t latest = totals_.number;
    const bool too_many = concurrency_.refused(now_ns, ticket, latest, in_flight_);
    if (uses_learned_) {
        return learned_.refused(now_ns, ticket.totals.number, latest, too_many) || too_many;
    }
    if (!too_many) concurrency_.yield(ticket, latest);
    return too_many;
}

bool Gate::rate_limited(uint64_t now_ns, const Ticket& ticket, leat_rate_limit_info info,
                        double unit) {
    if (cooldown_.is_stale(ticket.generation)) {
        concurrency_.refused_too(ticket);
        return false;
    }
    const bool explained = told_.any() && told_.explains_refusal(now_ns, ticket.demand);
    if (explained) {
        // It is known how much is missing.
        info.own_step = 1;
        surprises_ += (1.0 - surprises_) * surprise_weight;
    }
    // Who keeps to what is told and is refused all the same shares the limit with others: then the
    // rate that is left is learnt as if nothing were told.
    const bool is_shared = explained && surprises_ > surprises_share;
    if (is_shared && uses_learned_) {
        (void)learned_.refused(now_ns, ticket.totals.number, totals_.number, false);
    } else if (!explained) {
        info.own_step = learn(now_ns, ticket) ? 1 : 0;
        // What comes by chance may well come twice in a row.
        if (learned_.is_chance(now_ns)) cooldown_.succeeded();
    }
    const bool pauses = cooldown_.limited(now_ns, ticket.generation, info, unit);
    learned_.paused(cooldown_.until_ns() - now_ns);
    return pauses;
}

bool Gate::overloaded(uint64_t now_ns, const Ticket& ticket, int64_t wait_ms) {
    const bool was_open = overload_.is_open();
    const uint64_t asked_ms =
        wait_ms > 0 ? min_of(static_cast<uint64_t>(wait_ms), retry_after_max_ms_) : 0;
    const uint64_t pause_ns =
        overload_.overloaded(now_ns, ticket, totals_.number, asked_ms * ms_ns);
    if (!was_open) concurrency_.overloaded(ticket, totals_.number, overload_.is_open());
    if (pause_ns > 0) cooldown_.pause_for(now_ns, pause_ns);
    return was_open;
}

void Gate::troubled(const Ticket& ticket) { concurrency_.troubled(ticket, totals_.number); }

double Gate::learned_per_minute() const {
    const Bucket& bucket = learned_.bucket();
    if (!bucket.limited()) return 0;
    const double windows =
        static_cast<double>(Bucket::minute_ns) / static_cast<double>(bucket.window_ns());
    return static_cast<double>(bucket.rate()) * windows;
}

void Gate::first_byte(uint64_t now_ns, const Ticket& ticket, uint64_t waited_ns) {
    concurrency_.first_byte(now_ns, ticket, totals_.number, waited_ns);
}

}  // namespace leat
