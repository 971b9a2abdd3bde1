// Gemini's generateContent: one answer, or a stream of answers with a piece each.
//
// Invariant: every chunk of a stream is a whole response object; the last one of each candidate has
// the finishReason, and its usage is that of the whole answer.
#include "format.h"
#include "json_text.h"

namespace mock {
namespace {

bool signs_calls(const Request& request) {
    return request.think || request.model.find("gemini-3") != std::string_view::npos;
}

void append_modality(Buffer& out, std::string_view name, uint64_t tokens) {
    out.append(",\"");
    out.append(name);
    out.append("\":[{\"modality\":\"TEXT\",\"tokenCount\":");
    out.append_u64(tokens);
    out.append("}]");
}

// What was cached is part of the prompt; what was thought is not part of the candidates.
void append_usage(Buffer& out, const Context& context, uint64_t candidates) {
    const uint64_t cached = context.turn->cache_read;
    const uint64_t prompt = prompt_tokens(*context.request) + cached;
    const uint64_t thoughts = thought_tokens(context);
    out.append("\"usageMetadata\":{\"promptTokenCount\":");
    out.append_u64(prompt);
    if (candidates != 0) {
        out.append(",\"candidatesTokenCount\":");
        out.append_u64(candidates);
    }
    out.append(",\"totalTokenCount\":");
    out.append_u64(prompt + candidates + thoughts);
    append_modality(out, "promptTokensDetails", prompt);
    if (cached != 0) {
        out.append(",\"cachedContentTokenCount\":");
        out.append_u64(cached);
        append_modality(out, "cacheTokensDetails", cached);
    }
    if (candidates != 0) append_modality(out, "candidatesTokensDetails", candidates);
    if (thoughts != 0) {
        out.append(",\"thoughtsTokenCount\":");
        out.append_u64(thoughts);
    }
    out.append(context.request->vertex ? ",\"trafficType\":\"ON_DEMAND\"}"
                                       : ",\"serviceTier\":\"standard\"}");
}

uint64_t candidates_tokens(const Context& context) {
    uint64_t tokens = 0;
    for (uint32_t i = 0; i < context.request->choice_count; ++i)
        tokens += choice_tokens(context, i);
    return tokens;
}

void append_tail(Buffer& out, const Context& context, uint64_t candidates) {
    out.append("],");
    append_usage(out, context, candidates);
    out.append(",\"modelVersion\":\"");
    append_json_escaped(out, context.request->model);
    append_id(out, "\",\"responseId\":\"", context.id, 23);
    out.append("\"}");
}

void append_call(Buffer& out, const Context& context, uint32_t call) {
    const Call& one = context.turn->calls[call];
    out.append("{\"functionCall\":{\"name\":\"");
    out.append(one.name);
    out.append("\",\"args\":");
    out.append(one.arguments);
    out.append_char('}');
    if (call == 0 && signs_calls(*context.request)) {
        out.append(",\"thoughtSignature\":\"");
        append_signature(out, one.name);
        out.append_char('"');
    }
    out.append_char('}');
}

void append_finish(Buffer& out, const Context& context, uint32_t choice) {
    out.append(is_cut(context, choice) ? ",\"finishReason\":\"MAX_TOKENS\""
                                       : ",\"finishReason\":\"STOP\"");
}

void append_ratings(Buffer& out) {
    constexpr std::string_view kCategories[] = {"HARASSMENT", "HATE_SPEECH", "SEXUALLY_EXPLICIT",
                                                "DANGEROUS_CONTENT"};
    out.append(",\"safetyRatings\":[");
    for (const std::string_view category : kCategories) {
        if (category != kCategories[0]) out.append_char(',');
        out.append("{\"category\":\"HARM_CATEGORY_");
        out.append(category);
        out.append("\",\"probability\":\"NEGLIGIBLE\"}");
    }
    out.append_char(']');
}

void append_parts(Buffer& out, const Context& context, uint32_t choice) {
    const Request& request = *context.request;
    if (request.think && !request.hide_thoughts) {
        out.append("{\"text\":\"");
        append_thought(out, context);
        out.append("\",\"thought\":true},");
    }
    const uint32_t count = context.turn->call_count;
    for (uint32_t i = 0; i < count; ++i) {
        if (i != 0) out.append_char(',');
        append_call(out, context, i);
    }
    if (count != 0) return;
    out.append("{\"text\":\"");
    append_text(out, context, choice);
    out.append("\"}");
}

void end_candidate(Buffer& out, uint32_t choice) {
    out.append(",\"index\":");
    out.append_u64(choice);
}

void append_whole(Buffer& out, const Context& context) {
    out.append("{\"candidates\":[");
    for (uint32_t choice = 0; choice < context.request->choice_count; ++choice) {
        out.append(choice == 0 ? "{\"content\":{\"parts\":[" : ",{\"content\":{\"parts\":[");
        append_parts(out, context, choice);
        out.append("],\"role\":\"model\"}");
        append_finish(out, context, choice);
        end_candidate(out, choice);
        append_ratings(out);
        out.append_char('}');
    }
    append_tail(out, context, candidates_tokens(context));
    out.append_char('\n');
}

// ---- streams --------------------------------------------------------------------------------

void append_piece_part(Buffer& out, const Context& context, const Stream& stream) {
    if (stream.step == Step::CallBegin) return append_call(out, context, stream.call);
    out.append("{\"text\":\"");
    if (stream.step != Step::Finish) append_piece(out, context, stream);
    out.append(stream.step == Step::Thought ? "\",\"thought\":true}" : "\"}");
}

void append_chunk(Buffer& out, const Context& context, Stream& stream) {
    const bool in_array = context.request->array_stream;
    const bool last = stream.step == Step::Finish || is_last_piece(context, stream);
    out.append(!in_array ? "data: " : stream.sequence == 0 ? "[" : ",\r\n");
    ++stream.sequence;
    out.append("{\"candidates\":[{\"content\":{\"parts\":[");
    append_piece_part(out, context, stream);
    out.append("],\"role\":\"model\"}");
    if (last) append_finish(out, context, stream.choice);
    end_candidate(out, stream.choice);
    if (last) append_ratings(out);
    out.append_char('}');
    const uint64_t so_far = stream.step == Step::Text ? stream.token + 1 : 0;
    append_tail(out, context, last ? candidates_tokens(context) : so_far);
    if (!in_array) out.append("\r\n\r\n");
}

void append_event(Buffer& out, const Context& context, Stream& stream) {
    switch (stream.step) {
        case Step::Thought:
            if (context.request->hide_thoughts) return;
            return append_chunk(out, context, stream);
        case Step::Text:
        case Step::CallBegin:
            return append_chunk(out, context, stream);
        case Step::Finish:
            // The last piece has told it, if there was one.
            if (context.turn->call_count == 0 && text_tokens(context, stream.choice) == 0)
                append_chunk(out, context, stream);
            return;
        case Step::Done:
            if (context.request->array_stream) out.append("]");
            return;
        case Step::Begin:
        case Step::ThoughtBegin:
        case Step::ThoughtEnd:
        case Step::TextBegin:
        case Step::TextEnd:
        case Step::CallPiece:
        case Step::CallEnd:
        case Step::Usage:
        case Step::End:
            break;
    }
}

}  // namespace

const Format kGeminiFormat = {read_gemini, append_whole, append_event,
                              "application/json; charset=UTF-8", "text/event-stream"};

}  // namespace mock
