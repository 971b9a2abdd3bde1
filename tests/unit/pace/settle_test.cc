// What is given back (P-8): a bucket whose takes turn out to be smaller is never fuller than one
// from which the never-used part had never been taken, so what was really used obeys the limit over
// every window. Proved against a model that replays all of history. Depends on pace/bucket.h,
// peaks.h.
#include <gtest/gtest.h>

#include "pace/bucket.h"
#include "pace/peaks.h"
#include "unit/codec/codec_test_help.h"

namespace leat {
namespace {

constexpr uint64_t minute = 60'000'000'000u;
__extension__ using Wide = __int128;

struct Take {
    uint64_t at_ns;
    uint64_t reserved;
    uint64_t used;
    bool settled;
};

// The level of a bucket from which only what was used (or is still reserved) was ever taken.
double model_level(const std::vector<Take>& takes, uint64_t now_ns, uint64_t rate, uint64_t burst) {
    const double per_ns = static_cast<double>(rate) / static_cast<double>(minute);
    double level = static_cast<double>(burst);
    uint64_t at = takes.empty() ? now_ns : takes[0].at_ns;
    for (const Take& take : takes) {
        level += static_cast<double>(take.at_ns - at) * per_ns;
        level = std::min(level, static_cast<double>(burst));
        level -= static_cast<double>(take.settled ? take.used : take.reserved);
        at = take.at_ns;
    }
    level += static_cast<double>(now_ns - at) * per_ns;
    return std::min(level, static_cast<double>(burst));
}

void expect_limit(const std::vector<Take>& takes, uint64_t rate, uint64_t burst) {
    for (size_t i = 0; i < takes.size(); ++i) {
        Wide sum = 0;
        for (size_t j = i; j < takes.size(); ++j) {
            sum += takes[j].settled ? takes[j].used : takes[j].reserved;
            const Wide most = Wide{burst} * minute + Wide{rate} * (takes[j].at_ns - takes[i].at_ns);
            ASSERT_LE(sum * minute, most) << "from take " << i << " to " << j << ", rate " << rate;
        }
    }
}

void settle_random(Bucket* bucket, std::vector<Take>* takes, uint64_t now, TestRandom* random) {
    const size_t i = random->below(takes->size());
    Take* const take = &(*takes)[i];
    if (take->settled) return;
    take->settled = true;
    take->used = random->below(4) == 0 ? 0 : random->below(take->reserved + 1);
    bucket->settle(now, i + 1, take->reserved, take->used);
}

TEST(SettleTest, real_usage_obeys_the_limit_over_every_window) {
    TestRandom random(31);
    const uint64_t rates[] = {1, 7, 60, 500, 10000, 999983, 90000000};
    for (int round = 0; round < 210; ++round) {
        const uint64_t rate = rates[random.below(7)];
        const uint64_t burst = 1 + random.below(random.below(2) == 0 ? 5 : 1000);
        const uint64_t step_ns = minute / rate * (1 + random.below(2 * burst)) + 1;
        Bucket bucket;
        bucket.open(rate, burst);
        std::vector<Take> takes;
        uint64_t now = random.below(2) == 0 ? 0 : UINT64_MAX / 4;
        for (int step = 0; step < 120; ++step) {
            now += random.below(3) == 0 ? 0 : random.below(step_ns);
            if (!takes.empty() && random.below(2) == 0) {
                settle_random(&bucket, &takes, now, &random);
            } else {
                const uint64_t count = 1 + random.below(burst);
                now = bucket.ready_at(now, count);
                bucket.take(now, count, takes.size() + 1);
                takes.push_back({now, count, 0, false});
            }
            const double exact = model_level(takes, now, rate, burst);
            // Two nanoseconds' worth of rounding in what level() tells.
            const double slack = 1e-6 * static_cast<double>(burst + 1) +
                                 2.0 * static_cast<double>(rate) / static_cast<double>(minute);
            ASSERT_LE(bucket.level(now), exact + slack) << "fuller than had it never been taken";
        }
        expect_limit(takes, rate, burst);
    }
}

TEST(SettleTest, all_of_it_comes_back_when_nothing_overflowed) {
    TestRandom random(33);
    for (int round = 0; round < 300; ++round) {
        Bucket bucket;
        bucket.open(600, 1000);
        std::vector<Take> takes;
        uint64_t now = 0;
        const size_t count = 1 + random.below(15);
        for (size_t i = 0; i < count; ++i) {
            now += random.below(minute / 20);
            const uint64_t tokens = 1 + random.below(80);
            now = bucket.ready_at(now, tokens);
            bucket.take(now, tokens, i + 1);
            takes.push_back({now, tokens, 0, false});
        }
        const size_t one = random.below(count);
        takes[one].settled = true;
        takes[one].used = random.below(takes[one].reserved);
        bucket.settle(now, one + 1, takes[one].reserved, takes[one].used);
        ASSERT_NEAR(bucket.level(now), model_level(takes, now, 600, 1000), 1e-5);
    }
}

TEST(PeaksTest, knows_the_highest_fill_that_a_later_take_found) {
    TestRandom random(34);
    for (int round = 0; round < 100; ++round) {
        Peaks peaks;
        peaks.open();
        std::vector<uint64_t> fills;
        const size_t count = 1 + random.below(60);
        for (size_t i = 0; i < count; ++i) {
            fills.push_back(random.below(1000));
            peaks.note(i + 1, fills.back());
        }
        for (size_t from = 0; from <= count; ++from) {
            uint64_t highest = 0;
            for (size_t i = from; i < count; ++i) highest = std::max(highest, fills[i]);
            ASSERT_GE(peaks.after(from), highest) << "too low gives too much back";
            if (count <= 16) {
                ASSERT_EQ(peaks.after(from), highest);
            }
        }
    }
}

TEST(PeaksTest, raises_all_that_was_noted) {
    Peaks peaks;
    peaks.open();
    EXPECT_EQ(peaks.after(0), 0u);
    peaks.note(1, 50);
    peaks.note(2, 20);
    peaks.raise(7);
    EXPECT_EQ(peaks.after(0), 57u);
    EXPECT_EQ(peaks.after(1), 27u);
    EXPECT_EQ(peaks.after(2), 0u);
}

TEST(PeaksDeathTest, numbers_that_fall_trip_a_check) {
    Peaks peaks;
    peaks.open();
    peaks.note(5, 1);
    EXPECT_DEATH(peaks.note(4, 0), "");
}

}  // namespace
}  // namespace leat
