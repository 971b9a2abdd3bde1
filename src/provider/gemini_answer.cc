// provider/gemini_answer.cc: reads a whole answer: its texts joined, thoughts apart, calls with
// their arguments as they stand. One walk is enough where every text is in one part, as it mostly
// is; else the first walk measures and a second one fills. Depends on codec and base.
// Invariant: what is taken from scratch is bounded by what the first walk counted.
#include "base/check.h"
#include "base/narrow.h"
#include "provider/gemini_walk.h"

namespace leat {

namespace {

constexpr uint32_t choices_max = 8;
constexpr uint32_t tool_calls_max = 128;

struct Finish {
    Text word;
    leat_finish finish;
};

constexpr Finish finishes[] = {
    {text("STOP"), LEAT_FINISH_STOP},
    {text("MAX_TOKENS"), LEAT_FINISH_LENGTH},
    {text("SAFETY"), LEAT_FINISH_CONTENT_FILTER},
    {text("RECITATION"), LEAT_FINISH_CONTENT_FILTER},
    {text("BLOCKLIST"), LEAT_FINISH_CONTENT_FILTER},
    {text("PROHIBITED_CONTENT"), LEAT_FINISH_CONTENT_FILTER},
    {text("SPII"), LEAT_FINISH_CONTENT_FILTER},
    {text("IMAGE_SAFETY"), LEAT_FINISH_CONTENT_FILTER},
    {text("IMAGE_PROHIBITED_CONTENT"), LEAT_FINISH_CONTENT_FILTER},
    {text("IMAGE_RECITATION"), LEAT_FINISH_CONTENT_FILTER},
    {text("MODEL_ARMOR"), LEAT_FINISH_CONTENT_FILTER},
    {text("MALFORMED_FUNCTION_CALL"), LEAT_FINISH_ERROR},
    {text("UNEXPECTED_TOOL_CALL"), LEAT_FINISH_ERROR},
    {text("TOO_MANY_TOOL_CALLS"), LEAT_FINISH_ERROR},
    {text("FINISH_REASON_UNSPECIFIED"), LEAT_FINISH_UNKNOWN},
};

// A call of a tool ends like any other turn.
leat_finish finish_of(Text word, uint32_t tool_calls_count) {
    leat_finish finish = empty(word) ? LEAT_FINISH_UNKNOWN : LEAT_FINISH_OTHER;
    for (const Finish& known : finishes) {
        if (equal(known.word, word)) finish = known.finish;
    }
    const bool is_plain = finish == LEAT_FINISH_STOP || finish == LEAT_FINISH_UNKNOWN;
    return is_plain && tool_calls_count > 0 ? LEAT_FINISH_TOOL_CALLS : finish;
}

// One text of the answer, in however many parts it comes.
struct Pieces {
    JsonValue first;
    size_t bytes = 0;  // of all, as written
    uint32_t count = 0;
    char* joined = nullptr;
    size_t filled = 0;

    void measure(const JsonValue& piece) {
        if (piece.raw.size == 0) return;
        if (count++ == 0) first = piece;
        bytes += piece.raw.size;
    }
};

struct Choice {
    Pieces texts;
    Pieces thoughts;
    JsonValue finish;
    leat_tool_call* calls = nullptr;
    uint32_t calls_count = 0;
    uint32_t calls_filled = 0;

    bool is_scattered() const { return texts.count > 1 || thoughts.count > 1 || calls_count > 0; }
};

// The first walk.
struct Measure {
    leat_usage* counts = nullptr;
    Choice choices[choices_max];
    uint32_t choices_count = 0;
    JsonValue turn;  // of the first choice
    JsonValue safety;
    uint32_t turns_count = 0;
    leat_status status = LEAT_OK;

    leat_usage* usage() const { return counts; }
    // The choice of that number; nullptr, and a status, past the last.
    Choice* choice(uint32_t number) {
        if (number >= choices_max) {
            status = LEAT_E_TOO_MANY;
            return nullptr;
        }
        if (number >= choices_count) choices_count = number + 1;
        return &choices[number];
    }
    void part(uint32_t number, const GeminiPart& part) {
        Choice* const of = choice(number);
        if (of == nullptr) return;
        (part.is_thought ? of->thoughts : of->texts).measure(part.text);
        if (!part.is_call) return;
        if (++of->calls_count > tool_calls_max) status = LEAT_E_TOO_MANY;
    }
    void candidate(const GeminiCandidate& candidate) {
        Choice* const of = choice(candidate.choice);
        if (of == nullptr) return;
        if (is_present(candidate.finish)) of->finish = candidate.finish;
        if (candidate.choice != 0) return;
        if (is_present(candidate.safety)) safety = candidate.safety;
        if (candidate.parts_count == 0) return;
        turn = candidate.content;
        ++turns_count;
    }
};

// The second walk, over the same bytes.
struct Fill {
    Measure* measured;
    leat_scratch* scratch;
    leat_usage ignored{};
    leat_status status = LEAT_OK;

    leat_usage* usage() { return &ignored; }
    void note(leat_status its) {
        if (status == LEAT_OK) status = its;
    }
    void append(const JsonValue& piece, Pieces* to) {
        if (to->joined == nullptr || piece.raw.size == 0) return;
        size_t size = 0;
        LEAT_CHECK(piece.raw.size <= to->bytes - to->filled);
        note(json_string_decode(piece.raw, to->joined + to->filled, to->bytes - to->filled, &size));
        to->filled += size;
    }
    void take_text(const JsonValue& value, Text* out) {
        if (is_present(value)) note(json_text(value, scratch, out));
    }
    void part(uint32_t number, const GeminiPart& part) {
        Choice* const of = &measured->choices[number];
        append(part.text, part.is_thought ? &of->thoughts : &of->texts);
        if (!part.is_call || of->calls == nullptr) return;
        LEAT_CHECK(of->calls_filled < of->calls_count);
        leat_tool_call* const call = &of->calls[of->calls_filled++];
        *call = leat_tool_call{};
        take_text(part.name, &call->name);
        take_text(part.id, &call->id);
        call->arguments_json = is_present(part.args) ? part.args.raw : text("{}");
    }
    void candidate(const GeminiCandidate&) const {}
};

leat_status make_room(Pieces* pieces, leat_scratch* scratch) {
    if (pieces->count < 2) return LEAT_OK;
    pieces->joined = leat_scratch_take(scratch, pieces->bytes, 1);
    return pieces->joined == nullptr ? LEAT_E_ITEM_MEMORY : LEAT_OK;
}

leat_status make_calls(Choice* choice, leat_scratch* scratch) {
    if (choice->calls_count == 0) return LEAT_OK;
    choice->calls = reinterpret_cast<leat_tool_call*>(leat_scratch_take(
        scratch, sizeof(leat_tool_call) * choice->calls_count, alignof(leat_tool_call)));
    return choice->calls == nullptr ? LEAT_E_ITEM_MEMORY : LEAT_OK;
}

leat_status fill(Text body, Measure* measured, leat_scratch* scratch) {
    bool scattered = false;
    for (uint32_t i = 0; i < measured->choices_count; ++i) {
        Choice* const choice = &measured->choices[i];
        scattered = scattered || choice->is_scattered();
        LEAT_TRY(make_room(&choice->texts, scratch));
        LEAT_TRY(make_room(&choice->thoughts, scratch));
        LEAT_TRY(make_calls(choice, scratch));
    }
    if (!scattered) return LEAT_OK;
    Fill filling{measured, scratch};
    GeminiFrame again;
    LEAT_TRY(gemini_walk(body, &again, &filling));
    return filling.status;
}

leat_status text_of_pieces(const Pieces& pieces, leat_scratch* scratch, Text* out) {
    if (pieces.count == 1) return json_text(pieces.first, scratch, out);
    *out = text(pieces.joined, pieces.filled);
    return LEAT_OK;
}

leat_status finish_choice(const Choice& from, leat_scratch* scratch, leat_choice* to) {
    *to = leat_choice{};
    LEAT_TRY(text_of_pieces(from.texts, scratch, &to->text));
    LEAT_TRY(text_of_pieces(from.thoughts, scratch, &to->thinking));
    if (is_present(from.finish)) LEAT_TRY(json_text(from.finish, scratch, &to->finish_reason));
    to->tool_calls = from.calls;
    to->tool_calls_count = from.calls_count;
    return LEAT_OK;
}

leat_status finish_choices(const Measure& measured, leat_scratch* scratch, leat_answer* answer) {
    leat_choice first;
    LEAT_TRY(finish_choice(measured.choices[0], scratch, &first));
    answer->text = first.text;
    answer->thinking = first.thinking;
    answer->finish_reason = first.finish_reason;
    answer->tool_calls = first.tool_calls;
    answer->tool_calls_count = first.tool_calls_count;
    if (measured.choices_count < 2) return LEAT_OK;
    leat_choice* const all = reinterpret_cast<leat_choice*>(leat_scratch_take(
        scratch, sizeof(leat_choice) * measured.choices_count, alignof(leat_choice)));
    if (all == nullptr) return LEAT_E_ITEM_MEMORY;
    all[0] = first;
    for (uint32_t i = 1; i < measured.choices_count; ++i) {
        LEAT_TRY(finish_choice(measured.choices[i], scratch, &all[i]));
    }
    answer->choices = all;
    answer->choices_count = measured.choices_count;
    return LEAT_OK;
}

// An answer with nothing in it is one all the same, not to be asked for again (G25, B32); an object
// without any member of this API's is none.
leat_status check_whole(const GeminiFrame& frame, const Measure& measured) {
    if (frame.candidates_count == 0) {
        return frame.is_known ? LEAT_E_INVALID_REQUEST : LEAT_E_PARSE;
    }
    const bool says_nothing = measured.turns_count == 0 && !is_present(measured.choices[0].finish);
    return says_nothing && measured.choices_count == 1 ? LEAT_E_PARSE : LEAT_OK;
}

}  // namespace

void gemini_choose_finish(leat_answer* answer) {
    LEAT_CHECK(answer != nullptr);
    answer->finish = finish_of(answer->finish_reason, answer->tool_calls_count);
    if (answer->finish == LEAT_FINISH_CONTENT_FILTER) answer->block_reason = answer->finish_reason;
    // They lie in the item's own memory.
    leat_choice* const choices = const_cast<leat_choice*>(answer->choices);
    for (uint32_t i = 0; i < answer->choices_count; ++i) {
        choices[i].finish = finish_of(choices[i].finish_reason, choices[i].tool_calls_count);
    }
}

leat_status gemini_parse(const leat_reply* reply, leat_scratch* scratch, leat_answer* answer) {
    LEAT_CHECK(reply != nullptr && scratch != nullptr && answer != nullptr);
    Measure measured;
    measured.counts = &answer->usage;
    GeminiFrame frame;
    LEAT_TRY(gemini_walk(reply->body, &frame, &measured));
    LEAT_TRY(measured.status);
    LEAT_TRY(check_whole(frame, measured));
    LEAT_TRY(fill(reply->body, &measured, scratch));
    LEAT_TRY(finish_choices(measured, scratch, answer));
    if (is_present(frame.model)) LEAT_TRY(json_text(frame.model, scratch, &answer->model));
    if (is_present(frame.response_id)) {
        LEAT_TRY(json_text(frame.response_id, scratch, &answer->response_id));
    }
    answer->safety_json =
        is_present(measured.safety) ? measured.safety.raw : frame.prompt_safety.raw;
    // A turn that came in several responses is in no one place: as with a stream.
    if (measured.turns_count == 1) answer->turn_json = measured.turn.raw;
    gemini_choose_finish(answer);
    return LEAT_OK;
}

}  // namespace leat
