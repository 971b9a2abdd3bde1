// port/sim/provider_http.cc: Chat Completions bodies, errors in OpenAI's form, and rate-limit
// headers as OpenAI and Anthropic write them.
// Depends on provider_http.h and provider_text.h. Headers tell the buckets as they are right after
// the decision about this request. Invariant: a limit that is none has no header.
#include "provider_http.h"

#include <string.h>

#include "provider_text.h"

namespace leat_simulator {
namespace {

struct Told {
    const ProviderBucket* bucket;
    leat_str limit;
    leat_str remaining;
    leat_str reset;
};

void tell(const Told& told, bool as_date, int64_t wall_ms, leat_sim_response* response) {
    if (!told.bucket->limited()) return;
    add_number_header(response, told.limit, told.bucket->per_minute());
    add_number_header(response, told.remaining, told.bucket->remaining());
    const uint64_t full_in_ms = (told.bucket->full_in_us() + 999) / 1000;
    ProviderText reset(response);
    if (as_date) {
        if (wall_ms == 0) return;
        reset.rfc3339(wall_ms + static_cast<int64_t>(full_in_ms));
    } else {
        reset.duration(full_in_ms);
    }
    add_header(response, told.reset, reset.text());
}

void tell_openai(const ProviderModel& model, leat_sim_response* response) {
    const Told all[] = {
        {&model.requests(), LEAT_STR("x-ratelimit-limit-requests"),
         LEAT_STR("x-ratelimit-remaining-requests"), LEAT_STR("x-ratelimit-reset-requests")},
        {&model.tokens(), LEAT_STR("x-ratelimit-limit-tokens"),
         LEAT_STR("x-ratelimit-remaining-tokens"), LEAT_STR("x-ratelimit-reset-tokens")},
    };
    for (const Told& told : all) tell(told, false, 0, response);
}

void tell_anthropic(const ProviderModel& model, int64_t wall_ms, leat_sim_response* response) {
    const Told all[] = {
        {&model.requests(), LEAT_STR("anthropic-ratelimit-requests-limit"),
         LEAT_STR("anthropic-ratelimit-requests-remaining"),
         LEAT_STR("anthropic-ratelimit-requests-reset")},
        {&model.tokens(), LEAT_STR("anthropic-ratelimit-tokens-limit"),
         LEAT_STR("anthropic-ratelimit-tokens-remaining"),
         LEAT_STR("anthropic-ratelimit-tokens-reset")},
        {&model.input_tokens(), LEAT_STR("anthropic-ratelimit-input-tokens-limit"),
         LEAT_STR("anthropic-ratelimit-input-tokens-remaining"),
         LEAT_STR("anthropic-ratelimit-input-tokens-reset")},
        {&model.output_tokens(), LEAT_STR("anthropic-ratelimit-output-tokens-limit"),
         LEAT_STR("anthropic-ratelimit-output-tokens-remaining"),
         LEAT_STR("anthropic-ratelimit-output-tokens-reset")},
    };
    for (const Told& told : all) tell(told, true, wall_ms, response);
}

leat_str limit_name(ProviderReason reason) {
    switch (reason) {
        case ProviderReason::requests:
            return LEAT_STR("requests per minute (RPM)");
        case ProviderReason::tokens:
            return LEAT_STR("tokens per minute (TPM)");
        case ProviderReason::input_tokens:
            return LEAT_STR("input tokens per minute (ITPM)");
        case ProviderReason::output_tokens:
            return LEAT_STR("output tokens per minute (OTPM)");
        case ProviderReason::concurrency:
            return LEAT_STR("concurrent requests");
        case ProviderReason::day:
            return LEAT_STR("requests per day (RPD)");
        case ProviderReason::quota:
        case ProviderReason::overload:
        case ProviderReason::admitted:
            break;
    }
    return LEAT_STR("");
}

void error_body(leat_sim_response* response, leat_str before, leat_str limit, leat_str type,
                leat_str code) {
    ProviderText body(response);
    body.add(LEAT_STR("{\"error\":{\"message\":\"")).add(before).add(limit);
    body.add(LEAT_STR("\",\"type\":\"")).add(type).add(LEAT_STR("\",\"param\":null,\"code\":"));
    if (code.size == 0) {
        body.add(LEAT_STR("null}}"));
    } else {
        body.add(LEAT_STR("\"")).add(code).add(LEAT_STR("\"}}"));
    }
    response->body = body.text();
}

void write_error(const ProviderVerdict& verdict, leat_sim_response* response) {
    const leat_str none = {nullptr, 0};
    if (verdict.reason == ProviderReason::quota) {
        const leat_str quota = LEAT_STR("insufficient_quota");
        error_body(response, LEAT_STR("You exceeded your current quota."), none, quota, quota);
    } else if (verdict.status == 429) {
        error_body(response, LEAT_STR("Rate limit reached for "), limit_name(verdict.reason),
                   LEAT_STR("rate_limit_error"), LEAT_STR("rate_limit_exceeded"));
    } else if (verdict.reason == ProviderReason::overload) {
        error_body(response, LEAT_STR("The service is overloaded."), none,
                   LEAT_STR("overloaded_error"), none);
    } else {
        error_body(response, LEAT_STR("The service had an error."), none, LEAT_STR("server_error"),
                   none);
    }
}

void write_completion(uint64_t number, const ProviderVerdict& verdict, leat_str tool,
                      int64_t wall_ms, leat_sim_response* response) {
    ProviderText body(response);
    body.add(LEAT_STR("{\"id\":\"chatcmpl-")).number(number);
    body.add(LEAT_STR("\",\"object\":\"chat.completion\",\"created\":"));
    body.number(static_cast<uint64_t>(wall_ms) / 1000);
    body.add(
        LEAT_STR(",\"model\":\"simulated\",\"choices\":[{\"index\":0,\"message\":{\"role\":"
                 "\"assistant\",\"content\":\"ok\""));
    if (tool.size > 0) {
        body.add(LEAT_STR(",\"tool_calls\":[{\"id\":\"call-")).number(number);
        body.add(LEAT_STR("\",\"type\":\"function\",\"function\":{\"name\":\"")).add(tool);
        body.add(LEAT_STR("\",\"arguments\":\"{}\"}}]},\"finish_reason\":\"tool_calls"));
    } else {
        body.add(LEAT_STR("},\"finish_reason\":\""));
        body.add(verdict.output_cut ? LEAT_STR("length") : LEAT_STR("stop"));
    }
    body.add(LEAT_STR("\"}],\"usage\":{\"prompt_tokens\":")).number(verdict.input_tokens);
    body.add(LEAT_STR(",\"completion_tokens\":")).number(verdict.output_tokens);
    body.add(LEAT_STR(",\"total_tokens\":")).number(verdict.input_tokens + verdict.output_tokens);
    response->body = body.add(LEAT_STR("}}")).text();
}

void write_wait(leat_sim_wait wait, uint64_t wait_ms, leat_sim_response* response) {
    if (wait == LEAT_SIM_WAIT_UNSAID || wait_ms == 0) return;
    add_number_header(response, LEAT_STR("Retry-After"), (wait_ms + 999) / 1000);
    if (wait != LEAT_SIM_WAIT_MILLISECONDS) return;
    add_number_header(response, LEAT_STR("retry-after-ms"), wait_ms);
}

// Where the words are, from `at` on; the body's size: nowhere.
size_t find(leat_str body, size_t at, leat_str words) {
    for (; at + words.size <= body.size; ++at) {
        if (memcmp(body.data + at, words.data, words.size) == 0) return at;
    }
    return body.size;
}

uint64_t value_after(leat_str body, size_t at) {
    while (at < body.size && (body.data[at] == ' ' || body.data[at] == ':')) ++at;
    uint64_t value = 0;
    for (; at < body.size && body.data[at] >= '0' && body.data[at] <= '9'; ++at) {
        if (value < (uint64_t{1} << 40))
            value = value * 10 + static_cast<uint64_t>(body.data[at] - '0');
    }
    return value;
}

}  // namespace

// Within a string of the JSON text the quotes of a name are escaped, so a name with plain quotes
// around it is a member's, or a value that nobody sends.
uint64_t read_max_tokens(leat_str body) {
    const leat_str names[] = {LEAT_STR("\"max_tokens\""), LEAT_STR("\"max_completion_tokens\"")};
    for (const leat_str& name : names) {
        for (size_t at = 0; at + name.size < body.size; ++at) {
            if (body.data[at] != '"' || memcmp(body.data + at, name.data, name.size) != 0) continue;
            return value_after(body, at + name.size);
        }
    }
    return 0;
}

leat_str read_tool(leat_str body, uint32_t rounds) {
    const leat_str none = {nullptr, 0};
    if (rounds == 0) return none;
    const leat_str result = LEAT_STR("\"tool_call_id\":");
    for (size_t at = find(body, 0, result); at < body.size; at = find(body, at + 1, result)) {
        if (--rounds == 0) return none;
    }
    const leat_str name = LEAT_STR("\"name\":\"");
    const size_t tools = find(body, 0, LEAT_STR("\"tools\":["));
    const size_t at = find(body, tools, name) + name.size;
    if (at >= body.size) return none;
    size_t size = 0;
    while (at + size < body.size && body.data[at + size] != '"') ++size;
    return {body.data + at, size};
}

void write_answer(const ProviderModel& model, const ProviderVerdict& verdict, leat_str tool,
                  int64_t wall_ms, leat_sim_response* response) {
    const leat_sim_provider_config& config = model.config();
    response->status = verdict.status;
    response->delay_ns = verdict.total_us * 1000;
    add_header(response, LEAT_STR("Content-Type"), LEAT_STR("application/json"));
    if (wall_ms != 0) {
        add_header(response, LEAT_STR("Date"), ProviderText(response).http_date(wall_ms).text());
    }
    if (verdict.status == 429) write_wait(config.wait, verdict.wait_ms, response);
    if (config.told == LEAT_SIM_TOLD_OPENAI) tell_openai(model, response);
    if (config.told == LEAT_SIM_TOLD_ANTHROPIC) tell_anthropic(model, wall_ms, response);
    if (verdict.status == 200) {
        write_completion(model.stats().admitted, verdict, tool, wall_ms, response);
    } else {
        write_error(verdict, response);
    }
}

}  // namespace leat_simulator
