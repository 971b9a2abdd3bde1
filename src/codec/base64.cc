// codec/base64.cc: see base64.h. Whole groups of four go straight out; a group that is cut by the
// offset or by the capacity is made aside.
#include "codec/base64.h"

#include "base/check.h"

namespace leat {

namespace {

constexpr char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// The four characters of up to three bytes.
void make_group(const char* from, size_t size, char* to) {
    LEAT_CHECK(from != nullptr && size > 0);
    const unsigned a = static_cast<unsigned char>(from[0]);
    const unsigned b = size > 1 ? static_cast<unsigned char>(from[1]) : 0;
    const unsigned c = size > 2 ? static_cast<unsigned char>(from[2]) : 0;
    to[0] = alphabet[a >> 2];
    to[1] = alphabet[(a & 3) << 4 | b >> 4];
    to[2] = size > 1 ? alphabet[(b & 15) << 2 | c >> 6] : '=';
    to[3] = size > 2 ? alphabet[c & 63] : '=';
}

}  // namespace

size_t base64_write(Text source, size_t offset, char* out, size_t capacity) {
    const size_t total = base64_size(source.size);
    LEAT_CHECK(offset <= total);
    LEAT_CHECK(out != nullptr || capacity == 0);
    size_t written = 0;
    while (written < capacity && offset < total) {
        const Text rest = tail(source, offset / 4 * 3);
        const size_t in_group = offset % 4;
        const size_t room = capacity - written;
        if (in_group == 0 && room >= 4) {
            make_group(rest.data, rest.size, out + written);
            written += 4;
            offset += 4;
            continue;
        }
        char group[4];
        make_group(rest.data, rest.size, group);
        const size_t size = room < 4 - in_group ? room : 4 - in_group;
        memcpy(out + written, group + in_group, size);
        written += size;
        offset += size;
    }
    return written;
}

}  // namespace leat
