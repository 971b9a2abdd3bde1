// provider/openai_answer.cc: reads a chat completion in one pass. Lenient where compatible services
// differ (content null, text or parts; arguments text or object), strict about being JSON at all.
#include "base/check.h"
#include "provider/json_read.h"
#include "provider/openai_chat.h"

namespace leat {

namespace {

constexpr uint32_t tool_calls_max = 128;
constexpr uint32_t choices_max = 128;

struct Finish {
    Text word;
    leat_finish finish;
};

constexpr Finish finishes[] = {
    {text("stop"), LEAT_FINISH_STOP},
    {text("length"), LEAT_FINISH_LENGTH},
    {text("tool_calls"), LEAT_FINISH_TOOL_CALLS},
    {text("function_call"), LEAT_FINISH_TOOL_CALLS},
    {text("content_filter"), LEAT_FINISH_CONTENT_FILTER},
    {text("eos"), LEAT_FINISH_STOP},             // Together
    {text("model_length"), LEAT_FINISH_LENGTH},  // Mistral
    {text("error"), LEAT_FINISH_ERROR},
};

// What one walk over the answer gathers; `choice` is the one that is being read.
struct Reading {
    leat_scratch* scratch;
    leat_answer* answer;
    Text body;
    leat_choice* choice = nullptr;
    leat_status status = LEAT_OK;
    bool has_choice = false;
    bool has_message = false;
    bool has_error = false;

    void note(leat_status its) {
        if (status == LEAT_OK) status = its;
    }
    void text_into(JsonCursor* at, Text* out) { note(take_text(at, scratch, out)); }
};

// Texts that are joined; together they fit the array in which they stand.
struct Joined {
    char* bytes = nullptr;
    size_t capacity;
    size_t size = 0;

    void add(Reading* reading, JsonCursor* at) {
        JsonValue value;
        if (!at->take_if(JsonType::string, &value)) return;
        if (bytes == nullptr) bytes = leat_scratch_take(reading->scratch, capacity, 1);
        if (bytes == nullptr) {
            reading->note(LEAT_E_ITEM_MEMORY);
            return;
        }
        size_t here = 0;
        reading->note(json_string_decode(value.raw, bytes + size, capacity - size, &here));
        size += here;
    }
};

// Content as a list of parts: their texts joined; Mistral's thinking models have thoughts there.
void read_parts(Reading* reading, JsonCursor* at) {
    JsonValue array;
    if (!at->take(&array)) return;
    Joined texts{nullptr, array.raw.size};
    Joined thoughts{nullptr, array.raw.size};
    JsonCursor parts(array.raw);
    each_element(&parts, [&] {
        each_member(&parts, [&](const JsonValue& key) {
            if (json_is(key, text("text"))) {
                texts.add(reading, &parts);
            } else if (json_is(key, text("thinking"))) {
                each_element(&parts, [&] {
                    each_member(&parts, [&](const JsonValue& inner) {
                        if (json_is(inner, text("text"))) thoughts.add(reading, &parts);
                    });
                });
            }
        });
    });
    reading->choice->text = text(texts.bytes, texts.size);
    if (thoughts.size > 0) reading->choice->thinking = text(thoughts.bytes, thoughts.size);
}

void read_function(Reading* reading, JsonCursor* at, leat_tool_call* call) {
    each_member(at, [&](const JsonValue& key) {
        if (json_is(key, text("name"))) {
            reading->text_into(at, &call->name);
        } else if (json_is(key, text("arguments"))) {
            JsonValue value;
            if (!at->take(&value)) return;
            if (value.type == JsonType::string) {
                reading->note(json_text(value, reading->scratch, &call->arguments_json));
            } else if (value.type == JsonType::object) {
                call->arguments_json = value.raw;
            }
        }
    });
}

uint32_t count_elements(Text array) {
    JsonCursor at(array);
    uint32_t count = 0;
    each_element(&at, [&] { ++count; });
    return count < tool_calls_max ? count : tool_calls_max;
}

void read_tool_calls(Reading* reading, JsonCursor* at) {
    JsonValue array;
    if (!at->take_if(JsonType::array, &array)) return;
    const uint32_t count = count_elements(array.raw);
    if (count == 0) return;
    leat_tool_call* const calls = reinterpret_cast<leat_tool_call*>(leat_scratch_take(
        reading->scratch, sizeof(leat_tool_call) * count, alignof(leat_tool_call)));
    if (calls == nullptr) {
        reading->note(LEAT_E_ITEM_MEMORY);
        return;
    }
    uint32_t n = 0;
    JsonCursor list(array.raw);
    each_element(&list, [&] {
        if (n == count) return;
        leat_tool_call* const call = &calls[n++];
        *call = leat_tool_call{};
        each_member(&list, [&](const JsonValue& key) {
            if (json_is(key, text("id"))) {
                reading->text_into(&list, &call->id);
            } else if (json_is(key, text("function"))) {
                read_function(reading, &list, call);
            }
        });
        if (empty(call->arguments_json)) call->arguments_json = text("{}");
    });
    reading->choice->tool_calls = calls;
    reading->choice->tool_calls_count = count;
}

void read_message(Reading* reading, JsonCursor* at) {
    leat_choice* const choice = reading->choice;
    each_member(at, [&](const JsonValue& key) {
        if (json_is(key, text("content"))) {
            if (at->peek() == JsonType::array) {
                read_parts(reading, at);
            } else {
                reading->text_into(at, &choice->text);
            }
        } else if (json_is(key, text("refusal"))) {
            reading->text_into(at, &choice->refusal);
        } else if (json_is(key, text("reasoning_content")) || json_is(key, text("reasoning"))) {
            reading->text_into(at, &choice->thinking);
        } else if (json_is(key, text("tool_calls"))) {
            read_tool_calls(reading, at);
        }
    });
}

void read_choice(Reading* reading, JsonCursor* at, bool is_first) {
    each_member(at, [&](const JsonValue& key) {
        if (json_is(key, text("message"))) {
            const bool is_object = at->peek() == JsonType::object;
            const size_t begin = at->offset();
            read_message(reading, at);
            if (!is_first || !is_object) return;
            reading->has_message = true;
            const size_t size = at->offset() - begin;
            reading->answer->turn_json = text(reading->body.data + begin, size);
        } else if (json_is(key, text("finish_reason"))) {
            reading->text_into(at, &reading->choice->finish_reason);
        } else if (json_is(key, text("error")) && at->peek() == JsonType::object) {
            reading->has_error = true;  // OpenRouter puts errors here, too
        }
    });
}

// Room for all answers, once a second one shows; `at` stands before it.
leat_choice* make_choices(Reading* reading, JsonCursor at, uint32_t* count) {
    *count = 1;
    do {
        ++*count;
        at.skip();
    } while (at.element() && *count < choices_max);
    leat_choice* const all = reinterpret_cast<leat_choice*>(leat_scratch_take(
        reading->scratch, sizeof(leat_choice) * *count, alignof(leat_choice)));
    if (all == nullptr) reading->note(LEAT_E_ITEM_MEMORY);
    return all;
}

// A list that comes again is passed over.
void read_choices(Reading* reading, JsonCursor* at, leat_choice* first) {
    if (reading->has_choice) return;
    leat_choice* all = nullptr;
    uint32_t count = 1;
    uint32_t n = 0;
    each_element(at, [&] {
        reading->has_choice = true;
        if (n == 1) all = make_choices(reading, *at, &count);
        if (n == count || (n > 0 && all == nullptr)) return;
        reading->choice = n == 0 ? first : &all[n];
        *reading->choice = leat_choice{};
        read_choice(reading, at, n == 0);
        ++n;
    });
    if (all == nullptr) return;
    all[0] = *first;
    reading->answer->choices = all;
    reading->answer->choices_count = n;
}

void read_top(Reading* reading, JsonCursor* at, const JsonValue& key, leat_choice* first) {
    if (json_is(key, text("choices"))) {
        read_choices(reading, at, first);
    } else if (json_is(key, text("usage"))) {
        chat_read_usage(at, &reading->answer->usage);
    } else if (json_is(key, text("model"))) {
        reading->text_into(at, &reading->answer->model);
    } else if (json_is(key, text("id"))) {
        reading->text_into(at, &reading->answer->response_id);
    } else if (json_is(key, text("error"))) {
        const JsonType type = at->peek();
        if (type == JsonType::object || type == JsonType::string) reading->has_error = true;
    }
}

}  // namespace

namespace {

leat_finish finish_of(Text word) {
    if (empty(word)) return LEAT_FINISH_UNKNOWN;
    for (const Finish& known : finishes) {
        if (equal(known.word, word)) return known.finish;
    }
    return LEAT_FINISH_OTHER;
}

// A refusal comes with an ordinary reason; so does a call of the one tool that was demanded.
leat_finish finish_of(Text word, Text refusal, uint32_t tool_calls_count) {
    const leat_finish finish = finish_of(word);
    if (finish != LEAT_FINISH_STOP) return finish;
    if (!empty(refusal)) return LEAT_FINISH_REFUSAL;
    return tool_calls_count > 0 ? LEAT_FINISH_TOOL_CALLS : finish;
}

}  // namespace

void chat_choose_finish(leat_answer* answer) {
    LEAT_CHECK(answer != nullptr);
    answer->finish =
        finish_of(answer->finish_reason, answer->refusal, answer->tool_calls_count);
    leat_choice* const choices = const_cast<leat_choice*>(answer->choices);
    for (uint32_t i = 0; i < answer->choices_count; ++i) {
        leat_choice* const choice = &choices[i];
        choice->finish =
            finish_of(choice->finish_reason, choice->refusal, choice->tool_calls_count);
    }
}

void chat_read_usage(JsonCursor* at, leat_usage* usage) {
    LEAT_CHECK(at != nullptr && usage != nullptr);
    each_member(at, [&](const JsonValue& key) {
        if (json_is(key, text("prompt_tokens"))) {
            take_count(at, &usage->input_tokens);
        } else if (json_is(key, text("completion_tokens"))) {
            take_count(at, &usage->output_tokens);
        } else if (json_is(key, text("total_tokens"))) {
            take_count(at, &usage->total_tokens);
        } else if (json_is(key, text("prompt_cache_hit_tokens")) ||
                   json_is(key, text("cached_tokens"))) {
            take_count(at, &usage->cached_input_tokens);
        } else if (json_is(key, text("prompt_tokens_details"))) {
            each_member(at, [&](const JsonValue& detail) {
                if (json_is(detail, text("cached_tokens"))) {
                    take_count(at, &usage->cached_input_tokens);
                } else if (json_is(detail, text("cache_write_tokens"))) {
                    take_count(at, &usage->cache_write_tokens);
                }
            });
        } else if (json_is(key, text("completion_tokens_details"))) {
            each_member(at, [&](const JsonValue& detail) {
                if (json_is(detail, text("reasoning_tokens"))) {
                    take_count(at, &usage->reasoning_tokens);
                }
            });
        }
    });
    const bool both = usage->input_tokens >= 0 && usage->output_tokens >= 0;
    if (usage->total_tokens < 0 && both && usage->input_tokens <= INT64_MAX - usage->output_tokens) {
        usage->total_tokens = usage->input_tokens + usage->output_tokens;  // M14
    }
}

leat_status chat_parse(const leat_reply* reply, leat_scratch* scratch, leat_answer* answer) {
    LEAT_CHECK(reply != nullptr && scratch != nullptr && answer != nullptr);
    Reading reading{scratch, answer, reply->body};
    leat_choice first{};
    JsonCursor at(reply->body);
    if (!at.enter_object()) return LEAT_E_PARSE;
    JsonValue key;
    while (at.member(&key)) read_top(&reading, &at, key, &first);
    if (at.finish() != LEAT_OK) return LEAT_E_PARSE;
    if (reading.status != LEAT_OK) return reading.status;
    if (reading.has_error) return LEAT_E_HTTP;
    if (!reading.has_choice) return LEAT_E_INVALID_REQUEST;  // G25
    answer->text = first.text;
    answer->refusal = first.refusal;
    answer->thinking = first.thinking;
    answer->finish_reason = first.finish_reason;
    answer->tool_calls = first.tool_calls;
    answer->tool_calls_count = first.tool_calls_count;
    chat_choose_finish(answer);
    // Azure leaves the message out when the answer was blocked.
    if (!reading.has_message && answer->finish != LEAT_FINISH_CONTENT_FILTER) return LEAT_E_PARSE;
    return LEAT_OK;
}

}  // namespace leat
