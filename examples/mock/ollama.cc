// Ollama's own chat: one object, or a line of JSON for each piece.
//
// Invariant: every line of a stream is a whole object; the one with "done": true is the last and
// alone has the counts.
#include "format.h"
#include "http_time.h"
#include "json_text.h"

namespace mock {
namespace {

// created_at, with a fraction as the server writes it.
void append_time(Buffer& out, const Context& context, uint64_t sequence) {
    char time[32];
    const size_t size = format_utc_time(context.created_s, time);
    out.append(time, size - 1);  // without the Z
    char fraction[16];
    const auto ns = static_cast<unsigned>((mix64(context.id) % 500000 + sequence) % 1000000);
    const int count = std::snprintf(fraction, sizeof fraction, ".%06u", ns);
    out.append(fraction, static_cast<size_t>(count));
    out.append_char('Z');
}

void append_head(Buffer& out, const Context& context, uint64_t sequence) {
    out.append("{\"model\":\"");
    append_json_escaped(out, context.request->model);
    out.append("\",\"created_at\":\"");
    append_time(out, context, sequence);
    out.append("\",\"message\":{\"role\":\"assistant\",\"content\":\"");
}

void append_call(Buffer& out, const Context& context, uint32_t call) {
    append_id(out, "{\"id\":\"call_", context.id + 1 + call, 8);
    out.append("\",\"function\":{\"index\":");
    out.append_u64(call);
    out.append(",\"name\":\"");
    out.append(context.turn->calls[call].name);
    out.append("\",\"arguments\":");
    out.append(context.turn->calls[call].arguments);
    out.append("}}");
}

// A millisecond for each token, so that rates come out.
void append_field(Buffer& out, std::string_view name, uint64_t value) {
    out.append(",\"");
    out.append(name);
    out.append("\":");
    out.append_u64(value);
}

void append_end(Buffer& out, const Context& context) {
    constexpr uint64_t kToken_ns = 1000000;
    constexpr uint64_t kLoad_ns = 1000000;
    const uint64_t prompt = prompt_tokens(*context.request);
    const uint64_t output = choice_tokens(context, 0) + thought_tokens(context);
    out.append("},\"done\":true,\"done_reason\":");
    out.append(is_cut(context, 0) ? "\"length\"" : "\"stop\"");
    append_field(out, "total_duration", kLoad_ns + (prompt + output) * kToken_ns);
    append_field(out, "load_duration", kLoad_ns);
    append_field(out, "prompt_eval_count", prompt);
    append_field(out, "prompt_eval_duration", prompt * kToken_ns);
    append_field(out, "eval_count", output);
    append_field(out, "eval_duration", output * kToken_ns);
    out.append("}\n");
}

void append_whole(Buffer& out, const Context& context) {
    append_head(out, context, 0);
    if (context.turn->call_count == 0) append_text(out, context, 0);
    out.append_char('"');
    if (context.request->think) {
        out.append(",\"thinking\":\"");
        append_thought(out, context);
        out.append_char('"');
    }
    for (uint32_t i = 0; i < context.turn->call_count; ++i) {
        out.append(i == 0 ? ",\"tool_calls\":[" : ",");
        append_call(out, context, i);
    }
    if (context.turn->call_count != 0) out.append_char(']');
    append_end(out, context);
}

void append_event(Buffer& out, const Context& context, Stream& stream) {
    const Step step = stream.step;
    if (step != Step::Thought && step != Step::Text && step != Step::CallBegin &&
        step != Step::Finish)
        return;
    append_head(out, context, ++stream.sequence);
    if (step == Step::Text) append_piece(out, context, stream);
    out.append_char('"');
    if (step == Step::Finish) return append_end(out, context);
    if (step == Step::Thought) {
        out.append(",\"thinking\":\"");
        append_piece(out, context, stream);
        out.append_char('"');
    } else if (step == Step::CallBegin) {
        out.append(",\"tool_calls\":[");
        append_call(out, context, stream.call);
        out.append_char(']');
    }
    out.append("},\"done\":false}\n");
}

}  // namespace

const Format kOllamaFormat = {read_ollama, append_whole, append_event,
                              "application/json; charset=utf-8", "application/x-ndjson"};

}  // namespace mock
