// codec/json_digest.cc: see json_digest.h. A small machine that knows JSON's structure, and takes tokens
// as they are. Every digest begins with a byte that says of what it is, so that no two kinds mix:
//   string "bytes    number or word =bytes    array [element...    object {name value name value...
// with the pairs of an object in the order of their names' digests.
#include "codec/json_digest.h"

#include "base/check.h"
#include "codec/scan_simd.h"

namespace leat {
namespace {

bool is_mark(char c) {
    return c == '{' || c == '}' || c == '[' || c == ']' || c == ',' || c == ':' || c == '"';
}

// A heap, the largest name on top, of count pairs; only the one at `from` may be out of place.
template <typename Pair>
void sift(Pair* pairs, size_t from, size_t count) {
    for (;;) {
        size_t largest = from;
        for (size_t child = 2 * from + 1; child <= 2 * from + 2 && child < count; ++child) {
            if (memcmp(pairs[child].name.bytes, pairs[largest].name.bytes, sha256_bytes) > 0) largest = child;
        }
        if (largest == from) return;
        const Pair moved = pairs[from];
        pairs[from] = pairs[largest];
        pairs[largest] = moved;
        from = largest;
    }
}

template <typename Pair>
void sort_by_name(Pair* pairs, size_t count) {
    for (size_t i = count / 2; i > 0; --i) sift(pairs, i - 1, count);
    for (size_t left = count; left > 1; --left) {
        const Pair last = pairs[left - 1];
        pairs[left - 1] = pairs[0];
        pairs[0] = last;
        sift(pairs, 0, left - 1);
    }
}

}  // namespace

JsonDigest::JsonDigest(Arena* scratch, const Text* left_out, uint32_t left_out_count)
    : scratch_(scratch),
      mark_(scratch->mark()),
      base_(scratch->begin_text()),
      left_out_(left_out),
      left_out_count_(left_out_count) {}

JsonDigest::Member* JsonDigest::members_of(const Level& level) {
    return reinterpret_cast<Member*>(base_ + (level.members_mark - mark_));
}

void JsonDigest::feed(Text bytes) {
    while (!empty(bytes) && status_ == LEAT_OK) {
        size_t taken = 0;
        if (expect_ == Expect::string) {
            taken = take_string(bytes);
        } else if (expect_ == Expect::scalar) {
            taken = take_scalar(bytes);
        } else {
            taken = take_blanks(bytes);
            if (taken < bytes.size) take_mark(bytes.data[taken++]);
        }
        bytes = tail(bytes, taken);
    }
}

size_t JsonDigest::take_blanks(Text bytes) {
    size_t at = 0;
    while (at < bytes.size && is_blank(bytes.data[at])) ++at;
    return at;
}

size_t JsonDigest::take_string(Text bytes) {
    size_t at = 0;
    for (; at < bytes.size; ++at) {
        const char c = bytes.data[at];
        if (!is_escaped_ && c == '"') break;
        is_escaped_ = !is_escaped_ && c == '\\';
    }
    const Text part = head(bytes, at);
    token_.update(part);
    if (is_name_) {
        const size_t room = name_bytes_max - name_size_;
        const size_t kept = part.size < room ? part.size : room;
        if (kept > 0) memcpy(name_ + name_size_, part.data, kept);
        name_size_ += kept;
    }
    if (at == bytes.size) return at;
    if (is_name_) {
        end_name();
    } else {
        end_value(token_.finish());
    }
    return at + 1;
}

size_t JsonDigest::take_scalar(Text bytes) {
    size_t at = 0;
    while (at < bytes.size && !is_blank(bytes.data[at]) && !is_mark(bytes.data[at])) ++at;
    token_.update(head(bytes, at));
    if (at < bytes.size) end_value(token_.finish());
    return at;
}

void JsonDigest::take_mark(char c) {
    switch (expect_) {
        case Expect::value: begin_value(c); return;
        case Expect::value_or_end:
            if (c == ']') {
                close_level(c);
            } else {
                begin_value(c);
            }
            return;
        case Expect::name_or_end:
            if (c == '}') {
                close_level(c);
                return;
            }
            [[fallthrough]];
        case Expect::name:
            if (c != '"') fail(LEAT_E_JSON);
            begin_string(true);
            return;
        case Expect::colon:
            if (c != ':') fail(LEAT_E_JSON);
            expect_ = Expect::value;
            return;
        case Expect::next:
            if (c == ',') {
                expect_ = top()->is_object ? Expect::name : Expect::value;
            } else {
                close_level(c);
            }
            return;
        case Expect::string:
        case Expect::scalar:
        case Expect::nothing: fail(LEAT_E_JSON); return;
    }
}

void JsonDigest::begin_value(char c) {
    if (c == '"') {
        begin_string(false);
    } else if (c == '{' || c == '[') {
        open_level(c == '{');
    } else if (is_mark(c)) {
        fail(LEAT_E_JSON);
    } else {
        token_.restart();
        token_.update(text("="));
        token_.update(text(&c, 1));
        expect_ = Expect::scalar;
    }
}

void JsonDigest::begin_string(bool is_name) {
    token_.restart();
    token_.update(text("\""));
    is_name_ = is_name;
    is_escaped_ = false;
    name_size_ = 0;
    expect_ = Expect::string;
}

void JsonDigest::open_level(bool is_object) {
    if (depth_ == json_digest_depth_max) {
        fail(LEAT_E_TOO_LARGE);
        return;
    }
    Level* const level = &levels_[depth_++];
    level->is_object = is_object;
    level->leaves_out = false;
    level->members = 0;
    level->members_mark = scratch_->mark();
    level->elements.restart();
    level->elements.update(is_object ? text("{") : text("["));
    expect_ = is_object ? Expect::name_or_end : Expect::value_or_end;
}

void JsonDigest::close_level(char bracket) {
    Level* const level = top();
    if (bracket != (level->is_object ? '}' : ']')) {
        fail(LEAT_E_JSON);
        return;
    }
    if (level->is_object) {
        Member* const members = members_of(*level);
        sort_by_name(members, level->members);
        for (uint32_t i = 0; i < level->members; ++i) {
            if (i > 0 && equal(text_of(members[i].name), text_of(members[i - 1].name))) fail(LEAT_E_JSON);
            level->elements.update(text_of(members[i].name));
            level->elements.update(text_of(members[i].value));
        }
        scratch_->rewind(level->members_mark);
    }
    const Sha256Digest digest = level->elements.finish();
    --depth_;
    end_value(digest);
}

bool JsonDigest::is_left_out() const {
    if (depth_ != 1 || name_size_ == name_bytes_max) return false;
    for (uint32_t i = 0; i < left_out_count_; ++i) {
        if (equal(text(name_, name_size_), left_out_[i])) return true;
    }
    return false;
}

void JsonDigest::end_name() {
    expect_ = Expect::colon;
    Level* const level = top();
    level->leaves_out = is_left_out();
    if (level->leaves_out) return;
    char* const place = scratch_->extend(sizeof(Member));
    if (place == nullptr) {
        fail(LEAT_E_ITEM_MEMORY);
        return;
    }
    reinterpret_cast<Member*>(place)->name = token_.finish();
    ++level->members;
}

void JsonDigest::end_value(const Sha256Digest& digest) {
    expect_ = Expect::next;
    if (depth_ == 0) {
        whole_ = digest;
        expect_ = Expect::nothing;
        return;
    }
    Level* const level = top();
    if (!level->is_object) {
        level->elements.update(text_of(digest));
    } else if (!level->leaves_out) {
        LEAT_CHECK(level->members > 0 || status_ != LEAT_OK);
        if (status_ == LEAT_OK) members_of(*level)[level->members - 1].value = digest;
    }
}

leat_status JsonDigest::finish(Sha256Digest* digest) {
    if (status_ == LEAT_OK && expect_ == Expect::scalar && depth_ == 0) end_value(token_.finish());
    if (expect_ != Expect::nothing) fail(LEAT_E_JSON);
    scratch_->rewind(mark_);
    if (status_ == LEAT_OK) *digest = whole_;
    return status_;
}

}  // namespace leat
