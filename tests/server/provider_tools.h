// tests/server/provider_tools.h: tool calls with exact arguments, and the turn that follows them: with
// the model's own turn (turn_json) where the answer came whole, by its calls where it was streamed.
// Depends on provider_answers.h. leat-mock refuses calls without results, results without calls, and
// thoughts and signatures that do not come back, so a follow-up that is answered was right.
#pragma once

#include "provider_answers.h"

namespace probe {

inline const leat_tools* two_tools() {
    static leat_tool list[2] = {};
    static leat_tools tools{};
    list[0].name = LEAT_STR("get_weather");
    list[0].description = LEAT_STR("The weather of some \"days\".");
    list[0].parameters_json = view(city_schema());
    list[1].name = LEAT_STR("find_place");
    list[1].parameters_json = LEAT_STR(
        "{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\",\"enum\":[\"mi\\u006cl "
        "\\\"1\\\"\",\"weir\"]}},\"required\":[\"name\"],\"additionalProperties\":false}");
    tools.list = list;
    tools.count = 2;
    return &tools;
}

// The conversation up to the tools' results. Texts live in `answer` and in static storage.
struct FollowUp {
    std::vector<leat_tool_call> calls;
    std::vector<leat_message> turns;

    FollowUp(const std::string& prompt, const Answer& answer, bool by_calls) {
        static const std::string results[] = {"sunny \"all\" day", "two km \xE2\x86\x92 north"};
        turns.resize(2 + answer.calls.size());
        turns[0].role = LEAT_STR("user");
        turns[0].content = view(prompt);
        turns[1].role = LEAT_STR("assistant");
        for (const Call& call : answer.calls) {
            calls.push_back({view(call.id), view(call.name), view(call.arguments)});
        }
        if (by_calls) {
            turns[1].tool_calls = calls.data();
            turns[1].tool_calls_count = static_cast<uint32_t>(calls.size());
        } else {
            turns[1].turn_json = view(answer.turn_json);
        }
        for (size_t i = 0; i < calls.size(); ++i) {
            leat_message& turn = turns[2 + i];
            turn.role = LEAT_STR("tool");
            turn.tool_call_id = calls[i].id;
            turn.name = calls[i].name;
            turn.content = view(results[i % 2]);
        }
    }
    void put_into(leat_request* request) const {
        request->prompt = leat_str{nullptr, 0};
        request->messages = turns.data();
        request->messages_count = static_cast<uint32_t>(turns.size());
    }
};

constexpr const char* both_results =
    "The tool answered: sunny \"all\" day | two km \xE2\x86\x92 north";

inline void want_two_calls(const Desk& desk, Case* one, const Answer& answer) {
    one->same(static_cast<int64_t>(answer.calls.size()), 2, "calls");
    if (answer.calls.size() != 2) return;
    one->same(answer.calls[0].name, "get_weather", "first call");
    one->same(answer.calls[0].arguments, "{\"city\":\"text\",\"days\":1}", "its arguments");
    one->same(answer.calls[1].name, "find_place", "second call");
    one->same(answer.calls[1].arguments, "{\"name\":\"mi\\u006cl \\\"1\\\"\"}", "its arguments");
    if (desk.service.family == Family::gemini) return;  // has no ids
    one->want(!answer.calls[0].id.empty() && answer.calls[0].id != answer.calls[1].id,
              "the calls have no ids of their own");
}

inline void tools_left_out(const Desk& desk, leat_request request) {
    Case one(desk.name("tools are said to be left out"));
    const Answer answer = desk.session.ask(request);
    one.status(answer, LEAT_OK);
    one.same(answer.flat.ignored_fields, LEAT_FIELD_TOOLS, "ignored fields");
    one.same(static_cast<int64_t>(answer.calls.size()), 0, "calls");
}

// Where thoughts are signed, they must come back with the turn.
inline void signed_turns(const Desk& desk, const char* model) {
    Case one(desk.name("a turn of thoughts and calls goes back as it came"));
    const std::string prompt = "Think, and use the tool get_weather, then the tool find_place";
    leat_request request = desk.prompt(prompt);
    request.model = leat_str{model, strlen(model)};
    request.tools = two_tools();
    request.thinking = LEAT_ON;
    request.stream = LEAT_OFF;
    const Answer answer = desk.session.ask(request);
    one.status(answer, LEAT_OK);
    want_two_calls(desk, &one, answer);
    one.want(!answer.thinking.empty(), "there are no thoughts");
    const FollowUp more(prompt, answer, false);
    more.put_into(&request);
    const Answer said = desk.session.ask(request);
    one.status(said, LEAT_OK);
    one.same(said.text, both_results, "text");
}

inline void tool_calls(const Desk& desk) {
    const std::string prompt = "Use the tool get_weather and the tool find_place";
    leat_request request = desk.prompt(prompt);
    request.tools = two_tools();
    if (!desk.has(LEAT_FIELD_TOOLS)) {
        tools_left_out(desk, request);
        return;
    }
    Answer whole, streamed;
    {
        Case one(desk.name("tool calls come with exact arguments, whole and streamed"));
        ask_twice(desk, request, LEAT_FINISH_TOOL_CALLS, &one, &whole, &streamed);
        want_two_calls(desk, &one, whole);
        want_two_calls(desk, &one, streamed);
    }
    {
        Case one(desk.name("results after the model's own turn lead to text"));
        one.want(!whole.turn_json.empty(), "no turn_json");
        const FollowUp more(prompt, whole, false);
        more.put_into(&request);
        Answer said[2];
        ask_twice(desk, request, LEAT_FINISH_STOP, &one, &said[0], &said[1]);
        one.same(said[0].text, both_results, "text");
    }
    {
        Case one(desk.name("results after the calls of a stream lead to text"));
        const FollowUp more(prompt, streamed, true);
        more.put_into(&request);
        Answer said[2];
        ask_twice(desk, request, LEAT_FINISH_STOP, &one, &said[0], &said[1]);
        one.same(said[0].text, both_results, "text");
    }
    if (desk.service.family == Family::gemini) signed_turns(desk, "gemini-3-mock");
    if (desk.service.family == Family::messages) signed_turns(desk, "claude-mock");
}

}  // namespace probe
