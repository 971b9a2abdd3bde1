// base64_test.cc: RFC 4648 with padding, from any place on and into any capacity.
// Depends on gtest and the codec alone.
#include <gtest/gtest.h>

#include <string>

#include "codec/base64.h"

namespace leat {
namespace {

std::string whole(const std::string& plain) {
    std::string out(base64_size(plain.size()), '.');
    EXPECT_EQ(base64_write(text(plain.data(), plain.size()), 0, out.data(), out.size()),
              out.size());
    return out;
}

TEST(Base64, agrees_with_rfc_4648) {
    const std::pair<const char*, const char*> vectors[] = {
        {"", ""},         {"f", "Zg=="},         {"fo", "Zm8="},        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"},
        {"\xfb\xff\xfe", "+//+"}};
    for (const auto& [plain, coded] : vectors) EXPECT_EQ(whole(plain), coded);
}

TEST(Base64, every_offset_and_capacity_gives_the_same_text) {
    for (size_t size = 0; size <= 13; ++size) {
        std::string plain;
        for (size_t i = 0; i < size; ++i) plain.push_back(static_cast<char>(i * 37 + 200));
        const std::string coded = whole(plain);
        for (size_t offset = 0; offset <= coded.size(); ++offset) {
            for (size_t capacity = 0; capacity <= coded.size() + 2; ++capacity) {
                std::string out(capacity + 1, '#');
                const size_t size_out =
                    base64_write(text(plain.data(), plain.size()), offset, out.data(), capacity);
                EXPECT_EQ(size_out, std::min(capacity, coded.size() - offset));
                EXPECT_EQ(out.substr(0, size_out), coded.substr(offset, size_out));
                EXPECT_EQ(out[capacity], '#');
            }
        }
    }
}

}  // namespace
}  // namespace leat
