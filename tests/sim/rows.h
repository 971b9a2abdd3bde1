// tests/sim/rows.h: a service for the tests of rows whose answers go by the prompt. Depends on sim_world.h.
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

}  // namespace sim_test
