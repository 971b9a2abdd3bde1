// Any bytes through the digest of JSON: what is a document has one, the same in every piece, between
// blanks and with its members in another order; what is none has no digest, and the arena is as it was.
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <string>
#include <vector>

#include "base/check.h"
#include "codec/json_digest.h"
#include "codec/json_scan.h"

namespace {

using leat::Text;

// More than inputs of 4 KiB can fill: 64 bytes for a member, which has five bytes at least.
constexpr size_t scratch_bytes = 1 << 17;
alignas(16) char scratch[scratch_bytes];

struct Digested {
    leat_status status;
    leat::Sha256Digest digest;
};

// Fed in pieces of so many bytes; 0: at once.
Digested digest_of(Text document, size_t piece_bytes) {
    leat::Arena arena;
    arena.open(scratch, scratch_bytes);
    const size_t before = arena.mark();
    Digested out{};
    {
        leat::JsonDigest digest(&arena, nullptr, 0);
        size_t at = 0;
        while (at < document.size) {
            const size_t left = document.size - at;
            const size_t piece = piece_bytes == 0 || piece_bytes > left ? left : piece_bytes;
            digest.feed(leat::text(document.data + at, piece));
            at += piece;
        }
        out.status = digest.finish(&out.digest);
    }
    LEAT_CHECK(arena.mark() == before);
    return out;
}

void expect_same(const Digested& a, const Digested& b) {
    LEAT_CHECK(a.status == b.status);
    if (a.status == LEAT_OK) LEAT_CHECK(memcmp(&a.digest, &b.digest, sizeof a.digest) == 0);
}

// The members of an object, last one first, with blanks around them.
std::string turned(Text document) {
    std::vector<std::string> members;
    leat::JsonCursor at(document, leat::json_digest_depth_max);
    LEAT_CHECK(at.enter_object());
    leat::JsonValue name;
    leat::JsonValue value;
    while (at.member(&name)) {
        LEAT_CHECK(at.take(&value));
        const bool is_string = value.type == leat::JsonType::string;
        const std::string raw(value.raw.data, value.raw.size);
        members.push_back("\"" + std::string(name.raw.data, name.raw.size) + "\" :\n" +
                          (is_string ? "\"" + raw + "\"" : raw));
    }
    std::string text = " {";
    for (size_t i = members.size(); i-- > 0;) text += members[i] + (i == 0 ? "\t" : " ,\r");
    return text + "} ";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size == 0) return 0;
    const Text document = leat::text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const Digested whole = digest_of(document, 0);
    expect_same(whole, digest_of(document, 1));
    expect_same(whole, digest_of(document, data[0]));
    const bool is_json =
        leat::json_validate(document, leat::json_digest_depth_max, nullptr) == LEAT_OK;
    if (!is_json) return 0;
    // A name may stand twice.
    LEAT_CHECK(whole.status == LEAT_OK || whole.status == LEAT_E_JSON);
    leat::JsonCursor at(document, leat::json_digest_depth_max);
    if (at.peek() != leat::JsonType::object) return 0;
    const std::string other = turned(document);
    expect_same(whole, digest_of(leat::text(other.data(), other.size()), 0));
    return 0;
}
