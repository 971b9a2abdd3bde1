// tests/bench/json_bench.cc: what the JSON loops cost, beside memcpy of the same bytes in the same
// run (nanoseconds, and bytes per second).
#include <benchmark/benchmark.h>
#include <stdint.h>
#include <string.h>

#include <string>

#include "codec/json_scan.h"
#include "codec/json_write.h"
#include "codec/number.h"
#include "codec/scan_simd.h"
#include "codec/utf8.h"

namespace {

using leat::JsonCursor;
using leat::JsonType;
using leat::JsonValue;
using leat::Text;
using leat::text;

template <typename F>
void measure(const std::string& name, size_t bytes, F work) {
    benchmark::RegisterBenchmark(name.c_str(), [=](benchmark::State& state) {
        for ([[maybe_unused]] auto step : state) {
            benchmark::DoNotOptimize(work());
            benchmark::ClobberMemory();
        }
        state.SetBytesProcessed(static_cast<int64_t>(bytes) *
                                static_cast<int64_t>(state.iterations()));
    });
}

Text view(const std::string& s) { return text(s.data(), s.size()); }

struct Answer {
    JsonValue id, model, content, finish;
    int64_t input = -1, output = -1, total = -1;
};

void read_usage(JsonCursor* at, Answer* answer) {
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

void read_choice(JsonCursor* at, Answer* answer) {
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
size_t read_answer(Text body, Answer* answer, char* out, size_t capacity) {
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

const char prefix[] =
    "{\"id\":\"chatcmpl-9aJ7Kd2mQx0pVbN4\",\"object\":\"chat.completion\",\"created\":1722180000,"
    "\"model\":\"gpt-4o-mini-2024-07-18\",\"choices\":[{\"index\":0,\"message\":{\"role\":"
    "\"assistant\",\"content\":\"";
const char suffix[] =
    "\",\"refusal\":null},\"logprobs\":null,\"finish_reason\":\"stop\"}],\"usage\":{"
    "\"prompt_tokens\":112,\"completion_tokens\":48,\"total_tokens\":160,"
    "\"prompt_tokens_details\":{\"cached_tokens\":0,\"audio_tokens\":0},"
    "\"completion_tokens_details\":{\"reasoning_tokens\":0,\"audio_tokens\":0}},"
    "\"system_fingerprint\":\"fp_0f03d4f0ee\"}";
const char prose[] =
    "The mill stream was cut in 1794 and still runs today; its water turns the wheel. ";

std::string answer_of(const std::string& content) { return prefix + content + suffix; }

// The same document with a line and an indent before each name, as some servers send it.
std::string indented(const std::string& compact) {
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

std::string repeat(const std::string& part, size_t size) {
    std::string all;
    while (all.size() < size) all += part;
    return all;
}

void measure_answer(const std::string& name, const std::string& body) {
    static char out[200000];
    measure(name, body.size(), [=] {
        Answer answer;
        return read_answer(view(body), &answer, out, sizeof out);
    });
    measure(name + ", validated only", body.size(), [=] {
        return static_cast<size_t>(leat::json_validate(view(body), 64, nullptr) == LEAT_OK);
    });
    measure(name + ", memcpy", body.size(), [=] {
        memcpy(out, body.data(), body.size());
        return static_cast<size_t>(out[body.size() / 2]);
    });
}

void measure_loops(const std::string& plain) {
    static bool high = false;
    measure("string_run, best form", plain.size(),
            [=] { return leat::string_run_far(plain.data(), plain.size(), &high); });
    measure("string_run, portable", plain.size(),
            [=] { return leat::simd::string_run_portable(plain.data(), plain.size(), &high); });
    measure("json_escaped_size", plain.size(),
            [=] { return leat::json_escaped_size(view(plain)); });
    measure("escape_growth, portable", plain.size(),
            [=] { return leat::simd::escape_growth_portable(plain.data(), plain.size()); });
    measure("utf8_valid, ASCII", plain.size(),
            [=] { return static_cast<size_t>(leat::utf8_valid(view(plain))); });
    const std::string chinese = repeat("\xe6\xb0\xb4\xe8\xbd\xa6\xe8\xbd\xac\xe5\x8a\xa8", 100000);
    measure("utf8_valid, Chinese", chinese.size(),
            [=] { return static_cast<size_t>(leat::utf8_valid(view(chinese))); });
}

void measure_escaper(const std::string& name, const std::string& source) {
    static char window[16384];
    measure(name, source.size(), [=] {
        leat::JsonEscape escape(view(source));
        size_t size = 0;
        while (!escape.done()) size += escape.write(window, sizeof window);
        return size;
    });
}

bool register_all() {
    const size_t frame = sizeof prefix + sizeof suffix - 2;
    std::string small = repeat(prose, 701 - frame);
    small.resize(701 - frame);
    measure_answer("answer, 701 B", answer_of(small));
    measure_answer("answer, 701 B compact, indented", indented(answer_of(small)));
    const std::string code =
        std::string(prose) + "\\n    if (x[\\\"key\\\"] == 0) {\\n        return f(y);\\n    }\\n";
    measure_answer("answer, 100 KB with escapes", answer_of(repeat(code, 100000)));
    measure_answer("answer, 100 KB plain", answer_of(repeat(prose, 100000)));
    measure_answer("answer, 100 KB of \\uXXXX", answer_of(repeat("\\u6c34\\u8f66", 100000)));
    measure_loops(repeat(prose, 100000));
    measure_escaper("JsonEscape, plain", repeat(prose, 100000));
    measure_escaper("JsonEscape, code",
                    repeat("    if (x[\"key\"] == 0) {\n  return 1;\n", 100000));
    static char digits[leat::number_bytes_max];
    measure("print_double(0.7)", 3, [=] { return leat::print_double(digits, 0.7); });
    measure("print_double(pi)", 16, [=] { return leat::print_double(digits, 3.141592653589793); });
    static double value = 0;
    measure("parse_double, 17 digits", 18, [=] {
        return static_cast<size_t>(leat::parse_double(text("2.7182818284590452"), &value));
    });
    return true;
}

const bool registered = register_all();

}  // namespace
