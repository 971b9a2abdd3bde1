// tests: the byte loops under HTTP heads answer what their rule says, for every byte at every place.
#include "codec/scan_http.h"

#include <gtest/gtest.h>

#include <cctype>

#include "codec_test_help.h"

namespace leat {
namespace {

bool is_line_byte(int byte) { return byte != '\r' && byte != '\n'; }
bool is_plain_value_byte(int byte) { return byte >= 0x20 && byte != 0x7f; }
bool is_plain_name_byte(int byte) { return byte == '-' || (byte < 0x80 && isalnum(byte) != 0); }
bool is_lowered_byte(int byte) { return byte > ' ' && byte != ':'; }

size_t run_by_rule(const std::string& s, bool (*goes_on)(int)) {
    size_t i = 0;
    while (i < s.size() && goes_on(static_cast<unsigned char>(s[i]))) ++i;
    return i;
}

void check_runs(const std::string& s) {
    const Exact copy(s);
    const Text t = copy.text();
    ASSERT_EQ(line_run(t.data, t.size), run_by_rule(s, is_line_byte));
    ASSERT_EQ(value_run(t.data, t.size), run_by_rule(s, is_plain_value_byte));
    ASSERT_EQ(name_run(t.data, t.size), run_by_rule(s, is_plain_name_byte));
    std::string lowered = s;
    const size_t size = run_by_rule(s, is_lowered_byte);
    for (size_t i = 0; i < size; ++i) lowered[i] = to_lower(s[i]);
    ASSERT_EQ(lower_name_run(const_cast<char*>(t.data), t.size), size);
    ASSERT_EQ(str(t), lowered);
}

TEST(ScanHttp, every_byte_stops_or_passes_at_every_place) {
    for (size_t size = 1; size <= 40; ++size) {
        for (size_t place = 0; place < size; ++place) {
            for (int byte = 0; byte < 256; ++byte) {
                std::string s(size, 'Q');
                s[place] = static_cast<char>(byte);
                check_runs(s);
                if (HasFatalFailure()) FAIL() << size << ' ' << place << ' ' << byte;
            }
        }
    }
    check_runs("");
}

TEST(ScanHttp, random_bytes_give_the_run_of_the_rule) {
    TestRandom random(11);
    for (int round = 0; round < 20000; ++round) {
        std::string s;
        const size_t size = random.below(100);
        for (size_t i = 0; i < size; ++i) {
            s += static_cast<char>(random.below(20) == 0 ? random.below(256) : 'A' + random.below(60));
        }
        check_runs(s);
        if (HasFatalFailure()) FAIL() << testing::PrintToString(s);
    }
}

}  // namespace
}  // namespace leat
