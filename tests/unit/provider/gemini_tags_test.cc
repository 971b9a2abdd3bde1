// How context caches are known again, and known to be lost. Rows: features.md B23, B24.
#include "provider/gemini_tags.h"

#include <gtest/gtest.h>

#include <deque>

#include "gemini_help.h"

namespace leat {
namespace {

struct Written {
    leat_status status;
    std::string name;
};

Written write(const std::vector<leat_header>& tags) {
    char out[display_name_bytes_max];
    Text name{nullptr, 0};
    const leat_status status =
        gemini_tags_write(tags.data(), static_cast<uint32_t>(tags.size()), out, &name);
    return {status, str(name)};
}

TEST(GeminiTagsTest, B24_tags_stand_sorted_behind_their_prefix) {
    EXPECT_EQ(write({}).name, "");
    EXPECT_EQ(write({{LEAT_STR("v"), LEAT_STR("1")}, {LEAT_STR("doc"), LEAT_STR("a b")}}).name,
              R"(abl-tags:{"doc":"a b","v":"1"})");
    EXPECT_EQ(write({{LEAT_STR("ab"), LEAT_STR("")}, {LEAT_STR("a"), LEAT_STR("\"\n")}}).name,
              R"(abl-tags:{"a":"\"\n","ab":""})");
    EXPECT_EQ(write({{LEAT_STR("a"), {}}, {LEAT_STR("b"), {}}, {LEAT_STR("a"), {}}}).status,
              LEAT_E_ARGUMENT);
    EXPECT_EQ(write({{LEAT_STR(""), LEAT_STR("x")}}).status, LEAT_E_ARGUMENT);
}

TEST(GeminiTagsTest, B24_a_display_name_has_128_characters_at_most) {
    const size_t around = strlen("abl-tags:{\"k\":\"\"}");
    for (const char* character : {"x", "\xC3\xA9", "\xF0\x9F\x98\x80"}) {
        for (const size_t most : {127u, 128u, 129u}) {
            std::string value;
            for (size_t i = around; i < most; ++i) value += character;
            const Written written = write({{LEAT_STR("k"), view(value)}});
            EXPECT_EQ(written.status, most > 128 ? LEAT_E_TOO_LARGE : LEAT_OK) << most << character;
        }
    }
    const std::string long_value(5000, 'x');
    EXPECT_EQ(write({{LEAT_STR("k"), view(long_value)}}).status, LEAT_E_TOO_LARGE);
}

TEST(GeminiTagsTest, there_are_sixteen_tags_at_most) {
    std::deque<std::string> names;
    for (const size_t count : {15u, 16u, 17u}) {
        std::vector<leat_header> tags;
        for (size_t i = 0; i < count; ++i) {
            names.push_back(std::string(1, static_cast<char>('a' + i)));
            tags.push_back({view(names.back()), {}});
        }
        EXPECT_EQ(write(tags).status, count > 16 ? LEAT_E_TOO_MANY : LEAT_OK);
    }
}

TEST(GeminiTagsTest, B24_what_is_asked_for_must_be_there_and_more_may_be) {
    const leat_header wanted[] = {{LEAT_STR("a"), LEAT_STR("1")}, {LEAT_STR("b"), LEAT_STR("x\"y")}};
    const struct {
        const char* display_name;
        bool has;
    } rows[] = {
        {R"(abl-tags:{"a":"1","b":"x\"y"})", true},
        {R"(abl-tags:{"b":"x\u0022y","z":"0","a":"1"})", true},
        {R"(abl-tags: {"a" : "1", "b" : "x\"y"})", true},
        {R"(abl-tags:{"a":"1"})", false},
        {R"(abl-tags:{"a":1,"b":"x\"y"})", false},
        {R"(abl-tags:{"a":"2","b":"x\"y"})", false},
        {R"(abl-tags:{"a":"1","b":"x\"y")", false},
        {R"(abl-tags:[])", false},
        {R"(abl-tags:)", false},
        {R"({"a":"1","b":"x\"y"})", false},
        {"", false},
    };
    for (const auto& row : rows) {
        EXPECT_EQ(gemini_has_tags(text_of(row.display_name), wanted, 2), row.has) << row.display_name;
    }
    EXPECT_TRUE(gemini_has_tags(text("anything"), nullptr, 0));
}

TEST(GeminiTagsTest, B24_what_was_written_is_found) {
    const std::vector<leat_header> tags = {
        {LEAT_STR("\xC3\xA9\t"), LEAT_STR("\\")}, {LEAT_STR("b"), LEAT_STR("\x01")}, {LEAT_STR("a"), {}}};
    const std::string name = write(tags).name;
    EXPECT_TRUE(gemini_has_tags(view(name), tags.data(), 3)) << name;
}

TEST(GeminiTagsTest, B24_a_model_is_the_end_of_its_path) {
    EXPECT_TRUE(gemini_is_model(text("models/gemini-x"), text("gemini-x")));
    EXPECT_TRUE(gemini_is_model(text("models/gemini-x"), text("models/gemini-x")));
    EXPECT_TRUE(gemini_is_model(text("gemini-x"), text("gemini-x")));
    EXPECT_FALSE(gemini_is_model(text("models/a-gemini-x"), text("gemini-x")));
    EXPECT_FALSE(gemini_is_model(text("models/gemini-x-001"), text("gemini-x")));
    EXPECT_FALSE(gemini_is_model(text("models/gemini-x"), text("")));
    EXPECT_FALSE(gemini_is_model(text(""), text("gemini-x")));
}

TEST(GeminiTagsTest, a_name_that_a_peer_tells_can_stand_in_a_path) {
    for (const char* name : {"cachedContents/a", "cachedContents/0-_Z"}) {
        EXPECT_TRUE(gemini_is_cache_name(text_of(name))) << name;
    }
    for (const char* name : {"", "cachedContents/", "cachedContents/a/b", "cachedContents/..", "a",
                             "cachedContents/a?b", "cachedContents/a b", "cachedContents/%41",
                             "projects/p/locations/l/cachedContents/a", "cachedContents/a\n"}) {
        EXPECT_FALSE(gemini_is_cache_name(text_of(name))) << name;
    }
}

TEST(GeminiTagsTest, B24_what_says_that_a_cache_is_lost) {
    const struct {
        int32_t http_status;
        const char* message;
        bool is_lost;
    } rows[] = {
        {403, "CachedContent not found (or permission denied)", true},
        {404, "Not found: cached content metadata for 123.", true},
        {400, "Cache content 123 is expired.", true},
        {400, "Model used by GenerateContent request and CachedContent has to be the same.", true},
        {400,
         "CachedContent can not be used with GenerateContent request setting system_instruction, tools or "
         "tool_config.",
         false},
        {400, "Cached content is too small. total_token_count=3, min_total_token_count=1024", false},
        {404, "models/x is not found for API version v1beta", false},
        {403, "The caller does not have permission", false},
        {429, "Cached content quota exceeded", false},
        {500, "CachedContent expired", false},
        {403, "", false},
    };
    for (const auto& row : rows) {
        EXPECT_EQ(gemini_cache_is_lost(row.http_status, text_of(row.message)), row.is_lost) << row.message;
    }
}

}  // namespace
}  // namespace leat
