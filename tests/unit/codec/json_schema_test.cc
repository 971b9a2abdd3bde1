// The schema check: verdict, path and rule of every vector, its bounds, and what it says in words.
// Rows of features.md: P21 and S18 (schema output), G29 (the fault that goes back to the model).
#include "codec/json_schema.h"

#include <gtest/gtest.h>
#include <leat/leat.h>

#include "codec/utf8.h"
#include "codec_test_help.h"

namespace leat {
namespace {

struct Told {
    leat_status status;
    std::string path;
    std::string rule;
    std::string detail;
};

Told told(leat_status status, const SchemaFault& fault) {
    EXPECT_EQ(fault.path[fault.path_size], '\0');
    EXPECT_EQ(fault.detail[fault.detail_size], '\0');
    return Told{status, std::string(fault.path, fault.path_size), str(fault.rule),
                std::string(fault.detail, fault.detail_size)};
}

Told check(const std::string& schema, const std::string& document, SchemaBounds bounds = {}) {
    const Exact schema_copy(schema);
    const Exact document_copy(document);
    SchemaFault fault;
    const leat_status status =
        json_schema_check(schema_copy.text(), document_copy.text(), &fault, bounds);
    EXPECT_EQ(json_schema_check(schema_copy.text(), document_copy.text(), nullptr, bounds), status);
    return told(status, fault);
}

Told validate(const std::string& schema) {
    const Exact copy(schema);
    SchemaFault fault;
    const leat_status status = json_schema_validate(copy.text(), &fault);
    return told(status, fault);
}

struct Row {
    char kind;  // as in the file
    std::string schema;
    std::string path;
    std::string rule;
    std::string document;
};

std::string take_word(std::string* line) {
    const size_t blank = line->find(' ');
    const std::string word = line->substr(0, blank);
    line->erase(0, blank + 1);
    return word == "." ? "" : word;
}

std::vector<Row> rows() {
    std::vector<Row> all;
    std::string schema;
    for (std::string line : read_vectors("json_schema.txt")) {
        Row row;
        row.kind = line[0];
        line.erase(0, 2);
        if (row.kind == 'S') {
            schema = line;
            continue;
        }
        if (row.kind != '+') {
            row.path = take_word(&line);
            row.rule = take_word(&line);
        }
        row.schema = row.kind == '!' ? line : schema;
        row.document = row.kind == '!' ? "null" : line;
        all.push_back(row);
    }
    return all;
}

TEST(JsonSchema, answers_every_vector_with_its_path_and_rule) {
    size_t count = 0;
    for (const Row& row : rows()) {
        const Told seen = check(row.schema, row.document);
        const leat_status expected = row.kind == '+'   ? LEAT_OK
                                     : row.kind == '-' ? LEAT_E_SCHEMA
                                                       : LEAT_E_CONFIG;
        const std::string where = row.schema + " " + row.document + ": " + seen.detail;
        EXPECT_EQ(leat_status_name(seen.status), std::string(leat_status_name(expected))) << where;
        EXPECT_EQ(seen.path, row.path) << where;
        EXPECT_EQ(seen.rule, row.rule) << where;
        EXPECT_EQ(seen.detail.empty(), row.kind == '+') << where;
        EXPECT_EQ(validate(row.schema).status, row.kind == '!' ? LEAT_E_CONFIG : LEAT_OK) << where;
        ++count;
    }
    EXPECT_GE(count, 450u);
}

// As `not` and inside an array the verdicts turn over and stay, whatever the keyword.
TEST(JsonSchema, verdicts_hold_under_not_and_inside_other_values) {
    for (const Row& row : rows()) {
        if (row.kind == '!' || row.schema.find("\"#") != std::string::npos) continue;
        const bool fits = row.kind == '+';
        EXPECT_EQ(check("{\"not\":" + row.schema + "}", row.document).status,
                  fits ? LEAT_E_SCHEMA : LEAT_OK)
            << row.schema << row.document;
        const Told inside = check("{\"properties\":{\"a\":{\"items\":" + row.schema + "}}}",
                                  "{\"a\":[" + row.document + "]}");
        EXPECT_EQ(inside.status, fits ? LEAT_OK : LEAT_E_SCHEMA) << row.schema << row.document;
        if (!fits) {
            EXPECT_EQ(inside.path, "/a/0" + row.path) << row.schema;
        }
    }
}

TEST(JsonSchema, blanks_anywhere_change_nothing) {
    for (const Row& row : rows()) {
        if (row.kind == '!' || row.document.find(' ') != std::string::npos) continue;
        std::string wide;
        bool quoted = false;
        for (size_t i = 0; i < row.document.size(); ++i) {
            const char c = row.document[i];
            if (c == '\\') {
                wide += row.document.substr(i++, 2);
                continue;
            }
            if (c == '"') quoted = !quoted;
            const bool mark = !quoted && std::string("{}[],:").find(c) != std::string::npos;
            wide += mark ? std::string("\n ") + c + "\t" : std::string(1, c);
        }
        const Told seen = check(" " + row.schema + "\n", wide);
        EXPECT_EQ(seen.status, row.kind == '+' ? LEAT_OK : LEAT_E_SCHEMA) << wide;
        EXPECT_EQ(seen.path, row.path) << wide;
        EXPECT_EQ(seen.detail.find('\n'), std::string::npos);
    }
}

// A text that was cut is no JSON, and a cut schema no schema: never anything else.
TEST(JsonSchema, every_cut_of_schema_and_document_has_its_status) {
    const std::string schema =
        "{\"properties\":{\"a\":{\"anyOf\":[{\"pattern\":\"^x{2}\\\\d\"},{\"multipleOf\":0.5}]},"
        "\"b\":{\"$ref\":\"#/properties/a\"}},\"required\":[\"a\"],\"uniqueItems\":true}";
    const std::string document = "{\"a\":\"xx1\",\"b\":[1.5,{\"c\":\"\\u00e9\"}]}";
    EXPECT_EQ(check(schema, document).status, LEAT_OK);
    for (size_t size = 0; size < schema.size(); ++size) {
        const Told seen = check(schema.substr(0, size), document);
        EXPECT_EQ(seen.status, LEAT_E_CONFIG) << size;
        EXPECT_EQ(seen.detail.substr(0, 17), "no JSON from byte") << size;
    }
    for (size_t size = 0; size < document.size(); ++size) {
        EXPECT_EQ(check(schema, document.substr(0, size)).status, LEAT_E_JSON) << size;
    }
}

TEST(JsonSchema, the_detail_says_what_was_asked_and_what_was_found) {
    const struct {
        const char* schema;
        const char* document;
        const char* detail;
    } cases[] = {
        {"{\"type\":\"string\"}", "12", "type \"string\"; found 12"},
        {"{\"required\":[\"a\"]}", "{\"b\":1}", "required \"a\"; found {\"b\":1}"},
        {"{\"minimum\":3}", "2", "minimum 3; found 2"},
        {"{\"enum\":[1,2]}", "\"x\"", "enum [1,2]; found \"x\""},
        {"{\"additionalProperties\":false}", "{\"b\":[\n1]}",
         "additionalProperties false; found [ 1]"},
        {"false", "1", "false; found 1"},
        {"{\"pattern\":\"(\"}", "1", "no regular expression; found \"(\""},
        {"{\"const\":0}", "{\"a\":1,}", "no JSON from byte 7 on"},
    };
    for (const auto& c : cases) EXPECT_EQ(check(c.schema, c.document).detail, c.detail);
    // Long values are cut between two characters, whatever their width.
    for (size_t pad = 0; pad < 8; ++pad) {
        std::string value = std::string(pad, 'x');
        for (int i = 0; i < 60; ++i) value += i % 2 == 0 ? "\xC3\xA9" : "\xF0\x9F\x98\x80";
        const Told seen = check("{\"const\":\"" + value + "\"}", "\"" + value + value + "\"");
        EXPECT_TRUE(utf8_valid(view(seen.detail))) << seen.detail;
        EXPECT_LE(seen.detail.size(), 127u);
        EXPECT_NE(seen.detail.find("...\""), std::string::npos) << seen.detail;
    }
}

TEST(JsonSchema, a_path_that_is_too_long_is_cut_and_says_so) {
    for (size_t size = 250; size < 260; ++size) {
        const std::string name(size, 'n');
        SchemaFault fault;
        const std::string document = "{\"" + name + "\":1}";
        EXPECT_EQ(
            json_schema_check(text("{\"additionalProperties\":false}"), view(document), &fault),
            LEAT_E_SCHEMA);
        EXPECT_EQ(fault.path_cut, size + 1 > 255 ? 1 : 0);
        EXPECT_EQ(fault.path_size, size + 1 > 255 ? 255u : size + 1);
        EXPECT_EQ(fault.path[fault.path_size], '\0');
    }
}

// ---- bounds

std::string repeat(const std::string& part, size_t count) {
    std::string all;
    for (size_t i = 0; i < count; ++i) all += part;
    return all;
}

TEST(JsonSchema, depth_of_application_is_exact) {
    // Schemas in schemas: each level is one more schema in force, up to the nesting of JSON itself.
    for (const uint32_t bound : {1u, 2u, 5u, 30u}) {
        const SchemaBounds bounds{LEAT_SCHEMA_WORK_MAX, bound};
        const auto nested = [](uint32_t levels) {
            return repeat("{\"allOf\":[", levels - 1) + "{}" + repeat("]}", levels - 1);
        };
        if (bound > 1) {
            EXPECT_EQ(check(nested(bound - 1), "1", bounds).status, LEAT_OK);
        }
        EXPECT_EQ(check(nested(bound), "1", bounds).status, LEAT_OK);
        EXPECT_EQ(check(nested(bound + 1), "1", bounds).status, LEAT_E_TOO_LARGE);
    }
    // The same by references, for the bound that is the default.
    for (uint32_t levels = LEAT_SCHEMA_DEPTH_MAX - 1; levels <= LEAT_SCHEMA_DEPTH_MAX + 1;
         ++levels) {
        std::string schema = "{\"$ref\":\"#/$defs/1\",\"$defs\":{";
        for (uint32_t i = 1; i < levels - 1; ++i) {
            schema += "\"" + std::to_string(i) + "\":{\"$ref\":\"#/$defs/" + std::to_string(i + 1) +
                      "\"},";
        }
        schema += "\"" + std::to_string(levels - 1) + "\":{}}}";
        EXPECT_EQ(check(schema, "1").status,
                  levels <= LEAT_SCHEMA_DEPTH_MAX ? LEAT_OK : LEAT_E_TOO_LARGE)
            << levels;
    }
}

TEST(JsonSchema, nesting_of_either_text_is_bounded) {
    EXPECT_EQ(check("{}", std::string(64, '[') + std::string(64, ']')).status, LEAT_OK);
    EXPECT_EQ(check("{}", std::string(65, '[') + std::string(65, ']')).status, LEAT_E_TOO_LARGE);
    EXPECT_EQ(check(repeat("{\"not\":", 63) + "{}" + std::string(63, '}'), "1").status,
              LEAT_E_SCHEMA);
    EXPECT_EQ(check(repeat("{\"not\":", 64) + "{}" + std::string(64, '}'), "1").status,
              LEAT_E_TOO_LARGE);
}

// The least work with which a check ends; one unit less is too little, at every vector.
TEST(JsonSchema, work_is_exact_at_one_less_just_enough_and_one_more) {
    size_t tried = 0;
    for (const Row& row : rows()) {
        if (++tried % 7 != 0) continue;
        const leat_status expected = check(row.schema, row.document).status;
        uint64_t low = 0;
        uint64_t high = 1 << 20;
        while (low < high) {
            const uint64_t middle = (low + high) / 2;
            const bool enough =
                check(row.schema, row.document, {middle, 128}).status != LEAT_E_TOO_LARGE;
            (enough ? high : low) = enough ? middle : middle + 1;
        }
        ASSERT_GT(low, row.kind == '!' ? row.schema.size() : row.document.size());
        EXPECT_EQ(check(row.schema, row.document, {low - 1, 128}).status, LEAT_E_TOO_LARGE);
        EXPECT_EQ(check(row.schema, row.document, {low, 128}).status, expected);
        EXPECT_EQ(check(row.schema, row.document, {low + 1, 128}).status, expected);
    }
}

TEST(JsonSchema, hostile_schemas_and_documents_end_at_the_bound) {
    const std::string numbers = "[" + repeat("1234567,", 40000) + "1]";
    std::string doubling = "{\"$ref\":\"#/$defs/0\",\"$defs\":{";
    for (int i = 0; i < 40; ++i) {
        const std::string next = "{\"$ref\":\"#/$defs/" + std::to_string(i + 1) + "\"}";
        doubling += "\"" + std::to_string(i) + "\":{\"allOf\":[" + next + "," + next + "]},";
    }
    doubling += "\"40\":{}}}";
    const struct {
        std::string schema;
        std::string document;
    } cases[] = {
        {"{\"$ref\":\"#\"}", "1"},
        {"{\"$defs\":{\"a\":{\"$ref\":\"#/$defs/b\"},\"b\":{\"$ref\":\"#/$defs/a\"}},"
         "\"$ref\":\"#/$defs/a\"}",
         "1"},
        {"{\"allOf\":[{\"$ref\":\"#\"},{\"$ref\":\"#\"}]}", "1"},
        {"{\"not\":{\"$ref\":\"#\"}}", "1"},
        {"{\"anyOf\":[{\"type\":\"null\"},{\"$ref\":\"#\"}]}", "1"},
        {"{\"if\":{\"$ref\":\"#\"},\"then\":true}", "1"},
        {doubling, "1"},
        {"{\"uniqueItems\":true}", "[" + repeat("[1],", 30000) + "2]"},
        {"{\"uniqueItems\":true,\"items\":{}}", "[" + repeat("[1],", 30000) + "2]"},
        {"{\"enum\":" + numbers + "}", "1"},
    };
    const SchemaBounds small{20000000, LEAT_SCHEMA_DEPTH_MAX};
    for (const auto& c : cases) {
        const Told seen = check(c.schema, c.document, small);
        const bool bounded = seen.status == LEAT_E_TOO_LARGE;
        const bool told_early = seen.rule == "uniqueItems" || seen.status == LEAT_OK;
        EXPECT_TRUE(bounded || told_early) << c.schema.substr(0, 60) << seen.detail;
    }
    std::string different = "[";
    for (int i = 0; i < 30000; ++i) different += std::to_string(i) + ",";
    EXPECT_EQ(check("{\"uniqueItems\":true}", different + "-1]", small).status, LEAT_E_TOO_LARGE);
    // 2,000 of them are far below the default bound.
    different = "[";
    for (int i = 0; i < 2000; ++i) different += "\"item number " + std::to_string(i) + "\",";
    EXPECT_EQ(check("{\"uniqueItems\":true}", different + "-1]").status, LEAT_OK);
}

// Names are compared only as far as the bounds ask, or a large map would cost its square.
TEST(JsonSchema, counting_the_members_of_a_large_object_is_cheap) {
    std::string document = "{";
    for (int i = 0; i < 40000; ++i) document += "\"name " + std::to_string(i) + "\":0,";
    document += "\"last\":0}";
    const struct {
        const char* schema;
        leat_status status;
    } cases[] = {
        {"{\"minProperties\":3}", LEAT_OK},
        {"{\"minProperties\":40002}", LEAT_E_SCHEMA},
        {"{\"maxProperties\":40001}", LEAT_OK},
        {"{\"maxProperties\":3}", LEAT_E_SCHEMA},
        {"{\"minProperties\":2,\"maxProperties\":100000}", LEAT_OK},
    };
    for (const auto& c : cases) {
        EXPECT_EQ(check(c.schema, document, {10000000, 128}).status, c.status) << c.schema;
    }
}

// ---- the public functions

TEST(JsonSchema, the_public_functions_answer_the_same) {
    leat_schema_fault fault;
    EXPECT_EQ(leat_schema_check(LEAT_STR("{\"type\":\"null\"}"), LEAT_STR("{\"a\":1}"), &fault),
              LEAT_E_SCHEMA);
    EXPECT_STREQ(fault.detail, "type \"null\"; found {\"a\":1}");
    EXPECT_EQ(leat_schema_check(LEAT_STR("true"), LEAT_STR("1"), nullptr), LEAT_OK);
    EXPECT_EQ(leat_schema_check(LEAT_STR("true"), LEAT_STR(""), nullptr), LEAT_E_JSON);
    EXPECT_EQ(leat_schema_check(LEAT_STR(""), LEAT_STR("1"), nullptr), LEAT_E_CONFIG);
    EXPECT_EQ(leat_schema_check(leat_str{nullptr, 0}, leat_str{nullptr, 0}, nullptr),
              LEAT_E_CONFIG);
    EXPECT_EQ(leat_schema_check(leat_str{nullptr, 1}, LEAT_STR("1"), &fault), LEAT_E_ARGUMENT);
    EXPECT_EQ(leat_schema_check(LEAT_STR("{}"), leat_str{nullptr, 1}, &fault), LEAT_E_ARGUMENT);
    EXPECT_EQ(leat_schema_validate(LEAT_STR("{\"minimum\":1}"), &fault), LEAT_OK);
    EXPECT_EQ(leat_schema_validate(LEAT_STR("{\"minimum\":[]}"), &fault), LEAT_E_CONFIG);
    EXPECT_STREQ(fault.path, "/minimum");
    EXPECT_EQ(leat_schema_validate(leat_str{nullptr, 1}, &fault), LEAT_E_ARGUMENT);
    EXPECT_EQ(leat_status_class(LEAT_E_SCHEMA), LEAT_CLASS_PROVIDER);
}

}  // namespace
}  // namespace leat
