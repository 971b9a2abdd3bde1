// cli/line_heads.cc: see line_heads.h. Reads through a window of fixed size; what a line has beyond its
// head is passed over.
#include "cli/line_heads.h"

#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "codec/json_scan.h"

namespace cli {

bool LineHeads::next(const char** head, size_t* size) {
    size_t kept = 0;
    begin_ = offset_ - static_cast<off_t>(end_ - at_);
    for (;;) {
        if (at_ == end_) {
            const ssize_t got = pread(fd_, buffer_ + head_bytes, chunk_bytes, offset_);
            failed_ = got < 0;
            if (got <= 0) {
                return false;
            }
            offset_ += got;
            at_ = head_bytes;
            end_ = head_bytes + static_cast<size_t>(got);
        }
        const char* const from = buffer_ + at_;
        const void* hit = memchr(from, '\n', end_ - at_);
        const size_t have =
            hit != nullptr ? static_cast<size_t>(static_cast<const char*>(hit) - from) : end_ - at_;
        const size_t take = have < head_bytes - kept ? have : head_bytes - kept;
        memmove(buffer_ + kept, from, take);
        kept += take;
        at_ += have + (hit != nullptr ? 1 : 0);
        if (hit != nullptr) {
            *head = buffer_;
            *size = kept;
            return true;
        }
    }
}

bool id_of_head(leat_str head, char (&room)[head_bytes], leat_str* id) {
    leat::JsonCursor at(head);
    leat::JsonValue key;
    leat::JsonValue value;
    if (!at.enter_object() || !at.member(&key) || !leat::json_is(key, leat::text("id")) ||
        !at.take(&value) || value.type != leat::JsonType::string) {
        return false;
    }
    id->data = room;
    return leat::json_string_decode(value.raw, room, sizeof room, &id->size) == LEAT_OK;
}

}  // namespace cli
