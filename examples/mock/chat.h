// What the model says: completion objects and stream events in OpenAI's chat form.
//
// Invariant: the text is a pure function of seed, prompt, choice and token index, so a streamed
// answer and a whole one say the same, and so does the next run.
#pragma once

#include "json_min.h"
#include "mock.h"

namespace mock {

struct ChatContext {
    const mock_config* config;
    const ChatRequest* request;
    uint64_t id;  // of this answer
    uint64_t created_s;
};

enum class ChatEvent : uint8_t { Text, RoundEnd, Other, End };

// Where a stream stands.
struct ChatStream {
    enum class Stage : uint8_t { Role, Text, Finish, Usage, Done, End };
    Stage stage;
    uint32_t choice;
    uint32_t token;
    uint32_t token_count;  // the longest choice
    size_t echo_at;
};

uint64_t prompt_tokens(const ChatRequest& request);
void append_completion(Buffer& out, const ChatContext& context);

void chat_stream_begin(ChatStream& stream, const ChatContext& context);
// Appends one "data: ...\n\n" event. RoundEnd is a Text that ends a round over the choices.
ChatEvent append_stream_event(Buffer& out, const ChatContext& context, ChatStream& stream);

// As one HTTP chunk, or as it is.
void append_framed(Buffer& out, std::string_view bytes, bool framed);

}  // namespace mock
