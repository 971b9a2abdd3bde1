// The table of services: every row can be used as it stands.
#include "provider/registry.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "provider/openai_chat.h"
#include "provider/request_fields.h"
#include "wire/url.h"

namespace leat {
namespace {

Text text_of(const char* t) { return text(t, strlen(t)); }

TEST(RegistryTest, names_are_unique_and_found) {
    std::set<std::string> names;
    uint32_t count = 0;
    for (; const leat_adapter* adapter = adapter_at(count); ++count) {
        EXPECT_TRUE(names.insert(adapter->name).second) << adapter->name;
        EXPECT_EQ(find_adapter(text_of(adapter->name)), adapter);
        EXPECT_STREQ(leat_provider_name(count), adapter->name);
        for (const char* c = adapter->name; *c != '\0'; ++c) {
            EXPECT_TRUE((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || *c == '-');
        }
    }
    EXPECT_GE(count, 16u);
    EXPECT_EQ(adapter_at(count), nullptr);
    EXPECT_EQ(adapter_at(UINT32_MAX), nullptr);
    EXPECT_EQ(leat_provider_name(count), nullptr);
    EXPECT_EQ(find_adapter(text("")), nullptr);
    EXPECT_EQ(find_adapter(text("openai ")), nullptr);
    EXPECT_EQ(find_adapter(text("OpenAI")), nullptr);
}

TEST(RegistryTest, every_table_is_whole) {
    for (uint32_t i = 0; const leat_adapter* adapter = adapter_at(i); ++i) {
        EXPECT_EQ(adapter->struct_size, sizeof(leat_adapter));
        EXPECT_EQ(adapter->reserved, 0u);
        EXPECT_NE(adapter->build, nullptr);
        EXPECT_NE(adapter->parse, nullptr);
        EXPECT_NE(adapter->classify, nullptr);
        EXPECT_EQ(adapter->event == nullptr, adapter->stream_format == LEAT_STREAM_NONE);
        EXPECT_EQ(adapter->event == nullptr, adapter->assembled == nullptr);
        EXPECT_EQ(adapter->path[0], '/');
        EXPECT_STRNE(adapter->auth_header, "");
    }
}

TEST(RegistryTest, what_a_provider_lacks_is_told) {
    uint32_t count = 0;
    for (; const leat_adapter* adapter = adapter_at(count); ++count) {
        EXPECT_EQ(leat_provider_lacks(count), adapter->lacks) << "all of them stream";
    }
    EXPECT_EQ(leat_provider_lacks(count), 0u);
    leat_adapter adapter = *find_adapter(text("openai"));
    EXPECT_EQ(adapter_lacks(adapter) & LEAT_FIELD_STREAM, 0u);
    adapter.event = nullptr;
    EXPECT_EQ(adapter_lacks(adapter), adapter.lacks | LEAT_FIELD_STREAM);
    adapter.start = [](const leat_build*, leat_call*) -> leat_status { return LEAT_OK; };
    EXPECT_EQ(adapter_lacks(adapter), adapter.lacks) << "a call without HTTP has tokens of its own";
}

TEST(RegistryTest, every_base_url_is_https_or_loopback) {
    for (uint32_t i = 0; const leat_adapter* adapter = adapter_at(i); ++i) {
        if (adapter->base_url[0] == '\0') continue;  // the user gives one
        char host[host_bytes_max];
        Url url;
        ASSERT_EQ(parse_url(text_of(adapter->base_url), UrlUse::endpoint, host, &url), LEAT_OK)
            << adapter->base_url;
        EXPECT_TRUE(url.is_tls || is_loopback_host(url.host)) << adapter->base_url;
        EXPECT_FALSE(url.is_tls && is_loopback_host(url.host)) << adapter->base_url;
        char path[256];
        Text joined;
        ASSERT_EQ(join_path(url.path, text_of(adapter->path), path, sizeof path, &joined), LEAT_OK);
        EXPECT_TRUE(ends_with(joined, text_of(adapter->path)));
    }
}

TEST(RegistryTest, the_compatible_services_have_one_path) {
    for (uint32_t i = 0; const leat_adapter* adapter = compat_at(i); ++i) {
        EXPECT_STREQ(adapter->path, "/chat/completions");
        EXPECT_NE(adapter->context, nullptr);
    }
}

TEST(RegistryTest, every_request_of_anthropic_names_the_version) {
    for (const char* name : {"anthropic", "anthropic-bearer"}) {
        const leat_adapter* const adapter = find_adapter(text_of(name));
        ASSERT_NE(adapter, nullptr);
        EXPECT_STREQ(adapter->extra_header, "anthropic-version: 2023-06-01");
        EXPECT_STREQ(adapter->base_url, "https://api.anthropic.com");
        EXPECT_STREQ(adapter->path, "/v1/messages");
    }
}

TEST(RegistryTest, keys_go_where_each_service_looks_for_them) {
    const struct {
        const char* name;
        const char* header;
        const char* prefix;
    } rows[] = {{"openai", "Authorization", "Bearer "},
                {"azure", "api-key", ""},
                {"maritaca", "Authorization", "Key "},
                {"groq", "Authorization", "Bearer "},
                {"anthropic", "x-api-key", ""},
                {"anthropic-bearer", "Authorization", "Bearer "},
                {"gemini", "x-goog-api-key", ""},
                {"gemini-cached", "x-goog-api-key", ""},
                {"vertex", "Authorization", "Bearer "},
                {"openai-responses", "Authorization", "Bearer "},
                {"maritaca-responses", "Authorization", "Key "},
                {"ollama", "Authorization", "Bearer "}};
    for (const auto& row : rows) {
        const leat_adapter* const adapter = find_adapter(text_of(row.name));
        ASSERT_NE(adapter, nullptr);
        EXPECT_STREQ(adapter->auth_header, row.header);
        EXPECT_STREQ(adapter->auth_prefix, row.prefix);
    }
}

}  // namespace
}  // namespace leat
