// The rate that refusals show, against services whose rate and bucket are known.
// Depends on pace/learned.h.
#include "pace/learned.h"

#include <gtest/gtest.h>

#include "unit/codec/codec_test_help.h"

namespace leat {
namespace {

constexpr uint64_t ms = 1'000'000u;
constexpr uint64_t second = 1000 * ms;
constexpr uint64_t minute = 60 * second;

// A service that says nothing but 429, and a client that sends as fast as the learned rate lets it
// and pauses after each refusal.
struct Service {
    Service(uint64_t per_minute, uint64_t burst) { theirs.open(per_minute, burst); }
    void run(uint64_t length_ns) {
        const uint64_t end = now + length_ns;
        while (now < end) {
            learned.review(now, number);
            const uint64_t at = learned.bucket()->ready_at(now, 1);
            if (at > now) {
                learned.note_use();
                now = at;
                continue;
            }
            ++number;
            learned.bucket()->take(now, 1, number);
            if (theirs.ready_at(now, 1) == now) {
                theirs.take(now, 1, number);
                ++served;
                now += 10 * ms;  // another limit keeps it from sending faster
                continue;
            }
            ++refused;
            const bool shows = learned.refused(now, number, number, false);
            const uint64_t pause = (shows ? 1 : 10) * second;
            learned.paused(pause);
            now += pause;
        }
    }
    Learned learned;
    Bucket theirs;
    uint64_t now = second;
    uint64_t number = 0;
    uint64_t served = 0;
    uint64_t refused = 0;
};

TEST(LearnedTest, before_a_refusal_there_is_no_rate) {
    Learned learned;
    learned.open();
    EXPECT_FALSE(learned.bucket()->limited());
    learned.review(UINT64_MAX / 4, 1000);
    EXPECT_FALSE(learned.bucket()->limited());
    EXPECT_FALSE(learned.refused(minute, 1000, 1000, false)) << "one refusal shows no rate";
    EXPECT_FALSE(learned.bucket()->limited());
    EXPECT_FALSE(learned.refused(minute + second, 1001, 1001, false)) << "nor does one just after";
    EXPECT_FALSE(learned.bucket()->limited());
}

TEST(LearnedTest, what_went_through_from_empty_to_empty_is_the_rate) {
    Learned learned;
    learned.open();
    (void)learned.refused(minute, 100, 100, false);
    learned.paused(second);
    EXPECT_TRUE(learned.refused(minute + 60 * second, 160, 160, false)) << "59 in 60 s";
    EXPECT_NEAR(static_cast<double>(learned.bucket()->rate()) / 3600, 59.0 / 60 * 0.97, 0.03);
    EXPECT_LE(learned.bucket()->level(minute + 60 * second), 1e-3) << "and nothing is left now";
}

TEST(LearnedTest, uses_nearly_all_that_a_service_allows_with_few_refusals) {
    const struct {
        uint64_t per_minute, burst;
    } services[] = {{20, 20}, {60, 60}, {60, 10}, {600, 600}, {600, 100}, {600, 10}, {3000, 3000}};
    for (const auto& one : services) {
        Service service(one.per_minute, one.burst);
        service.run(5 * minute);
        const uint64_t served = service.served;
        const uint64_t refused = service.refused;
        service.run(60 * minute);
        const double share =
            static_cast<double>(service.served - served) / static_cast<double>(60 * one.per_minute);
        EXPECT_GE(share, 0.93) << one.per_minute << " burst " << one.burst;
        const double refusals = static_cast<double>(service.refused - refused) /
                                static_cast<double>(service.served - served);
        EXPECT_LE(refusals, 0.025) << one.per_minute << " burst " << one.burst;
    }
}

TEST(LearnedTest, follows_a_rate_that_rises_or_falls) {
    for (const uint64_t factor_percent : {50u, 200u}) {
        Service service(600, 600);
        service.run(20 * minute);
        const uint64_t rate = 600 * factor_percent / 100;
        service.theirs.reshape(service.now, rate, rate, minute, service.number);
        service.run(20 * minute);
        const uint64_t served = service.served;
        service.run(20 * minute);
        EXPECT_GE(service.served - served, 20 * rate * 93 / 100);
    }
}

TEST(LearnedTest, a_rate_that_is_not_used_is_not_raised) {
    Learned learned;
    learned.open();
    (void)learned.refused(minute, 100, 100, false);
    (void)learned.refused(2 * minute, 160, 160, false);
    const uint64_t rate = learned.bucket()->rate();
    for (uint64_t at = 2 * minute; at < 200 * minute; at += minute) learned.review(at, 160);
    EXPECT_EQ(learned.bucket()->rate(), rate);
}

TEST(LearnedTest, a_refusal_for_another_reason_only_begins_the_measurement_anew) {
    Learned learned;
    learned.open();
    EXPECT_FALSE(learned.refused(minute, 100, 100, true));
    EXPECT_FALSE(learned.bucket()->limited());
    EXPECT_TRUE(learned.refused(2 * minute, 131, 131, false));
    EXPECT_NEAR(static_cast<double>(learned.bucket()->rate()) / 3600, 30.0 / 60 * 0.97, 0.02);
}

TEST(LearnedTest, stays_within_bounds_whatever_happens) {
    TestRandom random(70);
    for (int round = 0; round < 50; ++round) {
        Learned learned;
        learned.open();
        uint64_t now = 1 + random.below(UINT64_MAX / 8);
        uint64_t number = 1;
        for (int step = 0; step < 500; ++step) {
            now += random.below(random.below(10) == 0 ? 1000 * minute : 20 * second);
            number += random.below(random.below(10) == 0 ? 1000000 : 10);
            if (random.below(3) == 0) learned.note_use();
            learned.review(now, number);
            if (random.below(3) == 0) {
                (void)learned.refused(now, number, number + random.below(5), random.below(4) == 0);
                learned.paused(random.below(UINT64_MAX / 1000));
            }
            if (!learned.bucket()->limited()) continue;
            ASSERT_GE(learned.bucket()->rate(), 1u);
            ASSERT_LE(learned.bucket()->rate(), 3600000000u);
            ASSERT_LE(learned.bucket()->ready_at(now, 1), now + 7200 * second);
        }
    }
}

TEST(LearnedDeathTest, a_number_beyond_the_latest_trips_a_check) {
    Learned learned;
    learned.open();
    EXPECT_DEATH((void)learned.refused(1, 2, 1, false), "");
}

}  // namespace
}  // namespace leat
