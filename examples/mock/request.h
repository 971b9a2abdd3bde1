// What a request asks of the model, whatever its wire format.
//
// A format's reader fills it in from the body, which it decodes in place: every view points into
// the connection's body and lives as long. Invariant: `schema` and `tools` are JSON text as it came
// (checked, not decoded); all other texts are decoded.
#pragma once

#include "buffer.h"

namespace mock {

enum class FormatKind : uint8_t { Chat, Responses, Anthropic, Gemini, GeminiCache, Ollama };

enum class ToolChoice : uint8_t { Auto, None, Any, Named };

constexpr unsigned kResultMax = 8;

struct Request {
    FormatKind kind = FormatKind::Chat;
    bool azure = false;         // Chat at a deployment: other headers and errors
    bool vertex = false;        // Gemini at a Vertex path: other errors
    bool array_stream = false;  // Gemini: a stream that is one JSON array
    std::string_view model;
    std::string_view text;          // the last user message's text, its parts joined
    uint64_t text_bytes_total = 0;  // over all messages
    uint32_t message_count = 0;
    uint32_t turn_count = 0;  // of the model, since the last user text
    int64_t max_tokens = -1;  // -1: not given
    uint32_t choice_count = 1;
    bool stream = false;
    bool include_usage = false;  // OpenAI Chat: stream_options
    bool think = false;
    bool hide_thoughts = false;    // they cost, but do not show
    bool sealed_thoughts = false;  // Responses: include reasoning.encrypted_content
    bool json = false;             // the answer must be JSON, by `schema` if there is one
    bool one_call = false;         // no parallel tool calls
    std::string_view shape;        // Responses: text.format as it came
    std::string_view schema;       // JSON schema of the answer
    std::string_view tools;        // JSON array as it came
    ToolChoice tool_choice = ToolChoice::Auto;
    std::string_view tool_name;            // with ToolChoice::Named
    std::string_view results[kResultMax];  // of the tools, when the conversation ends with them
    uint32_t result_count = 0;
    uint64_t cache_hash = 0;          // Anthropic: of the prefix marked by cache_control
    uint64_t cache_bytes = 0;         // its text's size; 0: nothing is marked
    std::string_view cached_content;  // Gemini: a resource name
    bool sets_context = false;        // Gemini: system instruction, tools or tool config
    std::string_view display_name;    // of a cached content,
    std::string_view ttl;             // and how long,
    std::string_view expire_time;     // or until when it lives
    std::string_view culprit;         // a field that is not known

    void add_result(std::string_view text_given) {
        text_bytes_total += text_given.size();
        if (result_count < kResultMax) results[result_count++] = text_given;
    }
};

// What is wrong with a request, before it reaches the model.
enum class Fault : uint8_t {
    None,
    Syntax,
    NoModel,
    NoMessages,
    BadMessages,
    BadField,
    UnknownField,
    NoMaxTokens,
    OrphanResult,  // a tool's result that answers no call
    OpenCall,      // a call of the model that no result answers
    NoThought,     // Anthropic, Gemini: a call that came back without what was thought before it
    BadSignature,  // or with another signature
    NoVersion,
    NoKey,
    WrongKey,
    UnknownModel,
    UnknownPath,
    WrongMethod,
    Unreadable,
    TooLarge,
    UnknownCache,
    SmallCache,       // too few tokens to be worth it
    BadTime,          // a lifetime that cannot be read, or has passed
    OtherModelCache,  // the cache was made for another model
    CacheAndContext,  // system instruction or tools beside a cache
};

}  // namespace mock
