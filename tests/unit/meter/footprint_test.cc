// Footprints after EcoLogits 0.9.1: the numbers of its own function, to 1e-9; what is not known has a
// reason and no numbers; a query's own numbers win.
#include "meter/footprint.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "base/bytes.h"
#include "meter/energy_table.h"
#include "meter/model_name.h"

namespace leat {
namespace {

leat_footprint_query query_of(const char* provider, const char* model, int64_t tokens,
                              const char* zone = "") {
    leat_footprint_query query;
    leat_footprint_query_init(&query);
    query.provider = text_of(provider);
    query.model = text_of(model);
    query.zone = text_of(zone);
    query.output_tokens = tokens;
    return query;
}

void expect_near(double seen, double wanted, const std::string& what) {
    EXPECT_NEAR(seen, wanted, 1e-9 * wanted) << what;
}

TEST(FootprintTest, has_the_numbers_of_its_source) {
    std::ifstream file(LEAT_TESTS_DIR "/vectors/footprint.txt");
    std::string line;
    int count = 0;
    while (std::getline(file, line)) {
        if (line[0] == '#') continue;
        std::istringstream words(line);
        std::string provider;
        std::string model;
        std::string latency;
        std::string zone;
        int64_t tokens = 0;
        words >> provider >> model >> tokens >> latency >> zone;
        leat_footprint_query query =
            query_of(provider.c_str(), model.c_str(), tokens, zone.c_str());
        if (latency != "-") query.latency_s = leat_number{std::stod(latency), 1, {}};
        leat_footprint f;
        ASSERT_EQ(leat_footprint_of(&query, &f), LEAT_OK) << line;
        const leat_range ranges[] = {
            f.energy_kwh, f.gwp_kgco2eq,       f.adpe_kgsbeq,         f.pe_mj,
            f.water_l,    f.usage_gwp_kgco2eq, f.embodied_gwp_kgco2eq};
        for (const leat_range& range : ranges) {
            double min = -1;
            double max = -1;
            words >> min >> max;
            expect_near(range.min, min, line);
            expect_near(range.max, max, line);
            expect_near(range.mean, (min + max) / 2, line);
        }
        ASSERT_FALSE(words.fail()) << line;
        expect_near(f.usage_adpe_kgsbeq.max + f.embodied_adpe_kgsbeq.max, f.adpe_kgsbeq.max, line);
        expect_near(f.usage_pe_mj.min + f.embodied_pe_mj.min, f.pe_mj.min, line);
        ++count;
    }
    EXPECT_EQ(count, 12);
}

// Features, section 3.1: T = 100, L = 1.5 s, the world's mix.
TEST(FootprintTest, has_the_golden_means) {
    const struct {
        const char* model;
        double energy;
        double usage;
        double embodied;
    } rows[] = {
        {"gpt-4.1-mini", 3.614519827e-05, 1.709704023e-05, 6.514132658e-07},
        {"gpt-4.1", 1.736420842e-04, 8.213444223e-05, 3.474204084e-06},
        {"gpt-4o-mini", 7.265322772e-06, 3.436570324e-06, 2.171377553e-07},
    };
    for (const auto& row : rows) {
        leat_footprint_query query = query_of("openai", row.model, 100);
        query.latency_s = leat_number{1.5, 1, {}};
        leat_footprint f;
        ASSERT_EQ(leat_footprint_of(&query, &f), LEAT_OK);
        EXPECT_NEAR(f.energy_kwh.mean / row.energy, 1, 1e-9);
        EXPECT_NEAR(f.usage_gwp_kgco2eq.mean / row.usage, 1, 1e-9);
        EXPECT_NEAR(f.embodied_gwp_kgco2eq.mean / row.embodied, 1, 1e-9);
        EXPECT_STREQ(f.zone.data, "WOR");
    }
}

TEST(FootprintTest, what_is_not_known_has_a_reason) {
    const struct {
        leat_footprint_query query;
        leat_status status;
        const char* reason;
    } rows[] = {
        {query_of("openai", "gpt-4o", 1, "ZZZ"), LEAT_E_NOT_FOUND, "this zone is not in the table"},
        {query_of("openai", "gpt-9", 1), LEAT_E_NOT_FOUND, "this model is not in the table"},
        {query_of("maritaca", "sabia-4", 1), LEAT_E_NOT_FOUND,
         "no models of this provider are in the table"},
        {query_of("", "gpt-4o", 1), LEAT_E_NOT_FOUND,
         "no models of this provider are in the table"},
        {query_of("openai", "gpt-4o", -1), LEAT_E_CONFIG,
         "the number of output tokens is not known"},
    };
    for (const auto& row : rows) {
        leat_footprint f;
        EXPECT_EQ(leat_footprint_of(&row.query, &f), row.status) << row.reason;
        EXPECT_STREQ(f.reason, row.reason);
        EXPECT_EQ(f.energy_kwh.max, 0);
    }
}

TEST(FootprintTest, routes_and_releases_lead_to_the_model) {
    const struct {
        const char* provider;
        const char* model;
        const char* found;
    } rows[] = {
        {"azure", "gpt-4o-2024-08-06", "gpt-4o-2024-08-06"},
        {"openai", "gpt-4o-2031-01-01", "gpt-4o"},
        {"anthropic", "claude-sonnet-4-5", "claude-sonnet-4-5-20250929"},
        {"gemini", "gemini-2.5-flash", "gemini-2.5-flash"},
        {"openrouter", "mistralai/mistral-small-latest", "mistral-small-latest"},
        {"", "openai/gpt-5", "gpt-5"},
    };
    for (const auto& row : rows) {
        const leat_footprint_query query = query_of(row.provider, row.model, 10, "provider");
        leat_footprint f;
        ASSERT_EQ(leat_footprint_of(&query, &f), LEAT_OK) << row.model << ": " << f.reason;
        EXPECT_EQ(std::string(f.model.data, f.model.size), row.found);
        EXPECT_GT(f.energy_kwh.min, 0);
    }
}

TEST(FootprintTest, takes_a_model_that_the_query_describes) {
    leat_footprint_query query = query_of("own", "house", 100, "BRA");
    leat_footprint f;
    query.active_params_min = 8;
    query.total_params_min = 8;
    EXPECT_EQ(leat_footprint_of(&query, &f), LEAT_E_NOT_FOUND);
    EXPECT_STREQ(f.reason, "this provider's data centres are not in the table");
    query.pue_min = 1.2;
    query.water_min = leat_number{0.569, 1, {}};
    ASSERT_EQ(leat_footprint_of(&query, &f), LEAT_OK);
    EXPECT_EQ(f.energy_kwh.min, f.energy_kwh.max);
    EXPECT_EQ(f.warnings, 0u);
    leat_footprint table;
    const leat_footprint_query known = query_of("openai", "gpt-4o-mini", 100, "BRA");
    ASSERT_EQ(leat_footprint_of(&known, &table), LEAT_OK);
    EXPECT_EQ(f.energy_kwh.min, table.energy_kwh.min);  // which has 8 to 28
    EXPECT_EQ(f.water_l.min, table.water_l.min);
    EXPECT_EQ(table.warnings, uint32_t{LEAT_WARNING_SIZE_GUESSED} | LEAT_WARNING_MULTIMODAL);
    query.zone = text("provider");
    EXPECT_EQ(leat_footprint_of(&query, &f), LEAT_E_NOT_FOUND);
}

TEST(FootprintTest, refuses_numbers_that_cannot_be) {
    const double nan = __builtin_nan("");
    leat_footprint f;
    const auto status_of = [&f](void (*change)(leat_footprint_query*, double), double value) {
        leat_footprint_query query = query_of("openai", "gpt-4o", 10);
        change(&query, value);
        return leat_footprint_of(&query, &f);
    };
    const auto pue = [](leat_footprint_query* q, double v) { q->pue_min = v; };
    const auto active = [](leat_footprint_query* q, double v) { q->active_params_max = v; };
    const auto latency = [](leat_footprint_query* q, double v) { q->latency_s = {v, 1, {}}; };
    const auto water = [](leat_footprint_query* q, double v) { q->water_max = {v, 1, {}}; };
    EXPECT_EQ(status_of(pue, 0.99), LEAT_E_CONFIG);
    EXPECT_EQ(status_of(pue, 1), LEAT_OK);
    EXPECT_EQ(status_of(pue, 100), LEAT_OK);
    EXPECT_EQ(status_of(pue, 100.1), LEAT_E_CONFIG);
    EXPECT_EQ(status_of(pue, nan), LEAT_E_CONFIG);
    EXPECT_EQ(status_of(active, 1e9), LEAT_OK);
    EXPECT_EQ(status_of(active, 1.1e9), LEAT_E_CONFIG);
    EXPECT_EQ(status_of(active, -1), LEAT_E_CONFIG);
    EXPECT_EQ(status_of(active, nan), LEAT_E_CONFIG);
    EXPECT_EQ(status_of(latency, 0), LEAT_OK);
    EXPECT_EQ(status_of(latency, -0.1), LEAT_E_CONFIG);
    EXPECT_EQ(status_of(latency, nan), LEAT_E_CONFIG);
    EXPECT_EQ(status_of(water, 0), LEAT_OK);
    EXPECT_EQ(status_of(water, -1), LEAT_E_CONFIG);
    EXPECT_EQ(status_of(water, nan), LEAT_E_CONFIG);
    leat_footprint_query query = query_of("openai", "gpt-4o", INT64_MAX);
    EXPECT_EQ(leat_footprint_of(&query, &f), LEAT_OK);
    query.struct_size = 1;
    EXPECT_EQ(leat_footprint_of(&query, &f), LEAT_E_STRUCT_SIZE);
    query = query_of("openai", "gpt-4o", 1);
    query.reserved = 1;
    EXPECT_EQ(leat_footprint_of(&query, &f), LEAT_E_RESERVED);
    EXPECT_EQ(leat_footprint_of(nullptr, &f), LEAT_E_ARGUMENT);
}

TEST(FootprintTest, every_model_of_the_table_has_one_and_every_zone_a_mix) {
    const EnergyTable table = energy_table();
    uint32_t count = 0;
    for (size_t g = 0; g < table.groups_count; ++g) {
        const EnergyGroup& group = table.groups[g];
        const char* name = table.names + group.names_begin;
        for (uint32_t row = 0; row < group.rows_count; ++row, ++count) {
            const leat_footprint_query query = query_of(group.provider, name, 100, "provider");
            leat_footprint f;
            ASSERT_EQ(leat_footprint_of(&query, &f), LEAT_OK) << name;
            EXPECT_STREQ(f.model.data, name);
            EXPECT_GT(f.water_l.min, 0);
            EXPECT_LE(f.gwp_kgco2eq.min, f.gwp_kgco2eq.max);
            name += text_of(name).size + 1;
        }
    }
    EXPECT_EQ(count, 370u);
    uint32_t zones = 0;
    for (; leat_zone_name(zones) != nullptr; ++zones) {
        const leat_footprint_query query = query_of("openai", "gpt-4o", 1, leat_zone_name(zones));
        leat_footprint f;
        EXPECT_EQ(leat_footprint_of(&query, &f), LEAT_OK);
    }
    EXPECT_EQ(zones, 50u);
}

}  // namespace
}  // namespace leat
