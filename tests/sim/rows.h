// tests/sim/rows.h: for the tests of rows: a service whose answers go by the prompt, and a batch that
// fetches its requests by itself. Depends on sim_world.h.
// The world's respond holds what it has seen; nothing else is kept.
#pragma once

#include "sim/sim_world.h"

namespace sim_test {

// Answers after 10 ms; prompts with "refuse" are refused, those with "fall" fail the first time.
inline void obey(World* world) {
    world->respond = [world, seen = std::map<std::string, int>()](
                         const leat_sim_request& request, leat_sim_response& response) mutable {
        const std::string body = copy(request.body);
        response.delay_ns = 10 * ms;
        const bool falls = body.find("fall") != std::string::npos && seen[body]++ == 0;
        if (body.find("refuse") != std::string::npos) {
            response.status = 422;
            response.body = LEAT_STR("{\"error\":{\"message\":\"refused\",\"code\":\"bad\"}}");
        } else if (falls) {
            response.status = 500;
            response.body = LEAT_STR("{\"error\":{\"message\":\"fell\"}}");
        } else {
            response.body = world->keep(completion("ok"));
        }
    };
}

// As many requests as are left, all with that prompt. Lives as long as its batch.
struct Source {
    World* world;
    leat_str prompt;
    int left;

    void open_batch() {
        leat_batch_config config = world->batch_config();
        config.user = this;
        config.source = [](void* user, leat_request* request) -> leat_status {
            Source* const self = static_cast<Source*>(user);
            if (self->left-- == 0) return LEAT_E_DONE;
            ++self->world->accepted[self->world->batch];
            request->prompt = self->prompt;
            return LEAT_OK;
        };
        config.on_result = [](void* user, const leat_result* result) {
            return World::on_result(static_cast<Source*>(user)->world, result);
        };
        world->open_batch(config);
    }
};

}  // namespace sim_test
