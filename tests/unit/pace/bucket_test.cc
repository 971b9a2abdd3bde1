// The token bucket: never more than burst + rate * t in any window (promise 8), exact at its edges,
// and no overflow at the ends of its numbers.
#include "pace/bucket.h"

#include <gtest/gtest.h>

#include "unit/codec/codec_test_help.h"

namespace leat {
namespace {

constexpr uint64_t minute = 60'000'000'000u;
constexpr uint64_t second = 1'000'000'000u;
__extension__ using Wide = __int128;

struct Event {
    uint64_t at_ns;
    int64_t count;  // taken; negative: given back
};

// Every window that begins and ends with a take: count * minute <= burst * minute + rate * t.
void expect_limit(const std::vector<Event>& events, uint64_t per_minute, uint64_t burst) {
    for (size_t i = 0; i < events.size(); ++i) {
        if (events[i].count < 0) continue;
        Wide taken = 0;
        for (size_t j = i; j < events.size(); ++j) {
            taken += events[j].count;
            const Wide most =
                Wide{burst} * minute + Wide{per_minute} * (events[j].at_ns - events[i].at_ns);
            ASSERT_LE(taken * minute, most) << "per minute " << per_minute << ", burst " << burst
                                            << ", window from take " << i << " to " << j;
        }
    }
}

const uint64_t rates[] = {1, 2, 7, 59, 60, 61, 500, 10000, 999983, 90000000, 1000000000};

TEST(BucketTest, no_window_holds_more_than_burst_and_rate_allow) {
    TestRandom random(30);
    for (const uint64_t rate : rates) {
        for (const uint64_t start : {uint64_t{0}, uint64_t{12345}, UINT64_MAX / 2}) {
            const uint64_t burst = 1 + random.below(random.below(2) == 0 ? 3 : 1000);
            Bucket bucket;
            bucket.open(rate, burst);
            std::vector<Event> events;
            uint64_t now = start;
            for (int step = 0; step < 150; ++step) {
                now += random.below(3) == 0 ? 0 : random.below(2 * minute * burst / rate + 2);
                const uint64_t count = 1 + random.below(burst);
                const uint64_t at = bucket.ready_at(now, count);
                ASSERT_GE(at, now);
                if (at > now && random.below(2) == 0) continue;
                now = at;
                ASSERT_EQ(bucket.ready_at(now, count), now) << "not ready at its own moment";
                bucket.take(now, count, events.size() + 1);
                events.push_back({now, static_cast<int64_t>(count)});
            }
            expect_limit(events, rate, burst);
        }
    }
}

TEST(BucketTest, a_greedy_taker_gets_the_whole_rate) {
    for (const uint64_t rate : rates) {
        Bucket bucket;
        bucket.open(rate, 1);
        uint64_t now = 0;
        for (int i = 0; i < 1000; ++i) {
            now = bucket.ready_at(now, 1);
            bucket.take(now, 1, static_cast<uint64_t>(i) + 1);
        }
        // 999 tokens after the first; each costs at most a nanosecond of rounding.
        const Wide exact = Wide{999} * minute / rate;
        EXPECT_GE(Wide{now}, exact);
        EXPECT_LE(Wide{now}, exact + 1000) << rate;
    }
}

TEST(BucketTest, a_count_over_the_burst_goes_when_full_and_leaves_a_debt) {
    Bucket bucket;
    bucket.open(60, 5);  // one a second
    EXPECT_EQ(bucket.ready_at(0, 12), 0u) << "a full bucket lets it pass";
    bucket.take(0, 12, 1);
    EXPECT_EQ(bucket.ready_at(0, 1), 8 * second) << "12 - 5 + 1 seconds of debt";
    EXPECT_EQ(bucket.ready_at(0, 5), 12 * second);
    EXPECT_EQ(bucket.ready_at(0, 100), 12 * second) << "the next large one waits until it is full";
    bucket.take(12 * second, 100, 2);
    EXPECT_EQ(bucket.ready_at(12 * second, 1), 108 * second);
}

TEST(BucketTest, is_ready_at_its_moment_and_not_a_nanosecond_before) {
    for (const uint64_t rate : rates) {
        Bucket bucket;
        bucket.open(rate, 1);
        bucket.take(1000, 1, 1);
        const uint64_t at = bucket.ready_at(1000, 1);
        ASSERT_GT(at, 1000u);
        EXPECT_EQ(bucket.ready_at(at - 1, 1), at);
        EXPECT_EQ(bucket.ready_at(at, 1), at);
        EXPECT_EQ(bucket.ready_at(at + 1, 1), at + 1);
    }
}

TEST(BucketTest, the_burst_is_exact) {
    for (const uint64_t rate : rates) {
        Bucket bucket;
        bucket.open(rate, 3);
        for (int i = 0; i < 3; ++i) {
            // Rounding may cost a nanosecond for each token, never more.
            const uint64_t at = bucket.ready_at(5, 1);
            ASSERT_LE(at, 5u + 3) << rate;
            bucket.take(at, 1, static_cast<uint64_t>(i) + 1);
        }
        EXPECT_GE(bucket.ready_at(8, 1), 5 + minute / rate);
    }
}

TEST(BucketTest, settles_in_both_directions) {
    Bucket bucket;
    bucket.open(60, 10);
    bucket.take(0, 10, 1);
    bucket.settle(0, 1, 10, 10);
    EXPECT_EQ(bucket.ready_at(0, 1), second);
    bucket.settle(0, 1, 10, 15);
    EXPECT_EQ(bucket.ready_at(0, 1), 6 * second);
    bucket.settle(0, 1, 15, 9);
    EXPECT_EQ(bucket.ready_at(0, 1), 1) << "six back, rounded against the taker";
    bucket.settle(0, 1, 9, 0);
    EXPECT_LE(bucket.ready_at(0, 10), 2u);
    EXPECT_LE(bucket.level(0), 10.0) << "full, and not fuller than full";
}

TEST(BucketTest, what_would_have_overflowed_meanwhile_is_not_given_back) {
    Bucket bucket;
    bucket.open(60, 10);  // one a second
    bucket.take(0, 5, 1);
    bucket.settle(8 * second, 1, 5, 0);
    EXPECT_EQ(bucket.ready_at(8 * second, 10), 8 * second) << "it is full, that is all";
    bucket.take(8 * second, 10, 2);
    EXPECT_EQ(bucket.ready_at(8 * second, 1), 9 * second);

    bucket.open(60, 10);
    bucket.take(0, 5, 1);
    bucket.take(5 * second, 10, 2);  // full again: nothing of the first is missing
    bucket.settle(6 * second, 1, 5, 0);
    EXPECT_EQ(bucket.ready_at(6 * second, 2), 7 * second);
    bucket.open(60, 10);
    bucket.take(0, 5, 1);
    bucket.take(2 * second, 7, 2);  // three were missing: three come back
    bucket.settle(3 * second, 1, 5, 0);
    EXPECT_NEAR(bucket.level(3 * second), 4.0, 1e-6);
}

TEST(BucketTest, a_new_shape_keeps_what_is_in_it_and_forgets_older_takes) {
    Bucket bucket;
    bucket.open(60, 10);
    bucket.take(0, 4, 1);
    bucket.reshape(0, 600, 20, minute, 1);
    EXPECT_NEAR(bucket.level(0), 6.0, 1e-6);
    bucket.settle(0, 1, 4, 0);
    EXPECT_NEAR(bucket.level(0), 6.0, 1e-6);
    bucket.reshape(0, 60, 3, minute, 1);
    EXPECT_NEAR(bucket.level(0), 3.0, 1e-6) << "cut to the new size";
    bucket.reshape(0, 0, 1, minute, 1);
    EXPECT_FALSE(bucket.limited());
}

TEST(BucketTest, without_a_rate_nothing_waits) {
    Bucket bucket;
    bucket.open(0, 1);
    EXPECT_FALSE(bucket.limited());
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(bucket.ready_at(7, UINT64_MAX), 7u);
        bucket.take(7, UINT64_MAX, 1);
        bucket.settle(7, 1, 0, UINT64_MAX);
    }
}

TEST(BucketTest, nothing_overflows_at_the_ends_of_the_numbers) {
    const uint64_t extremes[] = {1,
                                 2,
                                 minute - 1,
                                 minute,
                                 minute + 1,
                                 UINT64_MAX / minute,
                                 UINT64_MAX / minute + 1,
                                 UINT64_MAX - 1,
                                 UINT64_MAX};
    for (const uint64_t rate : extremes) {
        for (const uint64_t burst : extremes) {
            for (const uint64_t count : extremes) {
                for (const uint64_t start : {uint64_t{0}, UINT64_MAX / 2}) {
                    Bucket bucket;
                    bucket.open(rate, burst);
                    const uint64_t at = bucket.ready_at(start, count);
                    ASSERT_EQ(at, start);
                    bucket.take(at, count, 1);
                    const uint64_t next = bucket.ready_at(start, count);
                    ASSERT_GE(next, start);
                    ASSERT_LT(next - start, 2 * 365u * 24u * 60u * minute);
                    bucket.settle(at, 1, count, UINT64_MAX);
                    ASSERT_GE(bucket.ready_at(start, 1), start);
                    bucket.settle(at, 1, UINT64_MAX, 0);
                    ASSERT_GE(bucket.ready_at(start, 1), start);
                }
            }
        }
    }
}

TEST(BucketTest, absurd_token_counts_never_wrap_the_debt_around) {
    // A peer may claim any usage, again and again; the debt must stay a debt.
    Bucket bucket;
    bucket.open(1000, 100);
    const uint64_t now = UINT64_MAX / 2;
    bucket.take(now, 1, 1);
    uint64_t before = bucket.ready_at(now, 1);
    for (int i = 0; i < 2000; ++i) {
        bucket.settle(now, 1, 1, UINT64_MAX);
        const uint64_t after = bucket.ready_at(now, 1);
        ASSERT_GE(after, before) << "after " << i;
        before = after;
    }
}

TEST(BucketTest, a_clock_that_goes_back_takes_nothing_away) {
    Bucket bucket;
    bucket.open(60, 2);
    bucket.take(100 * second, 2, 1);
    EXPECT_EQ(bucket.ready_at(50 * second, 1), 101 * second);
    EXPECT_EQ(bucket.ready_at(101 * second, 1), 101 * second);
}

TEST(BucketDeathTest, a_burst_of_nothing_trips_a_check) {
    Bucket bucket;
    EXPECT_DEATH(bucket.open(60, 0), "");
    EXPECT_DEATH(bucket.open(60, 1, 0), "");
    EXPECT_DEATH((void)Bucket().level(0), "");
}

}  // namespace
}  // namespace leat
