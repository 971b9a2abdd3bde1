// cli/replies.cc: see replies.h. Open addressing with linear steps, half full at most; equal keys stand
// one behind the other, and the record itself tells which one it is.
#include "cli/replies.h"

#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "codec/json_scan.h"

namespace cli {

namespace {

bool text_member(leat_str object, leat_str name, leat_str* out) {
    leat::JsonValue value;
    return leat::json_find(object, name, &value) &&
           leat::json_string_in_place(value, out) == LEAT_OK;
}

}  // namespace

bool Replies::open(uint64_t count, size_t record_bytes) {
    const size_t places = 2 * count + 1;
    if (!places_.map(places * sizeof(Place)) || !record_.map(record_bytes)) {
        return false;
    }
    capacity_ = places;
    return true;
}

uint64_t Replies::key_of(leat_str id) const { return siphash(SipKey{0, 0}, id.data, id.size).low; }

void Replies::note(leat_str id, int64_t offset) {
    const uint64_t key = key_of(id);
    size_t at = key % capacity_;
    for (size_t n = 0; n < capacity_ && places()[at].next_offset != 0; ++n) {
        at = at + 1 == capacity_ ? 0 : at + 1;
    }
    if (places()[at].next_offset == 0) {
        places()[at] = Place{key, offset + 1};
    }
}

// The status first: decoding writes into the record, and its "id" is looked at before.
bool Replies::read(int fd, int64_t offset, leat_str id, leat_str* reply) {
    char* const bytes = static_cast<char*>(record_.data());
    const ssize_t got = pread(fd, bytes, record_.bytes(), offset);
    const void* const end = got > 0 ? memchr(bytes, '\n', static_cast<size_t>(got)) : nullptr;
    if (end == nullptr) {
        return false;
    }
    const leat_str line{bytes, static_cast<size_t>(static_cast<const char*>(end) - bytes)};
    leat::JsonValue own;
    leat::JsonValue value;
    const bool is_it = leat::json_find(line, leat::text("id"), &value) && leat::json_is(value, id) &&
                       leat::json_find(line, leat::text("leat"), &own) &&
                       leat::json_find(own.raw, leat::text("status"), &value) &&
                       leat::json_is(value, leat::text("ok"));
    if (!is_it) {
        return false;
    }
    const bool has_text = text_member(own.raw, leat::text("text"), reply) && !leat::empty(*reply);
    return has_text || (text_member(own.raw, leat::text("refusal"), reply) && !leat::empty(*reply));
}

bool Replies::find(int fd, leat_str id, leat_str* reply) {
    const uint64_t key = key_of(id);
    size_t at = key % capacity_;
    for (size_t n = 0; n < capacity_ && places()[at].next_offset != 0; ++n) {
        const Place& place = places()[at];
        if (place.key == key && read(fd, place.next_offset - 1, id, reply)) {
            return true;
        }
        at = at + 1 == capacity_ ? 0 : at + 1;
    }
    return false;
}

}  // namespace cli
