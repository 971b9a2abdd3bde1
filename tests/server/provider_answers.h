// tests/server/provider_answers.h: what a service answers when all is well, whole and streamed: text,
// usage, several answers, tool calls and what follows them, JSON by a schema, pictures, thoughts.
// Depends on provider_services.h. Rule of every case: the streamed answer is the whole one, and what
// on_token heard, joined, is the streamed one.
#pragma once

#include "provider_services.h"

namespace probe {

// The asking side of one service. Prompts carry its name, as leat-mock counts by prompt how often it
// failed.
struct Desk {
    const Service& service;
    Session& session;
    std::string cached_content;

    leat_request blank() const {
        leat_request request;
        leat_request_init(&request);
        request.cached_content = view(cached_content);
        return request;
    }
    // text must live as long as the request.
    leat_request prompt(const std::string& text) const {
        leat_request request = blank();
        request.prompt = view(text);
        return request;
    }
    leat_request prompt(std::string&& text) const = delete;
    std::string words(const std::string& text) const { return text + " " + service.provider; }
    std::string name(const std::string& rule) const {
        return std::string(service.provider) + ": " + rule;
    }
    bool has(uint32_t field) const { return (service.lacks & field) == 0; }
};

inline void want_usage(Case* one, const leat_usage& usage, const Counts& told) {
    one->want(told.input > 0 && told.output > 0, "the server told no usage");
    one->same(usage.input_tokens, told.input, "input tokens");
    one->same(usage.output_tokens, told.output, "output tokens");
    one->same(usage.total_tokens, told.total, "total tokens");
    if (told.cached > 0) one->same(usage.cached_input_tokens, told.cached, "cached tokens");
}

inline void want_heard(Case* one, const Answer& answer) {
    const Heard& heard = answer.heard;
    one->same(answer.flat.streamed, 1, "streamed");
    one->same(answer.flat.partial, 0, "partial");
    one->want(heard.pieces > 1, "the answer came in one piece");
    const auto text = heard.texts.find(0);
    one->same(text == heard.texts.end() ? "" : text->second, answer.text, "text heard");
    one->same(heard.thinking, answer.thinking, "thinking heard");
    one->same(static_cast<int64_t>(heard.arguments.size()),
              static_cast<int64_t>(answer.calls.size()), "calls heard");
    for (size_t i = 0; i < answer.calls.size(); ++i) {
        const uint32_t tool = static_cast<uint32_t>(i);
        const auto name = heard.names.find(tool);
        const auto arguments = heard.arguments.find(tool);
        one->same(name == heard.names.end() ? "" : name->second, answer.calls[i].name,
                  "name heard");
        one->same(arguments == heard.arguments.end() ? "" : arguments->second,
                  answer.calls[i].arguments, "arguments heard");
    }
}

// Asks both ways. The two must agree, and each must be what a good answer is.
inline void ask_twice(const Desk& desk, leat_request request, leat_finish finish, Case* one,
                      Answer* whole, Answer* streamed) {
    request.stream = LEAT_OFF;
    *whole = desk.session.ask(request);
    request.stream = LEAT_ON;
    request.flags |= LEAT_KEEP_STREAM;
    *streamed = desk.session.ask(request);
    for (const Answer* answer : {whole, streamed}) {
        one->status(*answer, LEAT_OK);
        one->same(answer->flat.http_status, 200, "HTTP status");
        one->same(answer->flat.attempts, 1, "attempts");
        one->same(leat_finish_name(answer->flat.finish), leat_finish_name(finish), "finish");
        one->want(!answer->body.empty(), "no body was kept");
        one->same(answer->model, desk.service.model, "model");
    }
    one->same(whole->flat.streamed, 0, "streamed, of the whole answer");
    one->same(whole->heard.pieces, 0, "pieces of the whole answer");
    one->same(streamed->text, whole->text, "streamed text");
    one->same(streamed->thinking, whole->thinking, "streamed thinking");
    one->same(static_cast<int64_t>(streamed->calls.size()),
              static_cast<int64_t>(whole->calls.size()), "streamed calls");
    want_heard(one, *streamed);
    want_usage(one, whole->flat.usage, counts_in(whole->body, desk.service.family));
    if (!desk.service.streams_tell_usage) return;
    want_usage(one, streamed->flat.usage, counts_in(whole->body, desk.service.family));
}

inline void plain_answers(const Desk& desk) {
    Answer whole, streamed;
    {
        Case one(desk.name("a streamed answer is the whole one, and its pieces are it; usage"));
        const std::string prompt = desk.words("Tell me of the \"mill\"\n\t\\ \xE6\xB0\xB4");
        ask_twice(desk, desk.prompt(prompt), LEAT_FINISH_STOP, &one, &whole, &streamed);
        one.want(whole.text.size() > 20, "too short a text: " + whole.text);
        one.want(!whole.turn_json.empty(), "no turn_json");
    }
    {
        Case one(desk.name("a limit on the output ends it with length"));
        const std::string prompt = desk.words("Tell me all");
        leat_request request = desk.prompt(prompt);
        request.max_output_tokens = 5;
        ask_twice(desk, request, LEAT_FINISH_LENGTH, &one, &whole, &streamed);
    }
    {
        Case one(desk.name("a system text and a conversation"));
        leat_message turns[2] = {};
        turns[0].role = LEAT_STR("user");
        turns[0].content = LEAT_STR("What is a leat?");
        turns[1].role = LEAT_STR("assistant");
        turns[1].content = LEAT_STR("A channel.");
        const std::string prompt = desk.words("And how long?");
        leat_request request = desk.prompt(prompt);
        request.messages = turns;
        request.messages_count = 2;
        if (desk.cached_content.empty()) request.system = LEAT_STR("Be brief.");
        ask_twice(desk, request, LEAT_FINISH_STOP, &one, &whole, &streamed);
        one.same(whole.flat.ignored_fields, 0, "ignored fields");
    }
    Case one(desk.name("a body of the caller's own goes out, whole and streamed"));
    const std::string body = own_body(desk.service, "My own words");
    leat_request request = desk.blank();
    request.body_json = view(body);
    ask_twice(desk, request, LEAT_FINISH_STOP, &one, &whole, &streamed);
}

inline void several_answers(const Desk& desk) {
    Case one(desk.name("three answers where they can be had, each its own"));
    Answer whole, streamed;
    const std::string prompt = desk.words("Say it in several ways");
    leat_request request = desk.prompt(prompt);
    request.choices_wanted = 3;
    ask_twice(desk, request, LEAT_FINISH_STOP, &one, &whole, &streamed);
    const bool has = desk.has(LEAT_FIELD_CHOICES_WANTED);
    one.same(whole.flat.ignored_fields, has ? 0 : LEAT_FIELD_CHOICES_WANTED, "ignored fields");
    one.same(static_cast<int64_t>(whole.choices.size()), has ? 3 : 0, "choices");
    one.same(static_cast<int64_t>(streamed.choices.size()), has ? 3 : 0, "streamed choices");
    if (!has || whole.choices.size() != 3 || streamed.choices.size() != 3) return;
    one.want(whole.choices[0] != whole.choices[1] && whole.choices[1] != whole.choices[2],
             "the answers are the same");
    for (uint32_t i = 0; i < 3; ++i) {
        one.same(streamed.choices[i], whole.choices[i], "streamed choice");
        one.same(streamed.heard.texts[i], whole.choices[i], "choice heard");
    }
}

inline void pictures(const Desk& desk) {
    static const std::string png = std::string("\x89PNG\r\n\x1A\n\0\0\xFF", 11);
    leat_part parts[2] = {};
    parts[0].content = LEAT_STR("What is on it?");
    leat_message turn{};
    turn.role = LEAT_STR("user");
    turn.parts = parts;
    turn.parts_count = 2;
    Answer whole, streamed;
    leat_request request = desk.blank();
    request.messages = &turn;
    request.messages_count = 1;
    {
        Case one(desk.name("a picture as bytes is taken"));
        parts[1].type = LEAT_PART_IMAGE_BYTES;
        parts[1].content = view(png);
        parts[1].media_type = LEAT_STR("image/png");
        ask_twice(desk, request, LEAT_FINISH_STOP, &one, &whole, &streamed);
        one.same(whole.flat.ignored_fields, 0, "ignored fields");
    }
    Case one(desk.name("a picture by its address is taken, or said to be left out"));
    parts[1].type = LEAT_PART_IMAGE_URL;
    parts[1].content = LEAT_STR("https://pictures.test/mill.png");
    ask_twice(desk, request, LEAT_FINISH_STOP, &one, &whole, &streamed);
    const bool has = desk.has(LEAT_FIELD_IMAGE_URL);
    one.same(whole.flat.ignored_fields, has ? 0 : LEAT_FIELD_IMAGE_URL, "ignored fields");
}

inline const std::string& city_schema() {
    static const std::string schema =
        "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"},\"days\":{\"type\":"
        "\"integer\",\"minimum\":1}},\"required\":[\"city\",\"days\"],\"additionalProperties\":"
        "false}";
    return schema;
}

inline void json_answers(const Desk& desk) {
    leat_format format{};
    Answer whole, streamed;
    const std::string prompt = desk.words("Which city, as JSON?");
    leat_request request = desk.prompt(prompt);
    request.format = &format;
    {
        Case one(desk.name("a reply by a JSON schema satisfies it"));
        format.kind = LEAT_FORMAT_JSON_SCHEMA;
        format.schema_json = view(city_schema());
        ask_twice(desk, request, LEAT_FINISH_STOP, &one, &whole, &streamed);
        leat_schema_fault fault;
        const leat_status fits = leat_schema_check(view(city_schema()), view(whole.text), &fault);
        one.same(leat_status_name(fits), "LEAT_OK", whole.text.c_str());
        one.same(whole.text, "{\"city\":\"text\",\"days\":1}", "text");
        one.same(whole.flat.ignored_fields, 0, "ignored fields");
    }
    Case one(desk.name("JSON without a schema is JSON, or said to be left out"));
    format = leat_format{};
    format.kind = LEAT_FORMAT_JSON;
    if (desk.service.family == Family::messages) {
        // What is no JSON then is refused by leat's own check, unless that is waived.
        request.stream = LEAT_OFF;
        one.status(desk.session.ask(request), LEAT_E_SCHEMA);
        format.unchecked = 1;
        ask_twice(desk, request, LEAT_FINISH_STOP, &one, &whole, &streamed);
        one.same(whole.flat.ignored_fields, LEAT_FIELD_FORMAT_JSON, "ignored fields");
        return;
    }
    ask_twice(desk, request, LEAT_FINISH_STOP, &one, &whole, &streamed);
    one.same(whole.flat.ignored_fields, 0, "ignored fields");
    const leat_str any = LEAT_STR("{\"type\":\"object\"}");
    one.same(leat_status_name(leat_schema_check(any, view(whole.text), nullptr)), "LEAT_OK",
             whole.text.c_str());
}

inline void thoughts(const Desk& desk) {
    Case one(desk.name("its thoughts come apart from the text, or are said to be left out"));
    Answer whole, streamed;
    const std::string prompt = desk.words("Think, then say it");
    leat_request request = desk.prompt(prompt);
    request.thinking = LEAT_ON;
    ask_twice(desk, request, LEAT_FINISH_STOP, &one, &whole, &streamed);
    const bool has = desk.has(LEAT_FIELD_THINKING);
    one.same(whole.flat.ignored_fields, has ? 0 : LEAT_FIELD_THINKING, "ignored fields");
    one.same(whole.thinking.empty() ? 0 : 1, has ? 1 : 0, "there are thoughts");
    one.want(!whole.text.empty(), "there is no text");
}

}  // namespace probe
