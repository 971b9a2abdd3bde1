// cli/transcript.cc: the conversations of a run as a file: messages in OpenAI's form, as --context and a
// line's "messages" read them. Depends on the chat adapter's words and on ropes.
// Invariant: the file is there whole, or as it was before.
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "cli/histories.h"
#include "codec/rope.h"
#include "provider/openai_chat.h"

namespace cli {

namespace {

constexpr size_t segment_bytes = 1024;  // more than a message's marks and short texts take
constexpr size_t window_bytes = 64 * 1024;

bool write_rope(const leat_rope& rope, char* window, FILE* file) {
    leat::RopeReader reader(rope.rope);
    while (!reader.done()) {
        const size_t size = reader.fill(window, window_bytes);
        if (fwrite(window, 1, size, file) != size) {
            return false;
        }
    }
    return true;
}

// False when the file cannot be written, or there is no memory.
bool write_messages(const leat_conversation* conversation, leat_str name, bool is_named, FILE* file) {
    leat_request request;
    leat_request_init(&request);
    leat_conversation_messages(conversation, &request.messages, &request.messages_count);
    size_t arena_bytes = window_bytes;
    for (uint32_t i = 0; i < request.messages_count; ++i) {
        const leat_message& message = request.messages[i];
        arena_bytes += segment_bytes * (1 + message.parts_count + message.tool_calls_count);
    }
    MappedBlock memory;
    if (!memory.map(window_bytes + arena_bytes)) {
        return false;
    }
    char* const window = static_cast<char*>(memory.data());
    leat::Arena arena;
    arena.open(window + window_bytes, arena_bytes);
    leat_rope rope;
    rope.arena = &arena;
    if (is_named) {
        leat_rope_copy(&rope, leat::text("{\"conversation\":"));
        leat_rope_json_string(&rope, name);
        leat_rope_copy(&rope, leat::text(",\"messages\":"));
    }
    leat::chat_put_messages(request, &rope);
    leat_rope_copy(&rope, is_named ? leat::text("}\n") : leat::text("\n"));
    return rope.status == LEAT_OK && write_rope(rope, window, file);
}

}  // namespace

bool Histories::write_transcript(const char* path) const {
    char beside[PATH_MAX];
    const int size = snprintf(beside, sizeof beside, "%s.part", path);
    FILE* const file = size > 0 && size < PATH_MAX ? fopen(beside, "w") : nullptr;
    bool good = file != nullptr;
    for (uint32_t i = 0; good && i < count_; ++i) {
        const Chain& chain = chains()[i];
        good = write_messages(chain.conversation, leat::text(chain.name, chain.name_size), named_ > 0,
                              file);
    }
    if (good && count_ == 0) {
        good = write_messages(context_, leat_str{nullptr, 0}, false, file);
    }
    const bool closed = file != nullptr && fclose(file) == 0;
    good = good && closed && rename(beside, path) == 0;
    if (!good) {
        fprintf(stderr, "leat run: --transcript %s: %s\n", path, strerror(errno));
        if (file != nullptr) {
            (void)remove(beside);
        }
    }
    return good;
}

}  // namespace cli
