// tests/server/provider_services.h: what provider_probe.cc has to know of each service: where leat-mock
// serves it, how its answers name their token counts, what its API has not got. Depends on
// provider_session.h. Facts of the wire alone: nothing here is asked of leat.
#pragma once

#include "provider_session.h"

namespace probe {

enum class Family { chat, responses, messages, gemini, ollama };

struct Service {
    const char* provider;
    Family family;
    const char* base;  // behind the server's origin
    const char* model;
    uint32_t lacks;  // of the fields that are set here
    bool streams_tell_usage = true;
    const char* stranger_base = nullptr;  // where the model is unknown, if the path names it
};

constexpr uint32_t no_thinking = LEAT_FIELD_THINKING;
constexpr uint32_t one_answer = LEAT_FIELD_CHOICES_WANTED;

constexpr Service services[] = {
    {"openai", Family::chat, "/v1", "gpt-mock", no_thinking},
    {"azure", Family::chat, "/openai/deployments/mill?api-version=2024-10-21", "mill", no_thinking,
     true, "/openai/deployments/no-such-model?api-version=2024-10-21"},
    {"groq", Family::chat, "/openai/v1", "llama-mock", no_thinking},
    {"maritaca", Family::chat, "/api", "sabia-mock", no_thinking},
    {"mistral", Family::chat, "/v1", "mistral-mock", no_thinking, false},
    {"openai-responses", Family::responses, "/v1", "gpt-mock", one_answer},
    {"maritaca-responses", Family::responses, "/api", "sabia-mock", one_answer | no_thinking},
    {"anthropic", Family::messages, "", "claude-mock", one_answer},
    {"anthropic-bearer", Family::messages, "", "claude-mock", one_answer},
    {"gemini", Family::gemini, "/v1beta", "gemini-2.5-mock", 0},
    {"vertex", Family::gemini, "/v1/projects/p/locations/l/publishers/google", "gemini-2.5-mock",
     0},
    {"gemini-cached", Family::gemini, "/v1beta", "gemini-2.5-mock",
     LEAT_FIELD_TOOLS | LEAT_FIELD_TOOL_CHOICE},
    {"ollama", Family::ollama, "", "llama-mock", one_answer | LEAT_FIELD_IMAGE_URL},
};

inline const Service* find_service(const std::string& provider) {
    for (const Service& service : services) {
        if (provider == service.provider) return &service;
    }
    return nullptr;
}

// ---- token counts as the body names them --------------------------------------------------------

// The number behind the last `"name":` of a body; 0 when there is none.
inline int64_t number_in(const std::string& body, const char* name) {
    const std::string mark = std::string("\"") + name + "\":";
    const size_t at = body.rfind(mark);
    return at == std::string::npos ? 0 : strtoll(body.c_str() + at + mark.size(), nullptr, 10);
}

struct Counts {
    int64_t input, output, total, cached;
};

inline Counts counts_in(const std::string& body, Family family) {
    const auto n = [&](const char* name) { return number_in(body, name); };
    Counts c{};
    switch (family) {
        case Family::chat:
            return {n("prompt_tokens"), n("completion_tokens"), n("total_tokens"),
                    n("cached_tokens")};
        case Family::responses:
            return {n("input_tokens"), n("output_tokens"), n("total_tokens"), n("cached_tokens")};
        case Family::messages:
            c.cached = n("cache_read_input_tokens");
            c.input = n("input_tokens") + n("cache_creation_input_tokens") + c.cached;
            c.output = n("output_tokens");
            c.total = c.input + c.output;
            return c;
        case Family::gemini:
            return {n("promptTokenCount"), n("candidatesTokenCount") + n("thoughtsTokenCount"),
                    n("totalTokenCount"), n("cachedContentTokenCount")};
        case Family::ollama:
            c.input = n("prompt_eval_count");
            c.output = n("eval_count");
            c.total = c.input + c.output;
            return c;
    }
    return c;
}

// ---- bodies in the service's own words ----------------------------------------------------------

inline std::string own_body(const Service& service, const std::string& prompt) {
    const std::string model = std::string("{\"model\":\"") + service.model + "\",";
    switch (service.family) {
        case Family::chat:
        case Family::ollama:
            return model + "\"messages\":[{\"role\":\"user\",\"content\":\"" + prompt + "\"}]}";
        case Family::responses:
            return model + "\"input\":\"" + prompt + "\"}";
        case Family::messages:
            return model + "\"max_tokens\":99,\"messages\":[{\"role\":\"user\",\"content\":\"" +
                   prompt + "\"}]}";
        case Family::gemini:
            return "{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"" + prompt + "\"}]}]}";
    }
    return "";
}

// ---- TAP ----------------------------------------------------------------------------------------

inline int failed_count = 0;

// One line of the report: ok unless something that was wanted does not hold.
class Case {
public:
    explicit Case(const std::string& name) : name_(name) {}
    ~Case() {
        printf("%s - %s\n", fault_.empty() ? "ok" : "not ok", name_.c_str());
        if (!fault_.empty()) printf("#   %s\n", fault_.c_str());
        failed_count += fault_.empty() ? 0 : 1;
    }
    Case(const Case&) = delete;
    Case& operator=(const Case&) = delete;

    void want(bool holds, const std::string& what) {
        if (!holds && fault_.empty()) fault_ = what;
    }
    void same(const std::string& seen, const std::string& wanted, const char* what) {
        want(seen == wanted, std::string(what) + ": wanted " + wanted + ", saw " + seen);
    }
    void same(int64_t seen, int64_t wanted, const char* what) {
        same(std::to_string(seen), std::to_string(wanted), what);
    }
    void status(const Answer& answer, leat_status wanted) {
        want(answer.ended, "it did not end in time");
        same(answer.results, 1, "results");
        same(std::string(leat_status_name(answer.flat.status)) + " (" + answer.message + ")",
             std::string(leat_status_name(wanted)) + " (" + answer.message + ")", "status");
    }

private:
    std::string name_, fault_;
};

}  // namespace probe
