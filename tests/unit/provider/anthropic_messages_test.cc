// Conversations in Messages requests: where system text goes, what a turn becomes, and how the
// results of tools are gathered.
#include <gtest/gtest.h>

#include "anthropic_help.h"
#include "json_tree.h"

namespace leat {
namespace {

leat_message turn(Text role, Text content) {
    leat_message message{};
    message.role = role;
    message.content = content;
    return message;
}

leat_message result_of(Text id, Text content) {
    leat_message message = turn(text("tool"), content);
    message.tool_call_id = id;
    return message;
}

leat_part text_part(Text content, bool cache_here = false) {
    leat_part part{};
    part.content = content;
    part.cache_here = cache_here ? 1 : 0;
    return part;
}

struct Conversation {
    std::vector<leat_message> messages;
    Text system{nullptr, 0};
    Text prompt{nullptr, 0};
};

void expect_conversation(const Conversation& given, const std::string& members,
                         uint32_t ignored = 0) {
    const BuiltBody built = build_messages([&](leat_request* r) {
        r->messages = given.messages.data();
        r->messages_count = static_cast<uint32_t>(given.messages.size());
        r->system = given.system;
        r->prompt = given.prompt;
        r->max_output_tokens = 1;
    });
    ASSERT_EQ(built.status, LEAT_OK);
    const std::string expected = R"({"model":"m","max_tokens":1,)" + members + "}";
    EXPECT_TRUE(json_tree(built.body) == json_tree(expected)) << built.body << "\nbut expected\n"
                                                              << expected;
    EXPECT_EQ(built.ignored, ignored);
}

TEST(MessagesTurnsTest, messages_come_first_and_the_prompt_last) {
    expect_conversation({{turn(text("user"), text("a\"b")), turn(text("assistant"), text("c")),
                          turn(text("model"), text("d"))},
                         {},
                         text("last")},
                        R"("messages":[{"role":"user","content":"a\"b"},
                            {"role":"assistant","content":"c"},{"role":"assistant","content":"d"},
                            {"role":"user","content":"last"}])");
    expect_conversation({{}, {}, text("alone")},
                        R"("messages":[{"role":"user","content":"alone"}])");
    expect_conversation({{turn(text("critic"), text("x"))}, {}, {}},
                        R"("messages":[{"role":"critic","content":"x"}])");
}

TEST(MessagesTurnsTest, system_text_at_the_front_leaves_the_turns) {
    const std::string user = R"("messages":[{"role":"user","content":"u"}])";
    const Text u = text("u");
    expect_conversation({{turn(text("system"), text("a"))}, {}, u}, R"("system":"a",)" + user);
    expect_conversation({{turn(text("developer"), text("a"))}, {}, u}, R"("system":"a",)" + user);
    expect_conversation({{turn(text("system"), text(""))}, {}, u}, user);
    expect_conversation({{turn(text("system"), text("b")), turn(text("developer"), text("c"))},
                         text("a"),
                         u},
                        R"("system":[{"type":"text","text":"a"},{"type":"text","text":"b"},
                            {"type":"text","text":"c"}],)" + user);
    leat_message ready = turn(text("system"), {});
    ready.content_json = text(R"([{"type":"text","text":"x","cache_control":{"type":"ephemeral"}},
        "plain"])");
    expect_conversation({{ready}, {}, u},
                        R"("system":[{"type":"text","text":"x","cache_control":
                            {"type":"ephemeral"}},{"type":"text","text":"plain"}],)" + user);
    const leat_part parts[] = {text_part(text("p")), text_part(text("q"), true)};
    leat_message marked = turn(text("system"), {});
    marked.parts = parts;
    marked.parts_count = 2;
    expect_conversation({{marked}, text("a"), u},
                        R"("system":[{"type":"text","text":"a"},{"type":"text","text":"p"},
                            {"type":"text","text":"q","cache_control":{"type":"ephemeral"}}],)" +
                            user);
}

TEST(MessagesTurnsTest, system_text_in_mid_conversation_stays_there) {
    expect_conversation({{turn(text("user"), text("u")), turn(text("developer"), text("s"))},
                         text("a"),
                         {}},
                        R"("system":"a","messages":[{"role":"user","content":"u"},
                            {"role":"system","content":"s"}])");
}

TEST(MessagesTurnsTest, parts_become_blocks) {
    leat_part parts[5] = {};
    parts[0] = text_part(text("look"));
    parts[1].type = LEAT_PART_IMAGE_URL;
    parts[1].content = text("https://h/x.png");
    parts[1].detail = text("low");
    parts[2].type = LEAT_PART_IMAGE_BYTES;
    parts[2].content = text("\x01\x02\x03\x04");
    parts[2].media_type = text("image/png");
    parts[2].cache_here = 1;
    parts[3].type = LEAT_PART_IMAGE_BASE64;
    parts[3].content = text("AAAA");
    parts[3].media_type = text("image/jpeg");
    leat_message message = turn(text("user"), text("parts win"));
    message.parts = parts;
    message.parts_count = 5;  // the last one is empty text, which the API refuses
    expect_conversation({{message}, {}, {}},
                        R"("messages":[{"role":"user","content":[{"type":"text","text":"look"},
            {"type":"image","source":{"type":"url","url":"https://h/x.png"}},
            {"type":"image","source":{"type":"base64","media_type":"image/png","data":"AQIDBA=="},
             "cache_control":{"type":"ephemeral"}},
            {"type":"image","source":{"type":"base64","media_type":"image/jpeg","data":"AAAA"}}]}])",
                        LEAT_FIELD_IMAGE_DETAIL);
}

TEST(MessagesTurnsTest, a_quote_in_base64_does_not_break_out) {
    leat_part part{};
    part.type = LEAT_PART_IMAGE_BASE64;
    part.content = text("AA\"A");
    part.media_type = text("image/png");
    leat_message message = turn(text("user"), {});
    message.parts = &part;
    message.parts_count = 1;
    const BuiltBody built = build_messages([&](leat_request* r) {
        r->messages = &message;
        r->messages_count = 1;
    });
    EXPECT_EQ(built.status, LEAT_E_TEXT);
}

TEST(MessagesTurnsTest, what_the_caller_wrote_goes_out_unchanged) {
    leat_message content = turn(text("user"), text("loses"));
    content.content_json = text(R"([{"type":"document","source":{"type":"url","url":"u"}}])");
    leat_message blocks = turn({}, text("loses"));
    blocks.turn_json = text(R"([{"type":"thinking","thinking":"t","signature":"s"}])");
    leat_message whole = turn({}, {});
    whole.turn_json = text(R"( {"role":"assistant","content":"w"})");
    expect_conversation({{content, blocks, whole}, {}, {}},
                        R"("messages":[{"role":"user","content":[{"type":"document","source":
            {"type":"url","url":"u"}}]},{"role":"assistant","content":[{"type":"thinking",
            "thinking":"t","signature":"s"}]},{"role":"assistant","content":"w"}])");
}

TEST(MessagesTurnsTest, the_models_calls_are_blocks_behind_its_text_M13) {
    leat_tool_call calls[4] = {};
    const Text arguments[] = {text(R"({"a":[1]})"), text(""), text("[1]"), text("{\"a\":")};
    for (size_t i = 0; i < 4; ++i) {
        calls[i].id = text("c");
        calls[i].name = text("f");
        calls[i].arguments_json = arguments[i];
    }
    leat_message message = turn(text("assistant"), text("let me see"));
    message.tool_calls = calls;
    message.tool_calls_count = 4;
    const std::string empty_call = R"(,{"type":"tool_use","id":"c","name":"f","input":{}})";
    expect_conversation({{message}, {}, {}},
                        R"("messages":[{"role":"assistant","content":[
            {"type":"text","text":"let me see"},
            {"type":"tool_use","id":"c","name":"f","input":{"a":[1]}})" +
                            empty_call + empty_call + empty_call + "]}]");
    message.content = {};
    message.tool_calls_json = text(R"([{"type":"tool_use","id":"j","name":"g","input":{}}])");
    expect_conversation({{message}, {}, {}},
                        R"("messages":[{"role":"assistant","content":[
            {"type":"tool_use","id":"j","name":"g","input":{}}]}])");
    message.content_json = text("\"said\\n\"");
    expect_conversation({{message}, {}, {}},
                        R"("messages":[{"role":"assistant","content":[
            {"type":"text","text":"said\n"},
            {"type":"tool_use","id":"j","name":"g","input":{}}]}])");
}

TEST(MessagesTurnsTest, results_of_one_turn_share_one_user_message) {
    leat_message failed = result_of(text("2"), text("broke"));
    failed.is_error = 1;
    const leat_part seen = text_part(text("seen"));
    leat_message parted = result_of(text("3"), {});
    parted.parts = &seen;
    parted.parts_count = 1;
    leat_message ready = result_of(text("4"), {});
    ready.content_json = text(R"([{"type":"text","text":"r"}])");
    const std::string results = R"({"type":"tool_result","tool_use_id":"1","content":"one"},
        {"type":"tool_result","tool_use_id":"2","content":"broke","is_error":true},
        {"type":"tool_result","tool_use_id":"3","content":[{"type":"text","text":"seen"}]},
        {"type":"tool_result","tool_use_id":"4","content":[{"type":"text","text":"r"}]},
        {"type":"tool_result","tool_use_id":"5"})";
    const std::vector<leat_message> list = {result_of(text("1"), text("one")), failed, parted,
                                            ready, result_of(text("5"), {})};
    expect_conversation({list, {}, {}},
                        R"("messages":[{"role":"user","content":[)" + results + "]}]");
    expect_conversation({list, {}, text("and?")},
                        R"("messages":[{"role":"user","content":[)" + results +
                            R"(,{"type":"text","text":"and?"}]}])");
    std::vector<leat_message> longer = {turn(text("user"), text("q")),
                                        turn(text("assistant"), text("a"))};
    longer.insert(longer.end(), list.begin(), list.end());
    longer.push_back(turn(text("assistant"), text("so")));
    expect_conversation({longer, {}, text("and?")},
                        R"("messages":[{"role":"user","content":"q"},
            {"role":"assistant","content":"a"},{"role":"user","content":[)" +
                            results + R"(]},{"role":"assistant","content":"so"},
            {"role":"user","content":"and?"}])");
}

TEST(MessagesTurnsTest, results_come_before_what_the_user_said) {
    leat_message said = turn(text("user"), {});
    said.content_json = text("\"in \\u0041\"");
    expect_conversation({{turn(text("user"), text("first")), result_of(text("1"), text("one")),
                          said, result_of(text("2"), text("two"))},
                         {},
                         {}},
                        R"("messages":[{"role":"user","content":[
            {"type":"tool_result","tool_use_id":"1","content":"one"},
            {"type":"tool_result","tool_use_id":"2","content":"two"},
            {"type":"text","text":"first"},{"type":"text","text":"in A"}]}])");
}

TEST(MessagesTurnsTest, broken_JSON_among_blocks_is_refused) {
    for (const char* broken : {"[", "{\"a\"", "[1,]", "x", "\"a"}) {
        leat_message message = turn(text("system"), {});
        message.content_json = text(broken, strlen(broken));
        const BuiltBody built = build_messages([&](leat_request* r) {
            r->messages = &message;
            r->messages_count = 1;
        });
        EXPECT_EQ(built.status, LEAT_E_JSON) << broken;
    }
}

}  // namespace
}  // namespace leat
