// Deadlines: against a sorted reference, with thousands of moves.
#include "base/timers.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <vector>

#include "unit/codec/codec_test_help.h"

namespace leat {
namespace {

class TimersTest : public testing::Test {
protected:
    void open(size_t capacity) {
        memory_ = std::make_unique<Timer*[]>(capacity == 0 ? 1 : capacity);
        timers_.open(memory_.get(), capacity);
    }
    std::unique_ptr<Timer*[]> memory_;
    Timers timers_;
};

TEST_F(TimersTest, none_is_due_when_none_is_set) {
    open(2);
    EXPECT_EQ(timers_.next_ns(), never_ns);
    EXPECT_EQ(timers_.pop_due(UINT64_MAX - 1), nullptr);
    EXPECT_EQ(timers_.size(), 0u);
}

TEST_F(TimersTest, is_due_at_its_moment_and_not_before) {
    open(1);
    Timer timer;
    timers_.set(&timer, 1000);
    EXPECT_EQ(timers_.pop_due(999), nullptr);
    EXPECT_EQ(timers_.next_ns(), 1000u);
    EXPECT_EQ(timers_.pop_due(1000), &timer);
    EXPECT_FALSE(timer.queued());
    EXPECT_EQ(timer.at_ns, never_ns);
    EXPECT_EQ(timers_.pop_due(1000), nullptr) << "a timer fires once";
}

TEST_F(TimersTest, a_deadline_that_moved_away_fires_late_only) {
    open(2);
    Timer timer;
    Timer other;
    timers_.set(&timer, 100);
    timers_.set(&other, 150);
    timers_.set(&timer, 200);
    EXPECT_EQ(timers_.pop_due(149), nullptr);
    EXPECT_EQ(timers_.next_ns(), 150u);
    EXPECT_EQ(timers_.pop_due(500), &other);
    EXPECT_EQ(timers_.pop_due(199), nullptr);
    EXPECT_EQ(timers_.pop_due(200), &timer);
}

TEST_F(TimersTest, a_deadline_that_moved_away_and_back_fires_early) {
    open(1);
    Timer timer;
    timers_.set(&timer, 100);
    timers_.set(&timer, 300);
    timers_.set(&timer, 200);
    EXPECT_EQ(timers_.pop_due(199), nullptr);
    EXPECT_EQ(timers_.pop_due(200), &timer);
    timers_.set(&timer, 100);
    timers_.set(&timer, 50);
    EXPECT_EQ(timers_.pop_due(50), &timer);
}

TEST_F(TimersTest, never_clears) {
    open(1);
    Timer timer;
    timers_.set(&timer, 5);
    timers_.set(&timer, never_ns);
    EXPECT_FALSE(timer.queued());
    EXPECT_EQ(timers_.size(), 0u);
    timers_.clear(&timer);
    timers_.clear(&timer);
    EXPECT_EQ(timers_.next_ns(), never_ns);
}

TEST_F(TimersTest, all_of_one_moment_fire) {
    open(100);
    std::vector<Timer> all(100);
    for (Timer& timer : all) timers_.set(&timer, 7);
    std::set<Timer*> fired;
    while (Timer* const due = timers_.pop_due(7)) fired.insert(due);
    EXPECT_EQ(fired.size(), all.size());
}

TEST_F(TimersTest, moments_at_both_ends_of_time) {
    open(3);
    Timer first;
    Timer last;
    timers_.set(&last, UINT64_MAX - 1);
    timers_.set(&first, 0);
    EXPECT_EQ(timers_.pop_due(0), &first);
    EXPECT_EQ(timers_.pop_due(UINT64_MAX - 2), nullptr);
    EXPECT_EQ(timers_.pop_due(UINT64_MAX - 1), &last);
}

TEST_F(TimersTest, random_use_agrees_with_a_sorted_list) {
    TestRandom random(22);
    for (const size_t count : {size_t{1}, size_t{2}, size_t{5}, size_t{64}, size_t{500}}) {
        open(count);
        std::vector<Timer> all(count);
        std::multiset<std::pair<uint64_t, Timer*>> model;
        std::vector<uint64_t> at(count, never_ns);
        const auto forget = [&](size_t i) {
            if (at[i] != never_ns) model.erase(model.find({at[i], &all[i]}));
            at[i] = never_ns;
        };
        uint64_t now = 0;
        for (int step = 0; step < 20000; ++step) {
            const size_t i = random.below(count);
            switch (random.below(5)) {
                case 0:
                    forget(i);
                    timers_.clear(&all[i]);
                    break;
                case 1: {
                    now += random.below(20);
                    while (!model.empty() && model.begin()->first <= now) {
                        Timer* const due = timers_.pop_due(now);
                        ASSERT_NE(due, nullptr);
                        const size_t k = static_cast<size_t>(due - all.data());
                        ASSERT_EQ(at[k], model.begin()->first) << "not the earliest";
                        forget(k);
                    }
                    ASSERT_EQ(timers_.pop_due(now), nullptr);
                    break;
                }
                default: {
                    const uint64_t moment = now + random.below(step % 2 == 0 ? 1000 : 8);
                    forget(i);
                    at[i] = moment;
                    model.insert({moment, &all[i]});
                    timers_.set(&all[i], moment);
                }
            }
            ASSERT_EQ(timers_.size(), model.size());
            ASSERT_EQ(timers_.next_ns(), model.empty() ? never_ns : model.begin()->first);
        }
        for (Timer& timer : all) timers_.clear(&timer);
    }
}

using TimersDeathTest = TimersTest;

TEST_F(TimersDeathTest, more_timers_than_planned_trip_a_check) {
    open(1);
    Timer first;
    Timer second;
    timers_.set(&first, 1);
    EXPECT_DEATH(timers_.set(&second, 2), "");
}

}  // namespace
}  // namespace leat
