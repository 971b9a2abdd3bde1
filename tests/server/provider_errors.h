// tests/server/provider_errors.h: what a service's failures become: each its status, tried again or not
// as it should be, with the waits that each family asks for in its own way; and many items at once
// while some fail. Depends on provider_answers.h. leat-mock makes the failures, by marks in prompts.
#pragma once

#include "provider_answers.h"

namespace probe {

struct Failure {
    const char* mark;
    leat_status status;
    uint32_t attempts;
    bool is_streamed;
    bool is_partial;  // some text came before it
};

constexpr Failure failures[] = {
    {"[[mock:400]]", LEAT_E_INVALID_REQUEST, 1, false, false},
    {"[[mock:500]]", LEAT_E_SERVER, 3, false, false},
    {"[[mock:503]]", LEAT_E_OVERLOADED, 3, false, false},
    {"[[mock:529]]", LEAT_E_OVERLOADED, 3, false, false},
    {"[[mock:500x1]]", LEAT_OK, 2, false, false},
    {"[[mock:529x2]]", LEAT_OK, 3, false, false},
    {"[[mock:badjson]]", LEAT_E_PARSE, 3, false, false},
    {"[[mock:html]]", LEAT_E_PARSE, 3, false, false},
    {"[[mock:302]]", LEAT_E_REDIRECT, 1, false, false},
    {"[[mock:500]] streamed", LEAT_E_SERVER, 3, true, false},
    {"[[mock:529x1]] streamed", LEAT_OK, 2, true, false},
    {"[[mock:midwayx1]] streamed", LEAT_OK, 2, true, false},
    {"[[mock:truncatex1]] streamed", LEAT_OK, 2, true, false},
    {"[[mock:resetx1 after=700]] streamed", LEAT_OK, 2, true, false},
};

inline leat_status midway(Family family) {
    const bool says_overloaded = family == Family::messages || family == Family::gemini;
    return says_overloaded ? LEAT_E_OVERLOADED : LEAT_E_SERVER;
}

inline void fails(const Desk& desk, const Failure& failure) {
    Case one(desk.name(std::string(failure.mark) + " ends as it should"));
    const std::string prompt = desk.words(std::string("Now fail ") + failure.mark);
    leat_request request = desk.prompt(prompt);
    request.stream = failure.is_streamed ? LEAT_ON : LEAT_OFF;
    Answer answer = desk.session.ask(request);
    one.status(answer, failure.status);
    one.same(answer.flat.attempts, failure.attempts, "attempts");
    one.same(answer.flat.partial, failure.is_partial ? 1 : 0, "partial");
    if (failure.status == LEAT_OK) return;
    one.same(answer.text.empty() ? 0 : 1, failure.is_partial ? 1 : 0, "text came");
    if (failure.is_partial) one.same(answer.heard.texts[0], answer.text, "text heard");
}

// ---- refusals that are the service's own --------------------------------------------------------

inline void refusals(const Desk& desk, const Where& where) {
    {
        Case one(desk.name("a wrong key is an authentication failure"));
        Where other = where;
        other.key = "sk-wrong";
        Session session(other);
        const Desk there{desk.service, session, desk.cached_content};
        const std::string prompt = "Let me in";
        const Answer answer = session.ask(there.prompt(prompt));
        one.status(answer, LEAT_E_AUTHENTICATION);
        one.same(answer.flat.attempts, 1, "attempts");
        one.want(answer.body.find("sk-wrong") == std::string::npos, "the body tells the key");
    }
    {
        Case one(desk.name("an unknown model is named so"));
        const std::string prompt = "Who are you?";
        leat_request request = desk.prompt(prompt);
        request.model = LEAT_STR("no-such-model");
        Where other = where;
        if (desk.service.stranger_base != nullptr) {
            other.url.replace(other.url.size() - strlen(desk.service.base), std::string::npos,
                              desk.service.stranger_base);
        }
        Session session(other);
        const Answer answer = session.ask(request);
        one.status(answer, LEAT_E_MODEL);
        one.same(answer.flat.attempts, 1, "attempts");
    }
    {
        Case one(desk.name("a body that is no JSON is not sent"));
        leat_request request = desk.blank();
        request.body_json = LEAT_STR("{\"model\":\"m\",\"messages\":[");
        const Answer answer = desk.session.ask(request);
        one.status(answer, LEAT_E_JSON);
        one.same(answer.flat.attempts, 0, "attempts");
    }
    Case one(desk.name("a body that is none of its own is refused"));
    leat_request request = desk.blank();
    request.body_json = LEAT_STR("{\"messages\":7,\"contents\":7,\"input\":7,\"max_tokens\":5}");
    const Answer answer = desk.session.ask(request);
    one.status(answer, LEAT_E_INVALID_REQUEST);
    one.same(answer.flat.attempts, 1, "attempts");
    one.want(!answer.message.empty(), "no message");
}

// ---- waits --------------------------------------------------------------------------------------

// Google's hint stands in the body, in fractions of a second; only OpenAI's servers have a header in
// milliseconds; the rest round up to seconds.
inline double hinted_ms(Family family) {
    return family == Family::messages || family == Family::ollama ? 1000 : 300;
}

inline void waits(const Desk& desk, const char* mark, double least_ms) {
    Case one(desk.name(std::string(mark) + " is waited for"));
    const std::string prompt = desk.words(std::string("Wait ") + mark);
    const bool is_limit = strstr(mark, "429") != nullptr;
    const Answer answer = desk.session.ask(desk.prompt(prompt));
    one.status(answer, LEAT_OK);
    one.same(answer.flat.attempts, is_limit ? 1 : 2, "attempts");
    one.same(answer.flat.rate_limited, is_limit ? 1 : 0, "rate-limited tries");
    one.want(answer.ms >= least_ms, "it took " + std::to_string(answer.ms) + " ms only");
    one.want(answer.ms < 10000, "it took " + std::to_string(answer.ms) + " ms");
}

inline void all_failures(const Desk& desk, const Where& where) {
    const leat_status broken = midway(desk.service.family);
    refusals(desk, where);
    for (const Failure& failure : failures) fails(desk, failure);
    fails(desk, {"[[mock:midway]]", LEAT_E_SERVER, 3, false, false});
    fails(desk, {"[[mock:midway after=9]] streamed", broken, 3, true, true});
    fails(desk, {"[[mock:truncate]] streamed", LEAT_E_CONNECTION_CLOSED, 3, true, true});
    const double least_ms = hinted_ms(desk.service.family);
    waits(desk, "[[mock:429x1 retry-after-ms=300]]", least_ms);
    // The clock's second may be nearly over when the date is written.
    waits(desk, "[[mock:429x1 retry-after-date=2]]", 1000);
    if (desk.service.family == Family::gemini) return;  // has a hint with a 429 only
    waits(desk, "[[mock:503x1 retry-after-ms=300]]", least_ms);
}

// ---- many at once -------------------------------------------------------------------------------

inline void flood(const Desk& desk) {
    constexpr size_t items = 200;
    std::vector<std::string> prompts(items);
    std::vector<leat_request> requests;
    for (size_t i = 0; i < items; ++i) {
        prompts[i] = "item " + std::to_string(i) + " \"\\\t\n\xC3\xA9 \xF0\x9F\x92\xA7 </";
        prompts[i].append(i % 50, 'x');
        requests.push_back(desk.prompt(prompts[i]));
        requests.back().stream = i % 2 == 0 ? LEAT_OFF : LEAT_ON;
    }
    Case one(desk.name("200 items, 16 in flight, with 429s and 500s: each gets its own answer"));
    std::vector<Answer> answers;
    one.want(desk.session.run(requests, &answers, 60), "they did not end in time");
    for (size_t i = 0; i < items; ++i) {
        one.status(answers[i], LEAT_OK);
        one.same(answers[i].text, prompts[i], "text");
        if (i % 2 == 1) want_heard(&one, answers[i]);
    }
    const leat_summary& sum = desk.session.sum;
    one.same(static_cast<int64_t>(sum.succeeded), items, "succeeded");
    one.want(desk.session.stats.in_flight_peak > 8, "few were in flight");
    one.want(sum.rate_limited > 0, "no rate limit was met");
    one.want(desk.session.stats.retries > 0, "nothing was retried");
    printf("#   %s: %lu rate-limited, %lu retries, %.0f ms\n", desk.service.provider,
           static_cast<unsigned long>(sum.rate_limited),
           static_cast<unsigned long>(desk.session.stats.retries), sum.wall_ms);
}

}  // namespace probe
