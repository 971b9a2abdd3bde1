// The calls around Gemini's context caches: what they say and what their answers tell.
#include "provider/gemini_cache.h"

#include <gtest/gtest.h>

#include "gemini_help.h"
#include "json_tree.h"

namespace leat {
namespace {

using gemini_test::Memory;

struct Ordered {
    leat_status status;
    std::string body;
};

Ordered build(const std::string& model, const gemini_test::Fill& fill, const char* name = "",
              uint32_t ttl_s = 3600) {
    leat_request request;
    leat_request_init(&request);
    fill(&request);
    Memory memory(65536);
    leat_rope rope;
    rope.arena = &memory.arena;
    GeminiCacheOrder order;
    order.content = &request;
    order.model = view(model);
    order.display_name = text_of(name);
    order.ttl_s = ttl_s;
    const leat_status status = gemini_cache_build(order, &rope);
    if (status != LEAT_OK) return {status, ""};
    return {rope.status, gemini_test::rope_text(rope.rope)};
}

TEST(GeminiCacheTest, a_cache_is_made_of_what_a_request_would_send_B23) {
    leat_tool tool{};
    tool.name = text("f");
    leat_tools tools{};
    tools.list = &tool;
    tools.count = 1;
    tools.mode = LEAT_TOOLS_AUTO;
    const Ordered all = build(
        "gemini-2.5-flash",
        [&](leat_request* r) {
            r->system = text("s");
            r->prompt = text("long");
            r->tools = &tools;
        },
        R"(abl-tags:{"a":1})", 300);
    ASSERT_EQ(all.status, LEAT_OK);
    EXPECT_TRUE(json_tree(all.body) == json_tree(R"({"model":"models/gemini-2.5-flash",
        "displayName":"abl-tags:{\"a\":1}","ttl":"300s","systemInstruction":{"parts":[{"text":"s"}]},
        "tools":[{"functionDeclarations":[{"name":"f"}]}],
        "toolConfig":{"functionCallingConfig":{"mode":"AUTO"}},
        "contents":[{"role":"user","parts":[{"text":"long"}]}]})"))
        << all.body;
    const Ordered least = build("models/m", [](leat_request* r) { r->system = text("s"); }, "",
                                UINT32_MAX);
    EXPECT_EQ(least.body, R"({"model":"models/m","ttl":"4294967295s",)"
                          R"("systemInstruction":{"parts":[{"text":"s"}]}})");
}

TEST(GeminiCacheTest, models_are_paths_and_nothing_else) {
    const auto none = [](leat_request*) {};
    const struct {
        const char* model;
        leat_status status;
        const char* written;
    } rows[] = {
        {"m", LEAT_OK, "models/m"},
        {"models/m", LEAT_OK, "models/m"},
        {"projects/p/locations/l/publishers/google/models/m", LEAT_OK,
         "projects/p/locations/l/publishers/google/models/m"},
        {"", LEAT_E_ARGUMENT, ""},
        {"a\"b", LEAT_E_TEXT, ""},
        {"a\\b", LEAT_E_TEXT, ""},
        {"a b", LEAT_E_TEXT, ""},
        {"a\n", LEAT_E_TEXT, ""},
        {"\xFF", LEAT_E_TEXT, ""},
    };
    for (const auto& row : rows) {
        const Ordered ordered = build(row.model, none);
        EXPECT_EQ(ordered.status, row.status) << row.model;
        if (row.status != LEAT_OK) continue;
        EXPECT_EQ(ordered.body,
                  std::string(R"({"model":")") + row.written + R"(","ttl":"3600s"})");
    }
}

TEST(GeminiCacheTest, a_longer_life_is_a_patch_of_one_member_B23_B24) {
    Memory memory(1024);
    leat_rope rope;
    rope.arena = &memory.arena;
    gemini_cache_build_ttl(60, &rope);
    EXPECT_EQ(rope.status, LEAT_OK);
    EXPECT_EQ(gemini_test::rope_text(rope.rope), R"({"ttl":"60s"})");
}

struct Read {
    explicit Read(const std::string& body, size_t bytes = 4096) : exact(body), memory(bytes) {
        scratch.arena = &memory.arena;
    }
    leat_status one() { return gemini_cache_read(exact.text(), &scratch, &cache); }
    leat_status list() {
        return gemini_cache_read_list(exact.text(), &scratch, take, this, &token);
    }
    static bool take(void* user, const GeminiCache& cache) {
        Read* const self = static_cast<Read*>(user);
        self->names.push_back(str(cache.name));
        self->expiries.push_back(cache.expire_time_ms);
        return self->names.size() < self->most;
    }

    Exact exact;
    Memory memory;
    leat_scratch scratch;
    GeminiCache cache;
    Text token{nullptr, 0};
    std::vector<std::string> names;
    std::vector<int64_t> expiries;
    size_t most = 100;
};

const std::string one = R"({
  "name": "cachedContents/abc",
  "model": "models/gemini-2.5-flash",
  "createTime": "2026-08-19T14:34:12.817004Z",
  "updateTime": "2026-08-19T14:34:12.817004Z",
  "expireTime": "2026-08-19T14:39:11.796558493Z",
  "displayName": "a \"b\"",
  "usageMetadata": {"totalTokenCount": 9609}
})";

TEST(GeminiCacheTest, reads_what_the_service_tells_of_a_cache_B24) {
    Read read(one);
    ASSERT_EQ(read.one(), LEAT_OK);
    EXPECT_EQ(str(read.cache.name), "cachedContents/abc");
    EXPECT_EQ(str(read.cache.model), "models/gemini-2.5-flash");
    EXPECT_EQ(str(read.cache.display_name), "a \"b\"");
    EXPECT_EQ(read.cache.create_time_ms, 1787150052817);
    EXPECT_EQ(read.cache.update_time_ms, 1787150052817);
    EXPECT_EQ(read.cache.expire_time_ms, 1787150351796);
    EXPECT_EQ(read.cache.total_tokens, 9609);
    Read least(R"({"name":"cachedContents/x","expireTime":"soon","usageMetadata":null})");
    ASSERT_EQ(least.one(), LEAT_OK);
    EXPECT_EQ(least.cache.expire_time_ms, -1);
    EXPECT_EQ(least.cache.total_tokens, LEAT_TOKENS_UNKNOWN);
}

TEST(GeminiCacheTest, what_is_no_cache_has_its_status) {
    const struct {
        const char* body;
        leat_status status;
    } rows[] = {
        {"", LEAT_E_PARSE},        {"{}", LEAT_E_PARSE},          {"[]", LEAT_E_PARSE},
        {"null", LEAT_E_PARSE},    {R"({"name":""})", LEAT_E_PARSE}, {R"({"name":5})", LEAT_E_PARSE},
        {R"({"name":"a"} x)", LEAT_E_PARSE},
        {R"({"error":{"code":400}})", LEAT_E_HTTP},
    };
    for (const auto& row : rows) {
        Read read(row.body);
        EXPECT_EQ(read.one(), row.status) << row.body;
    }
    for (size_t size = 0; size < one.size(); ++size) {
        Read cut(one.substr(0, size));
        ASSERT_EQ(cut.one(), LEAT_E_PARSE) << size;
    }
    Read small(one, 3);
    EXPECT_EQ(small.one(), LEAT_E_ITEM_MEMORY);
}

TEST(GeminiCacheTest, a_page_tells_its_caches_in_order_and_where_the_next_begins_B24) {
    const std::string page = R"({"cachedContents":[)" + one +
                             R"(,{"name":"cachedContents/2"},{"model":"nameless"},5,
        {"name":"cachedContents\/3","expireTime":"1970-01-01T00:00:01Z"}],"nextPageToken":"t\n"})";
    Read read(page);
    ASSERT_EQ(read.list(), LEAT_OK);
    EXPECT_EQ(read.names, (std::vector<std::string>{"cachedContents/abc", "cachedContents/2",
                                                    "cachedContents/3"}));
    EXPECT_EQ(read.expiries, (std::vector<int64_t>{1787150351796, -1, 1000}));
    EXPECT_EQ(str(read.token), "t\n");
    Read enough(page);
    enough.most = 1;
    ASSERT_EQ(enough.list(), LEAT_OK);
    EXPECT_EQ(enough.names.size(), 1u);
    EXPECT_EQ(str(enough.token), "t\n");
    for (size_t size = 0; size < page.size(); ++size) {
        Read cut(page.substr(0, size));
        ASSERT_EQ(cut.list(), LEAT_E_PARSE) << size;
    }
}

TEST(GeminiCacheTest, a_page_may_be_empty_and_an_error_is_none) {
    const struct {
        const char* body;
        leat_status status;
    } rows[] = {
        {"{}", LEAT_OK},      {R"({"cachedContents":[]})", LEAT_OK}, {R"({"cachedContents":null})", LEAT_OK},
        {"[]", LEAT_E_PARSE}, {"", LEAT_E_PARSE},                    {R"({"error":{}})", LEAT_E_HTTP},
    };
    for (const auto& row : rows) {
        Read read(row.body);
        EXPECT_EQ(read.list(), row.status) << row.body;
        EXPECT_TRUE(read.names.empty());
        EXPECT_EQ(read.token.size, 0u);
    }
}

}  // namespace
}  // namespace leat
