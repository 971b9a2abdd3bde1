// tests/sim/services.h: several services in one simulated world, each an endpoint of its own, told apart
// by their names a.test, b.test ... Depends on sim_world.h.
#pragma once

#include "sim/sim_world.h"

namespace sim_test {

// Endpoints at a.test, b.test ... in one world; which one a request came to is told by its Host.
class Services {
public:
    explicit Services(size_t count) {
        world.setup.endpoint.retry.attempts_max = 2;
        world.setup.endpoint.retry.backoff_initial_ms = 10;
        world.setup.config.endpoints_max = 8;
        world.respond = [this](const leat_sim_request& request, leat_sim_response& response) {
            const std::string host = copy(leat_sim_request_header(&request, LEAT_STR("host")));
            heard.push_back(host.substr(0, 1));
            keys.push_back(copy(leat_sim_request_header(&request, LEAT_STR("authorization"))));
            if (answer) answer(heard.back(), request, response);
        };
        urls.reserve(count);
        for (size_t i = 0; i < count; ++i) {
            const std::string name(1, static_cast<char>('a' + i));
            const std::string address = "10.0.1." + std::to_string(i + 1);
            world.add_host(address.c_str(), 80);
            world.name((name + ".test").c_str(), address.c_str());
            urls.push_back("http://" + name + ".test/v1");
        }
    }
    void open() {
        for (size_t i = 0; i < urls.size(); ++i) {
            world.setup.endpoint.base_url = view(urls[i]);
            models.push_back("model-" + urls[i].substr(7, 1));
            world.setup.endpoint.model = view(models.back());
            leat_endpoint added = 0;
            if (i == 0) {
                world.open();
                endpoints.push_back(world.endpoint);
                continue;
            }
            ASSERT_EQ(leat_endpoint_add(world.client, &world.setup.endpoint, &added), LEAT_OK);
            endpoints.push_back(added);
        }
    }
    leat_target target(size_t place, uint32_t rank, uint32_t fall_on = 0, uint32_t weight = 0) {
        leat_target out = {};
        out.endpoint = endpoints[place];
        out.rank = rank;
        out.weight = weight;
        out.fall_on = fall_on;
        return out;
    }
    void open_batch(const std::vector<leat_target>& targets, uint32_t max_in_flight = 0) {
        leat_batch_config config = world.batch_config();
        config.max_in_flight = max_in_flight;
        config.targets = targets.data();
        config.targets_count = static_cast<uint32_t>(targets.size());
        world.open_batch(config);
    }
    size_t count(const std::string& service) const {
        size_t found = 0;
        for (const std::string& one : heard) found += one == service ? size_t{1} : size_t{0};
        return found;
    }

    World world;
    std::vector<std::string> urls;
    std::deque<std::string> models;
    std::vector<leat_endpoint> endpoints;
    std::vector<std::string> heard;
    std::vector<std::string> keys;
    std::function<void(const std::string&, const leat_sim_request&, leat_sim_response&)> answer;
};

inline void refuse(leat_sim_response& response, int32_t status, const char* body = "{}") {
    response.status = status;
    response.body = {body, strlen(body)};
}

}  // namespace sim_test
