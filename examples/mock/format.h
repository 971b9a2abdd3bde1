// A wire format: how its requests are read and its answers written. One file for each.
//
// Invariant: a format decides nothing about content; that is turn.h's. Its reader never touches a
// byte outside the body, and any bytes give a Fault or a Request.
#pragma once

#include "stream.h"

namespace mock {

struct Format {
    Fault (*read)(char* body, size_t size, Request* out);
    // A whole answer.
    void (*append_whole)(Buffer& out, const Context& context);
    // The events of the step that the stream stands at; possibly none.
    void (*append_event)(Buffer& out, const Context& context, Stream& stream);
    std::string_view whole_type;  // content types
    std::string_view stream_type;
};

const Format& format_of(FormatKind kind);

extern const Format kChatFormat;
extern const Format kResponsesFormat;
extern const Format kAnthropicFormat;
extern const Format kGeminiFormat;
extern const Format kOllamaFormat;

// Those readers that have a file of their own.
Fault read_chat(char* body, size_t size, Request* out);
Fault read_responses(char* body, size_t size, Request* out);
Fault read_anthropic(char* body, size_t size, Request* out);
Fault read_ollama(char* body, size_t size, Request* out);
Fault read_gemini(char* body, size_t size, Request* out);

}  // namespace mock
