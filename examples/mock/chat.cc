// OpenAI's Chat Completions: completion objects and stream chunks.
//
// Invariant: a chunk's choices carry exactly one choice, save the last one before [DONE], which
// carries the usage and none.
#include "format.h"
#include "json_text.h"

namespace mock {
namespace {

constexpr std::string_view kFingerprint =
    "\"service_tier\":\"default\",\"system_fingerprint\":\"fp_6c6561742d\"";

void append_usage(Buffer& out, const Context& context) {
    const uint64_t prompt = prompt_tokens(*context.request);
    uint64_t completion = 0;
    for (uint32_t i = 0; i < context.request->choice_count; ++i)
        completion += choice_tokens(context, i);
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
void append_preamble(Buffer& out, const Context& context, std::string_view object) {
    append_id(out, "{\"id\":\"chatcmpl-", context.id, 29);
    out.append("\",\"object\":\"");
    out.append(object);
    out.append("\",\"created\":");
    out.append_u64(context.created_s);
    out.append(",\"model\":\"");
    append_json_escaped(out, context.request->model);
    out.append("\",\"choices\":[");
}

// A call that was asked for by name ends with "stop", as the provider's does.
void append_finish(Buffer& out, const Context& context, uint32_t choice) {
    const bool calls = context.turn->call_count != 0;
    if (calls && context.request->tool_choice != ToolChoice::Named)
        return out.append("\"tool_calls\"");
    out.append(is_cut(context, choice) ? "\"length\"" : "\"stop\"");
}

void append_call_head(Buffer& out, const Context& context, uint32_t choice, uint32_t call) {
    append_id(out, "\"id\":\"call_", context.id + choice * kCallMax + call + 1, 24);
    out.append("\",\"type\":\"function\",\"function\":{\"name\":\"");
    out.append(context.turn->calls[call].name);
    out.append("\",\"arguments\":\"");
}

void append_message(Buffer& out, const Context& context, uint32_t choice) {
    out.append("\"message\":{\"role\":\"assistant\",\"content\":");
    const Turn& turn = *context.turn;
    if (turn.call_count == 0) {
        out.append_char('"');
        append_text(out, context, choice);
        out.append("\",\"refusal\":null,\"annotations\":[]}");
        return;
    }
    out.append("null,\"tool_calls\":[");
    for (uint32_t i = 0; i < turn.call_count; ++i) {
        out.append(i == 0 ? "{" : ",{");
        append_call_head(out, context, choice, i);
        append_json_escaped(out, turn.calls[i].arguments);
        out.append("\"}}");
    }
    out.append("],\"refusal\":null,\"annotations\":[]}");
}

void append_completion(Buffer& out, const Context& context) {
    append_preamble(out, context, "chat.completion");
    for (uint32_t choice = 0; choice < context.request->choice_count; ++choice) {
        out.append(choice == 0 ? "{\"index\":" : ",{\"index\":");
        out.append_u64(choice);
        out.append_char(',');
        append_message(out, context, choice);
        out.append(",\"logprobs\":null,\"finish_reason\":");
        append_finish(out, context, choice);
        out.append_char('}');
    }
    out.append("],\"usage\":");
    append_usage(out, context);
    out.append_char(',');
    out.append(kFingerprint);
    out.append("}\n");
}

void append_delta(Buffer& out, const Context& context, const Stream& stream) {
    if (stream.step == Step::Begin) {
        out.append("{\"role\":\"assistant\",\"content\":");
        out.append(context.turn->call_count == 0 ? "\"\",\"refusal\":null}"
                                                 : "null,\"refusal\":null}");
    } else if (stream.step == Step::Text) {
        out.append("{\"content\":\"");
        append_piece(out, context, stream);
        out.append("\"}");
    } else if (stream.step == Step::CallBegin || stream.step == Step::CallPiece) {
        out.append("{\"tool_calls\":[{\"index\":");
        out.append_u64(stream.call);
        out.append_char(',');
        if (stream.step == Step::CallBegin) {
            append_call_head(out, context, stream.choice, stream.call);
        } else {
            out.append("\"function\":{\"arguments\":\"");
            append_piece(out, context, stream);
        }
        out.append("\"}}]}");
    } else {
        out.append("{}");
    }
}

void append_chunk(Buffer& out, const Context& context, const Stream& stream) {
    const bool last = stream.step == Step::Usage;
    out.append("data: ");
    append_preamble(out, context, "chat.completion.chunk");
    if (!last) {
        out.append("{\"index\":");
        out.append_u64(stream.choice);
        out.append(",\"delta\":");
        append_delta(out, context, stream);
        out.append(",\"logprobs\":null,\"finish_reason\":");
        if (stream.step == Step::Finish) {
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
        if (last) {
            append_usage(out, context);
        } else {
            out.append("null");
        }
    }
    out.append("}\n\n");
}

void append_event(Buffer& out, const Context& context, Stream& stream) {
    switch (stream.step) {
        case Step::Begin:
        case Step::Text:
        case Step::CallBegin:
        case Step::CallPiece:
        case Step::Finish:
            return append_chunk(out, context, stream);
        case Step::Usage:
            if (context.request->include_usage) append_chunk(out, context, stream);
            return;
        case Step::Done:
            return out.append("data: [DONE]\n\n");
        case Step::ThoughtBegin:
        case Step::Thought:
        case Step::ThoughtEnd:
        case Step::TextBegin:
        case Step::TextEnd:
        case Step::CallEnd:
        case Step::End:
            break;
    }
}

}  // namespace

const Format kChatFormat = {read_chat, append_completion, append_event, "application/json",
                            "text/event-stream; charset=utf-8"};

}  // namespace mock
