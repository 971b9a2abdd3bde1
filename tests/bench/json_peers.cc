// tests/bench/json_peers.cc: reading a chat completion (id, model, text, reason, three counts) with leat,
// simdjson On-Demand and cJSON, in one run. Prints a markdown table of medians and ratios.
//     json_peers [ROUNDS]      (15)
// Each reads as its users do: leat checks every byte and decodes the text only where it has escapes;
// On-Demand has its padding for nothing, checks UTF-8 everywhere and JSON where it looks; cJSON builds
// a tree and frees it. Rounds are interleaved, so a neighbour's noise falls on all.
#include <cjson/cJSON.h>
#include <simdjson.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <algorithm>
#include <string>
#include <vector>

#include "json_answers.h"

namespace {

char text_room[400000];

// What the three must agree on: bytes of text plus the total count.
size_t by_leat(const std::string& body) {
    bench::Answer answer;
    return bench::read_answer(bench::view(body), &answer, text_room, sizeof text_room);
}

size_t by_simdjson(simdjson::ondemand::parser* parser, const simdjson::padded_string& body) {
    simdjson::ondemand::document document;
    simdjson::ondemand::object choice;
    simdjson::ondemand::object usage;
    std::string_view id, model, content, finish;
    int64_t input = 0, output = 0, total = 0;
    if (parser->iterate(body).get(document) != simdjson::SUCCESS) return 0;
    if (document["id"].get(id) != simdjson::SUCCESS) return 0;
    if (document["model"].get(model) != simdjson::SUCCESS) return 0;
    if (document["choices"].at(0).get(choice) != simdjson::SUCCESS) return 0;
    if (choice["message"]["content"].get(content) != simdjson::SUCCESS) return 0;
    if (choice["finish_reason"].get(finish) != simdjson::SUCCESS) return 0;
    if (document["usage"].get(usage) != simdjson::SUCCESS) return 0;
    if (usage["prompt_tokens"].get(input) != simdjson::SUCCESS) return 0;
    if (usage["completion_tokens"].get(output) != simdjson::SUCCESS) return 0;
    if (usage["total_tokens"].get(total) != simdjson::SUCCESS) return 0;
    return content.size() + static_cast<size_t>(total);
}

size_t by_cjson(const std::string& body) {
    cJSON* const document = cJSON_ParseWithLength(body.data(), body.size());
    if (document == nullptr) return 0;
    const cJSON* const choice = cJSON_GetArrayItem(cJSON_GetObjectItem(document, "choices"), 0);
    const cJSON* const message = cJSON_GetObjectItem(choice, "message");
    const char* const content = cJSON_GetStringValue(cJSON_GetObjectItem(message, "content"));
    const cJSON* const usage = cJSON_GetObjectItem(document, "usage");
    const char* const id = cJSON_GetStringValue(cJSON_GetObjectItem(document, "id"));
    const char* const model = cJSON_GetStringValue(cJSON_GetObjectItem(document, "model"));
    const char* const why = cJSON_GetStringValue(cJSON_GetObjectItem(choice, "finish_reason"));
    const double counts = cJSON_GetNumberValue(cJSON_GetObjectItem(usage, "prompt_tokens")) +
                          cJSON_GetNumberValue(cJSON_GetObjectItem(usage, "completion_tokens"));
    const double total = cJSON_GetNumberValue(cJSON_GetObjectItem(usage, "total_tokens"));
    const bool whole = id != nullptr && model != nullptr && why != nullptr && counts > 0;
    const size_t size = content != nullptr && whole ? strlen(content) : 0;
    cJSON_Delete(document);
    return size + static_cast<size_t>(total);
}

// Of this process alone, as the machine may have others.
double cpu_ns() {
    timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) * 1e9 + static_cast<double>(t.tv_nsec);
}

// Nanoseconds of one call, over some ten milliseconds of them.
template <typename Work>
double measure(size_t expected, Work work) {
    size_t calls = 0;
    const double begin_ns = cpu_ns();
    double end_ns = begin_ns;
    while (end_ns - begin_ns < 1e7) {
        for (int i = 0; i < 16; ++i, ++calls) {
            if (work() != expected) {
                fprintf(stderr, "json_peers: two readers disagree\n");
                exit(1);
            }
        }
        end_ns = cpu_ns();
    }
    return (end_ns - begin_ns) / static_cast<double>(calls);
}

double median(std::vector<double> all) {
    std::sort(all.begin(), all.end());
    return all[all.size() / 2];
}

void compare(const char* name, const std::string& body, int rounds) {
    static simdjson::ondemand::parser parser;
    const simdjson::padded_string padded(body);
    const size_t expected = by_leat(body);
    std::vector<double> leat, on_demand, tree;
    for (int round = 0; round < rounds; ++round) {
        leat.push_back(measure(expected, [&] { return by_leat(body); }));
        on_demand.push_back(measure(expected, [&] { return by_simdjson(&parser, padded); }));
        tree.push_back(measure(expected, [&] { return by_cjson(body); }));
    }
    const double own = median(leat);
    const auto rate = [&](double ns) { return static_cast<double>(body.size()) / ns; };
    printf("| %s | %.2f us (%.1f) | %.2f us (%.1f) | %.2f us (%.2f) | %.2f | %.1f |\n", name,
           own / 1e3, rate(own), median(on_demand) / 1e3, rate(median(on_demand)),
           median(tree) / 1e3, rate(median(tree)), median(on_demand) / own, median(tree) / own);
}

}  // namespace

int main(int argc, char** argv) {
    const int rounds = argc > 1 ? std::max(1, atoi(argv[1])) : 15;
    const size_t frame = sizeof bench::prefix + sizeof bench::suffix - 2;
    std::string small = bench::repeat(bench::prose, 701 - frame);
    small.resize(701 - frame);
    const std::string code = std::string(bench::prose) +
                             "\\n    if (x[\\\"key\\\"] == 0) {\\n        return f(y);\\n    }\\n";
    printf("| answer | leat (GB/s) | simdjson On-Demand | cJSON | simdjson/leat | cJSON/leat |\n");
    printf("|---|---|---|---|---|---|\n");
    compare("701 B", bench::answer_of(small), rounds);
    compare("701 B, indented", bench::indented(bench::answer_of(small)), rounds);
    compare("100 KB of prose", bench::answer_of(bench::repeat(bench::prose, 100000)), rounds);
    compare("100 KB of code, with escapes", bench::answer_of(bench::repeat(code, 100000)), rounds);
    compare("100 KB of \\uXXXX", bench::answer_of(bench::repeat("\\u6c34\\u8f66", 100000)), rounds);
    return 0;
}
