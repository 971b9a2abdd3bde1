// How many at once: growth, ceilings, cuts, cascade damping, the start-up ramp (B43), and the
// advice RPM / 60 * latency (features section 10). Depends on pace/concurrency.h.
#include "pace/concurrency.h"

#include <gtest/gtest.h>

#include "base/timers.h"
#include "unit/codec/codec_test_help.h"

namespace leat {
namespace {

constexpr uint64_t ms = 1'000'000u;
constexpr uint64_t second = 1000 * ms;

ConcurrencyRules rules_of(uint32_t initial, uint32_t most) {
    leat_endpoint_config config;
    leat_endpoint_config_init(&config);
    return {initial, most, config.adaptive};
}

// Sends as many as there are permits; numbers them.
struct Wire {
    explicit Wire(const ConcurrencyRules& rules) { permits.open(rules, 0); }
    Ticket send() {
        Ticket ticket;
        ticket.totals.number = ++number;
        ticket.in_flight = ++in_flight;
        ticket.admitted_ns = now;
        return ticket;
    }
    std::vector<Ticket> fill() {
        std::vector<Ticket> sent;
        while (in_flight < permits.permits(now)) sent.push_back(send());
        return sent;
    }
    void succeed(const Ticket& ticket) {
        --in_flight;
        permits.succeeded(now, ticket);
    }
    // A service that serves `places` at once and refuses the rest.
    void round(uint32_t places) {
        const std::vector<Ticket> sent = fill();
        bool paused = false;
        for (size_t i = sent.size(); i > places; --i) {
            --in_flight;
            if (paused) {
                permits.refused_too(sent[i - 1]);
            } else {
                (void)permits.refused(now, sent[i - 1], number, in_flight);
            }
            paused = true;
        }
        for (size_t i = 0; i < sent.size() && i < places; ++i) succeed(sent[i]);
        now += second;
    }
    uint32_t now_permits() const { return permits.permits(now); }

    Concurrency permits;
    uint64_t now = 0;
    uint64_t number = 0;
    uint32_t in_flight = 0;
};

TEST(ConcurrencyTest, begins_with_what_it_is_told_and_grows_by_one_for_each_success) {
    Wire wire(rules_of(5, 100));
    EXPECT_EQ(wire.now_permits(), 5u);
    wire.round(1000);
    EXPECT_EQ(wire.now_permits(), 7u) << "only those that had the others beside them count";
    for (int i = 0; i < 40; ++i) wire.round(1000);
    EXPECT_EQ(wire.now_permits(), 100u) << "and not beyond the most";
}

TEST(ConcurrencyTest, does_not_grow_while_it_is_not_used) {
    Wire wire(rules_of(10, 100));
    for (int i = 0; i < 1000; ++i) wire.succeed(wire.send());
    EXPECT_EQ(wire.now_permits(), 10u);
}

TEST(ConcurrencyTest, finds_the_number_of_places_exactly) {
    for (const uint32_t places : {1u, 2u, 3u, 5u, 20u, 64u}) {
        Wire wire(rules_of(5, 1000));
        for (int i = 0; i < 25; ++i) wire.round(places);
        EXPECT_EQ(wire.now_permits(), places);
    }
}

TEST(ConcurrencyTest, one_more_is_tried_ever_more_rarely) {
    Wire wire(rules_of(5, 1000));
    uint32_t over = 0;
    for (int i = 0; i < 3600; ++i) {
        over += wire.now_permits() > 20 ? 1u : 0u;
        wire.round(20);
    }
    EXPECT_GE(over, 10u);
    EXPECT_LE(over, 45u) << "once in two minutes, in the long run";
}

TEST(ConcurrencyTest, a_ceiling_that_no_longer_holds_is_forgotten) {
    Wire wire(rules_of(5, 1000));
    for (int i = 0; i < 600; ++i) wire.round(20);
    for (int i = 0; i < 300; ++i) wire.round(40);
    EXPECT_GE(wire.now_permits(), 39u);
    EXPECT_LE(wire.now_permits(), 41u);
}

TEST(ConcurrencyTest, places_that_become_fewer_are_found_within_a_minute) {
    Wire wire(rules_of(5, 1000));
    for (int i = 0; i < 100; ++i) wire.round(40);
    const std::vector<Ticket> sent = wire.fill();
    wire.in_flight -= 1;
    EXPECT_FALSE(wire.permits.refused(wire.now, sent.back(), wire.number, wire.in_flight))
        << "it had worked: this may be anything";
    for (size_t i = 0; i + 1 < sent.size(); ++i) wire.succeed(sent[i]);
    wire.now += 61 * second;
    // What a slow start does: as many as there are places are seen to work.
    std::vector<Ticket> few;
    for (int i = 0; i < 20; ++i) few.push_back(wire.send());
    for (const Ticket& ticket : few) wire.succeed(ticket);
    for (int i = 0; i < 20; ++i) (void)wire.send();
    const Ticket one_more = wire.send();
    --wire.in_flight;
    EXPECT_TRUE(wire.permits.refused(wire.now, one_more, wire.number, wire.in_flight));
    EXPECT_EQ(wire.now_permits(), 20u);
}

TEST(ConcurrencyTest, a_refusal_below_the_ceiling_shows_that_it_was_a_mistake) {
    Wire wire(rules_of(5, 1000));
    std::vector<Ticket> sent = wire.fill();
    for (int i = 0; i < 4; ++i) wire.succeed(sent[static_cast<size_t>(i)]);
    sent = wire.fill();
    const uint32_t before = wire.now_permits();
    wire.in_flight -= 1;
    ASSERT_TRUE(wire.permits.refused(wire.now, sent.back(), wire.number, wire.in_flight));
    EXPECT_EQ(wire.now_permits(), before - 1);
    wire.in_flight = 0;
    const Ticket below = wire.send();
    EXPECT_FALSE(wire.permits.refused(wire.now, below, wire.number, 0));
    EXPECT_EQ(wire.now_permits(), before) << "what it was before comes back";
    wire.in_flight = before - 1;
    EXPECT_FALSE(wire.permits.refused(wire.now, wire.send(), wire.number, before - 1))
        << "no new ceiling for a minute";
}

TEST(ConcurrencyTest, one_burst_of_overloads_cuts_once) {
    Wire wire(rules_of(40, 40));
    const std::vector<Ticket> sent = wire.fill();
    for (const Ticket& ticket : sent) wire.permits.overloaded(ticket, wire.number, true);
    EXPECT_EQ(wire.now_permits(), 30u) << "0.75 of it";
    // The next cut takes a success in between (cascade damping).
    wire.in_flight = 0;
    std::vector<Ticket> next = wire.fill();
    for (const Ticket& ticket : next) wire.permits.overloaded(ticket, wire.number, true);
    EXPECT_EQ(wire.now_permits(), 30u);
    wire.in_flight = 0;
    next = wire.fill();
    wire.succeed(next[0]);
    wire.permits.overloaded(next.back(), wire.number, true);
    EXPECT_LT(wire.now_permits(), 30u);
}

TEST(ConcurrencyTest, a_single_overload_does_not_cut) {
    Wire wire(rules_of(40, 40));
    wire.permits.overloaded(wire.fill().back(), wire.number, false);
    EXPECT_EQ(wire.now_permits(), 40u);
}

TEST(ConcurrencyTest, single_timeouts_do_not_cut_and_many_do) {
    Wire wire(rules_of(40, 40));
    for (int i = 0; i < 200; ++i) {
        const std::vector<Ticket> sent = wire.fill();
        for (const Ticket& ticket : sent) wire.succeed(ticket);
        wire.permits.troubled(wire.send(), wire.number);
        --wire.in_flight;
    }
    EXPECT_EQ(wire.now_permits(), 40u);
    for (int i = 0; i < 5; ++i) {
        for (const Ticket& ticket : wire.fill()) {
            wire.permits.troubled(ticket, wire.number);
        }
        wire.in_flight = 0;
    }
    EXPECT_LT(wire.now_permits(), 40u);
}

TEST(ConcurrencyTest, slow_first_bytes_are_heeded_only_when_asked_for) {
    for (const double factor : {0.0, 2.0}) {
        ConcurrencyRules rules = rules_of(40, 40);
        rules.adaptive.latency_factor = factor;
        Wire wire(rules);
        for (int i = 0; i < 400; ++i) {
            const std::vector<Ticket> sent = wire.fill();
            const uint64_t waited = (i < 100 ? 200 : 2000) * ms;
            wire.permits.first_byte(wire.now, sent.back(), wire.number, waited);
            wire.in_flight = 0;
        }
        if (factor > 0) {
            EXPECT_LT(wire.now_permits(), 40u);
        } else {
            EXPECT_EQ(wire.now_permits(), 40u);
        }
    }
}

TEST(ConcurrencyTest, a_ramp_begins_with_one_and_adds_one_each_so_often_B43) {
    ConcurrencyRules rules = rules_of(5, 5);
    rules.adaptive.ramp_ms = 1000;
    Concurrency permits;
    permits.open(rules, 7 * second);
    for (uint64_t i = 0; i < 8; ++i) {
        const uint64_t at = (7 + i) * second;
        EXPECT_EQ(permits.permits(at), std::min<uint64_t>(i + 1, 5));
        EXPECT_EQ(permits.permits(at + second - 1), std::min<uint64_t>(i + 1, 5));
        EXPECT_EQ(permits.opens_at(at), i < 4 ? at + second : never_ns);
    }
}

TEST(ConcurrencyTest, without_adaptation_it_is_the_most_whatever_happens) {
    ConcurrencyRules rules = rules_of(5, 17);
    rules.adaptive.enabled = 0;
    Wire wire(rules);
    for (int i = 0; i < 20; ++i) wire.round(3);
    wire.permits.overloaded(wire.send(), wire.number, true);
    wire.permits.yield(wire.send(), wire.number);
    EXPECT_EQ(wire.now_permits(), 17u);
}

TEST(ConcurrencyTest, stays_between_the_least_and_the_most_whatever_happens) {
    TestRandom random(50);
    for (int round = 0; round < 100; ++round) {
        ConcurrencyRules rules = rules_of(1 + static_cast<uint32_t>(random.below(50)), 60);
        rules.adaptive.min_in_flight = 1 + static_cast<uint32_t>(random.below(10));
        rules.initial = std::max(rules.initial, rules.adaptive.min_in_flight);
        rules.adaptive.latency_factor = random.below(2) == 0 ? 0 : 1.5;
        Wire wire(rules);
        std::vector<Ticket> out;
        for (int step = 0; step < 3000; ++step) {
            wire.now += random.below(2 * second);
            for (const Ticket& ticket : wire.fill()) out.push_back(ticket);
            if (out.empty()) continue;
            const size_t i = random.below(out.size());
            const Ticket ticket = out[i];
            out.erase(out.begin() + static_cast<long>(i));
            --wire.in_flight;
            switch (random.below(8)) {
                case 0:
                    (void)wire.permits.refused(wire.now, ticket, wire.number, wire.in_flight);
                    break;
                case 1:
                    wire.permits.refused_too(ticket);
                    break;
                case 2:
                    wire.permits.overloaded(ticket, wire.number, true);
                    break;
                case 3:
                    wire.permits.troubled(ticket, wire.number);
                    break;
                case 4:
                    wire.permits.yield(ticket, wire.number);
                    break;
                case 5:
                    wire.permits.first_byte(wire.now, ticket, wire.number, random.below(second));
                    [[fallthrough]];
                default:
                    wire.permits.succeeded(wire.now, ticket);
                    break;
            }
            ASSERT_GE(wire.now_permits(), rules.adaptive.min_in_flight);
            ASSERT_LE(wire.now_permits(), 60u);
        }
    }
}

TEST(ConcurrencyDeathTest, programming_errors_trip_checks) {
    Concurrency permits;
    EXPECT_DEATH(permits.open(rules_of(0, 5), 0), "");
    EXPECT_DEATH(permits.open(rules_of(5, 0), 0), "");
    ConcurrencyRules rules = rules_of(1, 1);
    permits.open(rules, 0);
    EXPECT_DEATH(permits.succeeded(0, Ticket{}), "");
    rules.adaptive.min_in_flight = 0;
    EXPECT_DEATH(permits.open(rules, 0), "");
}

}  // namespace
}  // namespace leat
