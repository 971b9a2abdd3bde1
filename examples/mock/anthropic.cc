// Anthropic's Messages: the message object, and its events.
//
// Invariant: the blocks that start and stop in a stream are, in order, those of the whole message;
// the usage of message_delta is that of the whole message.
#include "format.h"
#include "json_text.h"

namespace mock {
namespace {

std::string_view stop_reason(const Context& context) {
    if (context.turn->call_count != 0) return "\"tool_use\"";
    return is_cut(context, 0) ? "\"max_tokens\"" : "\"end_turn\"";
}

// The four counts; input_tokens is what was not cached.
void append_counts(Buffer& out, const Context& context, uint64_t output) {
    const Turn& turn = *context.turn;
    const uint64_t prompt = prompt_tokens(*context.request);
    out.append("{\"input_tokens\":");
    out.append_u64(prompt - turn.cache_read - turn.cache_write);
    out.append(",\"cache_creation_input_tokens\":");
    out.append_u64(turn.cache_write);
    out.append(",\"cache_read_input_tokens\":");
    out.append_u64(turn.cache_read);
    out.append(",\"output_tokens\":");
    out.append_u64(output);
}

uint64_t output_tokens(const Context& context) {
    return choice_tokens(context, 0) + thought_tokens(context);
}

void append_usage(Buffer& out, const Context& context, uint64_t output) {
    append_counts(out, context, output);
    out.append(",\"cache_creation\":{\"ephemeral_5m_input_tokens\":");
    out.append_u64(context.turn->cache_write);
    out.append(
        ",\"ephemeral_1h_input_tokens\":0},\"service_tier\":\"standard\",\"inference_geo\":"
        "\"not_available\"}");
}

// The thought's text as the client sees it, which is what the signature is of.
void append_shown_thought(Buffer& out, const Context& context) {
    if (!context.request->hide_thoughts) append_thought(out, context);
}

void append_own_signature(Buffer& out, const Context& context) {
    Buffer thought;
    append_shown_thought(thought, context);
    append_signature(out, thought.view());
}

void append_call_head(Buffer& out, const Context& context, uint32_t call) {
    append_id(out, "{\"type\":\"tool_use\",\"id\":\"toolu_01", context.id + 1 + call, 22);
    out.append("\",\"name\":\"");
    out.append(context.turn->calls[call].name);
    out.append("\",\"input\":");
}

void append_content(Buffer& out, const Context& context) {
    const Turn& turn = *context.turn;
    out.append_char('[');
    if (context.request->think) {
        out.append("{\"type\":\"thinking\",\"thinking\":\"");
        append_shown_thought(out, context);
        out.append("\",\"signature\":\"");
        append_own_signature(out, context);
        out.append("\"},");
    }
    for (uint32_t i = 0; i < turn.call_count; ++i) {
        if (i != 0) out.append_char(',');
        append_call_head(out, context, i);
        out.append(turn.calls[i].arguments);
        out.append_char('}');
    }
    if (turn.call_count == 0) {
        out.append("{\"type\":\"text\",\"text\":\"");
        append_text(out, context, 0);
        out.append("\"}");
    }
    out.append_char(']');
}

void append_message(Buffer& out, const Context& context, bool done) {
    out.append("{\"model\":\"");
    append_json_escaped(out, context.request->model);
    append_id(out, "\",\"id\":\"msg_01", context.id, 22);
    out.append("\",\"type\":\"message\",\"role\":\"assistant\",\"content\":");
    if (done) {
        append_content(out, context);
    } else {
        out.append("[]");
    }
    out.append(",\"stop_reason\":");
    out.append(done ? stop_reason(context) : "null");
    out.append(",\"stop_sequence\":null,\"stop_details\":null,\"usage\":");
    append_usage(out, context, done ? output_tokens(context) : 1);
    out.append_char('}');
}

// ---- events ---------------------------------------------------------------------------------

void begin_event(Buffer& out, std::string_view type) {
    out.append("event: ");
    out.append(type);
    out.append("\ndata: {\"type\":\"");
    out.append(type);
    out.append_char('"');
}

// The provider pads its events with blanks inside the JSON.
void end_event(Buffer& out, const Context& context, Stream& stream) {
    constexpr std::string_view kBlanks = "               ";
    const uint64_t drawn = mix64(context.id + stream.sequence++) % (kBlanks.size() + 1);
    out.append(kBlanks.substr(0, drawn));
    out.append("}\n\n");
}

size_t block_index(const Context& context, const Stream& stream) {
    const bool in_thoughts = stream.step == Step::ThoughtBegin || stream.step == Step::Thought ||
                             stream.step == Step::ThoughtEnd;
    return stream.call + (context.request->think && !in_thoughts ? 1 : 0);
}

void begin_block_event(Buffer& out, const Context& context, const Stream& stream,
                       std::string_view type) {
    begin_event(out, type);
    out.append(",\"index\":");
    out.append_u64(block_index(context, stream));
}

void append_start(Buffer& out, const Context& context, Stream& stream) {
    begin_block_event(out, context, stream, "content_block_start");
    out.append(",\"content_block\":");
    if (stream.step == Step::ThoughtBegin) {
        out.append("{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}");
    } else if (stream.step == Step::CallBegin) {
        append_call_head(out, context, stream.call);
        out.append("{}}");
    } else {
        out.append("{\"type\":\"text\",\"text\":\"\"}");
    }
    end_event(out, context, stream);
    if (block_index(context, stream) == 0)
        out.append("event: ping\ndata: {\"type\": \"ping\"}\n\n");
}

void append_stop(Buffer& out, const Context& context, Stream& stream) {
    begin_block_event(out, context, stream, "content_block_stop");
    end_event(out, context, stream);
}

void append_delta(Buffer& out, const Context& context, Stream& stream, std::string_view type,
                  std::string_view field) {
    begin_block_event(out, context, stream, "content_block_delta");
    out.append(",\"delta\":{\"type\":\"");
    out.append(type);
    out.append("\",\"");
    out.append(field);
    out.append("\":\"");
    if (stream.step == Step::ThoughtEnd) {
        append_own_signature(out, context);
    } else if (stream.step != Step::CallBegin) {
        append_piece(out, context, stream);
    }
    out.append("\"}");
    end_event(out, context, stream);
}

void append_end(Buffer& out, const Context& context, Stream& stream) {
    begin_event(out, "message_delta");
    out.append(",\"delta\":{\"stop_reason\":");
    out.append(stop_reason(context));
    out.append(",\"stop_sequence\":null,\"stop_details\":null},\"usage\":");
    append_counts(out, context, output_tokens(context));
    out.append_char('}');
    end_event(out, context, stream);
}

void append_event(Buffer& out, const Context& context, Stream& stream) {
    switch (stream.step) {
        case Step::Begin:
            begin_event(out, "message_start");
            out.append(",\"message\":");
            append_message(out, context, false);
            return end_event(out, context, stream);
        case Step::ThoughtBegin:
        case Step::TextBegin:
            return append_start(out, context, stream);
        case Step::Thought:
            if (context.request->hide_thoughts) return;
            return append_delta(out, context, stream, "thinking_delta", "thinking");
        case Step::ThoughtEnd:
            append_delta(out, context, stream, "signature_delta", "signature");
            return append_stop(out, context, stream);
        case Step::Text:
            return append_delta(out, context, stream, "text_delta", "text");
        case Step::CallBegin:
            append_start(out, context, stream);
            return append_delta(out, context, stream, "input_json_delta", "partial_json");
        case Step::CallPiece:
            return append_delta(out, context, stream, "input_json_delta", "partial_json");
        case Step::TextEnd:
        case Step::CallEnd:
            return append_stop(out, context, stream);
        case Step::Finish:
            return append_end(out, context, stream);
        case Step::Done:
            begin_event(out, "message_stop");
            return end_event(out, context, stream);
        case Step::Usage:
        case Step::End:
            break;
    }
}

void append_whole(Buffer& out, const Context& context) { append_message(out, context, true); }

}  // namespace

const Format kAnthropicFormat = {read_anthropic, append_whole, append_event, "application/json",
                                 "text/event-stream; charset=utf-8"};

}  // namespace mock
