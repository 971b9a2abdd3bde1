// Any bytes as the texts of a request, for every adapter: what is built is one JSON value, as long
// as it was announced, and comes out the same in windows of any size. The first byte picks the
// adapter, the second what the request is made of, the third the window.
#include <leat/leat.h>
#include <string.h>

#include "base/check.h"
#include "codec/json_scan.h"
#include "codec/rope.h"
#include "provider/registry.h"

namespace {

constexpr size_t arena_bytes = 64 * 1024;
constexpr size_t body_bytes_max = 256 * 1024;

alignas(16) char memory[arena_bytes];
char whole[body_bytes_max];
char again[body_bytes_max];

// Takes up to a fifth of what is left.
leat_str take(leat_str* rest) {
    const size_t size = rest->size < 5 ? rest->size : rest->size / 5 + 1;
    const leat_str piece = leat::head(*rest, size);
    *rest = leat::tail(*rest, size);
    return piece;
}

size_t read(const leat::Rope& rope, char* out, size_t window) {
    leat::RopeReader reader(rope);
    size_t size = 0;
    while (!reader.done()) {
        const size_t room = body_bytes_max - size < window ? body_bytes_max - size : window;
        const size_t here = reader.fill(out + size, room);
        LEAT_CHECK(here > 0);
        size += here;
    }
    return size;
}

void build(const leat_adapter& adapter, const leat_request& request, bool stream, size_t window) {
    leat::Arena arena;
    arena.open(memory, arena_bytes);
    leat_rope rope;
    rope.arena = &arena;
    leat_build order{};
    order.request = &request;
    order.model = request.model;
    order.context = adapter.context;
    order.stream = stream ? 1 : 0;
    leat_status status = adapter.build(&order, &rope);
    if (status == LEAT_OK) status = rope.status;
    if (status != LEAT_OK || rope.rope.total_bytes > body_bytes_max) return;
    const size_t size = read(rope.rope, whole, body_bytes_max);
    LEAT_CHECK(size == rope.rope.total_bytes);
    LEAT_CHECK(read(rope.rope, again, window) == size && memcmp(whole, again, size) == 0);
    LEAT_CHECK(leat::json_validate(leat::text(whole, size), leat::json_depth_max, nullptr) ==
               LEAT_OK);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size < 3) return 0;
    uint32_t count = 0;
    while (leat::adapter_at(count) != nullptr) ++count;
    const leat_adapter& adapter = *leat::adapter_at(data[0] % count);
    const unsigned shape = data[1];
    leat_str rest = leat::text(reinterpret_cast<const char*>(data) + 3, size - 3);
    leat_request request;
    leat_request_init(&request);
    request.prompt = take(&rest);
    request.model = (shape & 1) != 0 ? leat::text("m-1") : take(&rest);
    request.system = take(&rest);
    request.cached_content = (shape & 2) != 0 ? leat::text("cachedContents/a") : take(&rest);
    leat_part parts[2] = {};
    parts[0].content = take(&rest);
    parts[1].type = (shape & 4) != 0 ? LEAT_PART_IMAGE_BYTES : LEAT_PART_IMAGE_URL;
    parts[1].media_type = leat::text("image/png");
    parts[1].content = take(&rest);
    leat_message messages[2] = {};
    messages[0].role = leat::text("user");
    messages[0].parts = parts;
    messages[0].parts_count = 2;
    messages[1].role = (shape & 8) != 0 ? leat::text("assistant") : leat::text("tool");
    messages[1].content = take(&rest);
    messages[1].name = take(&rest);
    messages[1].tool_call_id = take(&rest);
    request.messages = messages;
    request.messages_count = (shape & 16) != 0 ? 2 : 0;
    const leat_str stop[] = {take(&rest), take(&rest)};
    request.stop = stop;
    request.stop_count = (shape & 32) != 0 ? 2 : 0;
    leat_tool tool = {};
    tool.name = take(&rest);
    tool.description = take(&rest);
    leat_tools tools = {};
    tools.list = &tool;
    tools.count = 1;
    tools.mode = LEAT_TOOLS_NAMED;
    tools.choice = tool.name;
    if ((shape & 64) != 0) request.tools = &tools;
    leat_format format = {};
    format.kind = LEAT_FORMAT_CHOICE;
    format.choices = stop;
    format.choices_count = 2;
    if ((shape & 128) != 0) request.format = &format;
    request.reasoning_effort = take(&rest);
    if (leat::json_validate(rest, leat::json_depth_max, nullptr) == LEAT_OK) {
        request.extra_json = rest;
    }
    build(adapter, request, (shape & 3) == 3, size_t{data[2]} + 1);
    return 0;
}
