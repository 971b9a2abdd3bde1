// What the model says to a request: words, a given text, or tool calls. The same for every format.
//
// Invariant: it is a pure function of seed, request, choice and token index, so a streamed answer
// and a whole one say the same, and so does the next run.
#pragma once

#include "mock.h"
#include "request.h"

namespace mock {

constexpr unsigned kCallMax = 8;

struct Call {
    std::string_view name;       // as inside a JSON string
    std::string_view arguments;  // a JSON object
};

struct Turn {
    bool fixed = false;     // `text` is said; otherwise words
    bool cut = false;       // by max_tokens
    std::string_view text;  // not escaped
    uint32_t call_count = 0;
    Call calls[kCallMax];
    uint64_t cache_read = 0;   // tokens of the prompt that were cached before,
    uint64_t cache_write = 0;  // and that are now
};

// Decides. Texts that are made here go to scratch, which must outlive the turn.
void decide_turn(const mock_config& config, const Request& request, Buffer& scratch, Turn* turn);

struct Context {
    const mock_config* config;
    const Request* request;
    const Turn* turn;
    uint64_t id;  // of this answer
    uint64_t created_s;
};

uint64_t prompt_tokens(const Request& request);
// Tokens of a choice's words; of the fixed text; 0 beside calls.
uint32_t text_tokens(const Context& context, uint32_t choice);
// All that a choice costs, thoughts aside.
uint64_t choice_tokens(const Context& context, uint32_t choice);
bool is_cut(const Context& context, uint32_t choice);
// A choice's text, as inside a JSON string.
void append_text(Buffer& out, const Context& context, uint32_t choice);
void append_word(Buffer& out, const Context& context, uint32_t choice, uint32_t index);

// What is thought before it is said, when the request asks to see that.
constexpr uint32_t kThoughtTokens = 12;
uint64_t thought_tokens(const Context& context);
void append_thought(Buffer& out, const Context& context);
void append_thought_word(Buffer& out, const Context& context, uint32_t index);

// Opaque, and of one text only: a client must bring it back unchanged.
void append_signature(Buffer& out, std::string_view text);
bool is_signature(std::string_view text, std::string_view signature);

// prefix and `count` letters and digits that follow from bits.
void append_id(Buffer& out, std::string_view prefix, uint64_t bits, size_t count);

}  // namespace mock
