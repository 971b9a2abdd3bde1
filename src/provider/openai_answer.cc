// provider/openai_answer.cc: reads a chat completion in one pass. Lenient where compatible services
// differ (content null, text or parts; arguments text or object), strict about being JSON at all.
// Choices after the first are set aside, and read when it is known how many there are.
#include "base/check.h"
#include "provider/json_read.h"
#include "provider/openai_chat.h"

namespace leat {

namespace {

constexpr uint32_t tool_calls_max = 128;
constexpr uint32_t choices_max = 8;

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

// What one walk over the answer gathers.
struct Reading {
    leat_scratch* scratch;
    leat_answer* answer;
    leat_status status = LEAT_OK;
    uint32_t choices_count = 0;
    Text others[choices_max - 1]{};  // all choices but the first
    bool has_message = false;      // of the choice that is being read
    bool lacks_message = false;    // some choice does
    bool has_error = false;

    void note(leat_status its) {
        if (status == LEAT_OK) status = its;
    }
    void text_into(JsonCursor* at, Text* out) { note(take_text(at, scratch, out)); }
};

// Decodes strings one behind the other into memory that holds all of them.
struct Joining {
    Reading* reading;
    char* to;
    size_t capacity;
    size_t size = 0;

    void append_if_text(JsonCursor* at) {
        JsonValue value;
        if (!at->take_if(JsonType::string, &value)) return;
        size_t here = 0;
        reading->note(json_string_decode(value.raw, to + size, capacity - size, &here));
        size += here;
    }
    void append_texts(JsonCursor* object) {
        each_member(object, [&](const JsonValue& key) {
            if (json_is(key, text("text"))) append_if_text(object);
        });
    }
};

// Content as a list of parts: the texts of all text parts, joined; then those of all thoughts,
// which are lists of parts themselves (Mistral).
void read_parts(Reading* reading, JsonCursor* at, leat_choice* choice) {
    JsonValue array;
    if (!at->take(&array)) return;
    char* const joined = leat_scratch_take(reading->scratch, array.raw.size, 1);
    if (joined == nullptr) {
        reading->note(LEAT_E_ITEM_MEMORY);
        return;
    }
    Joining joining{reading, joined, array.raw.size};
    JsonCursor parts(array.raw);
    each_element(&parts, [&] { joining.append_texts(&parts); });
    const size_t text_bytes = joining.size;
    choice->text = text(joined, text_bytes);
    JsonCursor again(array.raw);
    each_element(&again, [&] {
        each_member(&again, [&](const JsonValue& key) {
            if (!json_is(key, text("thinking"))) return;
            each_element(&again, [&] { joining.append_texts(&again); });
        });
    });
    if (joining.size == text_bytes) return;
    choice->thinking = text(joined + text_bytes, joining.size - text_bytes);
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

void read_tool_calls(Reading* reading, JsonCursor* at, leat_choice* choice) {
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
    choice->tool_calls = calls;
    choice->tool_calls_count = count;
}

void read_message(Reading* reading, JsonCursor* at, leat_choice* choice) {
    each_member(at, [&](const JsonValue& key) {
        if (json_is(key, text("content"))) {
            if (at->peek() == JsonType::array) {
                read_parts(reading, at, choice);
            } else {
                reading->text_into(at, &choice->text);
            }
        } else if (json_is(key, text("refusal"))) {
            reading->text_into(at, &choice->refusal);
        } else if (json_is(key, text("reasoning_content")) || json_is(key, text("reasoning"))) {
            reading->text_into(at, &choice->thinking);
        } else if (json_is(key, text("tool_calls"))) {
            read_tool_calls(reading, at, choice);
        }
    });
}

// What only the first choice's is kept of.
struct Aside {
    Text message{nullptr, 0};
    Text safety{nullptr, 0};
};

// `body`: what the cursor reads.
void read_choice(Reading* reading, JsonCursor* at, Text body, leat_choice* choice, Aside* aside) {
    *choice = leat_choice{};
    reading->has_message = false;
    each_member(at, [&](const JsonValue& key) {
        if (json_is(key, text("message"))) {
            reading->has_message = at->peek() == JsonType::object;
            const size_t begin = at->offset();
            read_message(reading, at, choice);
            if (reading->has_message) {
                aside->message = text(body.data + begin, at->offset() - begin);
            }
        } else if (json_is(key, text("finish_reason"))) {
            reading->text_into(at, &choice->finish_reason);
        } else if (json_is(key, text("error")) && at->peek() == JsonType::object) {
            reading->has_error = true;  // OpenRouter puts errors here, too
        } else if (json_is(key, text("content_filter_results"))) {
            JsonValue results;  // Azure
            if (at->take_if(JsonType::object, &results) && json_has_members(results)) {
                aside->safety = results.raw;
            }
        }
    });
    // Azure leaves the message out when the answer was blocked.
    const bool is_blocked = equal(choice->finish_reason, text("content_filter"));
    if (!reading->has_message && !is_blocked) reading->lacks_message = true;
}

void read_first_choice(Reading* reading, JsonCursor* at, Text body) {
    leat_answer* const answer = reading->answer;
    leat_choice first;
    Aside aside;
    read_choice(reading, at, body, &first, &aside);
    answer->turn_json = aside.message;
    answer->safety_json = aside.safety;
    answer->text = first.text;
    answer->refusal = first.refusal;
    answer->thinking = first.thinking;
    answer->finish_reason = first.finish_reason;
    answer->tool_calls = first.tool_calls;
    answer->tool_calls_count = first.tool_calls_count;
}

void read_choices(Reading* reading, JsonCursor* at, Text body) {
    if (reading->choices_count > 0) return;  // told twice: the first time counts
    each_element(at, [&] {
        const uint32_t number = reading->choices_count;
        JsonValue other;
        if (number == choices_max) {
            reading->note(LEAT_E_TOO_MANY);
            return;
        }
        ++reading->choices_count;
        if (number == 0) {
            read_first_choice(reading, at, body);
        } else if (at->take(&other)) {
            reading->others[number - 1] = other.raw;
        }
    });
}

// The first choice again, and the others.
leat_status list_choices(Reading* reading) {
    const uint32_t count = reading->choices_count;
    leat_answer* const answer = reading->answer;
    if (count < 2) return LEAT_OK;
    leat_choice* const choices = reinterpret_cast<leat_choice*>(leat_scratch_take(
        reading->scratch, sizeof(leat_choice) * count, alignof(leat_choice)));
    if (choices == nullptr) return LEAT_E_ITEM_MEMORY;
    choices[0] = leat_choice{};
    choices[0].text = answer->text;
    choices[0].refusal = answer->refusal;
    choices[0].thinking = answer->thinking;
    choices[0].finish_reason = answer->finish_reason;
    choices[0].tool_calls = answer->tool_calls;
    choices[0].tool_calls_count = answer->tool_calls_count;
    for (uint32_t i = 1; i < count; ++i) {
        const Text other = reading->others[i - 1];
        JsonCursor at(other);
        Aside ignored;
        read_choice(reading, &at, other, &choices[i], &ignored);
    }
    answer->choices = choices;
    answer->choices_count = count;
    return reading->status;
}

void read_top(Reading* reading, JsonCursor* at, const JsonValue& key, Text body) {
    if (json_is(key, text("choices"))) {
        read_choices(reading, at, body);
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
    Reading reading{scratch, answer};
    JsonCursor at(reply->body);
    if (!at.enter_object()) return LEAT_E_PARSE;
    JsonValue key;
    while (at.member(&key)) read_top(&reading, &at, key, reply->body);
    if (at.finish() != LEAT_OK) return LEAT_E_PARSE;
    LEAT_TRY(reading.status);
    LEAT_TRY(list_choices(&reading));
    if (reading.has_error) return LEAT_E_HTTP;
    if (reading.choices_count == 0) return LEAT_E_INVALID_REQUEST;  // G25
    if (reading.lacks_message) return LEAT_E_PARSE;
    chat_choose_finish(answer);
    return LEAT_OK;
}

}  // namespace leat
