// tests/bench/json_answers.h: chat completions of several kinds, and leat's way to read what matters of
// one. For json_bench.cc and json_peers.cc. Depends on codec.
#pragma once

#include <stdint.h>

#include <string>

#include "codec/json_scan.h"

namespace bench {

using leat::JsonCursor;
using leat::JsonValue;
using leat::Text;
using leat::text;

inline Text view(const std::string& s) { return text(s.data(), s.size()); }

struct Answer {
    JsonValue id, model, content, finish;
    int64_t input = -1, output = -1, total = -1;
};

inline void read_usage(JsonCursor* at, Answer* answer) {
    JsonValue key, value;
    if (!at->enter_object()) return;
    while (at->member(&key)) {
        int64_t* count = nullptr;
        if (leat::json_is(key, text("prompt_tokens")))
            count = &answer->input;
        else if (leat::json_is(key, text("completion_tokens")))
            count = &answer->output;
        else if (leat::json_is(key, text("total_tokens")))
            count = &answer->total;
        if (count != nullptr && at->take(&value)) (void)leat::json_to_count(value, count);
    }
}

inline void read_choice(JsonCursor* at, Answer* answer) {
    JsonValue key;
    if (!at->enter_object()) return;
    while (at->member(&key)) {
        if (leat::json_is(key, text("finish_reason"))) {
            at->take(&answer->finish);
        } else if (leat::json_is(key, text("message")) && at->enter_object()) {
            while (at->member(&key)) {
                if (leat::json_is(key, text("content"))) at->take(&answer->content);
            }
        }
    }
}

// What an adapter does with a chat completion: one pass, everything checked.
inline size_t read_answer(Text body, Answer* answer, char* out, size_t capacity) {
    JsonCursor at(body);
    JsonValue key;
    if (!at.enter_object()) return 0;
    while (at.member(&key)) {
        if (leat::json_is(key, text("id")))
            at.take(&answer->id);
        else if (leat::json_is(key, text("model")))
            at.take(&answer->model);
        else if (leat::json_is(key, text("usage")))
            read_usage(&at, answer);
        else if (leat::json_is(key, text("choices")) && at.enter_array()) {
            if (at.element()) read_choice(&at, answer);
            while (at.element()) {
            }
        }
    }
    size_t size = answer->content.raw.size;
    if (at.finish() != LEAT_OK) return 0;
    if (answer->content.escaped &&
        leat::json_string_decode(answer->content.raw, out, capacity, &size) != LEAT_OK) {
        return 0;
    }
    return size + static_cast<size_t>(answer->total);
}

inline const char prefix[] =
    "{\"id\":\"chatcmpl-9aJ7Kd2mQx0pVbN4\",\"object\":\"chat.completion\",\"created\":1722180000,"
    "\"model\":\"gpt-4o-mini-2024-07-18\",\"choices\":[{\"index\":0,\"message\":{\"role\":"
    "\"assistant\",\"content\":\"";
inline const char suffix[] =
    "\",\"refusal\":null},\"logprobs\":null,\"finish_reason\":\"stop\"}],\"usage\":{"
    "\"prompt_tokens\":112,\"completion_tokens\":48,\"total_tokens\":160,"
    "\"prompt_tokens_details\":{\"cached_tokens\":0,\"audio_tokens\":0},"
    "\"completion_tokens_details\":{\"reasoning_tokens\":0,\"audio_tokens\":0}},"
    "\"system_fingerprint\":\"fp_0f03d4f0ee\"}";
inline const char prose[] =
    "The mill stream was cut in 1794 and still runs today; its water turns the wheel. ";

inline std::string answer_of(const std::string& content) { return prefix + content + suffix; }

// The same document with a line and an indent before each name, as some servers send it.
inline std::string indented(const std::string& compact) {
    std::string out;
    bool inside = false;
    size_t depth = 0;
    for (size_t i = 0; i < compact.size(); ++i) {
        const char c = compact[i];
        if (c == '"' && (i == 0 || compact[i - 1] != '\\')) inside = !inside;
        if (!inside && (c == '}' || c == ']')) out.append("\n").append(2 * --depth, ' ');
        out += c;
        if (inside) continue;
        if (c == '{' || c == '[') ++depth;
        if (c == '{' || c == '[' || c == ',') out.append("\n").append(2 * depth, ' ');
        if (c == ':') out += ' ';
    }
    return out;
}

inline std::string repeat(const std::string& part, size_t size) {
    std::string all;
    while (all.size() < size) all += part;
    return all;
}

}  // namespace bench
