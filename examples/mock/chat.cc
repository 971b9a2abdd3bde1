// Making answers. The words are a short list; token n is a pure function of the prompt's hash and
// n. See chat.h.
#include "chat.h"

namespace mock {
namespace {

constexpr std::string_view kWords[64] = {
    " the",   " water",  " stone", " mill",  " runs", " over",   " a",       " wheel",
    " and",   " then",   " under", " field", " with", " steady", " channel", " turns",
    " slow",  " bright", " grain", " from",  " hill", " to",     " river",   " light",
    " along", " bank",   " where", " small", " gate", " opens",  " when",    " rain",
    " falls", " for",    " hours", " each",  " day",  " miller", " keeps",   " count",
    " of",    " sacks",  " that",  " leave", " by",   " cart",   " before",  " dusk",
    " is",    " quiet",  " work",  " goes",  " on",   " until",  " last",    " spark",
    " fades", " in",     " yard",  " while", " moss", " grows",  " near",    " it"};

constexpr size_t kEchoPieceBytes = 4;

uint64_t text_hash(const ChatContext& context, uint32_t choice) {
    return mix64(hash_bytes(context.request->text, context.config->seed) + choice);
}

struct Length {
    uint32_t tokens;
    bool cut;  // by max_tokens
};

// An echo is never cut: whoever asks for one wants to compare it.
Length answer_length(const ChatContext& context, uint32_t choice) {
    const mock_config& config = *context.config;
    if (config.echo) return {static_cast<uint32_t>((context.request->text.size() + 3) / 4), false};
    uint32_t tokens = config.tokens_min;
    if (config.tokens_max > config.tokens_min) {
        const uint64_t span = uint64_t{config.tokens_max} - config.tokens_min + 1;
        tokens += static_cast<uint32_t>(mix64(text_hash(context, choice) ^ 0x1e17) % span);
    }
    const int64_t limit = context.request->max_tokens;
    if (limit >= 0 && limit < static_cast<int64_t>(tokens))
        return {static_cast<uint32_t>(limit), true};
    return {tokens, false};
}

void append_token(Buffer& out, uint64_t hash, uint32_t index) {
    const uint64_t drawn = mix64(hash + index);
    if (index > 2 && (drawn >> 32) % 12 == 0) {
        out.append_char('.');
        return;
    }
    const std::string_view word = kWords[drawn % 64];
    if (index != 0) {
        out.append(word);
        return;
    }
    out.append_char(static_cast<char>(word[1] - 32));
    out.append(word.substr(2));
}

void append_content(Buffer& out, const ChatContext& context, uint32_t choice) {
    if (context.config->echo) {
        append_json_escaped(out, context.request->text);
        return;
    }
    const uint64_t hash = text_hash(context, choice);
    const uint32_t tokens = answer_length(context, choice).tokens;
    for (uint32_t i = 0; i < tokens; ++i) append_token(out, hash, i);
}

void append_usage(Buffer& out, const ChatContext& context) {
    const uint64_t prompt = prompt_tokens(*context.request);
    uint64_t completion = 0;
    for (uint32_t i = 0; i < context.request->choice_count; ++i)
        completion += answer_length(context, i).tokens;
    out.append("{\"prompt_tokens\":");
    out.append_u64(prompt);
    out.append(",\"completion_tokens\":");
    out.append_u64(completion);
    out.append(",\"total_tokens\":");
    out.append_u64(prompt + completion);
    out.append(
        ",\"prompt_tokens_details\":{\"cached_tokens\":0,\"audio_tokens\":0},"
        "\"completion_tokens_details\":{\"reasoning_tokens\":0,\"audio_tokens\":0,"
        "\"accepted_prediction_tokens\":0,\"rejected_prediction_tokens\":0}}");
}

// {"id":...,"object":...,"created":...,"model":...,"choices":[
void append_preamble(Buffer& out, const ChatContext& context, std::string_view object) {
    out.append("{\"id\":\"chatcmpl-");
    constexpr std::string_view kDigits =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    uint64_t bits = 0;
    char id[29];
    for (size_t i = 0; i < sizeof id; ++i) {
        if (i % 10 == 0) bits = mix64(context.id + i);
        id[i] = kDigits[bits % 62];
        bits /= 62;
    }
    out.append(id, sizeof id);
    out.append("\",\"object\":\"");
    out.append(object);
    out.append("\",\"created\":");
    out.append_u64(context.created_s);
    out.append(",\"model\":\"");
    append_json_escaped(out, context.request->model);
    out.append("\",\"choices\":[");
}

constexpr std::string_view kFingerprint =
    "\"service_tier\":\"default\",\"system_fingerprint\":\"fp_6c6561742d\"";

void append_finish(Buffer& out, const ChatContext& context, uint32_t choice) {
    out.append(answer_length(context, choice).cut ? "\"length\"" : "\"stop\"");
}

// A piece of the echoed text, at least a byte, never half a character.
std::string_view echo_piece(const ChatContext& context, size_t at) {
    const std::string_view rest = context.request->text.substr(at);
    return utf8_prefix(rest, kEchoPieceBytes);
}

void append_delta(Buffer& out, const ChatContext& context, const ChatStream& stream) {
    switch (stream.stage) {
        case ChatStream::Stage::Role:
            out.append("{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null}");
            return;
        case ChatStream::Stage::Text:
            out.append("{\"content\":\"");
            if (context.config->echo) {
                append_json_escaped(out, echo_piece(context, stream.echo_at));
            } else {
                append_token(out, text_hash(context, stream.choice), stream.token);
            }
            out.append("\"}");
            return;
        case ChatStream::Stage::Finish:
        case ChatStream::Stage::Usage:
        case ChatStream::Stage::Done:
        case ChatStream::Stage::End:
            out.append("{}");
    }
}

void append_chunk(Buffer& out, const ChatContext& context, const ChatStream& stream) {
    out.append("data: ");
    append_preamble(out, context, "chat.completion.chunk");
    if (stream.stage != ChatStream::Stage::Usage) {
        out.append("{\"index\":");
        out.append_u64(stream.choice);
        out.append(",\"delta\":");
        append_delta(out, context, stream);
        out.append(",\"logprobs\":null,\"finish_reason\":");
        if (stream.stage == ChatStream::Stage::Finish) {
            append_finish(out, context, stream.choice);
        } else {
            out.append("null");
        }
        out.append_char('}');
    }
    out.append("],");
    out.append(kFingerprint);
    if (context.request->include_usage) {
        out.append(",\"usage\":");
        if (stream.stage == ChatStream::Stage::Usage) {
            append_usage(out, context);
        } else {
            out.append("null");
        }
    }
    out.append("}\n\n");
}

bool text_left(const ChatContext& context, const ChatStream& stream) {
    if (context.config->echo) return stream.echo_at < context.request->text.size();
    return stream.token < stream.token_count;
}

// One token of the current choice, if it has that many; moves on to the next choice, then the next
// token.
ChatEvent append_text_event(Buffer& out, const ChatContext& context, ChatStream& stream) {
    const bool has =
        context.config->echo || stream.token < answer_length(context, stream.choice).tokens;
    if (has) append_chunk(out, context, stream);
    if (++stream.choice < context.request->choice_count) return ChatEvent::Text;
    stream.choice = 0;
    ++stream.token;
    if (context.config->echo) stream.echo_at += echo_piece(context, stream.echo_at).size();
    return ChatEvent::RoundEnd;
}

// Repeats a stage for each choice, then goes to the next stage.
void next_choice(const ChatContext& context, ChatStream& stream, ChatStream::Stage then) {
    if (++stream.choice < context.request->choice_count) return;
    stream.choice = 0;
    stream.stage = then;
}

}  // namespace

uint64_t prompt_tokens(const ChatRequest& request) {
    return (request.text_bytes_total + 3) / 4 + uint64_t{request.message_count} * 4 + 3;
}

void append_completion(Buffer& out, const ChatContext& context) {
    append_preamble(out, context, "chat.completion");
    for (uint32_t choice = 0; choice < context.request->choice_count; ++choice) {
        out.append(choice == 0 ? "{\"index\":" : ",{\"index\":");
        out.append_u64(choice);
        out.append(",\"message\":{\"role\":\"assistant\",\"content\":\"");
        append_content(out, context, choice);
        out.append("\",\"refusal\":null,\"annotations\":[]},\"logprobs\":null,\"finish_reason\":");
        append_finish(out, context, choice);
        out.append_char('}');
    }
    out.append("],\"usage\":");
    append_usage(out, context);
    out.append_char(',');
    out.append(kFingerprint);
    out.append("}\n");
}

void chat_stream_begin(ChatStream& stream, const ChatContext& context) {
    stream = ChatStream{};
    for (uint32_t choice = 0; choice < context.request->choice_count; ++choice) {
        const uint32_t tokens = answer_length(context, choice).tokens;
        if (tokens > stream.token_count) stream.token_count = tokens;
    }
}

ChatEvent append_stream_event(Buffer& out, const ChatContext& context, ChatStream& stream) {
    using Stage = ChatStream::Stage;
    if (stream.stage == Stage::Text && !text_left(context, stream)) stream.stage = Stage::Finish;
    switch (stream.stage) {
        case Stage::Role:
            append_chunk(out, context, stream);
            next_choice(context, stream, Stage::Text);
            return ChatEvent::Other;
        case Stage::Text:
            return append_text_event(out, context, stream);
        case Stage::Finish:
            append_chunk(out, context, stream);
            next_choice(context, stream,
                        context.request->include_usage ? Stage::Usage : Stage::Done);
            return ChatEvent::Other;
        case Stage::Usage:
            append_chunk(out, context, stream);
            stream.stage = Stage::Done;
            return ChatEvent::Other;
        case Stage::Done:
            out.append("data: [DONE]\n\n");
            stream.stage = Stage::End;
            return ChatEvent::Other;
        case Stage::End:
            break;
    }
    return ChatEvent::End;
}

void append_framed(Buffer& out, std::string_view bytes, bool framed) {
    if (bytes.empty()) return;  // an empty chunk would end the body
    if (!framed) return out.append(bytes);
    out.append_hex(bytes.size());
    out.append("\r\n");
    out.append(bytes);
    out.append("\r\n");
}

}  // namespace mock
