// tests/unit/base/sha256_test.cc: the digests of FIPS 180-4's examples and of NIST's long message, whole
// and cut everywhere.
#include "base/sha256.h"

#include <gtest/gtest.h>

namespace leat {
namespace {

std::string hex(const Sha256Digest& digest) {
    std::string out;
    for (const uint8_t byte : digest.bytes) {
        out += "0123456789abcdef"[byte >> 4];
        out += "0123456789abcdef"[byte & 15];
    }
    return out;
}

Text view(const std::string& s) { return text(s.data(), s.size()); }

std::string digest_of(const std::string& bytes) {
    Sha256 sha;
    sha.update(view(bytes));
    return hex(sha.finish());
}

TEST(Sha256, S14_has_the_digests_of_the_standard) {
    EXPECT_EQ(digest_of(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(digest_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(digest_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    EXPECT_EQ(digest_of("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
                        "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu"),
              "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
    EXPECT_EQ(digest_of(std::string(1000000, 'a')),
              "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, does_not_depend_on_the_cuts) {
    std::string bytes;
    for (int i = 0; i < 200; ++i) bytes += static_cast<char>(i * 7);
    for (size_t size = 0; size <= bytes.size(); ++size) {
        const std::string part = bytes.substr(0, size);
        for (size_t cut = 0; cut <= size; cut += 9) {
            Sha256 sha;
            sha.update(view(part.substr(0, cut)));
            for (const char c : part.substr(cut)) sha.update(text(&c, 1));
            EXPECT_EQ(hex(sha.finish()), digest_of(part)) << size << " cut at " << cut;
        }
    }
}

TEST(Sha256, fields_do_not_run_into_each_other) {
    Sha256 one;
    one.update_field(text("ab"));
    one.update_field(text("c"));
    Sha256 other;
    other.update_field(text("a"));
    other.update_field(text("bc"));
    EXPECT_NE(hex(one.finish()), hex(other.finish()));
}

TEST(Sha256, begins_anew_after_a_restart) {
    Sha256 sha;
    sha.update(text("something else"));
    sha.restart();
    sha.update(text("abc"));
    EXPECT_EQ(hex(sha.finish()), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace leat
