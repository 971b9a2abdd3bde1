// tests/sim/chains.h: a world whose service answers "<prompt>!", and conversations in it; what each request
// showed of its conversation is kept. Depends on sim_world.h.
#pragma once

#include <algorithm>

#include "sim/sim_world.h"

namespace sim_test {

// What a request shows of a conversation: "system:S user:a assistant:a! user:b".
inline std::string shown(const std::string& body) {
    std::string out;
    const std::string role = "{\"role\":\"", content = "\"content\":\"";
    for (size_t at = body.find(role); at != std::string::npos; at = body.find(role, at + 1)) {
        const size_t from = at + role.size();
        const size_t begin = body.find(content, from) + content.size();
        if (!out.empty()) out += ' ';
        out += body.substr(from, body.find('"', from) - from) + ":" +
               body.substr(begin, body.find('"', begin) - begin);
    }
    return out;
}

// The last thing that the user says in a request.
inline std::string prompt_of(const std::string& body) {
    const std::string all = shown(body);
    const size_t at = all.rfind("user:");
    if (at == std::string::npos) return "";
    return all.substr(at + 5, all.find(" assistant:", at) - (at + 5));
}

class Chains {
public:
    explicit Chains(uint32_t conversations_max = 4) {
        world.setup.config.conversations_max = conversations_max;
        world.setup.config.ring_entries = 1024;
        world.setup.endpoint.retry.backoff_initial_ms = 10;
        world.setup.endpoint.cooldown.initial_ms = 100;
        world.setup.endpoint.retry.quota = 0;
        world.respond = [this](const leat_sim_request& request, leat_sim_response& response) {
            const std::string body = copy(request.body);
            response.delay_ns = 20 * ms;
            response.body = world.keep(completion(prompt_of(body) + "!"));
            if (answer) answer(prompt_of(body), response);
            if (response.status == 200) seen.push_back(shown(body));
        };
    }
    leat_conversation* open(leat_history mode, const std::string& system = "",
                            leat_history_full on_full = LEAT_HISTORY_FULL_FAIL, uint64_t tokens_max = 0) {
        if (world.client == nullptr) world.open();
        leat_message first{};
        first.role = LEAT_STR("system");
        first.content = view(system);
        leat_conversation_config config;
        leat_conversation_config_init(&config);
        config.mode = mode;
        config.on_full = on_full;
        config.tokens_max = tokens_max;
        config.messages = &first;
        config.messages_count = system.empty() ? 0 : 1;
        leat_conversation* opened = nullptr;
        EXPECT_EQ(leat_conversation_open(world.client, &config, &opened), LEAT_OK);
        return opened;
    }
    void say(leat_conversation* conversation, const std::string& prompt,
             std::function<void(leat_request*)> adjust = {}) {
        ASSERT_EQ(world.submit(prompt,
                               [&](leat_request* request) {
                                   request->conversation = conversation;
                                   if (adjust) adjust(request);
                               }),
                  LEAT_OK);
    }
    void finish() {
        leat_batch_finish(world.batch);
        world.run();
    }
    static std::string transcript(const leat_conversation* conversation) {
        const leat_message* list = nullptr;
        uint32_t count = 0;
        leat_conversation_messages(conversation, &list, &count);
        std::string out;
        for (uint32_t i = 0; i < count; ++i) {
            out += (i == 0 ? "" : " ") + copy(list[i].role) + ":" + copy(list[i].content);
        }
        return out;
    }
    leat_conversation_state state(const leat_conversation* conversation) const {
        leat_conversation_state out{};
        leat_conversation_get_state(conversation, &out);
        return out;
    }
    leat_status status_of(const std::string& id) const {
        for (const Result& result : world.results) {
            if (result.id == id) return result.status;
        }
        return LEAT_E_NOT_FOUND;
    }

    World world;
    std::function<void(const std::string& prompt, leat_sim_response&)> answer;
    std::vector<std::string> seen;  // what each request showed that got its answer
};

}  // namespace sim_test
