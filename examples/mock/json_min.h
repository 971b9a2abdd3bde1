// Reading a chat request's JSON, and writing JSON strings.
//
// The reader is strict (RFC 8259, UTF-8 checked, bounded depth), never recurses and never
// allocates: strings are decoded in place, so the views it returns point into the caller's buffer,
// whose bytes it overwrites. Invariant: any bytes give a verdict; nothing outside [body, body +
// size) is read or written.
#pragma once

#include "buffer.h"

namespace mock {

struct ChatRequest {
    std::string_view model;
    std::string_view text;      // the last user message's text, its parts joined
    uint64_t text_bytes_total;  // over all messages
    uint32_t message_count;
    int64_t max_tokens;  // -1: not given
    uint32_t choice_count;
    bool stream;
    bool include_usage;
};

enum class JsonVerdict : uint8_t { Ok, Syntax, NoModel, NoMessages, BadMessages, BadField };

[[nodiscard]] JsonVerdict read_chat_request(char* body, size_t size, ChatRequest* out);

// Appends text as the inside of a JSON string (no quotes). The text is valid UTF-8.
void append_json_escaped(Buffer& out, std::string_view text);

// The longest prefix of at most `bytes_max` bytes that does not cut a UTF-8 sequence.
std::string_view utf8_prefix(std::string_view text, size_t bytes_max);

}  // namespace mock
