// tests/sim/prompts.h: what the tests of leat/simple.h begin with: a service that answers with the prompt,
// and a list of prompts with the memory of their texts. Depends on sim_world.h.
#pragma once

#include "sim/sim_world.h"

namespace sim_test {

// Answers with the prompt in brackets after a time that differs; "no" is refused.
inline void echo(World* world) {
    world->respond = [world](const leat_sim_request& request, leat_sim_response& response) {
        const std::string body = copy(request.body);
        const size_t from = body.rfind("\"content\":\"") + 11;
        const std::string prompt = body.substr(from, body.find('"', from) - from);
        response.delay_ns = (7 - prompt.size() % 7) * 20 * ms;
        if (prompt == "no") {
            response.status = 400;
            response.body = LEAT_STR("{\"error\":{\"message\":\"not like this\"}}");
        } else {
            response.body = world->keep(completion("<" + prompt + ">"));
        }
    };
}

// A list of prompts, and the memory of their texts.
struct Prompts {
    std::vector<leat_str> list;
    std::vector<leat_str> texts;
    std::vector<leat_status> statuses;
    std::vector<char> buffer;
    leat_summary summary = {};
    leat_texts out;

    explicit Prompts(std::initializer_list<const char*> prompts, size_t buffer_bytes = 4096)
        : texts(prompts.size()), statuses(prompts.size(), 1), buffer(buffer_bytes) {
        for (const char* prompt : prompts) list.push_back({prompt, strlen(prompt)});
        leat_texts_init(&out);
        out.list = texts.data();
        out.statuses = statuses.data();
        out.buffer = buffer.data();
        out.buffer_bytes = buffer.size();
        out.summary = &summary;
    }
    leat_status run(World* world, const leat_batch_config& config) {
        return leat_run_prompts(world->client, &config, list.data(), list.size(), &out);
    }
    std::string at(size_t index) const { return copy(texts[index]); }
};

inline leat_batch_config plain_config(const World& world) {
    leat_batch_config config;
    leat_batch_config_init(&config);
    config.endpoint = world.endpoint;
    return config;
}

}  // namespace sim_test
