// tests/port/tls_pool_test.cc: the fixed heap of the TLS port against a model: random sequences
// keep every block whole and apart, and everything given back is one block again.
#include <gtest/gtest.h>
#include <string.h>

#include <map>
#include <random>
#include <vector>

#include "port/mbedtls/pool.h"

namespace leat::tls {
namespace {

struct alignas(16) Unit {
    uint8_t bytes[16];
};

class TlsPool : public ::testing::Test {
protected:
    void open(size_t bytes) {
        pool.close();
        memory.assign((bytes + 15) / 16, Unit{});
        pool.open(memory.data(), bytes);
    }
    std::vector<Unit> memory;
    Pool pool{};
};

TEST_F(TlsPool, gives_zeroed_aligned_memory) {
    open(4096);
    for (size_t size = 0; size < 200; ++size) {
        uint8_t* const at = static_cast<uint8_t*>(pool.take(1, size));
        ASSERT_NE(at, nullptr);
        EXPECT_EQ(reinterpret_cast<uintptr_t>(at) % (2 * sizeof(void*)), 0u);
        for (size_t i = 0; i < size; ++i) ASSERT_EQ(at[i], 0);
        memset(at, 0xee, size);
        pool.give(at);
    }
    EXPECT_EQ(pool.used(), 0u);
}

TEST_F(TlsPool, refuses_overflow_and_latches) {
    open(4096);
    EXPECT_EQ(pool.take(SIZE_MAX / 2, 3), nullptr);
    EXPECT_TRUE(pool.take_failure());
    EXPECT_FALSE(pool.take_failure());
    EXPECT_EQ(pool.take(1, SIZE_MAX), nullptr);
    EXPECT_EQ(pool.take(1, SIZE_MAX - 8), nullptr);
    EXPECT_EQ(pool.take(1, 4096), nullptr);
    EXPECT_EQ(pool.failures(), 4u);
    EXPECT_TRUE(pool.is_sound());
}

TEST_F(TlsPool, too_little_memory_is_an_empty_pool) {
    for (size_t bytes = 0; bytes < 48; ++bytes) {
        open(bytes);
        EXPECT_EQ(pool.take(1, 1), nullptr) << bytes;
        EXPECT_TRUE(pool.is_sound());
    }
    open(48);
    EXPECT_NE(pool.take(1, 16), nullptr);
}

TEST_F(TlsPool, uses_the_last_byte) {
    open(4096);
    void* const all = pool.take(1, 4096 - 32);
    ASSERT_NE(all, nullptr);
    EXPECT_EQ(pool.take(1, 1), nullptr);
    pool.give(all);
    EXPECT_NE(pool.take(1, 4096 - 32), nullptr);
}

TEST_F(TlsPool, record_buffers_come_back_to_their_place) {
    open(100000);
    void* const first = pool.take(1, 16717);
    void* const wall = pool.take(1, 16);
    pool.give(first);
    EXPECT_EQ(pool.take(1, 16717), first) << "the block of the same size, not the large one";
    pool.give(wall);
}

TEST_F(TlsPool, close_wipes_everything) {
    open(4096);
    void* const at = pool.take(1, 100);
    memset(at, 0x5a, 100);
    pool.close();
    for (const Unit& unit : memory) {
        for (const uint8_t byte : unit.bytes) ASSERT_EQ(byte, 0);
    }
    EXPECT_EQ(pool.take(1, 1), nullptr);
}

TEST_F(TlsPool, injected_failures) {
    open(4096);
    pool.fail_after(2, false);
    EXPECT_NE(pool.take(1, 1), nullptr);
    EXPECT_EQ(pool.take(1, 1), nullptr);
    EXPECT_NE(pool.take(1, 1), nullptr);
    pool.fail_after(1, true);
    EXPECT_EQ(pool.take(1, 1), nullptr);
    EXPECT_EQ(pool.take(1, 1), nullptr);
    pool.fail_after(0, false);
    EXPECT_NE(pool.take(1, 1), nullptr);
}

TEST_F(TlsPool, allocation_outside_a_scope_fails_and_latches) {
    open(4096);
    EXPECT_EQ(leat_tls_calloc(1, 1), nullptr);
    leat_tls_free(nullptr);
    const PoolScope scope(&pool);
    EXPECT_TRUE(pool.take_failure());
    EXPECT_FALSE(pool.take_failure());
}

TEST_F(TlsPool, scopes_nest) {
    open(4096);
    std::vector<Unit> other_memory(64);
    Pool other{};
    other.open(other_memory.data(), 1024);
    const PoolScope outer(&pool);
    {
        const PoolScope inner(&other);
        leat_tls_free(leat_tls_calloc(1, 64));
        EXPECT_EQ(other.takes(), 1u);
    }
    void* const at = leat_tls_calloc(1, 64);
    EXPECT_EQ(pool.takes(), 1u);
    leat_tls_free(at);
}

TEST_F(TlsPool, giving_twice_or_a_foreign_pointer_ends_the_program_DeathTest) {
    open(4096);
    void* const first = pool.take(1, 64);
    void* const second = pool.take(1, 64);
    pool.give(first);
    EXPECT_DEATH(pool.give(first), "");
    pool.give(second);
    EXPECT_DEATH(pool.give(second), "");
    alignas(16) char foreign[64] = {};
    EXPECT_DEATH(pool.give(foreign + 16), "");
}

// Any sequence: contents stay, blocks are disjoint, sums agree, and the end is one free block.
TEST_F(TlsPool, random_sequences_agree_with_a_model) {
    for (unsigned seed = 1; seed <= 40; ++seed) {
        std::mt19937 generator(seed);
        open(1000 + generator() % 60000);
        std::map<uint8_t*, std::pair<size_t, uint8_t>> model;
        for (int step = 0; step < 3000; ++step) {
            if (generator() % 5 < 3) {
                const auto power = static_cast<unsigned>(generator() % 14);
                const size_t size = generator() % ((1u << power) + 1);
                uint8_t* const at = static_cast<uint8_t*>(pool.take(1, size));
                if (at == nullptr) continue;
                const auto next = model.lower_bound(at);
                if (next != model.end()) {
                    ASSERT_LE(at + size, next->first);
                }
                if (next != model.begin()) {
                    const auto before = std::prev(next);
                    ASSERT_LE(before->first + before->second.first, at);
                }
                for (size_t i = 0; i < size; ++i) ASSERT_EQ(at[i], 0);
                const uint8_t mark = static_cast<uint8_t>(generator() | 1);
                memset(at, mark, size);
                model[at] = {size, mark};
            } else if (!model.empty()) {
                auto victim = model.begin();
                std::advance(victim, generator() % model.size());
                for (size_t i = 0; i < victim->second.first; ++i) {
                    ASSERT_EQ(victim->first[i], victim->second.second);
                }
                pool.give(victim->first);
                model.erase(victim);
            }
            if (step % 16 == 0) {
                ASSERT_TRUE(pool.is_sound()) << "seed " << seed << " step " << step;
            }
        }
        for (const auto& entry : model) pool.give(entry.first);
        ASSERT_TRUE(pool.is_sound());
        ASSERT_EQ(pool.used(), 0u);
        ASSERT_NE(pool.take(1, pool.capacity() - 32), nullptr) << "all is one block again";
    }
}

}  // namespace
}  // namespace leat::tls
