// Three lanes in one pool: first in, first out within a lane, six, two and one turns among them.
#include "base/lanes.h"

#include <gtest/gtest.h>

#include <deque>
#include <vector>

#include "unit/codec/codec_test_help.h"

namespace leat {
namespace {

class LanesTest : public testing::Test {
protected:
    void open(size_t capacity) {
        memory_.resize(Lanes<int>::bytes_for(capacity) / sizeof(uint64_t) + 1);
        lanes_.open(memory_.data(), capacity);
    }
    bool push(uint32_t lane, int value) {
        int* const entry = lanes_.push(lane);
        if (entry != nullptr) *entry = value;
        return entry != nullptr;
    }
    int pop() {
        const int value = *lanes_.front();
        lanes_.pop();
        return value;
    }
    std::vector<uint64_t> memory_;
    Lanes<int> lanes_;
};

TEST_F(LanesTest, hold_exactly_their_capacity) {
    for (const size_t capacity : {size_t{1}, size_t{2}, size_t{7}}) {
        open(capacity);
        for (size_t i = 0; i < capacity; ++i) EXPECT_TRUE(push(static_cast<uint32_t>(i % 3), 1));
        EXPECT_TRUE(lanes_.full());
        EXPECT_FALSE(push(0, 1));
        (void)pop();
        EXPECT_TRUE(push(2, 1));
        EXPECT_FALSE(push(1, 1));
    }
}

TEST_F(LanesTest, one_lane_alone_is_a_queue) {
    for (uint32_t lane = 0; lane < 3; ++lane) {
        open(4);
        int in = 0;
        int out = 0;
        for (int round = 0; round < 50; ++round) {
            while (push(lane, in)) ++in;
            EXPECT_EQ(pop(), out++);
            EXPECT_EQ(pop(), out++);
        }
    }
}

TEST_F(LanesTest, turns_are_six_two_one) {
    open(300);
    for (int i = 0; i < 100; ++i) {
        for (uint32_t lane = 0; lane < 3; ++lane) ASSERT_TRUE(push(lane, static_cast<int>(lane)));
    }
    int counts[3] = {};
    for (int i = 0; i < 90; ++i) ++counts[pop()];
    EXPECT_EQ(counts[1], 60);
    EXPECT_EQ(counts[0], 20);
    EXPECT_EQ(counts[2], 10);
}

TEST_F(LanesTest, an_empty_lane_leaves_its_turns_to_the_others) {
    open(10);
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(push(2, i));
    for (int i = 0; i < 10; ++i) EXPECT_EQ(pop(), i);
    EXPECT_TRUE(lanes_.empty());
    EXPECT_EQ(lanes_.front(), nullptr);
}

TEST_F(LanesTest, find_visits_every_entry_until_one_is_it) {
    open(9);
    for (int i = 0; i < 9; ++i) ASSERT_TRUE(push(static_cast<uint32_t>(i % 3), i));
    (void)pop();
    int seen = 0;
    EXPECT_FALSE(lanes_.find([&](int*) {
        ++seen;
        return false;
    }));
    EXPECT_EQ(seen, 8);
    EXPECT_TRUE(lanes_.find([](int* value) { return *value == 8; }));
    EXPECT_FALSE(lanes_.find([](int* value) { return *value == 1; })) << "that one was popped";
}

TEST_F(LanesTest, random_use_keeps_each_lane_in_order) {
    TestRandom random(77);
    open(13);
    std::deque<int> expected[3];
    int next = 0;
    for (int step = 0; step < 20000; ++step) {
        const uint32_t lane = static_cast<uint32_t>(random.below(3));
        if (random.below(2) == 0) {
            if (!push(lane, next * 3 + static_cast<int>(lane))) continue;
            expected[lane].push_back(next * 3 + static_cast<int>(lane));
            ++next;
        } else if (!lanes_.empty()) {
            const int value = pop();
            std::deque<int>& its = expected[value % 3];
            ASSERT_FALSE(its.empty());
            ASSERT_EQ(value, its.front());
            its.pop_front();
        }
        ASSERT_EQ(lanes_.size(), expected[0].size() + expected[1].size() + expected[2].size());
    }
}

}  // namespace
}  // namespace leat
