// The fixed queue: order, fullness, wrapping.
#include "base/ring.h"

#include <gtest/gtest.h>

#include <deque>

#include "unit/codec/codec_test_help.h"

namespace leat {
namespace {

TEST(RingTest, is_full_at_its_capacity) {
    for (size_t capacity = 1; capacity <= 5; ++capacity) {
        std::vector<int> memory(capacity);
        Ring<int> ring;
        ring.open(memory.data(), capacity);
        EXPECT_TRUE(ring.empty());
        EXPECT_EQ(ring.front(), nullptr);
        for (size_t i = 0; i < capacity; ++i) {
            EXPECT_FALSE(ring.full());
            ASSERT_NE(ring.push(), nullptr);
        }
        EXPECT_TRUE(ring.full());
        EXPECT_EQ(ring.push(), nullptr);
        EXPECT_EQ(ring.size(), capacity);
    }
}

TEST(RingTest, random_use_keeps_the_order) {
    TestRandom random(23);
    for (size_t capacity = 1; capacity <= 17; ++capacity) {
        std::vector<int> memory(capacity);
        Ring<int> ring;
        ring.open(memory.data(), capacity);
        std::deque<int> model;
        for (int step = 0; step < 3000; ++step) {
            if (random.below(2) == 0) {
                int* const entry = ring.push();
                ASSERT_EQ(entry == nullptr, model.size() == capacity);
                if (entry != nullptr) {
                    *entry = step;
                    model.push_back(step);
                }
            } else if (!model.empty()) {
                ASSERT_EQ(*ring.front(), model.front());
                ring.pop();
                model.pop_front();
            }
            ASSERT_EQ(ring.size(), model.size());
            for (size_t i = 0; i < model.size(); ++i) ASSERT_EQ(*ring.at(i), model[i]);
        }
    }
}

TEST(RingDeathTest, what_is_not_there_trips_a_check) {
    int memory[2];
    Ring<int> ring;
    ring.open(memory, 2);
    EXPECT_DEATH(ring.pop(), "");
    EXPECT_DEATH((void)ring.at(0), "");
}

}  // namespace
}  // namespace leat
