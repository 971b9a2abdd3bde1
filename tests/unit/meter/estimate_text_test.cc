// Estimates of tokens: the reference's rule to the letter (M7), our own within some per cent of a real
// tokenizer on texts that it was not made from; requests of all forms; any bytes.
#include "meter/estimate_text.h"

#include <gtest/gtest.h>
#include <leat/meter.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>

namespace leat {
namespace {

struct Sample {
    std::string name;
    std::string use;
    uint64_t tokens;
    std::string text;
};

std::vector<Sample> samples() {
    std::ifstream file(LEAT_TESTS_DIR "/vectors/token_counts.txt");
    std::vector<Sample> all;
    std::string line;
    while (std::getline(file, line)) {
        if (line.rfind("=== ", 0) == 0) {
            Sample one;
            std::istringstream(line.substr(4)) >> one.name >> one.use >> one.tokens;
            all.push_back(one);
        } else if (!all.empty()) {
            all.back().text += (all.back().text.empty() ? "" : "\n") + line;
        }
    }
    return all;
}

TEST(EstimateTextTest, is_near_a_real_tokenizer) {
    std::map<std::string, std::vector<double>> errors;
    for (const Sample& one : samples()) {
        const uint64_t seen = estimate_by_scripts({one.text.data(), one.text.size()});
        const double error =
            (static_cast<double>(seen) / static_cast<double>(one.tokens) - 1) * 100;
        EXPECT_LT(std::abs(error), 20) << one.name << ": " << seen << ", not " << one.tokens;
        errors[one.use].push_back(std::abs(error));
    }
    ASSERT_EQ(errors["tune"].size(), 16u);
    ASSERT_EQ(errors["report"].size(), 25u);
    for (auto& [use, list] : errors) {
        std::sort(list.begin(), list.end());
        const double median = list[list.size() / 2];
        EXPECT_LT(median, 10) << use;
        RecordProperty(use + "_median_percent_error", std::to_string(median));
    }
}

uint64_t quarters(const std::string& s) { return estimate_by_quarters({s.data(), s.size()}); }
uint64_t scripts(const std::string& s) { return estimate_by_scripts({s.data(), s.size()}); }

TEST(EstimateTextTest, quarters_are_characters_by_four) {
    EXPECT_EQ(quarters(""), 1u);
    EXPECT_EQ(quarters("abc"), 1u);
    EXPECT_EQ(quarters("abcd"), 1u);
    EXPECT_EQ(quarters("abcdefg"), 1u);
    EXPECT_EQ(quarters("abcdefgh"), 2u);
    EXPECT_EQ(quarters("áéíóúàèì"), 2u);
    EXPECT_EQ(quarters("日本語日本語日本"), 2u);
    EXPECT_EQ(quarters("\xff\xff\xff\xff\xff\xff\xff\xff"), 2u);
}

TEST(EstimateTextTest, scripts_count_small_things) {
    EXPECT_EQ(scripts(""), 0u);
    EXPECT_EQ(scripts("a"), 1u);
    EXPECT_EQ(scripts(" "), 1u);
    EXPECT_EQ(scripts("the mill"), 2u);
    EXPECT_EQ(scripts("123"), 1u);
    EXPECT_EQ(scripts("1234"), 2u);
    EXPECT_EQ(scripts("camelCase"), 2u);
    EXPECT_EQ(scripts("----------------"), 1u);
    EXPECT_EQ(scripts("it's"), 1u);
}

TEST(EstimateTextTest, any_bytes_have_some) {
    uint64_t random = 99;
    for (int round = 0; round < 2000; ++round) {
        std::string bytes;
        for (int i = 0; i < 60; ++i) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            bytes += static_cast<char>(random >> 56);
        }
        const std::vector<char> exact(bytes.begin(), bytes.end());
        const uint64_t tokens = estimate_by_scripts({exact.data(), exact.size()});
        EXPECT_GE(tokens, 1u);
        EXPECT_LE(tokens, 3 * exact.size());
    }
    const std::string big(1 << 20, 'x');
    EXPECT_GT(scripts(big), 100000u);
}

TEST(EstimateRequestTest, follows_the_reference_to_the_letter) {
    leat_request request;
    leat_request_init(&request);
    request.prompt = text("12345678");  // 2
    EXPECT_EQ(leat_estimate_request(&request, LEAT_ESTIMATE_QUARTER), 4u + 2 + 1 + 3);
    request.system = text("1234");
    EXPECT_EQ(leat_estimate_request(&request, LEAT_ESTIMATE_QUARTER), 10u + 4 + 1 + 1);
    leat_tool_call call = {text("c"), text("look"), text("{\"a\": 1}")};
    const leat_part parts[] = {{LEAT_PART_TEXT, 0, {}, text("12345678"), {}, {}},
                               {LEAT_PART_IMAGE_URL, 0, {}, text("http://a.test/x"), {}, {}},
                               {LEAT_PART_TEXT, 0, {}, text("1"), {}, {}}};
    leat_message messages[4] = {};
    messages[0].role = text("user");
    messages[0].parts = parts;
    messages[0].parts_count = 3;
    messages[1].role = text("assistant");
    messages[1].tool_calls = &call;
    messages[1].tool_calls_count = 1;
    messages[2].role = text("tool");
    messages[2].content = text("12345678");
    messages[3].role = text("developer");
    messages[3].content = text("1234");
    request = leat_request{};
    leat_request_init(&request);
    request.messages = messages;
    request.messages_count = 4;
    EXPECT_EQ(leat_estimate_request(&request, LEAT_ESTIMATE_QUARTER),
              (4u + 2 + 1 + 1) + (4 + 1 + 1 + 2 + 10 + 1) + (4 + 2 + 1 + 2) + (4 + 1) + 3);
    EXPECT_EQ(leat_estimate_request(nullptr, LEAT_ESTIMATE_QUARTER), 0u);
}

TEST(EstimateRequestTest, reads_ready_bodies_of_every_provider) {
    const struct {
        const char* body;
        uint64_t tokens;
    } rows[] = {
        {R"({"model":"m","messages":[{"role":"system","content":"1234"},)"
         R"({"role":"user","content":[{"type":"text","text":"12345678"},{"type":"image_url"}]}]})",
         3 + 6 + 7},
        {R"({"messages":[{"role":"assistant","content":"1234","tool_calls":[{"id":"x",)"
         R"("function":{"name":"look","arguments":"{\"a\":1}"}}]},{"role":"tool","content":"1"}]})",
         3 + (5 + 1 + 10 + 1 + 1) + (5 + 1 + 2)},
        {R"({"input":"12345678"})", 3 + 7},
        {R"({"instructions":"1234","input":[{"role":"user","content":[{"text":"12345678"}]}]})",
         3 + 6 + 7},
        {R"({"system":[{"type":"text","text":"12345678"}],"messages":[]})", 3 + 7},
        {R"({"system_instruction":{"parts":[{"text":"1234"}]},)"
         R"("contents":[{"role":"user","parts":[{"text":"12345678"}]}]})",
         3 + 6 + 7},
        {R"({"prompt":"\u65e5\u672c\u8a9e\u65e5\u672c\u8a9e\u65e5\u672c"})", 3 + 7},
        {R"({})", 3},
        {R"([])", 3 + 1},
        {R"({"messages":)", 3 + 5},
    };
    for (const auto& row : rows) {
        leat_request request;
        leat_request_init(&request);
        request.body_json = text_of(row.body);
        const uint64_t seen = leat_estimate_request(&request, LEAT_ESTIMATE_QUARTER);
        EXPECT_EQ(seen, row.tokens) << row.body;
    }
}

TEST(EstimateRequestTest, decodes_long_texts_in_pieces) {
    for (const char* unit : {"\\u65e5", "\\ud83d\\ude00", "\\n", "a\\\"", "\xe6\x97\xa5\\t"}) {
        std::string body = "{\"prompt\":\"";
        const uint64_t characters = unit[0] == 'a' || unit[0] == '\xe6' ? 2 : 1;
        for (int i = 0; i < 8000; ++i) body += unit;
        body += "\"}";
        leat_request request;
        leat_request_init(&request);
        request.body_json = {body.data(), body.size()};
        EXPECT_EQ(leat_estimate_request(&request, LEAT_ESTIMATE_QUARTER),
                  3 + 5 + characters * 8000 / 4)
            << unit;
    }
}

}  // namespace
}  // namespace leat
