// Pieces of a ring of bytes: contiguous, inside, apart from each other, in order.
#include "base/byte_ring.h"

#include <gtest/gtest.h>

#include <stdint.h>

#include <deque>

#include "unit/codec/codec_test_help.h"

namespace leat {
namespace {

struct Piece {
    char* at;
    size_t size;
    size_t charged;
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
        Piece piece{nullptr, size, 0, static_cast<char>('a' + count_++ % 26)};
        piece.at = ring_.take(size, &piece.charged);
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
        charged_ += piece.charged;
        pieces_.push_back(piece);
        EXPECT_EQ(ring_.used(), charged_);
        EXPECT_LE(ring_.used(), ring_.capacity());
        return true;
    }

    void give_back() {
        const Piece piece = pieces_.front();
        pieces_.pop_front();
        for (size_t i = 0; i < piece.size; ++i) ASSERT_EQ(piece.at[i], piece.mark);
        ring_.give_back(piece.at, piece.size, piece.charged);
        charged_ -= piece.charged;
        EXPECT_EQ(ring_.used(), charged_);
    }

    alignas(16) char memory_[4096];
    ByteRing ring_;
    std::deque<Piece> pieces_;
    size_t bytes_ = 0;
    size_t charged_ = 0;
    size_t count_ = 0;
};

TEST_F(ByteRingTest, gives_exactly_its_capacity) {
    open(64);
    EXPECT_FALSE(take(65));
    EXPECT_TRUE(take(64));
    EXPECT_FALSE(take(1));
    give_back();
    EXPECT_TRUE(take(63));
    EXPECT_FALSE(take(1)) << "63 is charged as 64";
}

TEST_F(ByteRingTest, rounds_sizes_up_to_the_alignment) {
    open(64);
    EXPECT_TRUE(take(1));
    EXPECT_EQ(ring_.used(), 16u);
    EXPECT_TRUE(take(17));
    EXPECT_EQ(ring_.used(), 48u);
    EXPECT_FALSE(take(17));
    EXPECT_TRUE(take(16));
}

TEST_F(ByteRingTest, charges_the_gap_at_the_end_to_the_piece_that_skips_it) {
    open(64);
    EXPECT_TRUE(take(32));
    EXPECT_TRUE(take(16));
    give_back();
    // 16 at the end are free and 32 at the start: 32 go to the start and pay for 48.
    EXPECT_TRUE(take(32));
    EXPECT_EQ(pieces_.back().at, memory_);
    EXPECT_EQ(pieces_.back().charged, 48u);
    EXPECT_FALSE(take(1));
    give_back();
    give_back();
    EXPECT_EQ(ring_.used(), 0u);
    EXPECT_TRUE(take(64)) << "an empty ring begins at its start";
}

TEST_F(ByteRingTest, wraps_when_the_last_piece_ended_exactly_at_the_end) {
    open(64);
    EXPECT_TRUE(take(32));
    EXPECT_TRUE(take(32));
    give_back();
    EXPECT_TRUE(take(16));
    EXPECT_EQ(pieces_.back().at, memory_);
    EXPECT_EQ(pieces_.back().charged, 16u);
    EXPECT_TRUE(take(16));
    EXPECT_FALSE(take(1));
}

TEST_F(ByteRingTest, never_wraps_into_pieces_that_are_still_out) {
    open(64);
    EXPECT_TRUE(take(16));
    EXPECT_TRUE(take(32));
    give_back();
    EXPECT_FALSE(take(32)) << "16 at each end are not 32 in one";
    EXPECT_TRUE(take(16));
    EXPECT_TRUE(take(16));
    EXPECT_FALSE(take(1));
}

TEST_F(ByteRingTest, a_ring_without_memory_gives_nothing) {
    ring_.open(nullptr, 0);
    size_t charged = 0;
    EXPECT_EQ(ring_.take(1, &charged), nullptr);
    EXPECT_EQ(ring_.take(SIZE_MAX, &charged), nullptr);
}

TEST_F(ByteRingTest, random_use_keeps_pieces_whole_and_in_order) {
    TestRandom random(21);
    for (int round = 0; round < 60; ++round) {
        open(16 * (1 + random.below(64)));
        const size_t most = 1 + random.below(bytes_ + 16);
        for (int step = 0; step < 2000; ++step) {
            if (!pieces_.empty() && random.below(2) == 0) {
                give_back();
            } else {
                const size_t size = random.below(most);
                const bool was_empty = ring_.used() == 0;
                const bool given = take(size);
                if (was_empty && size <= bytes_) {
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
    for (size_t i = 0; i < 100; ++i) ASSERT_EQ(memory_[i], 0);
}

}  // namespace
}  // namespace leat
