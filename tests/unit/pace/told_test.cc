// Limits that answers tell: kept to, corrected by each answer, and never believed beyond patience.
// Depends on pace/told.h.
#include "pace/told.h"

#include <gtest/gtest.h>

#include "unit/codec/codec_test_help.h"

namespace leat {
namespace {

constexpr uint64_t ms = 1'000'000u;
constexpr uint64_t second = 1000 * ms;
constexpr uint64_t minute = 60 * second;
constexpr uint64_t patience = 120 * second;

leat_rate_limits silence() {
    leat_rate_limits limits;
    const leat_reply reply{};
    leat_reply_limits(&reply, 0, &limits);
    return limits;
}

struct Client {
    Client() { told.open(); }
    Ticket send(const Demand& demand = {}) {
        ++totals.number;
        totals.input_tokens += demand.input_tokens;
        totals.output_tokens += demand.output_tokens;
        Ticket ticket;
        ticket.demand = demand;
        ticket.totals = totals;
        ticket.admitted_ns = now;
        told.take(now, ticket);
        return ticket;
    }
    void hear(const Ticket& ticket, const leat_rate_limits& limits) {
        told.told(now, ticket, totals, limits, patience);
    }
    uint64_t ready_at(const Demand& demand = {}) const {
        Resource resource = Resource::requests;
        return told.ready_at(now, demand, &resource);
    }
    leat_rate_limits requests(int64_t limit, int64_t remaining, int64_t reset_ms = -1) const {
        leat_rate_limits limits = silence();
        limits.requests = {limit, remaining, reset_ms, -1};
        return limits;
    }
    Told told;
    Totals totals;
    uint64_t now = minute;
};

TEST(ToldTest, what_was_never_told_holds_nothing_back) {
    Client client;
    client.hear(client.send(), silence());
    EXPECT_FALSE(client.told.any());
    EXPECT_EQ(client.ready_at({UINT64_MAX / 4, UINT64_MAX / 4}), client.now);
    leat_rate_limits odd = silence();
    odd.requests = {0, 0, 1000000, -1};
    odd.tokens = {-1, 0, 1000000, -1};
    client.hear(client.send(), odd);
    EXPECT_EQ(client.ready_at({1000, 1000}), client.now);
}

TEST(ToldTest, nothing_remaining_holds_until_something_is_refilled) {
    Client client;
    client.hear(client.send(), client.requests(60, 0, 60000));
    const uint64_t at = client.ready_at();
    EXPECT_GE(at, client.now + second);
    EXPECT_LE(at, client.now + 3 * second) << "one a second, and a small margin";
}

TEST(ToldTest, what_was_sent_after_the_request_that_tells_is_counted_too) {
    Client client;
    const Ticket first = client.send();
    for (int i = 0; i < 30; ++i) (void)client.send();
    client.hear(first, client.requests(60, 30, 30000));
    EXPECT_GT(client.ready_at(), client.now) << "the thirty that remained are on their way";
}

TEST(ToldTest, an_answer_that_was_overtaken_says_nothing_about_now) {
    Client client;
    const Ticket first = client.send();
    const Ticket second_one = client.send();
    client.hear(second_one, client.requests(60, 0, 60000));
    const uint64_t at = client.ready_at();
    client.hear(first, client.requests(60, 59, 1000));
    EXPECT_EQ(client.ready_at(), at);
}

TEST(ToldTest, usage_of_requests_that_the_answers_include_is_not_settled_twice) {
    Client client;
    leat_rate_limits limits = silence();
    limits.tokens = {60000, 10000, 50000, -1};
    const Ticket ticket = client.send({100, 9000});
    client.hear(ticket, limits);
    const uint64_t before = client.ready_at({5000, 4000});
    client.told.settle(client.now, ticket.totals.number, {100, 9000}, {100, 100});
    EXPECT_EQ(client.ready_at({5000, 4000}), before);
}

TEST(ToldTest, explains_a_refusal_when_something_was_used_up) {
    Client client;
    client.hear(client.send(), client.requests(1000, 900, 6000));
    EXPECT_FALSE(client.told.explains_refusal(client.now, {}));
    client.hear(client.send(), client.requests(1000, 5, 59000));
    EXPECT_TRUE(client.told.explains_refusal(client.now, {}));
    Client tokens;
    leat_rate_limits limits = silence();
    limits.tokens = {100000, 20000, 48000, -1};
    tokens.hear(tokens.send(), limits);
    EXPECT_FALSE(tokens.told.explains_refusal(tokens.now, {100, 500}));
    EXPECT_TRUE(tokens.told.explains_refusal(tokens.now, {5000, 5000})) << "it may have been more";
}

// A provider with a real bucket; the client sends as fast as it may. Answers come after latency.
struct Loop {
    uint64_t rate = 600, burst = 600, latency = second;
    bool rounds = false;  // resets in whole seconds
    double run(uint64_t minutes, uint64_t* refused) {
        Client client;
        Bucket theirs;
        theirs.open(rate, burst);
        std::vector<std::pair<Ticket, leat_rate_limits>> wire;
        size_t heard = 0;
        uint64_t served = 0;
        uint64_t served_first = 0;
        const uint64_t begin = client.now + 5 * minute;
        const uint64_t end = begin + minutes * minute;
        while (client.now < end) {
            if (client.now < begin) served_first = served;
            const uint64_t answer_at =
                heard < wire.size() ? wire[heard].first.admitted_ns + latency : UINT64_MAX;
            const bool may_send = wire.size() - heard < 200;
            const uint64_t send_at = may_send ? client.ready_at() : UINT64_MAX;
            client.now = std::max(client.now, std::min(answer_at, send_at));
            if (answer_at <= client.now) {
                client.hear(wire[heard].first, wire[heard].second);
                ++heard;
                continue;
            }
            const Ticket ticket = client.send();
            if (theirs.ready_at(client.now, 1) > client.now) {
                ++*refused;
            } else {
                theirs.take(client.now, 1, ticket.totals.number);
                ++served;
            }
            const double level = std::max(0.0, theirs.level(client.now));
            int64_t reset_ms = static_cast<int64_t>((static_cast<double>(burst) - level) * 60000 /
                                                    static_cast<double>(rate)) +
                               1;
            if (rounds) reset_ms = (reset_ms + 999) / 1000 * 1000;
            wire.push_back({ticket, client.requests(static_cast<int64_t>(rate),
                                                    static_cast<int64_t>(level), reset_ms)});
        }
        return static_cast<double>(served - served_first) / static_cast<double>(minutes * rate);
    }
};

TEST(ToldTest, uses_all_that_is_told_and_is_not_refused) {
    for (const uint64_t rate : {3u, 60u, 600u, 3000u}) {
        for (const uint64_t share : {1u, 6u, 60u}) {
            for (const bool rounds : {false, true}) {
                Loop loop;
                loop.rate = rate;
                loop.burst = std::max<uint64_t>(rate / share, 1);
                loop.rounds = rounds;
                if (loop.burst < 3) continue;
                uint64_t refused = 0;
                const double used = loop.run(20, &refused);
                EXPECT_GE(used, 0.96) << rate << " burst " << loop.burst << " rounds " << rounds;
                EXPECT_LE(refused, 220 + 20 * rate / 200) << rate << " burst " << loop.burst;
            }
        }
    }
}

TEST(ToldTest, a_window_that_is_filled_up_at_its_end_holds_until_then) {
    Client client;
    // Each answer: the end stands still, what remains falls.
    for (int64_t i = 0; i < 40; ++i) {
        const int64_t left = i < 20 ? 19 - i : 0;
        client.hear(client.send(), client.requests(60, left, 50500 - i * 700));
        client.now += 700 * ms;
    }
    const uint64_t end = minute + 50500 * ms;
    EXPECT_NEAR(static_cast<double>(client.ready_at()) / 1e9, static_cast<double>(end) / 1e9, 1.0);
}

TEST(ToldTest, no_lie_holds_for_longer_than_patience) {
    const int64_t odd[] = {-1,       0, 1, 1000, 999999999999999, 1000000000000000, INT64_MAX - 1,
                           INT64_MAX};
    for (const int64_t limit : odd) {
        for (const int64_t remaining : odd) {
            for (const int64_t reset : odd) {
                for (const int64_t window : odd) {
                    Client client;
                    leat_rate_limits limits = silence();
                    limits.requests = {limit, remaining, reset, window};
                    limits.tokens = limits.requests;
                    limits.output_tokens = limits.requests;
                    limits.tokens_long = limits.requests;
                    limits.requests_short = limits.requests;
                    for (int i = 0; i < 3; ++i) {
                        client.hear(client.send({1000, 1000}), limits);
                        client.now += second;
                    }
                    const uint64_t at = client.ready_at({1000, 1000});
                    ASSERT_GE(at, client.now);
                    ASSERT_LE(at, client.now + patience);
                    client.now = at;
                    const Ticket ticket = client.send({1000, 1000});
                    client.told.settle(client.now, ticket.totals.number, ticket.demand,
                                       {1001000, 1001000});
                    ASSERT_LE(client.ready_at({1000, 1000}), client.now + patience);
                }
            }
        }
    }
}

TEST(ToldTest, after_patience_one_request_asks_and_not_all) {
    Client client;
    leat_rate_limits limits = client.requests(1, 0, 1000000000);
    limits.requests.window_ms = 1000000000;
    client.hear(client.send(), limits);
    client.now = client.ready_at();
    (void)client.send();
    EXPECT_EQ(client.ready_at(), client.now + patience);
}

TEST(ToldTest, a_new_limit_holds_at_once) {
    Client client;
    client.hear(client.send(), client.requests(600, 0, 60000));
    const uint64_t slow = client.ready_at();
    client.hear(client.send(), client.requests(6000, 5000, 10000));
    EXPECT_GT(slow, client.now);
    EXPECT_EQ(client.ready_at(), client.now);
}

}  // namespace
}  // namespace leat
