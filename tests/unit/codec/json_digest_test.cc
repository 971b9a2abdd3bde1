// tests/unit/codec/json_digest_test.cc: documents that mean the same have one digest however they are
// written and cut; those that do not, have not.
#include "codec/json_digest.h"

#include <gtest/gtest.h>

#include <set>

namespace leat {
namespace {

constexpr Text left_out[] = {text("stream"), text("user")};

struct Found {
    leat_status status;
    std::string digest;
};

class JsonDigestTest : public ::testing::Test {
protected:
    JsonDigestTest() { arena.open(memory, sizeof memory); }

    // In pieces of `step` bytes; 0: whole.
    Found of(const std::string& document, size_t step = 0) {
        const size_t mark = arena.mark();
        Found found{};
        {
            JsonDigest digest(&arena, left_out, 2);
            if (step == 0) step = document.size() + 1;
            for (size_t at = 0; at < document.size(); at += step) {
                const std::string piece = document.substr(at, step);
                digest.feed(text(piece.data(), piece.size()));
            }
            Sha256Digest bytes{};
            found.status = digest.finish(&bytes);
            found.digest.assign(reinterpret_cast<const char*>(bytes.bytes), sizeof bytes.bytes);
        }
        EXPECT_EQ(arena.mark(), mark);
        return found;
    }
    std::string digest(const std::string& document) {
        const Found found = of(document);
        EXPECT_EQ(found.status, LEAT_OK) << document;
        return found.digest;
    }

    alignas(16) char memory[64 * 1024];
    Arena arena;
};

TEST_F(JsonDigestTest, S14_blanks_and_order_do_not_count) {
    const std::string plain = R"({"model":"m","messages":[{"role":"user","content":"a b"}],"t":0.5})";
    EXPECT_EQ(digest(plain),
              digest(" {\n\"t\" : 0.5 ,\"messages\": [ {\"content\":\"a b\",\t\"role\":\"user\"} ],"
                     "\"model\":\"m\"}\r\n "));
    EXPECT_EQ(digest(R"({"a":{"x":1,"y":{"p":[],"q":{}}}})"), digest(R"({"a":{"y":{"q":{},"p":[]},"x":1}})"));
}

TEST_F(JsonDigestTest, S14_many_members_in_any_order) {
    std::string up = "{";
    std::string down = "{";
    for (int i = 0; i < 300; ++i) up += "\"n" + std::to_string(i) + "\":" + std::to_string(i) + ",";
    for (int i = 299; i >= 0; --i) down += "\"n" + std::to_string(i) + "\":" + std::to_string(i) + ",";
    EXPECT_EQ(digest(up + "\"z\":0}"), digest(down + "\"z\":0}"));
    EXPECT_NE(digest(up + "\"z\":0}"), digest(down + "\"z\":1}"));
}

TEST_F(JsonDigestTest, S14_S15_whatever_differs_shows) {
    const char* const documents[] = {
        R"({"a":1})",         R"({"a":2})",         R"({"a":"1"})",     R"({"b":1})",
        R"({"a":[1]})",       R"({"a":[1,1]})",     R"({"a":[[1]]})",   R"({"a":{"a":1}})",
        R"({"a":null})",      R"({"a":"null"})",    R"({"a":""})",      R"({"a":[]})",
        R"({"a":{}})",        R"({})",              R"([])",            R"("")",
        R"("a")",             R"(1)",               R"(null)",          R"([1,2])",
        R"([2,1])",           R"([12])",            R"(["1","2"])",     R"(["1,2"])",
        R"({"a":1,"b":2})",   R"({"a":2,"b":1})",   R"({"a":"b"})",     R"({"a":"b "})",
        R"({"a":"\"b"})",     R"({"a":"b\\"})",     R"([{"a":1},{"b":2}])",
        R"([{"a":1,"b":2}])", R"({"x":{"stream":true}})", R"({"x":{}})", R"({"streams":true})"};
    std::set<std::string> seen;
    for (const char* const document : documents) {
        EXPECT_TRUE(seen.insert(digest(document)).second) << document;
    }
}

TEST_F(JsonDigestTest, S14_members_left_out_count_as_not_there_at_the_top_alone) {
    EXPECT_EQ(digest(R"({"a":1,"stream":true})"), digest(R"({"a":1})"));
    EXPECT_EQ(digest(R"({"user":{"x":[1,{"y":2}]},"a":1,"stream":false})"), digest(R"({"a":1})"));
    EXPECT_EQ(digest(R"({"stream":true})"), digest("{}"));
    EXPECT_NE(digest(R"({"a":{"stream":true}})"), digest(R"({"a":{}})"));
    EXPECT_NE(digest(R"([{"stream":true}])"), digest("[{}]"));
    EXPECT_NE(digest(R"({"a":"stream"})"), digest("{}"));
}

TEST_F(JsonDigestTest, does_not_depend_on_the_cuts) {
    const std::string document =
        R"( {"long name, longer than what is kept of it": "q\"uo\\te\\", )"
        R"("b":[1.5e3,true,{"c":null}],"user":[[]]} )";
    const std::string whole = digest(document);
    for (size_t step = 1; step < document.size(); ++step) {
        const Found found = of(document, step);
        EXPECT_EQ(found.status, LEAT_OK) << step;
        EXPECT_EQ(found.digest, whole) << step;
    }
}

TEST_F(JsonDigestTest, what_is_no_json_has_no_digest) {
    for (const char* const document :
         {"", " ", "{", "}", "[", "]", "[1", "[1,]x", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "\"a",
          "1 2", "{} {}", "[1}", "{\"a\":1]", "[,1]", ":", ",", "{\"a\":1 \"b\":2}", "\"a\\\""}) {
        EXPECT_EQ(of(document).status, LEAT_E_JSON) << document;
    }
}

TEST_F(JsonDigestTest, a_name_that_stands_twice_has_no_order) {
    EXPECT_EQ(of(R"({"a":1,"b":2,"a":3})").status, LEAT_E_JSON);
    EXPECT_EQ(of(R"({"a":{"b":1},"c":{"b":1}})").status, LEAT_OK);
}

TEST_F(JsonDigestTest, depth_is_bounded) {
    const auto nested = [](size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    EXPECT_EQ(of(nested(json_digest_depth_max - 1)).status, LEAT_OK);
    EXPECT_EQ(of(nested(json_digest_depth_max)).status, LEAT_OK);
    EXPECT_EQ(of(nested(json_digest_depth_max + 1)).status, LEAT_E_TOO_LARGE);
}

TEST_F(JsonDigestTest, memory_is_bounded_by_the_members_of_open_objects) {
    std::string small;
    for (int i = 0; i < 5000; ++i) small += std::string(i > 0 ? "," : "") + R"({"a":1,"b":2})";
    EXPECT_EQ(of("[" + small + "]").status, LEAT_OK);
    std::string large = "{\"z\":0";
    for (int i = 0; i < 1023; ++i) large += ",\"n" + std::to_string(i) + "\":0";
    EXPECT_EQ(of(large + "}").status, LEAT_OK);  // 1,024 x 64 bytes are all there is
    EXPECT_EQ(of(large + ",\"more\":0}").status, LEAT_E_ITEM_MEMORY);
}

}  // namespace
}  // namespace leat
