// tests/server/provider_session.h: one client of leat that asks one thing at a time (or a batch) and
// copies down all that comes back, for provider_probe.cc. Depends on the public headers and the
// ports. Every wait is bounded. Invariant: an Answer outlives its result; `results` counts how often
// the item's result came, so that a second one shows.
#pragma once

#include <leat/leat.h>
#include <leat/mbedtls.h>
#include <leat/posix.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <map>
#include <string>
#include <vector>

namespace probe {

inline leat_str view(const std::string& text) { return {text.data(), text.size()}; }
inline std::string copy(leat_str text) {
    return text.size == 0 ? std::string() : std::string(text.data, text.size);
}

inline double now_s() {
    timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}

struct Call {
    std::string id, name, arguments;
};

// What on_token told, of the last attempt alone, joined.
struct Heard {
    uint32_t attempt = 0;
    std::map<uint32_t, std::string> texts;  // by choice
    std::string thinking;
    std::map<uint32_t, std::string> names, arguments;  // by tool
    uint32_t pieces = 0;
};

struct Answer {
    uint32_t results = 0;
    leat_result flat{};  // its pointers are dead
    std::string text, thinking, body, turn_json, message, code, model;
    std::vector<Call> calls;
    std::vector<std::string> choices;
    Heard heard;
    bool ended = false;
    double ms = 0;
};

struct Where {
    std::string provider, url, model, key, ca;
    uint32_t in_flight = 4;
    uint32_t attempts = 3;
    uint32_t retry_after_max_ms = 120000;
};

class Session {
public:
    explicit Session(const Where& where) : where_(where) {
        leat_config config;
        leat_config_init(&config);
        leat_posix_ports(&config.ports);
        leat_mbedtls_port(&config.ports);
        config.connections_max = where.in_flight;
        config.items_max = where.in_flight + 8;
        config.tls_ca_file = view(where_.ca);
        config.use_tls = where.url.compare(0, 6, "https:") == 0;
        config.log_level = LEAT_LOG_ERROR;
        status = leat_open_mapped(&config, &client_);
        if (status != LEAT_OK) client_ = nullptr;
        if (status == LEAT_OK) status = add();
    }
    ~Session() { leat_close_mapped(client_); }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    // One request, with its answer.
    Answer ask(const leat_request& request) {
        std::vector<Answer> answers;
        run({request}, &answers, 40);
        return answers[0];
    }
    // All of them at once. True when each has its result within limit_s.
    bool run(const std::vector<leat_request>& requests, std::vector<Answer>* answers,
             double limit_s) {
        answers->assign(requests.size(), Answer());
        Run all{answers};
        leat_batch_config config;
        leat_batch_config_init(&config);
        config.endpoint = endpoint_;
        config.user = &all;
        config.on_result = on_result;
        config.on_token = on_token;
        leat_batch* batch = nullptr;
        if (status != LEAT_OK || leat_batch_open(client_, &config, &batch) != LEAT_OK) return false;
        const double end_s = now_s() + limit_s;
        size_t given = 0;
        bool done = false;
        while (!done && now_s() < end_s) {
            while (given < requests.size() &&
                   leat_submit(batch, &requests[given], nullptr) == LEAT_OK) {
                ++given;
            }
            if (given == requests.size()) leat_batch_finish(batch);
            if (leat_step(client_, 50) == LEAT_E_PORT) break;
            done = leat_batch_done(batch) != 0;
        }
        leat_batch_summary(batch, &sum);
        leat_get_stats(client_, &stats);
        leat_batch_close(batch);
        for (Answer& answer : *answers) answer.ended = done;
        return done;
    }

    leat_status status = LEAT_OK;  // of opening
    leat_summary sum{};            // of the last run
    leat_stats stats{};

private:
    struct Run {
        std::vector<Answer>* answers;
    };

    leat_status add() {
        leat_endpoint_config config;
        leat_endpoint_config_init(&config);
        config.provider = view(where_.provider);
        config.base_url = view(where_.url);
        config.model = view(where_.model);
        config.api_key = view(where_.key);
        config.max_in_flight = where_.in_flight;
        config.retry.attempts_max = where_.attempts;
        config.retry.backoff_initial_ms = 2;
        config.cooldown.overload_max_ms = 0;  // each item is a case of its own
        config.abort_on = 0;
        config.retry.backoff_max_ms = 8;
        config.timeouts.attempt_ms = 20000;
        config.cooldown.initial_ms = 20000;  // so that a hint that is not read shows
        config.cooldown.retry_after_max_ms = where_.retry_after_max_ms;
        config.cooldown.slow_start_items = 0;
        return leat_endpoint_add(client_, &config, &endpoint_);
    }

    static leat_keep on_result(void* user, const leat_result* result) {
        Answer& answer = (*static_cast<Run*>(user)->answers)[result->index];
        ++answer.results;
        answer.flat = *result;
        answer.text = copy(result->text);
        answer.thinking = copy(result->thinking);
        answer.body = copy(result->body);
        answer.turn_json = copy(result->turn_json);
        answer.message = copy(result->error_message);
        answer.code = copy(result->error_code);
        answer.model = copy(result->model);
        for (uint32_t i = 0; i < result->tool_calls_count; ++i) {
            const leat_tool_call& call = result->tool_calls[i];
            answer.calls.push_back({copy(call.id), copy(call.name), copy(call.arguments_json)});
        }
        for (uint32_t i = 0; i < result->choices_count; ++i) {
            answer.choices.push_back(copy(result->choices[i].text));
        }
        answer.ms = result->timing.item_ms;
        return LEAT_RELEASE;
    }

    static void on_token(void* user, const leat_token* token) {
        Heard& heard = (*static_cast<Run*>(user)->answers)[token->index].heard;
        if (heard.attempt != token->attempt) heard = Heard();
        heard.attempt = token->attempt;
        ++heard.pieces;
        const std::string piece = copy(token->piece);
        if (token->delta == LEAT_DELTA_TEXT) heard.texts[token->choice] += piece;
        if (token->delta == LEAT_DELTA_THINKING) heard.thinking += piece;
        if (token->delta == LEAT_DELTA_TOOL_NAME) heard.names[token->tool] += piece;
        if (token->delta == LEAT_DELTA_TOOL_ARGUMENTS) heard.arguments[token->tool] += piece;
    }

    Where where_;
    leat_client* client_ = nullptr;
    leat_endpoint endpoint_ = 0;
};

}  // namespace probe
