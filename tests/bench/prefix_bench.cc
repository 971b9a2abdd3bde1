// tests/bench/prefix_bench.cc: what a long text that every request begins with costs each request, when it
// comes with the request and when a history has it ready: CPU time from an empty rope to the last byte at
// the socket's door. Prints a line for each kind of text.
#include <stdio.h>
#include <time.h>

#include <algorithm>
#include <string>
#include <vector>

#include "codec/rope.h"
#include "flow/conversation/history.h"

namespace {

constexpr size_t text_bytes = 100 * 1024;
constexpr size_t window_bytes = 32 * 1024;
constexpr size_t direct_bytes_least = window_bytes / 2;  // as flow/exchange/send.cc has it
constexpr int rounds = 25;
constexpr int requests = 200;

double cpu_us() {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

std::string repeat(const char* words) {
    std::string out;
    while (out.size() < text_bytes) out += words;
    return out;
}

size_t out_bytes = 0;

// One request: built, and read as it is sent. What lies ready is handed over where it is.
void request(const leat::KnownTexts& known, leat::Text prefix, leat::Arena* arena, char* window) {
    arena->reset();
    leat_rope rope;
    rope.arena = arena;
    rope.known = known;
    leat_rope_copy(&rope, leat::text("{\"messages\":[{\"role\":\"system\",\"content\":"));
    leat_rope_json_string(&rope, prefix);
    leat_rope_copy(&rope, leat::text("}]}"));
    leat::RopeReader reader(rope.rope);
    while (!reader.done()) {
        const leat::Text ready = reader.direct(direct_bytes_least);
        if (!leat::empty(ready)) {
            reader.skip(ready.size);
            out_bytes += ready.size;
        } else {
            out_bytes += reader.fill(window, window_bytes);
        }
    }
}

double median_us(const leat::KnownTexts& known, leat::Text prefix, leat::Arena* arena, char* window) {
    std::vector<double> each;
    for (int round = 0; round < rounds; ++round) {
        const double begin = cpu_us();
        for (int i = 0; i < requests; ++i) request(known, prefix, arena, window);
        each.push_back((cpu_us() - begin) / requests);
    }
    std::sort(each.begin(), each.end());
    return each[rounds / 2];
}

void compare(const char* kind, const std::string& content) {
    std::vector<uint64_t> memory(leat::History::bytes_for(2, 4 * content.size()) / 8);
    std::vector<uint64_t> arena_memory(2048);
    std::vector<char> window(window_bytes);
    leat::Arena arena;
    arena.open(arena_memory.data(), arena_memory.size() * 8);
    leat::History history;
    history.open(memory.data(), 2, 4 * content.size());
    leat_message message{};
    message.role = leat::text("system");
    message.content = leat::text(content.data(), content.size());
    if (history.append(&message, 1) != LEAT_OK) {
        printf("%s: no room\n", kind);
        return;
    }
    const double own = median_us(leat::KnownTexts(), message.content, &arena, window.data());
    const double shared =
        median_us(history.known(), history.list()[0].content, &arena, window.data());
    printf("%-28s own %8.2f us   shared %8.2f us   ratio %7.1f\n", kind, own, shared, own / shared);
}

}  // namespace

int main() {
    compare("100 KB, plain ASCII", repeat("The mill stream was cut long before anyone wrote. "));
    compare("100 KB, prose with newlines", repeat("\"The mill stream\" was cut long ago.\nBy whom?\n"));
    compare("100 KB, source code", repeat("\tif (a[i] == \"x\\n\") {\n\t\treturn 0;\n\t}\n"));
    compare("100 KB, Korean", repeat("물레방아를 돌리는 물길은 오래전에 만들어졌다.\n"));
    return out_bytes == 0 ? 1 : 0;
}
