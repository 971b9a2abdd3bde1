// Ropes: what was put in comes out, whatever the windows, by copying or directly, once or again.
#include "codec/rope.h"

#include <gtest/gtest.h>

#include <cmath>
#include <deque>

#include "base/poison.h"
#include "codec_test_help.h"

namespace leat {
namespace {

// JSON escaping as json_write.h states it, written a second time.
std::string escaped(const std::string& s) {
    std::string out = "\"";
    for (const char c : s) {
        const size_t at = std::string("\"\\\b\f\n\r\t").find(c);
        if (at != std::string::npos) {
            out += '\\';
            out += "\"\\bfnrt"[at];
        } else if (static_cast<unsigned char>(c) < 0x20) {
            char hex[8];
            std::snprintf(hex, sizeof hex, "\\u%04x", static_cast<unsigned>(c));
            out += hex;
        } else {
            out += c;
        }
    }
    return out + "\"";
}

// A rope in its own arena, and the text that it must give.
class RopeTest : public testing::Test {
protected:
    void open(size_t bytes) {
        if (memory_ != nullptr) unpoison(memory_.get(), bytes_);
        memory_.reset(new char[bytes + 1]);
        bytes_ = bytes;
        arena_.open(memory_.get(), bytes);
        rope_ = leat_rope{};
        rope_.arena = &arena_;
        expected_.clear();
    }
    void TearDown() override {
        if (memory_ != nullptr) unpoison(memory_.get(), bytes_);
    }

    Text keep(const std::string& s) {
        kept_.push_back(s);
        return view(kept_.back());
    }
    void bytes(const std::string& s) {
        leat_rope_bytes(&rope_, keep(s));
        expected_ += s;
    }
    void copy(std::string s) {
        leat_rope_copy(&rope_, view(s));
        expected_ += s;
        s.assign(s.size(), '#');  // it was copied, so this must not show
    }
    void json_string(const std::string& s) {
        leat_rope_json_string(&rope_, keep(s));
        expected_ += escaped(s);
    }
    void random_step(TestRandom* random) {
        const size_t size = random->below(4) == 0 ? random->below(600) : random->below(20);
        std::string s;
        const bool odd = random->below(2) == 0;
        for (size_t i = 0; i < size; ++i) {
            s += static_cast<char>(odd ? random->below(128) : 'a' + random->below(26));
        }
        switch (random->below(5)) {
            case 0: bytes(s); break;
            case 1: copy(s); break;
            case 2:
            case 3: json_string(s); break;
            default:
                leat_rope_json_integer(&rope_, static_cast<int64_t>(size));
                expected_ += std::to_string(size);
        }
    }

    std::string read(size_t window) {
        RopeReader reader(rope_.rope);
        std::string out;
        std::vector<char> buffer(window);
        while (const size_t size = reader.fill(buffer.data(), window)) {
            EXPECT_LE(size, window);
            EXPECT_TRUE(size == window || reader.done()) << "a window is filled to its end";
            out.append(buffer.data(), size);
        }
        EXPECT_TRUE(reader.done());
        return out;
    }

    std::deque<std::string> kept_;
    std::unique_ptr<char[]> memory_;
    size_t bytes_ = 0;
    Arena arena_;
    leat_rope rope_;
    std::string expected_;
};

TEST_F(RopeTest, an_empty_rope_is_empty) {
    open(100);
    EXPECT_EQ(read(10), "");
    leat_rope_bytes(&rope_, Text{nullptr, 0});
    leat_rope_copy(&rope_, text(""));
    EXPECT_EQ(rope_.rope.total_bytes, 0u);
    RopeReader reader(rope_.rope);
    EXPECT_TRUE(reader.done());
    EXPECT_EQ(reader.direct(0).size, 0u);
    EXPECT_EQ(RopeReader().fill(nullptr, 0), 0u);
}

TEST_F(RopeTest, every_window_size_gives_the_whole) {
    open(8192);
    bytes("{\"a\":");
    json_string("plain");
    json_string("esc\"aped\n\x01 and \xC3\xA9");
    json_string("");
    json_string(std::string(300, 'p'));
    json_string(std::string(300, '\x02'));
    bytes(std::string(257, 'b'));
    copy("tail}");
    ASSERT_EQ(rope_.status, LEAT_OK);
    ASSERT_EQ(rope_.rope.total_bytes, expected_.size());
    for (size_t window = 1; window <= expected_.size() + 1; ++window) {
        ASSERT_EQ(read(window), expected_) << window;
    }
}

TEST_F(RopeTest, random_ropes_give_what_was_put_in_by_any_mix_of_reads) {
    TestRandom random(40);
    for (int round = 0; round < 150; ++round) {
        open(65536);
        kept_.clear();
        const size_t steps = random.below(60);
        for (size_t i = 0; i < steps; ++i) random_step(&random);
        ASSERT_EQ(rope_.status, LEAT_OK);
        ASSERT_EQ(rope_.rope.total_bytes, expected_.size());
        RopeReader reader(rope_.rope);
        std::string out;
        char window[64];
        while (!reader.done()) {
            const Text direct = reader.direct(random.below(50));
            if (direct.size > 0 && random.below(2) == 0) {
                const size_t size = 1 + random.below(direct.size);
                out.append(direct.data, size);
                reader.skip(size);
                continue;
            }
            out.append(window, reader.fill(window, 1 + random.below(sizeof window)));
        }
        ASSERT_EQ(out, expected_);
        reader.rewind(rope_.rope);
        ASSERT_EQ(reader.done(), expected_.empty());
        ASSERT_EQ(read(97), expected_) << "a second reading differs";
    }
}

TEST_F(RopeTest, a_copy_of_a_reader_keeps_its_place) {
    open(8192);
    json_string("one\ntwo\n\x03" + std::string(300, 'x'));
    bytes(std::string(300, 'y'));
    for (size_t cut = 0; cut <= expected_.size(); ++cut) {
        std::vector<char> window(expected_.size() + 1);
        RopeReader reader(rope_.rope);
        ASSERT_EQ(reader.fill(window.data(), cut), cut);
        RopeReader other = reader;
        for (RopeReader* at : {&reader, &other}) {
            const size_t rest = at->fill(window.data(), window.size());
            ASSERT_EQ(std::string(window.data(), rest), expected_.substr(cut));
        }
    }
}

TEST_F(RopeTest, long_text_lies_ready_in_the_callers_memory) {
    open(1024);
    const std::string large(5000, 'z');
    leat_rope_json_string(&rope_, view(large));
    RopeReader reader(rope_.rope);
    EXPECT_EQ(str(reader.direct(1)), "\"");
    EXPECT_EQ(reader.direct(2).size, 0u) << "fewer than asked for";
    reader.skip(1);
    EXPECT_EQ(reader.direct(5000).data, large.data());
    reader.skip(4999);
    EXPECT_EQ(reader.direct(1).data, large.data() + 4999);
    reader.skip(1);
    EXPECT_EQ(str(reader.direct(1)), "\"");
    reader.skip(1);
    EXPECT_TRUE(reader.done());
}

TEST_F(RopeTest, text_to_be_escaped_never_lies_ready) {
    open(1024);
    const std::string large = "\n" + std::string(5000, 'z');
    leat_rope_json_string(&rope_, view(large));
    RopeReader reader(rope_.rope);
    char window[2];
    ASSERT_EQ(reader.fill(window, 1), 1u);
    EXPECT_EQ(reader.direct(1).size, 0u);
}

TEST_F(RopeTest, short_pieces_make_one_segment) {
    open(8192);
    for (int i = 0; i < 100; ++i) bytes("short,");
    RopeReader reader(rope_.rope);
    EXPECT_EQ(reader.direct(600).size, 600u);
}

TEST_F(RopeTest, paths_and_headers_between_do_not_disturb_the_body) {
    open(8192);
    bytes("one");
    leat_rope_path(&rope_, text("/p"));
    bytes("two");
    leat_rope_header(&rope_, text("x-a"), text("b"));
    copy("three");
    EXPECT_EQ(read(3), "onetwothree");
    EXPECT_EQ(str(rope_.path), "/p");
    ASSERT_EQ(rope_.headers_count, 1u);
    EXPECT_EQ(str(rope_.headers[0].name), "x-a");
    EXPECT_EQ(str(rope_.headers[0].value), "b");
}

TEST_F(RopeTest, takes_sixteen_headers_and_refuses_the_next) {
    open(8192);
    for (uint32_t i = 0; i < rope_headers_max; ++i) {
        leat_rope_header(&rope_, text("n"), text("v"));
        ASSERT_EQ(rope_.status, LEAT_OK);
    }
    leat_rope_header(&rope_, text("n"), text("v"));
    EXPECT_EQ(rope_.status, LEAT_E_TOO_MANY);
    EXPECT_EQ(rope_.headers_count, rope_headers_max);
}

TEST_F(RopeTest, headers_with_line_ends_are_refused) {
    for (const std::string& bad : {std::string("a\rb"), std::string("a\nb"), std::string("a\0b", 3)}) {
        open(1024);
        leat_rope_header(&rope_, text("n"), view(bad));
        EXPECT_EQ(rope_.status, LEAT_E_TEXT);
        open(1024);
        leat_rope_header(&rope_, view(bad), text("v"));
        EXPECT_EQ(rope_.status, LEAT_E_TEXT);
    }
}

TEST_F(RopeTest, the_first_failure_stays) {
    open(1024);
    leat_rope_json_string(&rope_, text("\xFF"));
    EXPECT_EQ(rope_.status, LEAT_E_TEXT);
    leat_rope_json_number(&rope_, std::nan(""));
    leat_rope_bytes(&rope_, text("more"));
    EXPECT_EQ(rope_.status, LEAT_E_TEXT);
    EXPECT_EQ(rope_.rope.total_bytes, 0u);
}

TEST_F(RopeTest, numbers_read_back_equal) {
    for (const double value : {0.0, -0.0, 0.1, 1e-8, 1e300, -2.5, 123456789.0}) {
        open(256);
        leat_rope_json_number(&rope_, value);
        EXPECT_EQ(std::stod(read(7)), value);
    }
    open(256);
    leat_rope_json_integer(&rope_, INT64_MIN);
    EXPECT_EQ(read(7), "-9223372036854775808");
}

TEST_F(RopeTest, a_full_arena_ends_in_its_status_at_every_size) {
    const auto put_all = [&] {
        bytes("{\"a\":");
        json_string("esc\"aped");
        json_string(std::string(300, 'q'));
        bytes(std::string(256, 's'));
        for (int i = 0; i < 12; ++i) {
            bytes(std::string(257, 'l'));
            copy(",");
        }
        leat_rope_header(&rope_, text("name"), text("value"));
        leat_rope_path(&rope_, text("/path"));
    };
    bool fitted = false;
    for (size_t size = 0; size < 3500; ++size) {
        open(size);
        kept_.clear();
        put_all();
        if (rope_.status == LEAT_OK) {
            ASSERT_EQ(read(50), expected_);
            fitted = true;
        } else {
            ASSERT_EQ(rope_.status, LEAT_E_ITEM_MEMORY) << size;
            ASSERT_FALSE(fitted);
        }
    }
    EXPECT_TRUE(fitted);
}

using RopeDeathTest = RopeTest;

TEST_F(RopeDeathTest, skipping_more_than_lies_ready_trips_a_check) {
    open(1024);
    bytes("abc");
    RopeReader reader(rope_.rope);
    EXPECT_DEATH(reader.skip(4), "");
}

}  // namespace
}  // namespace leat
