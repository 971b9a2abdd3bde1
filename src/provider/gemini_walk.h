// provider/gemini_walk.h: one walk over a GenerateContentResponse, or over the array of them that a
// stream without alt=sse is. The whole answer and the stream's events go through it, so that both
// read the same. Depends on codec and provider/json_read.h.
// Invariants: a sink is told a candidate's parts before the candidate itself; members of an
// unexpected type count as absent, as providers add to what they send.
#pragma once

#include "provider/gemini.h"
#include "provider/json_read.h"

namespace leat {

// Values of type none are absent.
struct GeminiPart {
    JsonValue text;
    JsonValue name;  // of a function call, as are id and args
    JsonValue id;
    JsonValue args;
    bool is_call = false;
    bool is_thought = false;
};

struct GeminiCandidate {
    uint32_t choice = 0;
    uint32_t parts_count = 0;
    JsonValue content;
    JsonValue finish;
    JsonValue safety;
};

// What is told outside the candidates; of several responses names by the first, the rest by the
// last.
struct GeminiFrame {
    JsonValue model;
    JsonValue response_id;
    JsonValue block_reason;
    JsonValue block_message;
    JsonValue prompt_safety;
    uint32_t candidates_count = 0;
    bool is_known = false;  // some member is one of this API's
    bool is_blocked = false;
    bool is_broken = false;
    bool has_error = false;
};

inline bool is_present(const JsonValue& value) { return value.type != JsonType::none; }

template <typename Sink>
void gemini_walk_part(JsonCursor* at, uint32_t choice, Sink* sink) {
    GeminiPart part;
    each_member(at, [&](const JsonValue& key) {
        JsonValue value;
        if (json_is(key, text("text"))) {
            (void)at->take_if(JsonType::string, &part.text);
        } else if (json_is(key, text("thought"))) {
            if (at->take_if(JsonType::boolean, &value)) (void)json_to_bool(value, &part.is_thought);
        } else if (json_is(key, text("functionCall")) && at->peek() == JsonType::object) {
            part.is_call = true;
            each_member(at, [&](const JsonValue& inner) {
                if (json_is(inner, text("name"))) {
                    (void)at->take_if(JsonType::string, &part.name);
                } else if (json_is(inner, text("id"))) {
                    (void)at->take_if(JsonType::string, &part.id);
                } else if (json_is(inner, text("args"))) {
                    (void)at->take_if(JsonType::object, &part.args);
                }
            });
        }
    });
    sink->part(choice, part);
}

// unnumbered_count: candidates before it that had no index. (Some do not write 0.)
template <typename Sink>
void gemini_walk_candidate(JsonCursor* at, uint32_t* unnumbered_count, Sink* sink) {
    GeminiCandidate candidate;
    JsonValue index;
    each_member(at, [&](const JsonValue& key) {
        if (json_is(key, text("content"))) {
            (void)at->take_if(JsonType::object, &candidate.content);
        } else if (json_is(key, text("finishReason"))) {
            (void)at->take_if(JsonType::string, &candidate.finish);
        } else if (json_is(key, text("safetyRatings"))) {
            (void)at->take_if(JsonType::array, &candidate.safety);
        } else if (json_is(key, text("index"))) {
            (void)at->take(&index);
        }
    });
    int64_t number = 0;
    if (!json_to_count(index, &number)) number = (*unnumbered_count)++;
    // One over what can be held stays over it, and is refused by the sink.
    candidate.choice = number > UINT32_MAX ? UINT32_MAX : static_cast<uint32_t>(number);
    if (is_present(candidate.content)) {
        JsonCursor inside(candidate.content.raw);
        each_member(&inside, [&](const JsonValue& key) {
            if (!json_is(key, text("parts"))) return;
            each_element(&inside, [&] {
                if (inside.peek() != JsonType::object) return;
                ++candidate.parts_count;
                gemini_walk_part(&inside, candidate.choice, sink);
            });
        });
    }
    sink->candidate(candidate);
}

inline void gemini_walk_feedback(JsonCursor* at, GeminiFrame* frame) {
    each_member(at, [&](const JsonValue& key) {
        if (json_is(key, text("blockReason"))) {
            (void)at->take_if(JsonType::string, &frame->block_reason);
        } else if (json_is(key, text("blockReasonMessage"))) {
            (void)at->take_if(JsonType::string, &frame->block_message);
        } else if (json_is(key, text("safetyRatings"))) {
            (void)at->take_if(JsonType::array, &frame->prompt_safety);
        }
    });
}

template <typename Sink>
void gemini_walk_response(JsonCursor* at, GeminiFrame* frame, Sink* sink) {
    if (at->peek() != JsonType::object) {
        frame->is_broken = true;
        return;
    }
    uint32_t unnumbered_count = 0;
    const uint32_t candidates_before = frame->candidates_count;
    frame->block_reason = JsonValue{};
    each_member(at, [&](const JsonValue& key) {
        if (json_is(key, text("candidates"))) {
            frame->is_known = true;
            each_element(at, [&] {
                if (at->peek() != JsonType::object) return;
                ++frame->candidates_count;
                gemini_walk_candidate(at, &unnumbered_count, sink);
            });
        } else if (json_is(key, text("usageMetadata"))) {
            frame->is_known = true;
            gemini_read_usage(at, sink->usage());
        } else if (json_is(key, text("promptFeedback"))) {
            frame->is_known = true;
            gemini_walk_feedback(at, frame);
        } else if (json_is(key, text("modelVersion"))) {
            if (!is_present(frame->model)) (void)at->take_if(JsonType::string, &frame->model);
        } else if (json_is(key, text("responseId"))) {
            if (!is_present(frame->response_id)) {
                (void)at->take_if(JsonType::string, &frame->response_id);
            }
        } else if (json_is(key, text("error"))) {
            frame->has_error = frame->has_error || at->peek() == JsonType::object;
        }
    });
    const bool has_none = frame->candidates_count == candidates_before;
    if (has_none && frame->block_reason.raw.size > 0) frame->is_blocked = true;
}

// LEAT_OK; LEAT_E_PARSE: no such response; LEAT_E_HTTP: an error; LEAT_E_CONTENT_FILTER: the
// prompt is blocked. The sink was told what came before.
template <typename Sink>
leat_status gemini_walk(Text body, GeminiFrame* frame, Sink* sink) {
    JsonCursor at(body);
    if (at.enter_array()) {
        while (at.element()) gemini_walk_response(&at, frame, sink);
    } else {
        gemini_walk_response(&at, frame, sink);
    }
    if (at.finish() != LEAT_OK || frame->is_broken) return LEAT_E_PARSE;
    if (frame->has_error) return LEAT_E_HTTP;
    return frame->is_blocked ? LEAT_E_CONTENT_FILTER : LEAT_OK;
}

}  // namespace leat
