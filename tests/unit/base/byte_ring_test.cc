// Pieces of a ring of bytes: contiguous, inside, apart from each other, given back in any order.
#include "base/byte_ring.h"

#include <gtest/gtest.h>

#include <stdint.h>

#include <vector>

#include "unit/codec/codec_test_help.h"

namespace leat {
namespace {

struct Piece {
    char* at;
    size_t size;
    char mark;
};

class ByteRingTest : public testing::Test {
protected:
    void open(size_t bytes) {
        bytes_ = bytes;
        ring_.open(memory_, bytes);
    }
    void TearDown() override { unpoison(memory_, sizeof memory_); }

    // True when a piece was given; it is then checked and filled.
    bool take(size_t size) {
        Piece piece{ring_.take(size), size, static_cast<char>('a' + count_++ % 26)};
        if (piece.at == nullptr) return false;
        EXPECT_EQ(reinterpret_cast<uintptr_t>(piece.at) % 16, 0u);
        EXPECT_GE(piece.at, memory_);
        EXPECT_LE(piece.at + size, memory_ + bytes_) << "a piece past the end";
        if (piece.at + size > memory_ + bytes_) return false;
        for (const Piece& other : pieces_) {
            if (size == 0 || other.size == 0) continue;  // an empty piece is nowhere
            EXPECT_TRUE(piece.at + size <= other.at || other.at + other.size <= piece.at);
        }
        memset(piece.at, piece.mark, size);
        pieces_.push_back(piece);
        EXPECT_LE(ring_.used(), ring_.capacity());
        return true;
    }

    void give_back(size_t which = 0) {
        const Piece piece = pieces_[which];
        pieces_.erase(pieces_.begin() + static_cast<long>(which));
        for (size_t i = 0; i < piece.size; ++i) ASSERT_EQ(piece.at[i], piece.mark);
        ring_.give_back(piece.at);
    }

    alignas(16) char memory_[8192];
    ByteRing ring_;
    std::vector<Piece> pieces_;
    size_t bytes_ = 0;
    size_t count_ = 0;
};

TEST_F(ByteRingTest, gives_exactly_its_capacity_less_a_head) {
    open(128);
    EXPECT_EQ(ring_.piece_bytes_max(), 112u);
    EXPECT_FALSE(take(113));
    EXPECT_TRUE(take(112));
    EXPECT_FALSE(take(1));
    give_back();
    EXPECT_TRUE(take(111));
    EXPECT_FALSE(take(1)) << "111 take the place of 112";
}

TEST_F(ByteRingTest, rounds_sizes_up_to_the_alignment) {
    open(128);
    EXPECT_TRUE(take(1));
    EXPECT_EQ(ring_.used(), 32u);
    EXPECT_TRUE(take(17));
    EXPECT_EQ(ring_.used(), 80u);
    EXPECT_FALSE(take(33));
    EXPECT_TRUE(take(32));
}

TEST_F(ByteRingTest, charges_the_gap_at_the_end_to_the_piece_that_skips_it) {
    open(128);
    EXPECT_TRUE(take(48));
    EXPECT_TRUE(take(16));
    give_back();
    // 32 at the end are free and 64 at the start: 48 go to the start and pay for the end as well.
    EXPECT_TRUE(take(48));
    EXPECT_EQ(pieces_.back().at, memory_ + 16);
    EXPECT_EQ(ring_.used(), 128u);
    EXPECT_FALSE(take(1));
    give_back();
    give_back();
    EXPECT_EQ(ring_.used(), 0u);
    EXPECT_TRUE(take(112)) << "an empty ring begins at its start";
}

TEST_F(ByteRingTest, what_comes_back_early_is_free_when_all_before_it_are) {
    open(192);
    EXPECT_TRUE(take(32));
    EXPECT_TRUE(take(32));
    EXPECT_TRUE(take(32));
    EXPECT_TRUE(take(32));
    EXPECT_EQ(ring_.used(), 192u);
    give_back(1);
    give_back(1);
    EXPECT_EQ(ring_.used(), 192u) << "the oldest is still out";
    EXPECT_FALSE(take(1));
    give_back(0);
    EXPECT_EQ(ring_.used(), 48u);
    EXPECT_TRUE(take(112));
}

TEST_F(ByteRingTest, never_wraps_into_pieces_that_are_still_out) {
    open(128);
    EXPECT_TRUE(take(16));
    EXPECT_TRUE(take(32));
    give_back();
    EXPECT_FALSE(take(64)) << "32 and 48 at the ends are not 80 in one";
    EXPECT_TRUE(take(32));
    EXPECT_TRUE(take(16));
    EXPECT_FALSE(take(1));
}

TEST_F(ByteRingTest, a_ring_without_memory_gives_nothing) {
    ring_.open(nullptr, 0);
    EXPECT_EQ(ring_.take(0), nullptr);
    EXPECT_EQ(ring_.take(1), nullptr);
    EXPECT_EQ(ring_.take(SIZE_MAX), nullptr);
    EXPECT_EQ(ring_.piece_bytes_max(), 0u);
}

TEST_F(ByteRingTest, random_use_keeps_pieces_whole_whatever_the_order) {
    TestRandom random(21);
    for (int round = 0; round < 60; ++round) {
        open(16 * (1 + random.below(128)));
        const size_t most = 1 + random.below(bytes_ + 16);
        const bool in_order = random.below(2) == 0;
        for (int step = 0; step < 2000; ++step) {
            if (!pieces_.empty() && random.below(2) == 0) {
                give_back(in_order ? 0 : random.below(pieces_.size()));
            } else {
                const size_t size = random.below(most);
                const bool was_empty = ring_.used() == 0;
                const bool given = take(size);
                if (was_empty && bytes_ >= 16 && size <= ring_.piece_bytes_max()) {
                    ASSERT_TRUE(given) << size << " of " << bytes_;
                }
            }
            ASSERT_FALSE(HasFailure());
        }
        while (!pieces_.empty()) give_back();
        ASSERT_EQ(ring_.used(), 0u);
    }
}

TEST_F(ByteRingTest, wipe_clears_all_that_was_ever_given) {
    open(128);
    EXPECT_TRUE(take(100));
    give_back();
    ring_.wipe_used();
    for (size_t i = 0; i < 116; ++i) ASSERT_EQ(memory_[i], 0);
}

TEST_F(ByteRingTest, giving_a_piece_back_twice_trips_a_check) {
    open(128);
    EXPECT_TRUE(take(16));
    EXPECT_TRUE(take(16));
    char* const later = pieces_[1].at;
    ring_.give_back(later);
    EXPECT_DEATH(ring_.give_back(later), "");
}

}  // namespace
}  // namespace leat
