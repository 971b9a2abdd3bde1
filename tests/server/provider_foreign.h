// tests/server/provider_foreign.h: the adapters against a server that somebody else wrote (t_aimock.sh
// starts it and gives it what to say). Depends on provider_tools.h. Rule: what the fixtures say arrives,
// whole and streamed; only what that server does as the real ones do is looked at.
#pragma once

#include "provider_tools.h"

namespace probe {

// The same as in t_aimock.sh.
constexpr const char* foreign_text =
    "A leat is a \"channel\"\n\tthat brings water \xE6\xB0\xB4 to a mill \\ wheel; it is cut in "
    "stone.";
constexpr const char* foreign_arguments = "{\"city\":\"\xC3\x89vora \\\"A\\\"\",\"days\":2}";
constexpr const char* foreign_follow_up = "It will be sunny for two days, says the tool.";

inline leat_request foreign_request(const Desk& desk, const std::string& prompt, bool streams) {
    leat_request request = desk.prompt(prompt);
    request.stream = streams ? LEAT_ON : LEAT_OFF;
    request.max_output_tokens = 500;
    return request;
}

inline std::string manner(bool streams) { return streams ? ", streamed" : ", whole"; }

inline void want_manner(Case* one, const Answer& answer, bool streams) {
    one->same(answer.flat.streamed, streams ? 1 : 0, "streamed");
    if (streams) want_heard(one, answer);
}

inline void foreign_words(const Desk& desk, bool streams) {
    {
        Case one(desk.name("a foreign server's text arrives" + manner(streams)));
        const std::string prompt = "a plain question";
        const Answer answer = desk.session.ask(foreign_request(desk, prompt, streams));
        one.status(answer, LEAT_OK);
        one.same(answer.text, foreign_text, "text");
        one.same(leat_finish_name(answer.flat.finish), "stop", "finish");
        one.same(answer.flat.attempts, 1, "attempts");
        want_manner(&one, answer, streams);
    }
    Case one(desk.name("a foreign server's many items at once" + manner(streams)));
    const std::string prompt = "a plain question";
    std::vector<leat_request> requests(64, foreign_request(desk, prompt, streams));
    std::vector<Answer> answers;
    one.want(desk.session.run(requests, &answers, 30), "they did not end in time");
    for (const Answer& answer : answers) {
        one.status(answer, LEAT_OK);
        one.same(answer.text, foreign_text, "text");
    }
}

inline void foreign_tools(const Desk& desk, bool streams) {
    const std::string prompt = "use the tool";
    leat_request request = foreign_request(desk, prompt, streams);
    request.tools = two_tools();
    Answer answer;
    {
        Case one(desk.name("a foreign server's tool call arrives" + manner(streams)));
        answer = desk.session.ask(request);
        one.status(answer, LEAT_OK);
        // Google's word beside a call is STOP; this server makes one up.
        if (desk.service.family != Family::gemini) {
            one.same(leat_finish_name(answer.flat.finish), "tool_calls", "finish");
        }
        one.same(static_cast<int64_t>(answer.calls.size()), 1, "calls");
        if (answer.calls.size() != 1) return;
        one.same(answer.calls[0].name, "get_weather", "name");
        one.same(answer.calls[0].arguments, foreign_arguments, "arguments");
        if (streams) one.same(answer.heard.arguments[0], foreign_arguments, "arguments heard");
    }
    Case one(desk.name("a foreign server takes the tool's result" + manner(streams)));
    const FollowUp more(prompt, answer, streams);
    more.put_into(&request);
    const Answer said = desk.session.ask(request);
    one.status(said, LEAT_OK);
    one.same(said.text, foreign_follow_up, "text");
    want_manner(&one, said, streams);
}

inline void foreign_failures(const Desk& desk, bool streams) {
    const struct {
        const char* prompt;
        leat_status status;
        uint32_t attempts;
    } rows[] = {
        {"answer with status 400", LEAT_E_INVALID_REQUEST, 1},
        {"answer with status 401", LEAT_E_AUTHENTICATION, 1},
        {"answer with status 500", LEAT_E_SERVER, 3},
        {"answer with status 503", LEAT_E_OVERLOADED, 3},
    };
    for (const auto& row : rows) {
        Case one(
            desk.name(std::string("a foreign server asked to ") + row.prompt + manner(streams)));
        const std::string prompt = row.prompt;
        const Answer answer = desk.session.ask(foreign_request(desk, prompt, streams));
        one.status(answer, row.status);
        one.same(answer.flat.attempts, row.attempts, "attempts");
    }
    {
        Case one(desk.name("a foreign server's 429 is waited for" + manner(streams)));
        const std::string prompt =
            std::string("limited ") + desk.service.provider + (streams ? "/streamed" : "/whole");
        const Answer answer = desk.session.ask(foreign_request(desk, prompt, streams));
        one.status(answer, LEAT_OK);
        one.same(answer.text, foreign_text, "text");
        one.same(answer.flat.rate_limited, 1, "rate-limited tries");
        one.want(answer.ms >= 1000 && answer.ms < 10000,
                 "it took " + std::to_string(answer.ms) + " ms");
    }
    Case one(desk.name("a foreign server's broken JSON is no answer" + manner(streams)));
    const leat_header chaos = {LEAT_STR("x-aimock-chaos-malformed"), LEAT_STR("1")};
    const std::string prompt = "a plain question";
    leat_request request = foreign_request(desk, prompt, streams);
    request.headers = &chaos;
    request.headers_count = 1;
    const Answer answer = desk.session.ask(request);
    one.status(answer, LEAT_E_PARSE);
    one.same(answer.flat.attempts, 3, "attempts");
}

inline void foreign_cut(const Desk& desk) {
    Case one(desk.name("a foreign server's stream that breaks off keeps what had come"));
    const std::string prompt = "break off";
    const Answer answer = desk.session.ask(foreign_request(desk, prompt, true));
    one.status(answer, LEAT_E_CONNECTION_CLOSED);
    one.same(answer.flat.attempts, 3, "attempts");
    const std::string whole = foreign_text;
    one.same(answer.text, whole.substr(0, answer.text.size()), "text");
    one.want(answer.text.size() < whole.size(), "the text is whole");
}

inline void foreign_all(const Desk& desk) {
    for (const bool streams : {false, true}) {
        foreign_words(desk, streams);
        foreign_tools(desk, streams);
        foreign_failures(desk, streams);
    }
    foreign_cut(desk);
}

}  // namespace probe
