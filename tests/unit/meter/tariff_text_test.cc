// Tables of prices from the caller's memory: read as they lie, faults named by line, column and reason,
// nothing read outside, whatever the bytes.
#include "meter/tariff_text.h"

#include <gtest/gtest.h>
#include <leat/meter.h>

namespace leat {
namespace {

Text view(const std::string& s) { return {s.data(), s.size()}; }

TEST(TariffTextTest, reads_numbers_to_the_nearest_double) {
    const struct {
        const char* number;
        int shift;
        double value;
    } good[] = {
        {"0", 0, 0},
        {"0.0", 6, 0},
        {"0.0000025", 6, 2.5},
        {"2.5", 0, 2.5},
        {"3e-06", 6, 3},
        {"1.5E-7", 6, 0.15},
        {"7.5e+1", 0, 75},
        {"1000000", 0, 1e6},
        {"0.1", 0, 0.1},
        {"00.10", 0, 0.1},
        {"1e22", 0, 1e22},
        {"1e-22", 0, 1e-22},
        {"0e999", 0, 0},
        {"0.000000003625", 6, 0.003625},
        {"123456789012345", 0, 123456789012345},
        {"100000000000000000", 0, 1e17},
    };
    for (const auto& row : good) {
        double value = -1;
        ASSERT_TRUE(read_decimal(view(row.number), row.shift, &value)) << row.number;
        EXPECT_EQ(value, row.value) << row.number;
    }
    const char* const bad[] = {"",       "-1",
                               "+1",     ".5",
                               "1.",     "1.e5",
                               "1..2",   "1e",
                               "1e+",    "e5",
                               "0x1",    "1e5x",
                               "nan",    "inf",
                               "1 2",    "1e23",
                               "1e-23",  "1,5",
                               "1e-",    "1e999",
                               "1e1000", "1234567890123456"};
    for (const char* number : bad) {
        double value = -1;
        EXPECT_FALSE(read_decimal(view(number), 0, &value)) << number;
        EXPECT_EQ(value, -1);
    }
    double value = -1;
    EXPECT_FALSE(read_decimal(view(std::string(65, '0')), 0, &value));
}

TEST(TariffTextTest, wins_over_the_built_in_table) {
    const std::string table =
        "\xEF\xBB\xBFmodel,provider,output_per_mtok,input_per_mtok,currency,note\r\n"
        "# a remark, with a comma\r\n"
        "\r\n"
        "gpt-4o,openai,20,10,,mine\r\n"
        "gpt-4o-mini-2030,openai,2,1,EUR,\r\n"
        "house-model,openai , 0.5,0.25,BRL,x\n"
        "gpt-4o,openai,21,11,USD,later";
    ASSERT_EQ(leat_table_check(view(table), nullptr), LEAT_OK);
    leat_tariff tariff;
    leat_tariff_init(&tariff);
    ASSERT_EQ(leat_tariff_find(text("openai"), text("gpt-4o"), view(table), &tariff), LEAT_OK);
    EXPECT_EQ(tariff.input, 11);
    EXPECT_EQ(tariff.output, 21);
    EXPECT_EQ(tariff.cached_input, -1);
    ASSERT_EQ(leat_tariff_find(text("azure"), text("house-model"), view(table), &tariff), LEAT_OK);
    EXPECT_EQ(tariff.input, 0.25);
    EXPECT_TRUE(equal(tariff.currency, text("BRL")));
    ASSERT_EQ(leat_tariff_find(text("openai"), text("gpt-5"), view(table), &tariff), LEAT_OK);
    EXPECT_EQ(tariff.input, 1.25);  // the built-in one
    EXPECT_EQ(leat_tariff_find(text("openai"), text("none"), view(table), &tariff),
              LEAT_E_NOT_FOUND);
}

TEST(TariffTextTest, names_what_is_wrong) {
    const std::string good =
        "provider,model,input_cost_per_token,output_cost_per_token,"
        "tier_threshold_tokens,currency\n";
    const struct {
        std::string table;
        uint64_t line;
        uint32_t column;
        const char* field;
        const char* reason;
    } rows[] = {
        {"", 1, 0, "", "there is no line that names the columns"},
        {"\n\n#x\n", 1, 0, "", "there is no line that names the columns"},
        {"provider,model,input_cost_per_token\n", 1, 0, "output_cost_per_token",
         "there is no such column"},
        {"provider,model,model\n", 1, 3, "model", "another column says the same"},
        {"input_cost_per_token,input_per_mtok\n", 1, 2, "input_per_mtok",
         "another column says the same"},
        {good + "a,b,1e-6,2e-6,,\n\na,b,1e-6\n", 4, 0, "", "there are fewer cells than columns"},
        {good + "a,b,1e-6,2e-6,,,\n", 2, 0, "", "there are more cells than columns"},
        {good + ",b,1e-6,2e-6,,\n", 2, 1, "provider", "the cell is empty"},
        {good + "a,,1e-6,2e-6,,\n", 2, 2, "model", "the cell is empty"},
        {good + "a,b,,2e-6,,\n", 2, 3, "input_cost_per_token", "the cell is empty"},
        {good + "a,b,-1,2e-6,,\n", 2, 3, "input_cost_per_token",
         "no price of 0 to 1000000 per million tokens"},
        {good + "a,b,1,1.000001,,\n", 2, 4, "output_cost_per_token",
         "no price of 0 to 1000000 per million tokens"},
        {good + "a,b,1,1,1.5,\n", 2, 5, "tier_threshold_tokens", "no whole number"},
        {good + "a,b,1,1,5,usd\n", 2, 6, "currency", "no currency such as USD or BRL"},
        {good + "a,\"b\",1,1,5,USD\n", 2, 2, "model", "quotation marks are not read"},
        {good + std::string("a,b\0c,1,1,5,USD\n", 16), 2, 2, "model",
         "there is a control character"},
    };
    for (const auto& row : rows) {
        leat_table_fault fault;
        EXPECT_EQ(leat_table_check(view(row.table), &fault), LEAT_E_CONFIG) << row.table;
        EXPECT_EQ(fault.line, row.line) << row.table;
        EXPECT_EQ(fault.column, row.column) << row.table;
        EXPECT_EQ(std::string(fault.field.data, fault.field.size), row.field) << row.table;
        EXPECT_STREQ(fault.reason, row.reason) << row.table;
    }
    leat_table_fault fault;
    EXPECT_EQ(leat_table_check(view(good + "a,b,1,1,,"), &fault), LEAT_OK);
    EXPECT_STREQ(fault.reason, "");
}

TEST(TariffTextTest, has_64_columns_at_most) {
    std::string title = "provider,model,input_per_mtok,output_per_mtok";
    for (int i = 0; i < 60; ++i) title += ",x";
    EXPECT_EQ(leat_table_check(view(title), nullptr), LEAT_OK);
    EXPECT_EQ(leat_table_check(view(title + ","), nullptr), LEAT_E_CONFIG);
}

TEST(TariffTextTest, a_faulty_line_spoils_no_other) {
    const std::string table =
        "provider,model,input_per_mtok,output_per_mtok\nopenai,one,x,1\n"
        "openai,two,3,4\n,,,\nopenai,one,5,6\n\0\0\n";
    leat_tariff tariff;
    leat_tariff_init(&tariff);
    ASSERT_EQ(leat_tariff_find(text("openai"), text("two"), view(table), &tariff), LEAT_OK);
    EXPECT_EQ(tariff.output, 4);
    ASSERT_EQ(leat_tariff_find(text("openai"), text("one"), view(table), &tariff), LEAT_OK);
    EXPECT_EQ(tariff.output, 6);
}

TEST(TariffTextTest, survives_any_bytes) {
    const std::string seed =
        "provider,model,input_per_mtok,output_per_mtok,currency\r\n#x\n"
        "openai,gpt-4o,1.5e0,2,USD\nopenai,ft:x,1,2,\n";
    uint64_t random = 12345;
    for (int round = 0; round < 20000; ++round) {
        std::string table = seed;
        for (int i = 0; i < 3; ++i) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            const size_t at = (random >> 33) % table.size();
            switch (random >> 62) {
                case 0:
                    table[at] = static_cast<char>(random >> 25);
                    break;
                case 1:
                    table.erase(at, 1 + (random >> 20) % 9);
                    break;
                case 2:
                    table.insert(at, 1, ",\n\r\"e-#"[(random >> 20) % 7]);
                    break;
                default:
                    table.resize(at + 1);
            }
            if (table.empty()) table = ",";
        }
        const std::vector<char> exact(table.begin(), table.end());  // no NUL behind it
        leat_table_fault fault;
        const leat_status status = leat_table_check({exact.data(), exact.size()}, &fault);
        EXPECT_EQ(status == LEAT_OK, fault.reason[0] == 0);
        leat_tariff tariff;
        leat_tariff_init(&tariff);
        (void)!leat_tariff_find(text("openai"), text("gpt-4o-2024"), {exact.data(), exact.size()},
                                &tariff);
    }
}

}  // namespace
}  // namespace leat
