// tests/port/sqlite_heap_test.cc: the buddy allocator behind SQLite against a model: random sequences keep
// every block whole and apart, and what is given back is the whole range again. Depends on its header.
#include <gtest/gtest.h>
#include <string.h>

#include <map>
#include <random>
#include <vector>

#ifdef LEAT_HAS_SQLITE
#include "port/sqlite/heap.h"

namespace leat_sqlite {
namespace {

struct alignas(32) Unit {
    char bytes[32];
};

class SqliteHeap : public ::testing::Test {
protected:
    void open(size_t bytes) {
        memory.assign(bytes / sizeof(Unit) + 1, Unit{});
        ASSERT_TRUE(heap.open(memory.data(), bytes));
    }
    std::vector<Unit> memory;
    Heap heap;
};

TEST_F(SqliteHeap, sizes_are_powers_of_two_from_32) {
    EXPECT_EQ(Heap::round_up(0), 32u);
    EXPECT_EQ(Heap::round_up(31), 32u);
    EXPECT_EQ(Heap::round_up(32), 32u);
    EXPECT_EQ(Heap::round_up(33), 64u);
    EXPECT_EQ(Heap::round_up(size_t{1} << 30), size_t{1} << 30);
    EXPECT_EQ(Heap::round_up((size_t{1} << 30) + 1), 0u);
}

TEST_F(SqliteHeap, a_range_without_room_for_a_block_is_refused) {
    memory.assign(4, Unit{});
    EXPECT_FALSE(heap.open(memory.data(), 32));
    EXPECT_FALSE(heap.open(memory.data(), 63));
    EXPECT_TRUE(heap.open(memory.data(), 96));
    EXPECT_TRUE(heap.is_sound());
}

TEST_F(SqliteHeap, gives_all_of_its_range_and_no_more) {
    open(64 * 1024);
    size_t count = 0;
    while (heap.take(32) != nullptr) ++count;
    EXPECT_GE(count, 64u * 1024 / 33 - 2);
    EXPECT_TRUE(heap.is_sound());
    EXPECT_EQ(heap.used(), count * 32);
    EXPECT_EQ(heap.take(1), nullptr);
    EXPECT_EQ(heap.take(0), nullptr);
}

TEST_F(SqliteHeap, a_random_life_keeps_blocks_whole_and_apart) {
    for (uint32_t seed = 1; seed <= 5; ++seed) {
        open(100000 + seed * 777);
        std::mt19937 random(seed);
        std::map<char*, std::pair<size_t, char>> taken;
        for (int i = 0; i < 4000; ++i) {
            if (random() % 5 < 3) {
                const size_t size = size_t{1} + random() % (random() % 8 == 0 ? 20000u : 300u);
                char* const at = static_cast<char*>(heap.take(size));
                if (at == nullptr) continue;
                EXPECT_GE(heap.size_of(at), size);
                EXPECT_EQ(reinterpret_cast<uintptr_t>(at) % 16, 0u);
                const char mark = static_cast<char>(random());
                memset(at, mark, size);
                taken[at] = {size, mark};
            } else if (!taken.empty()) {
                const auto gone = std::next(taken.begin(), static_cast<long>(random() % taken.size()));
                const std::string whole(gone->second.first, gone->second.second);
                ASSERT_EQ(std::string(gone->first, gone->second.first), whole);
                heap.give(gone->first);
                taken.erase(gone);
            }
            if (i % 64 == 0) {
                ASSERT_TRUE(heap.is_sound()) << i;
            }
        }
        for (const auto& [at, size] : taken) heap.give(at);
        EXPECT_TRUE(heap.is_sound());
        EXPECT_EQ(heap.used(), 0u);
        EXPECT_GT(heap.peak(), 0u);
        EXPECT_NE(heap.take(32768), nullptr) << "what was split is joined again";
    }
}

using SqliteHeapDeathTest = SqliteHeap;

TEST_F(SqliteHeapDeathTest, what_is_not_in_use_cannot_be_given_back) {
    open(4096);
    char* const at = static_cast<char*>(heap.take(100));
    heap.give(nullptr);
    EXPECT_DEATH(heap.give(at + 32), "");
    EXPECT_DEATH(heap.give(memory.data()), "");
    heap.give(at);
    EXPECT_DEATH(heap.give(at), "");
}

}  // namespace
}  // namespace leat_sqlite
#endif
