// tests/bench/json_bench.cc: what the JSON loops cost, beside memcpy of the same bytes in the same
// run (nanoseconds, and bytes per second). json_peers.cc has other libraries beside them.
#include <benchmark/benchmark.h>
#include <stdint.h>
#include <string.h>

#include <string>

#include "codec/json_write.h"
#include "codec/number.h"
#include "codec/scan_simd.h"
#include "codec/utf8.h"
#include "json_answers.h"

namespace {

using bench::answer_of;
using bench::indented;
using bench::prefix;
using bench::prose;
using bench::read_answer;
using bench::repeat;
using bench::suffix;
using bench::view;
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

void measure_answer(const std::string& name, const std::string& body) {
    static char out[200000];
    measure(name, body.size(), [=] {
        bench::Answer answer;
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
