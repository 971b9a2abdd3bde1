// Prices by name and what usages cost by them (G30, S20): releases and routers are found, other models
// are not; cached and written input replace input; tiers and batches.
#include "meter/tariff.h"

#include <gtest/gtest.h>

#include "meter/model_name.h"
#include "meter/price_table.h"
#include "meter/usage.h"

namespace leat {
namespace {

std::string found(const std::string& provider, const std::string& model) {
    leat_tariff tariff;
    const bool is_found =
        find_tariff({provider.data(), provider.size()}, {model.data(), model.size()}, {}, &tariff);
    return is_found ? std::string(tariff.model.data, tariff.model.size) : "";
}

TEST(TariffTest, S20_finds_a_model_by_its_names_and_no_other) {
    const struct {
        const char* provider;
        const char* model;
        const char* found;
    } rows[] = {
        {"openai", "gpt-4o", "gpt-4o"},
        {"openai", "GPT-4o", "gpt-4o"},
        {"openai", "gpt-4o-2024-08-06", "gpt-4o-2024-08-06"},
        {"openai", "gpt-4o-2031-01-31", "gpt-4o"},
        {"openai", "gpt-4o-latest", "gpt-4o"},
        {"openai", "gpt-4o-mini-2031-01-31", "gpt-4o-mini"},
        {"openai", "gpt-4o-mini-next", ""},
        {"openai", "gpt-4o-", ""},
        {"openai", "gpt-4o--latest", ""},
        {"openai", "gpt-4o-5", ""},
        {"openai", "gpt-4o-12", ""},
        {"openai", "gpt-4o-123456789", ""},
        {"openai", "gpt-4ox", ""},
        {"openai", "gpt-4", "gpt-4"},
        {"openai", "gpt-4-32k", ""},
        {"openai", "gpt", ""},
        {"openai", "", ""},
        {"openai", "ft:gpt-4o-mini-2024-07-18:acme::abc", "ft:gpt-4o-mini-2024-07-18"},
        {"openai", "openai/gpt-4o", "gpt-4o"},
        {"openai", "anthropic/claude-opus-4-5", ""},
        {"azure", "gpt-4o", "gpt-4o"},
        {"openai-responses", "gpt-5", "gpt-5"},
        {"anthropic", "claude-opus-4", "claude-opus-4-20250514"},
        {"anthropic", "claude-opus-4-5", "claude-opus-4-5"},
        {"anthropic", "claude-opus-4-5@20251101", "claude-opus-4-5"},
        {"anthropic", "claude-3-7-sonnet-latest", "claude-3-7-sonnet-20250219"},
        {"anthropic-bearer", "claude-sonnet-4-5", "claude-sonnet-4-5"},
        {"vertex", "gemini-2.5-flash-preview-05-20", "gemini-2.5-flash"},
        {"gemini", "gemini-2.5-pro-preview-06-05", "gemini-2.5-pro"},
        {"mistralai", "mistral-large-latest", "mistral-large-latest"},
        {"x-ai", "grok-4-0709", "grok-4-0709"},
        {"groq", "openai/gpt-oss-120b", "openai/gpt-oss-120b"},
        {"maritaca", "sabia-4", "sabia-4"},
        {"maritaca", "sabia-3", ""},
        {"openrouter", "openai/gpt-4o", "gpt-4o"},
        {"openrouter", "google/gemini-2.5-flash", "gemini-2.5-flash"},
        {"openrouter", "google/gemma-3-27b-it", ""},  // given away there, not here
        {"openrouter", "deepseek/deepseek-chat", ""},
        {"openrouter", "openai/gpt-4o:free", ""},
        {"", "openai/gpt-4o", "gpt-4o"},
        {"", "gpt-4o", ""},
        {"", "", ""},
        {"/", "/", ""},
        {"upstage", "solar-pro", ""},
    };
    for (const auto& row : rows) {
        EXPECT_EQ(found(row.provider, row.model), row.found) << row.provider << " " << row.model;
    }
}

TEST(TariffTest, every_row_is_found_by_its_own_name) {
    leat_tariff one;
    uint32_t count = 0;
    for (; tariff_at(count, &one); ++count) {
        leat_tariff again;
        ASSERT_TRUE(find_tariff(one.provider, one.model, {}, &again));
        EXPECT_TRUE(equal(one.model, again.model)) << std::string(one.model.data, one.model.size);
        EXPECT_EQ(one.input, again.input);
        EXPECT_GE(one.input, 0);
        EXPECT_GE(one.output, 0);
        EXPECT_TRUE(one.tier_tokens == 0 || one.tier_input >= 0);
    }
    EXPECT_EQ(count, 297u);  // 291 of litellm and 6 of maritaca
    EXPECT_FALSE(tariff_at(UINT32_MAX, &one));
}

TEST(TariffTest, has_the_prices_of_its_source) {
    leat_tariff t;
    ASSERT_TRUE(find_tariff(text("openai"), text("gpt-4o-mini"), {}, &t));
    EXPECT_EQ(t.input, 0.15);
    EXPECT_EQ(t.output, 0.6);
    EXPECT_EQ(t.cached_input, 0.075);
    EXPECT_EQ(t.cache_write, -1);
    EXPECT_TRUE(equal(t.currency, text("USD")));
    ASSERT_TRUE(find_tariff(text("anthropic"), text("claude-sonnet-4-5"), {}, &t));
    EXPECT_EQ(t.cache_write, 3.75);
    EXPECT_EQ(t.cache_write_1h, 6);
    EXPECT_EQ(t.tier_tokens, 200000u);
    EXPECT_EQ(t.tier_output, 22.5);
    ASSERT_TRUE(find_tariff(text("maritaca"), text("sabia-4-thinking-br-sp"), {}, &t));
    EXPECT_EQ(t.cached_input, 1.63);
    EXPECT_EQ(t.batch_output, 26);
    EXPECT_TRUE(equal(t.currency, text("BRL")));
    EXPECT_FALSE(find_tariff(text("openai"), text("none"), {}, &t));
    EXPECT_EQ(t.input, -1);
    EXPECT_EQ(t.model.size, 0u);
}

leat_usage usage_of(int64_t input, int64_t output, int64_t cached = -1, int64_t written = -1,
                    int64_t reasoning = -1) {
    leat_usage usage = unknown_usage();
    usage.input_tokens = input;
    usage.output_tokens = output;
    usage.cached_input_tokens = cached;
    usage.cache_write_tokens = written;
    usage.reasoning_tokens = reasoning;
    return usage;
}

TEST(TariffTest, cost_follows_the_kinds_of_tokens) {
    leat_tariff plain = unknown_tariff();
    plain.input = 3;
    plain.output = 15;
    leat_tariff full = plain;
    full.cached_input = 0.3;
    full.cache_write = 3.75;
    full.cache_write_1h = 6;
    full.reasoning = 20;
    full.tier_tokens = 1000;
    full.tier_input = 6;
    full.tier_output = 22.5;
    full.tier_cached_input = 0.6;
    full.batch_percent = 50;
    leat_tariff batch = plain;
    batch.batch_input = 1;
    batch.batch_output = 5;
    const struct {
        const leat_tariff& tariff;
        leat_usage usage;
        uint32_t how;
        double millionths;
    } rows[] = {
        {plain, usage_of(100, 10), 0, 100 * 3 + 10 * 15},
        {plain, usage_of(0, 0), 0, 0},
        {plain, usage_of(100, 10, 60), 0, 100 * 3 + 10 * 15},
        {plain, usage_of(100, 10, -1, 60, 5), LEAT_COST_CACHE_1H, 100 * 3 + 10 * 15},
        {full, usage_of(100, 10, 60), 0, 40 * 3 + 60 * .3 + 10 * 15},
        {full, usage_of(100, 10, 60, 30), 0, 10 * 3 + 60 * .3 + 30 * 3.75 + 10 * 15},
        {full, usage_of(100, 10, 60, 30), LEAT_COST_CACHE_1H, 10 * 3 + 60 * .3 + 30 * 6 + 10 * 15},
        {full, usage_of(100, 10, 0, 0, 4), 0, 100 * 3 + 6 * 15 + 4 * 20},
        {full, usage_of(100, 10, 500, 500, 50), 0, 100 * .3 + 10 * 20},  // more than the whole
        {full, usage_of(999, 0), 0, 999 * 3},
        {full, usage_of(1000, 0), 0, 1000 * 3},
        {full, usage_of(1001, 2), 0, 1001 * 6 + 2 * 22.5},
        {full, usage_of(1001, 0, 1), 0, 1000 * 6 + .6},
        {full, usage_of(1001, 0, 0, 1), 0, 1000 * 6 + 7.5},
        {full, usage_of(100, 10), LEAT_COST_BATCH, (100 * 3 + 10 * 15) / 2.0},
        {batch, usage_of(100, 10), LEAT_COST_BATCH, 100 * 1 + 10 * 5},
    };
    for (const auto& row : rows) {
        double cost = -7;
        ASSERT_TRUE(tariff_cost(row.tariff, row.usage, row.how, &cost));
        EXPECT_NEAR(cost * 1e6, row.millionths, 1e-9) << &row - rows;
    }
}

TEST(TariffTest, what_is_not_known_has_no_cost) {
    leat_tariff tariff = unknown_tariff();
    double cost = 0;
    EXPECT_FALSE(tariff_cost(tariff, usage_of(1, 1), 0, &cost));
    tariff.input = 1;
    EXPECT_FALSE(tariff_cost(tariff, usage_of(1, 1), 0, &cost));
    tariff.output = 1;
    EXPECT_TRUE(tariff_cost(tariff, usage_of(1, 1), 0, &cost));
    EXPECT_FALSE(tariff_cost(tariff, usage_of(-1, 1), 0, &cost));
    EXPECT_FALSE(tariff_cost(tariff, usage_of(1, -1), 0, &cost));
    EXPECT_FALSE(tariff_cost(tariff, usage_of(1, 1), LEAT_COST_BATCH, &cost));
}

}  // namespace
}  // namespace leat
