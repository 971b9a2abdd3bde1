// OpenAI's Responses: the response object, and its typed events, numbered from 0.
//
// Invariant: the last event's response is the whole answer, byte for byte what the same request
// without a stream gets but for ids and times.
#include "format.h"
#include "json_text.h"
#include "json_view.h"

namespace mock {
namespace {

constexpr size_t kIdBytes = 40;

void append_bool(Buffer& out, bool value) { out.append(value ? "true" : "false"); }

size_t output_index(const Context& context, const Stream& stream) {
    const bool after_thoughts = context.request->think && stream.step != Step::ThoughtBegin &&
                                stream.step != Step::Thought && stream.step != Step::ThoughtEnd;
    return (after_thoughts ? 1 : 0) + stream.call;
}

void append_item_id(Buffer& out, const Context& context, const char* prefix, size_t index) {
    append_id(out, prefix, context.id + 101 + index, kIdBytes);
}

void append_usage(Buffer& out, const Context& context) {
    const uint64_t input = prompt_tokens(*context.request);
    const uint64_t thoughts = thought_tokens(context);
    const uint64_t output = choice_tokens(context, 0) + thoughts;
    out.append("{\"input_tokens\":");
    out.append_u64(input);
    out.append(",\"input_tokens_details\":{\"cached_tokens\":0},\"output_tokens\":");
    out.append_u64(output);
    out.append(",\"output_tokens_details\":{\"reasoning_tokens\":");
    out.append_u64(thoughts);
    out.append("},\"total_tokens\":");
    out.append_u64(input + output);
    out.append_char('}');
}

void append_thought_part(Buffer& out, const Context& context, bool done) {
    out.append("{\"type\":\"summary_text\",\"text\":\"");
    if (done) append_thought(out, context);
    out.append("\"}");
}

void append_reasoning(Buffer& out, const Context& context, bool done) {
    append_item_id(out, context, "{\"id\":\"rs_", 0);
    out.append("\",\"type\":\"reasoning\",");
    if (context.request->sealed_thoughts) {
        append_id(out, "\"encrypted_content\":\"gAAAA", context.id, 120);
        out.append("\",");
    }
    out.append("\"summary\":[");
    if (done && !context.request->hide_thoughts) append_thought_part(out, context, true);
    out.append("]}");
}

void append_part(Buffer& out, const Context& context, bool done) {
    out.append("{\"type\":\"output_text\",\"annotations\":[],\"logprobs\":[],\"text\":\"");
    if (done) append_text(out, context, 0);
    out.append("\"}");
}

std::string_view status_of(const Context& context) {
    return is_cut(context, 0) ? "incomplete" : "completed";
}

void append_message(Buffer& out, const Context& context, size_t index, bool done) {
    append_item_id(out, context, "{\"id\":\"msg_", index);
    out.append("\",\"type\":\"message\",\"status\":\"");
    out.append(done ? status_of(context) : "in_progress");
    out.append("\",\"content\":[");
    if (done) append_part(out, context, true);
    out.append("],\"role\":\"assistant\"}");
}

void append_call(Buffer& out, const Context& context, size_t index, uint32_t call, bool done) {
    append_item_id(out, context, "{\"id\":\"fc_", index);
    out.append("\",\"type\":\"function_call\",\"status\":\"");
    out.append(done ? "completed" : "in_progress");
    out.append("\",\"arguments\":\"");
    if (done) append_json_escaped(out, context.turn->calls[call].arguments);
    append_id(out, "\",\"call_id\":\"call_", context.id + 1 + call, 24);
    out.append("\",\"name\":\"");
    out.append(context.turn->calls[call].name);
    out.append("\"}");
}

void append_output(Buffer& out, const Context& context) {
    size_t index = 0;
    if (context.request->think) {
        append_reasoning(out, context, true);
        out.append_char(',');
        ++index;
    }
    const uint32_t count = context.turn->call_count;
    if (count == 0) return append_message(out, context, index, true);
    for (uint32_t i = 0; i < count; ++i) {
        if (i != 0) out.append_char(',');
        append_call(out, context, index + i, i, true);
    }
}

void append_choice(Buffer& out, const Request& request) {
    switch (request.tool_choice) {
        case ToolChoice::Auto:
            return out.append("\"auto\"");
        case ToolChoice::None:
            return out.append("\"none\"");
        case ToolChoice::Any:
            return out.append("\"required\"");
        case ToolChoice::Named:
            out.append("{\"type\":\"function\",\"name\":\"");
            append_json_escaped(out, request.tool_name);
            out.append("\"}");
    }
}

// The request's own settings, as the provider repeats them.
void append_settings(Buffer& out, const Request& request) {
    out.append(",\"parallel_tool_calls\":");
    append_bool(out, !request.one_call);
    out.append(
        ",\"previous_response_id\":null,\"prompt_cache_key\":null,\"reasoning\":{\"effort\":null,"
        "\"summary\":null},\"safety_identifier\":null,\"service_tier\":\"default\",\"store\":true,"
        "\"temperature\":1.0,\"text\":{\"format\":");
    append_compact(out, request.shape.empty() ? "{\"type\":\"text\"}" : request.shape);
    out.append(",\"verbosity\":\"medium\"},\"tool_choice\":");
    append_choice(out, request);
    out.append(",\"tools\":");
    append_compact(out, request.tools.empty() ? "[]" : request.tools);
    out.append(",\"top_logprobs\":0,\"top_p\":1.0,\"truncation\":\"disabled\"");
}

void append_response(Buffer& out, const Context& context, bool done) {
    const Request& request = *context.request;
    append_id(out, "{\"id\":\"resp_", context.id, kIdBytes);
    out.append("\",\"object\":\"response\",\"created_at\":");
    out.append_u64(context.created_s);
    out.append(",\"status\":\"");
    out.append(done ? status_of(context) : "in_progress");
    out.append("\",\"background\":false,\"error\":null,\"incomplete_details\":");
    out.append(done && is_cut(context, 0) ? "{\"reason\":\"max_output_tokens\"}" : "null");
    out.append(",\"instructions\":null,\"max_output_tokens\":");
    if (request.max_tokens < 0) {
        out.append("null");
    } else {
        out.append_u64(static_cast<uint64_t>(request.max_tokens));
    }
    out.append(",\"max_tool_calls\":null,\"model\":\"");
    append_json_escaped(out, request.model);
    out.append("\",\"output\":[");
    if (done) append_output(out, context);
    out.append_char(']');
    append_settings(out, request);
    out.append(",\"usage\":");
    if (done) {
        append_usage(out, context);
    } else {
        out.append("null");
    }
    out.append(",\"user\":null,\"metadata\":{}}");
}

void append_whole(Buffer& out, const Context& context) {
    append_response(out, context, true);
    out.append_char('\n');
}

// ---- events ---------------------------------------------------------------------------------

class Events {
public:
    Events(Buffer& out, const Context& context, Stream& stream)
        : out_(out), context_(context), stream_(stream) {}

    void step();

private:
    void begin(std::string_view type);
    void end() { out_.append("}\n\n"); }
    void place();  // item_id, output_index
    void item(std::string_view type, bool done);
    void response(std::string_view type, bool done);
    void thought_part(std::string_view type, bool done);
    void text_part(std::string_view type, bool done);
    void delta(std::string_view type, std::string_view more);
    void thoughts_end();
    void text_end();
    void call_end();
    bool shows_thoughts() const { return !context_.request->hide_thoughts; }

    Buffer& out_;
    const Context& context_;
    Stream& stream_;
};

void Events::begin(std::string_view type) {
    out_.append("event: ");
    out_.append(type);
    out_.append("\ndata: {\"type\":\"");
    out_.append(type);
    out_.append("\",\"sequence_number\":");
    out_.append_u64(stream_.sequence++);
}

void Events::place() {
    const size_t index = output_index(context_, stream_);
    const bool thoughts = context_.request->think && index == 0;
    const char* prefix = context_.turn->call_count != 0 ? "fc_" : "msg_";
    out_.append(",\"item_id\":\"");
    append_item_id(out_, context_, thoughts ? "rs_" : prefix, index);
    out_.append("\",\"output_index\":");
    out_.append_u64(index);
}

void Events::item(std::string_view type, bool done) {
    const size_t index = output_index(context_, stream_);
    begin(type);
    out_.append(",\"output_index\":");
    out_.append_u64(index);
    out_.append(",\"item\":");
    if (context_.request->think && index == 0) {
        append_reasoning(out_, context_, done);
    } else if (context_.turn->call_count != 0) {
        append_call(out_, context_, index, stream_.call, done);
    } else {
        append_message(out_, context_, index, done);
    }
    end();
}

void Events::response(std::string_view type, bool done) {
    begin(type);
    out_.append(",\"response\":");
    append_response(out_, context_, done);
    end();
}

void Events::thought_part(std::string_view type, bool done) {
    begin(type);
    place();
    out_.append(",\"summary_index\":0,\"part\":");
    append_thought_part(out_, context_, done);
    end();
}

void Events::text_part(std::string_view type, bool done) {
    begin(type);
    place();
    out_.append(",\"content_index\":0,\"part\":");
    append_part(out_, context_, done);
    end();
}

// A piece. The provider pads it, so that its length tells nothing.
void Events::delta(std::string_view type, std::string_view more) {
    begin(type);
    place();
    out_.append(more);
    out_.append(",\"delta\":\"");
    append_piece(out_, context_, stream_);
    const uint64_t bits = mix64(context_.id ^ stream_.sequence);
    append_id(out_, "\",\"obfuscation\":\"", bits, bits % 16);
    out_.append_char('"');
    end();
}

void Events::thoughts_end() {
    if (shows_thoughts()) {
        begin("response.reasoning_summary_text.done");
        place();
        out_.append(",\"summary_index\":0,\"text\":\"");
        append_thought(out_, context_);
        out_.append_char('"');
        end();
        thought_part("response.reasoning_summary_part.done", true);
    }
    item("response.output_item.done", true);
}

void Events::text_end() {
    begin("response.output_text.done");
    place();
    out_.append(",\"content_index\":0,\"logprobs\":[],\"text\":\"");
    append_text(out_, context_, 0);
    out_.append_char('"');
    end();
    text_part("response.content_part.done", true);
    item("response.output_item.done", true);
}

void Events::call_end() {
    begin("response.function_call_arguments.done");
    place();
    out_.append(",\"name\":\"");
    out_.append(context_.turn->calls[stream_.call].name);
    out_.append("\",\"arguments\":\"");
    append_json_escaped(out_, context_.turn->calls[stream_.call].arguments);
    out_.append_char('"');
    end();
    item("response.output_item.done", true);
}

void Events::step() {
    switch (stream_.step) {
        case Step::Begin:
            response("response.created", false);
            return response("response.in_progress", false);
        case Step::ThoughtBegin:
            item("response.output_item.added", false);
            if (shows_thoughts()) thought_part("response.reasoning_summary_part.added", false);
            return;
        case Step::Thought:
            if (shows_thoughts())
                delta("response.reasoning_summary_text.delta", ",\"summary_index\":0");
            return;
        case Step::ThoughtEnd:
            return thoughts_end();
        case Step::TextBegin:
            item("response.output_item.added", false);
            return text_part("response.content_part.added", false);
        case Step::Text:
            return delta("response.output_text.delta", ",\"content_index\":0,\"logprobs\":[]");
        case Step::TextEnd:
            return text_end();
        case Step::CallBegin:
            return item("response.output_item.added", false);
        case Step::CallPiece:
            return delta("response.function_call_arguments.delta", "");
        case Step::CallEnd:
            return call_end();
        case Step::Finish:
            return response(is_cut(context_, 0) ? "response.incomplete" : "response.completed",
                            true);
        case Step::Usage:
        case Step::Done:
        case Step::End:
            break;
    }
}

void append_event(Buffer& out, const Context& context, Stream& stream) {
    Events(out, context, stream).step();
}

}  // namespace

const Format kResponsesFormat = {read_responses, append_whole, append_event, "application/json",
                                 "text/event-stream; charset=utf-8"};

}  // namespace mock
