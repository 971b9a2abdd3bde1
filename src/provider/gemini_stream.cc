// provider/gemini_stream.cc: the stream of alt=sse: each event a whole response with the next few
// parts. There is no end marker: the reason to finish is it. Text comes in pieces, calls never.
// Depends on codec, and on the walk that reads whole answers, too. See gemini.h.
#include "base/check.h"
#include "provider/gemini_walk.h"

namespace leat {

namespace {

// Puts what the walk meets.
struct Putting {
    leat_stream* stream;

    leat_usage* usage() const { return leat_stream_usage(stream); }
    void put(leat_delta delta, uint32_t choice, uint32_t tool, const JsonValue& value) const {
        if (!is_present(value)) return;
        const bool escaped = value.type == JsonType::string && value.escaped;
        leat_stream_put(stream, delta, choice, tool, value.raw,
                        escaped ? uint32_t{LEAT_PUT_ESCAPED} : 0);
    }
    void part(uint32_t choice, const GeminiPart& part) const {
        put(part.is_thought ? LEAT_DELTA_THINKING : LEAT_DELTA_TEXT, choice, 0, part.text);
        if (!part.is_call) return;
        const uint32_t tool = leat_stream_tools(stream, choice);
        leat_stream_put(stream, LEAT_DELTA_TOOL_ARGUMENTS, choice, tool, Text{nullptr, 0}, 0);
        put(LEAT_DELTA_TOOL_ID, choice, tool, part.id);
        put(LEAT_DELTA_TOOL_NAME, choice, tool, part.name);
        put(LEAT_DELTA_TOOL_ARGUMENTS, choice, tool, part.args);
    }
    void candidate(const GeminiCandidate& candidate) const {
        // Known from now on, even when there is nothing in it.
        leat_stream_put(stream, LEAT_DELTA_TEXT, candidate.choice, 0, Text{nullptr, 0}, 0);
        put(LEAT_DELTA_FINISH_REASON, candidate.choice, 0, candidate.finish);
        if (candidate.choice == 0) put(LEAT_DELTA_SAFETY_JSON, 0, 0, candidate.safety);
    }
};

bool has_ended(const leat_answer& answer) {
    if (empty(answer.finish_reason)) return false;
    for (uint32_t i = 0; i < answer.choices_count; ++i) {
        if (empty(answer.choices[i].finish_reason)) return false;
    }
    return true;
}

}  // namespace

leat_status gemini_event(leat_stream* stream, const leat_event* event) {
    LEAT_CHECK(stream != nullptr && event != nullptr);
    if (empty(trim(event->data))) return LEAT_OK;
    Putting putting{stream};
    GeminiFrame frame;
    const leat_status status = gemini_walk(event->data, &frame, &putting);
    putting.put(LEAT_DELTA_MODEL, 0, 0, frame.model);
    putting.put(LEAT_DELTA_RESPONSE_ID, 0, 0, frame.response_id);
    return status;
}

leat_status gemini_assembled(const void* context, uint8_t ended, leat_answer* answer) {
    LEAT_CHECK(answer != nullptr);
    (void)context;
    (void)ended;  // event never says so
    if (!has_ended(*answer)) return LEAT_E_STREAM_CUT;
    gemini_choose_finish(answer);
    return LEAT_OK;
}

}  // namespace leat
