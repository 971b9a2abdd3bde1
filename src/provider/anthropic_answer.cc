// provider/anthropic_answer.cc: reads a message: blocks of text, thinking and tool calls in any
// order, among blocks of tools that the service ran by itself, which are passed over. Two walks: the
// first counts the blocks, the second fills what the first one made room for.
// Depends on codec and base. Invariant: texts keep the order of their blocks.
#include "base/check.h"
#include "provider/anthropic.h"
#include "provider/json_read.h"

namespace leat {

namespace {

constexpr uint32_t tool_calls_max = 128;

struct Finish {
    Text word;
    leat_finish finish;
};

constexpr Finish finishes[] = {
    {text("end_turn"), LEAT_FINISH_STOP},
    {text("stop_sequence"), LEAT_FINISH_STOP},
    {text("max_tokens"), LEAT_FINISH_LENGTH},
    {text("model_context_window_exceeded"), LEAT_FINISH_LENGTH},
    {text("tool_use"), LEAT_FINISH_TOOL_CALLS},
    {text("refusal"), LEAT_FINISH_REFUSAL},
    {text("pause_turn"), LEAT_FINISH_OTHER},  // to be sent back, so that the model goes on
};

// One content block, its members wherever they stand in it.
struct Block {
    JsonValue type;
    JsonValue text;
    JsonValue thinking;
    JsonValue id;
    JsonValue name;
    JsonValue input;

    bool is(Text word) const { return json_is(type, word); }
};

Block take_block(JsonCursor* at) {
    Block block;
    each_member(at, [&](const JsonValue& key) {
        JsonValue* const to = json_is(key, text("type"))       ? &block.type
                              : json_is(key, text("text"))     ? &block.text
                              : json_is(key, text("thinking")) ? &block.thinking
                              : json_is(key, text("id"))       ? &block.id
                              : json_is(key, text("name"))     ? &block.name
                              : json_is(key, text("input"))    ? &block.input
                                                               : nullptr;
        if (to != nullptr) (void)at->take(to);
    });
    return block;
}

// The texts of blocks of one kind: a view when there is one, else joined in scratch.
class Joined {
public:
    void count(const JsonValue& value) {
        if (value.type != JsonType::string || empty(value.raw)) return;
        ++pieces_;
        bytes_ += value.raw.size;
    }
    leat_status add(const JsonValue& value, leat_scratch* scratch, Text* out) {
        if (value.type != JsonType::string || empty(value.raw)) return LEAT_OK;
        LEAT_CHECK(pieces_ > 0);
        if (pieces_ == 1) return json_text(value, scratch, out);
        if (memory_ == nullptr) memory_ = leat_scratch_take(scratch, bytes_, 1);
        if (memory_ == nullptr) return LEAT_E_ITEM_MEMORY;
        size_t size = 0;
        LEAT_TRY(json_string_decode(value.raw, memory_ + used_, bytes_ - used_, &size));
        used_ += size;
        *out = text(memory_, used_);
        return LEAT_OK;
    }

private:
    size_t pieces_ = 0;
    size_t bytes_ = 0;
    size_t used_ = 0;
    char* memory_ = nullptr;
};

// What one walk over the message gathers.
struct Reading {
    leat_scratch* scratch;
    leat_answer* answer;
    Text content{nullptr, 0};
    uint32_t calls = 0;
    Joined text{};
    Joined thinking{};
    leat_status status = LEAT_OK;
    bool is_error = false;

    void note(leat_status its) {
        if (status == LEAT_OK) status = its;
    }
    void text_into(JsonCursor* at, Text* out) { note(take_text(at, scratch, out)); }
};

void count_blocks(Reading* reading) {
    JsonCursor at(reading->content);
    each_element(&at, [&] {
        const Block block = take_block(&at);
        if (block.is(text("text"))) reading->text.count(block.text);
        if (block.is(text("thinking"))) reading->thinking.count(block.thinking);
        if (block.is(text("tool_use"))) ++reading->calls;
    });
}

leat_status fill_call(const Block& block, leat_scratch* scratch, leat_tool_call* call) {
    *call = leat_tool_call{};
    if (block.id.type == JsonType::string) LEAT_TRY(json_text(block.id, scratch, &call->id));
    if (block.name.type == JsonType::string) LEAT_TRY(json_text(block.name, scratch, &call->name));
    const bool is_object = block.input.type == JsonType::object;
    call->arguments_json = is_object ? block.input.raw : text("{}");
    return LEAT_OK;
}

leat_status fill_blocks(Reading* reading) {
    leat_answer* const answer = reading->answer;
    leat_scratch* const scratch = reading->scratch;
    if (reading->calls > tool_calls_max) return LEAT_E_TOO_MANY;
    leat_tool_call* calls = nullptr;
    if (reading->calls > 0) {
        calls = reinterpret_cast<leat_tool_call*>(leat_scratch_take(
            scratch, sizeof(leat_tool_call) * reading->calls, alignof(leat_tool_call)));
        if (calls == nullptr) return LEAT_E_ITEM_MEMORY;
    }
    uint32_t n = 0;
    JsonCursor at(reading->content);
    each_element(&at, [&] {
        const Block block = take_block(&at);
        if (block.is(text("text"))) {
            reading->note(reading->text.add(block.text, scratch, &answer->text));
        } else if (block.is(text("thinking"))) {
            reading->note(reading->thinking.add(block.thinking, scratch, &answer->thinking));
        } else if (block.is(text("tool_use"))) {
            LEAT_CHECK(n < reading->calls);
            reading->note(fill_call(block, scratch, &calls[n++]));
        }
    });
    answer->tool_calls = calls;
    answer->tool_calls_count = reading->calls;
    return reading->status;
}

void read_stop_details(Reading* reading, JsonCursor* at) {
    each_member(at, [&](const JsonValue& key) {
        if (json_is(key, text("explanation"))) {
            reading->text_into(at, &reading->answer->refusal);
        } else if (json_is(key, text("category"))) {
            reading->text_into(at, &reading->answer->block_reason);
        }
    });
}

void read_top(Reading* reading, JsonCursor* at, const JsonValue& key) {
    leat_answer* const answer = reading->answer;
    if (json_is(key, text("content"))) {
        JsonValue content;
        if (at->take_if(JsonType::array, &content)) reading->content = content.raw;
    } else if (json_is(key, text("stop_reason"))) {
        reading->text_into(at, &answer->finish_reason);
    } else if (json_is(key, text("stop_details"))) {
        read_stop_details(reading, at);
    } else if (json_is(key, text("usage"))) {
        messages_read_usage(at, &answer->usage);
    } else if (json_is(key, text("model"))) {
        reading->text_into(at, &answer->model);
    } else if (json_is(key, text("id"))) {
        reading->text_into(at, &answer->response_id);
    } else if (json_is(key, text("error"))) {
        reading->is_error = reading->is_error || at->peek() == JsonType::object;
    }
}

// A sum of known counts; unknown when it is no count any more.
int64_t sum(int64_t a, int64_t b) {
    if (a < 0 || b < 0 || a > INT64_MAX - b) return LEAT_TOKENS_UNKNOWN;
    return a + b;
}

int64_t known(int64_t count) { return count < 0 ? 0 : count; }

}  // namespace

void messages_choose_finish(leat_answer* answer) {
    LEAT_CHECK(answer != nullptr);
    answer->finish = empty(answer->finish_reason) ? LEAT_FINISH_UNKNOWN : LEAT_FINISH_OTHER;
    for (const Finish& known_word : finishes) {
        if (equal(known_word.word, answer->finish_reason)) answer->finish = known_word.finish;
    }
    const bool calls = answer->tool_calls_count > 0;
    if (calls && answer->finish == LEAT_FINISH_STOP) answer->finish = LEAT_FINISH_TOOL_CALLS;
}

// input_tokens is what the cache had no part in, so the whole prompt is a sum of three. A stream
// tells the parts at its beginning and, some of them, again at its end.
void messages_read_usage(JsonCursor* at, leat_usage* usage) {
    LEAT_CHECK(at != nullptr && usage != nullptr);
    const int64_t cached_before =
        sum(known(usage->cached_input_tokens), known(usage->cache_write_tokens));
    int64_t fresh = usage->input_tokens < 0 || cached_before < 0
                        ? LEAT_TOKENS_UNKNOWN
                        : usage->input_tokens - cached_before;
    each_member(at, [&](const JsonValue& key) {
        if (json_is(key, text("input_tokens"))) {
            take_count(at, &fresh);
        } else if (json_is(key, text("cache_read_input_tokens"))) {
            take_count(at, &usage->cached_input_tokens);
        } else if (json_is(key, text("cache_creation_input_tokens"))) {
            take_count(at, &usage->cache_write_tokens);
        } else if (json_is(key, text("output_tokens"))) {
            take_count(at, &usage->output_tokens);
        } else if (json_is(key, text("output_tokens_details"))) {
            each_member(at, [&](const JsonValue& detail) {
                if (!json_is(detail, text("thinking_tokens"))) return;
                take_count(at, &usage->reasoning_tokens);
            });
        }
    });
    const int64_t cached = sum(known(usage->cached_input_tokens), known(usage->cache_write_tokens));
    usage->input_tokens = sum(fresh, cached);
    usage->total_tokens = sum(usage->input_tokens, usage->output_tokens);
}

leat_status messages_parse(const leat_reply* reply, leat_scratch* scratch, leat_answer* answer) {
    LEAT_CHECK(reply != nullptr && scratch != nullptr && answer != nullptr);
    Reading reading{scratch, answer};
    JsonCursor at(reply->body);
    if (!at.enter_object()) return LEAT_E_PARSE;
    JsonValue key;
    while (at.member(&key)) read_top(&reading, &at, key);
    if (at.finish() != LEAT_OK) return LEAT_E_PARSE;
    if (reading.status != LEAT_OK) return reading.status;
    if (reading.is_error) return LEAT_E_HTTP;
    if (empty(reading.content)) return LEAT_E_PARSE;
    count_blocks(&reading);
    LEAT_TRY(fill_blocks(&reading));
    answer->turn_json = reading.content;  // what goes back as a message's content
    messages_choose_finish(answer);
    return LEAT_OK;
}

}  // namespace leat
