// Any bytes as a streamed body: the events are the same whether the bytes come at once, one by one or
// cut anywhere. A buffer that is too small ends in its status, and what was told until then is right.
// The first byte chooses the format and the buffer, the second where the bytes are cut.
#include <stddef.h>
#include <stdint.h>

#include <string>
#include <vector>

#include "base/check.h"
#include "codec/event_reader.h"

namespace {

using leat::Text;

struct Told {
    std::vector<std::string> events;
    leat_status status = LEAT_OK;
};

leat_status take(void* user, const leat_event& event) {
    Told* const told = static_cast<Told*>(user);
    std::string name(event.name.size > 0 ? event.name.data : "", event.name.size);
    std::string data(event.data.size > 0 ? event.data.data : "", event.data.size);
    told->events.push_back(name + "|" + data);
    // A reader that wants no more says so.
    return data == "stop" ? LEAT_E_PARSE : LEAT_OK;
}

// Pieces of 1 + seed-driven bytes; each in memory of its own, as the engine's window is overwritten.
Told read(leat_stream_format format, Text body, size_t capacity, uint32_t seed, size_t piece_max) {
    Told told;
    std::vector<char> buffer(capacity + 1);
    leat::EventReader reader;
    reader.open(format, buffer.data(), capacity, take, &told);
    size_t at = 0;
    while (at < body.size && told.status == LEAT_OK) {
        seed = seed * 1664525u + 1013904223u;
        const size_t wanted = 1 + (seed >> 16) % piece_max;
        const size_t size = wanted < body.size - at ? wanted : body.size - at;
        const std::vector<char> piece(body.data + at, body.data + at + size);
        told.status = reader.feed(leat::text(piece.data(), size));
        at += size;
    }
    if (told.status == LEAT_OK) told.status = reader.finish();
    LEAT_CHECK(reader.used_peak() <= capacity);
    return told;
}

bool is_prefix(const std::vector<std::string>& part, const std::vector<std::string>& all) {
    if (part.size() > all.size()) return false;
    for (size_t i = 0; i < part.size(); ++i) {
        if (part[i] != all[i]) return false;
    }
    return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size < 2) return 0;
    const leat_stream_format format = data[0] % 2 == 0 ? LEAT_STREAM_SSE : LEAT_STREAM_NDJSON;
    const Text body = leat::text(reinterpret_cast<const char*>(data) + 2, size - 2);
    const size_t enough = size + 16;
    const Told whole = read(format, body, enough, 0, SIZE_MAX);
    LEAT_CHECK(whole.status == LEAT_OK || whole.status == LEAT_E_PARSE);
    for (const size_t piece_max : {size_t{1}, size_t{5}, size_t{40}}) {
        const Told cut = read(format, body, enough, data[1], piece_max);
        LEAT_CHECK(cut.status == whole.status && cut.events == whole.events);
        const Told tight = read(format, body, data[0] / 2, data[1], piece_max);
        LEAT_CHECK(tight.status == whole.status || tight.status == LEAT_E_ITEM_MEMORY);
        LEAT_CHECK(is_prefix(tight.events, whole.events));
    }
    return 0;
}
