// The bump allocator: every size at the edge of its room, and what ASan must see.
#include "base/arena.h"

#include <gtest/gtest.h>

#include <stdint.h>

#include "base/poison.h"
#include "unit/codec/codec_test_help.h"

namespace leat {
namespace {

class ArenaTest : public testing::Test {
protected:
    void open(size_t bytes) { arena_.open(memory_, bytes); }
    void TearDown() override { unpoison(memory_, sizeof memory_); }

    alignas(64) char memory_[4096];
    Arena arena_;
};

bool is_aligned(const void* at, size_t alignment) {
    return reinterpret_cast<uintptr_t>(at) % alignment == 0;
}

TEST_F(ArenaTest, aligns_every_piece_from_any_place) {
    for (size_t alignment = 1; alignment <= 64; alignment *= 2) {
        for (size_t before = 0; before < 70; ++before) {
            open(sizeof memory_);
            ASSERT_NE(arena_.extend(before), nullptr);
            char* const piece = static_cast<char*>(arena_.take(3, alignment));
            ASSERT_NE(piece, nullptr);
            ASSERT_TRUE(is_aligned(piece, alignment)) << alignment << " after " << before;
            ASSERT_GE(piece, memory_ + before);
            piece[0] = piece[2] = 'x';
        }
    }
}

TEST_F(ArenaTest, gives_exactly_its_capacity_and_not_a_byte_more) {
    for (const size_t capacity : {size_t{0}, size_t{1}, size_t{16}, size_t{100}, size_t{4096}}) {
        open(capacity);
        EXPECT_EQ(arena_.capacity(), capacity);
        EXPECT_EQ(arena_.take(capacity + 1, 1), nullptr);
        EXPECT_EQ(arena_.mark(), 0u) << "a refusal moved the cursor";
        EXPECT_NE(arena_.take(capacity, 1), nullptr);
        EXPECT_EQ(arena_.room(), 0u);
        EXPECT_EQ(arena_.take(1, 1), nullptr);
        if (capacity == 0) continue;
        open(capacity);
        char* const less = static_cast<char*>(arena_.take(capacity - 1, 1));
        ASSERT_NE(less, nullptr);
        // Under ASan the last byte may serve as a red zone.
        EXPECT_LE(arena_.room(), 1u);
    }
}

TEST_F(ArenaTest, alignment_counts_against_the_room) {
    open(24);
    ASSERT_NE(arena_.extend(1), nullptr);
    EXPECT_EQ(arena_.take(9, 16), nullptr);  // 15 of padding and 9: one too many
    EXPECT_NE(arena_.take(8, 16), nullptr);
    open(24);
    ASSERT_NE(arena_.extend(17), nullptr);
    EXPECT_EQ(arena_.take(1, 16), nullptr);  // the padding alone is too large
    EXPECT_EQ(arena_.take(0, 16), nullptr);
}

TEST_F(ArenaTest, sizes_near_the_end_of_size_t_do_not_wrap) {
    open(64);
    ASSERT_NE(arena_.extend(1), nullptr);
    EXPECT_EQ(arena_.take(SIZE_MAX, 1), nullptr);
    EXPECT_EQ(arena_.take(SIZE_MAX - 15, 16), nullptr);
    EXPECT_EQ(arena_.extend(SIZE_MAX), nullptr);
    EXPECT_EQ(arena_.make<uint64_t>(SIZE_MAX / 8), nullptr);
    EXPECT_EQ(arena_.make<uint64_t>(SIZE_MAX / 8 + 1), nullptr);
    EXPECT_EQ(arena_.mark(), 1u);
}

TEST_F(ArenaTest, pieces_never_overlap) {
    TestRandom random(20);
    for (int round = 0; round < 200; ++round) {
        open(1 + random.below(sizeof memory_));
        std::vector<std::pair<char*, size_t>> pieces;
        for (;;) {
            const size_t size = random.below(200);
            const size_t alignment = size_t{1} << random.below(6);
            char* const at = static_cast<char*>(arena_.take(size, alignment));
            if (at == nullptr) break;
            memset(at, static_cast<int>(pieces.size() & 0x7F), size);
            pieces.emplace_back(at, size);
            if (pieces.size() > 500) break;
        }
        for (size_t i = 0; i < pieces.size(); ++i) {
            for (size_t k = 0; k < pieces[i].second; ++k) {
                ASSERT_EQ(pieces[i].first[k], static_cast<char>(i & 0x7F));
            }
        }
    }
}

TEST_F(ArenaTest, rewind_gives_the_same_place_again) {
    open(1024);
    ASSERT_NE(arena_.take(100, 1), nullptr);
    const size_t mark = arena_.mark();
    char* const first = static_cast<char*>(arena_.take(50, 1));
    arena_.rewind(mark);
    EXPECT_EQ(arena_.mark(), mark);
    EXPECT_EQ(static_cast<char*>(arena_.take(50, 1)), first);
    arena_.reset();
    EXPECT_EQ(arena_.mark(), 0u);
    EXPECT_EQ(static_cast<char*>(arena_.take(1, 1)), memory_);
}

TEST_F(ArenaTest, peak_remembers_the_highest_use) {
    open(1024);
    EXPECT_EQ(arena_.used_peak(), 0u);
    ASSERT_NE(arena_.extend(700), nullptr);
    arena_.rewind(10);
    ASSERT_NE(arena_.extend(100), nullptr);
    EXPECT_EQ(arena_.used_peak(), 700u);
    arena_.reset();
    EXPECT_EQ(arena_.used_peak(), 700u);
    ASSERT_NE(arena_.extend(701), nullptr);
    EXPECT_EQ(arena_.used_peak(), 701u);
    EXPECT_EQ(arena_.extend(1000), nullptr);
    EXPECT_EQ(arena_.used_peak(), 701u);
}

TEST_F(ArenaTest, text_grows_in_place) {
    open(12);
    const char* const begin = arena_.begin_text();
    EXPECT_TRUE(arena_.append(text("hello ")));
    EXPECT_TRUE(arena_.append(Text{nullptr, 0}));
    EXPECT_TRUE(arena_.append(text("world!")));
    EXPECT_FALSE(arena_.append(text("x")));
    EXPECT_EQ(str(text(begin, arena_.mark())), "hello world!");
}

TEST_F(ArenaTest, copies_text_or_says_that_it_cannot) {
    open(8);
    Text out = text("before");
    EXPECT_FALSE(arena_.copy(text("123456789"), &out));
    EXPECT_EQ(out.data, nullptr);
    EXPECT_TRUE(arena_.copy(text(""), &out));
    EXPECT_EQ(out.size, 0u);
    EXPECT_TRUE(arena_.copy(text("12345678"), &out));
    EXPECT_EQ(str(out), "12345678");
    EXPECT_TRUE(arena_.copy(text(""), &out)) << "nothing fits a full arena, too";
}

TEST_F(ArenaTest, wipe_clears_all_that_was_ever_given) {
    open(1024);
    char* const piece = arena_.extend(900);
    memset(piece, 's', 900);
    arena_.rewind(0);
    ASSERT_NE(arena_.extend(5), nullptr);
    arena_.wipe_used();
    for (size_t i = 0; i < 900; ++i) ASSERT_EQ(memory_[i], 0) << i;
}

using ArenaDeathTest = ArenaTest;

TEST_F(ArenaDeathTest, refuses_a_mark_that_lies_ahead) {
    open(100);
    EXPECT_DEATH(arena_.rewind(1), "");
}

TEST_F(ArenaDeathTest, refuses_an_alignment_that_is_no_power_of_two) {
    open(100);
    EXPECT_DEATH((void)arena_.take(1, 3), "");
    EXPECT_DEATH((void)arena_.take(1, 0), "");
}

#ifdef LEAT_ASAN
TEST_F(ArenaDeathTest, a_write_after_rewind_is_caught) {
    open(1024);
    char* const piece = static_cast<char*>(arena_.take(64, 1));
    piece[0] = 'x';
    arena_.rewind(0);
    EXPECT_DEATH(piece[0] = 'y', "use-after-poison");
}

TEST_F(ArenaDeathTest, a_write_past_a_piece_is_caught) {
    open(1024);
    char* volatile const piece = static_cast<char*>(arena_.take(64, 1));
    ASSERT_NE(arena_.take(64, 1), nullptr);
    EXPECT_DEATH(piece[64] = 'y', "use-after-poison");
}

TEST_F(ArenaDeathTest, a_write_into_bytes_never_given_is_caught) {
    open(1024);
    EXPECT_DEATH(memory_[200] = 'y', "use-after-poison");
}
#endif

TEST_F(ArenaTest, what_is_kept_outlives_rewinds_and_ends_with_a_reset) {
    open(256);
    const size_t mark = arena_.mark();
    ASSERT_NE(arena_.take(64, 1), nullptr);
    Text kept{nullptr, 0};
    ASSERT_TRUE(arena_.keep_copy(text("to be kept"), &kept));
    arena_.rewind(mark);
    char* const rest = static_cast<char*>(arena_.take(arena_.room(), 1));
    ASSERT_NE(rest, nullptr);
    memset(rest, 'x', 200);
    EXPECT_TRUE(equal(kept, text("to be kept")));
    EXPECT_EQ(arena_.capacity(), 256u);
    arena_.reset();
    EXPECT_EQ(arena_.room(), 256u);
}

TEST_F(ArenaTest, both_ends_share_the_room_to_the_byte) {
    for (const size_t below : {size_t{0}, size_t{1}, size_t{40}}) {
        open(128);
        ASSERT_NE(arena_.extend(below), nullptr);
        EXPECT_EQ(arena_.keep(128 - below + 1, 1), nullptr);
        EXPECT_EQ(arena_.room(), 128 - below) << "a refusal took room";
        EXPECT_NE(arena_.keep(128 - below, 1), nullptr);
        EXPECT_EQ(arena_.keep(1, 1), nullptr);
        EXPECT_EQ(arena_.take(1, 1), nullptr);
        EXPECT_EQ(arena_.used_peak(), 128u);
    }
    open(128);
    ASSERT_NE(arena_.extend(65), nullptr);
    EXPECT_EQ(arena_.keep(60, 8), nullptr) << "aligned down it would meet what was taken";
    EXPECT_TRUE(is_aligned(arena_.keep(50, 8), 8));
}

TEST_F(ArenaTest, what_was_kept_is_wiped_at_the_end) {
    open(128);
    ASSERT_NE(arena_.keep(32, 8), nullptr);
    memset(memory_ + 96, 's', 32);
    arena_.reset();
    arena_.wipe_used();
    for (size_t i = 96; i < 128; ++i) ASSERT_EQ(memory_[i], 0) << i;
}

}  // namespace
}  // namespace leat
