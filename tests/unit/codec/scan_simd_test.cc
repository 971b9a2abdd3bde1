// All forms of the byte loops answer the same, for every length, place and alignment.
#include "codec/scan_simd.h"
#include "codec/scan_copy.h"

#include <gtest/gtest.h>

#include "codec_test_help.h"

namespace leat {
namespace {

size_t run_by_rule(Text t, bool* high) {
    size_t i = 0;
    for (; i < t.size; ++i) {
        const unsigned char c = static_cast<unsigned char>(t.data[i]);
        if (c == '"' || c == '\\' || c < 0x20) break;
        if (c >= 0x80) *high = true;
    }
    return i;
}

using RunForm = size_t (*)(const char*, size_t, bool*);

std::vector<RunForm> all_forms() {
    std::vector<RunForm> forms;
    forms.reserve(5);
    for (const RunForm form : {RunForm{simd::string_run_portable}, RunForm{string_run_far},
                               RunForm{string_run}}) {
        forms.push_back(form);
    }
#ifdef LEAT_SIMD_SSE2
    forms.push_back(simd::string_run_sse2);
    if (simd::has_avx2()) forms.push_back(simd::string_run_avx2);
#endif
    return forms;
}

TEST(ScanSimd, every_byte_value_stops_or_passes_at_every_place) {
    for (const RunForm form : all_forms()) {
        for (size_t size = 1; size <= 100; ++size) {
            for (size_t place = 0; place < size; place += 1 + size / 17) {
                for (int byte = 0; byte < 256; ++byte) {
                    std::string s(size, '\x7f');
                    s[place] = static_cast<char>(byte);
                    bool high = false;
                    bool expected_high = false;
                    const size_t expected = run_by_rule(view(s), &expected_high);
                    ASSERT_EQ(form(s.data(), s.size(), &high), expected) << byte;
                    ASSERT_EQ(high, expected_high) << byte;
                }
            }
        }
    }
}

TEST(ScanSimd, random_bytes_give_the_same_run_in_every_form) {
    TestRandom random(4);
    for (int round = 0; round < 20000; ++round) {
        std::string s;
        const size_t size = random.below(200);
        for (size_t i = 0; i < size; ++i) {
            s += random.below(60) == 0 ? static_cast<char>(random.below(256)) : 'a';
        }
        const Exact copy(s);
        bool expected_high = false;
        const size_t expected = run_by_rule(copy.text(), &expected_high);
        for (const RunForm form : all_forms()) {
            bool high = false;
            ASSERT_EQ(form(copy.text().data, size, &high), expected);
            ASSERT_EQ(high, expected_high);
        }
        const size_t growth = simd::escape_growth_portable(s.data(), s.size());
        ASSERT_EQ(escape_growth(copy.text().data, size), growth);
#ifdef LEAT_SIMD_SSE2
        ASSERT_EQ(simd::escape_growth_sse2(copy.text().data, size), growth);
        if (simd::has_avx2()) {
            ASSERT_EQ(simd::escape_growth_avx2(copy.text().data, size), growth);
        }
#endif
    }
}

TEST(ScanSimd, blank_runs_end_at_the_first_other_byte) {
    for (size_t size = 0; size < 70; ++size) {
        for (size_t place = 0; place <= size; ++place) {
            std::string s;
            for (size_t i = 0; i < size; ++i) s += " \n\r\t    "[(i * 7 + size) % 8];
            if (place < size) s[place] = "x\v\f\0"[size % 4];
            const Exact copy(s);
            ASSERT_EQ(blank_run(copy.text().data, size), place);
            ASSERT_EQ(blank_run_far(copy.text().data, size), place);
        }
    }
}

TEST(ScanSimd, text_is_plain_ascii_when_no_byte_of_it_is_a_stop_or_high) {
    for (size_t size = 0; size < 200; ++size) {
        for (size_t place = 0; place <= size; ++place) {
            for (const char byte : {'"', '\\', '\x1f', '\0', '\x80', '\xff', ' ', '\x7f', '!', '#', '['}) {
                std::string s(size, 'p');
                if (place < size) s[place] = byte;
                bool high = false;
                const bool plain = run_by_rule(view(s), &high) == size && !high;
                const Exact copy(s);
                const char* const data = copy.text().data;
                ASSERT_EQ(is_plain_ascii(data, size), plain) << size << ' ' << place;
                ASSERT_EQ(simd::is_plain_ascii_portable(data, size), plain);
#ifdef LEAT_SIMD_SSE2
                if (size >= 16) {
                    ASSERT_EQ(simd::is_plain_ascii_sse2(data, size), plain);
                }
                if (size >= 64 && simd::has_avx2()) {
                    ASSERT_EQ(simd::is_plain_ascii_avx2(data, size), plain);
                }
#endif
            }
        }
    }
}

TEST(ScanSimd, ascii_runs_end_at_the_first_high_byte) {
    for (size_t size = 0; size < 100; ++size) {
        for (size_t place = 0; place <= size; ++place) {
            std::string s(size, '\x7f');
            if (place < size) s[place] = '\x80';
            const Exact copy(s);
            ASSERT_EQ(ascii_run(copy.text().data, size), place);
            ASSERT_EQ(simd::ascii_run_portable(copy.text().data, size), place);
        }
    }
}

TEST(ScanSimd, copy_plain_stops_where_the_run_stops) {
    for (size_t size = 0; size < 80; ++size) {
        for (size_t place = 0; place <= size; ++place) {
            std::string s(size, 'p');
            if (place < size) s[place] = "\"\\\n"[place % 3];
            const Exact copy(s);
            std::unique_ptr<char[]> out(new char[size]);
            ASSERT_EQ(copy_plain(copy.text().data, size, out.get()), place);
            ASSERT_EQ(std::string(out.get(), place), s.substr(0, place));
        }
    }
}

}  // namespace
}  // namespace leat
