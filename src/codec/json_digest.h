// codec/json_digest.h: the digest of a JSON document that does not depend on blanks, nor on the order of
// an object's members; bytes come in pieces, nothing is kept of them but digests.
// Depends on base. Numbers and strings count as they are written. Names that stand twice in an object have
// no order-free meaning, so that such a document has no digest of this kind.
// Invariants: documents that mean different things have different digests; the arena is as it was
// after every object's end, and after finish().
#pragma once

#include <leat/status.h>

#include "base/arena.h"
#include "base/sha256.h"

namespace leat {

constexpr uint32_t json_digest_depth_max = 64;

// Some 9 KiB: for the stack.
class JsonDigest {
public:
    // Members of the outermost object that have one of these names count as not there.
    // Digests of the members of open objects lie at the end of scratch, 64 bytes each.
    JsonDigest(Arena* scratch, const Text* left_out, uint32_t left_out_count);
    ~JsonDigest() { scratch_->rewind(mark_); }
    JsonDigest(const JsonDigest&) = delete;
    JsonDigest& operator=(const JsonDigest&) = delete;

    void feed(Text bytes);
    // LEAT_OK; LEAT_E_JSON: not JSON, or a name twice; LEAT_E_TOO_LARGE: too deep; LEAT_E_ITEM_MEMORY.
    leat_status finish(Sha256Digest* digest);

private:
    enum class Expect : uint8_t {
        value,
        value_or_end,  // behind [
        name_or_end,   // behind {
        name,          // behind a member's comma
        colon,
        next,          // behind a value: a comma or the container's end
        string,        // inside one
        scalar,        // inside a number or a word
        nothing        // the document is over
    };
    struct Member {
        Sha256Digest name;
        Sha256Digest value;
    };
    struct Level {
        Sha256 elements;      // of an array
        size_t members_mark;  // of an object: where its digests begin
        uint32_t members;
        bool is_object;
        bool leaves_out;      // the value at hand
    };
    static constexpr size_t name_bytes_max = 24;

    size_t take_blanks(Text bytes);
    size_t take_string(Text bytes);
    size_t take_scalar(Text bytes);
    void take_mark(char c);
    void begin_value(char c);
    void begin_string(bool is_name);
    void open_level(bool is_object);
    void close_level(char bracket);
    void end_name();
    void end_value(const Sha256Digest& digest);
    bool is_left_out() const;
    Member* members_of(const Level& level);
    Level* top() { return &levels_[depth_ - 1]; }
    void fail(leat_status status) {
        if (status_ == LEAT_OK) status_ = status;
    }

    Arena* scratch_;
    size_t mark_;
    char* base_;  // what scratch gives next, while it holds no digest
    const Text* left_out_;
    uint32_t left_out_count_;
    leat_status status_ = LEAT_OK;
    Expect expect_ = Expect::value;
    bool is_name_ = false;     // the string at hand
    bool is_escaped_ = false;  // its last byte was a backslash that escapes the next one
    uint32_t depth_ = 0;
    size_t name_size_ = 0;
    char name_[name_bytes_max];
    Sha256 token_;
    Sha256Digest whole_{};
    Level levels_[json_digest_depth_max];
};

}  // namespace leat
