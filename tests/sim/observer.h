// tests/sim/observer.h: an observer that writes down what it is told, for tests in virtual time.
// Depends on sim_world.h. Each event becomes a word, with the item's index where it is about one.
#pragma once

#include "sim/sim_world.h"

namespace sim_test {

struct Observed {
    leat_observed what;
    uint64_t at_ns;
    uint64_t index;
    std::string id;
    uint32_t attempt;
    leat_endpoint endpoint;
    std::string model;
    std::string name;
    leat_status status;
    leat_outcome outcome;
    double duration_ms;
    double wait_ms;
    uint64_t total;
    uint32_t in_flight;
    uint32_t consecutive;
    bool hard;
    int64_t output_tokens;
    uint64_t succeeded;  // of the summary
};

class Watcher {
public:
    explicit Watcher(World* world, uint64_t events = LEAT_OBSERVED_ALL) : world_(world) {
        if (world->client == nullptr) world->open();
        leat_observer observer;
        leat_observer_init(&observer);
        observer.events = events;
        observer.user = this;
        observer.on_event = on_event;
        EXPECT_EQ(leat_observer_add(world->client, &observer), LEAT_OK);
    }
    Watcher(const Watcher&) = delete;
    Watcher& operator=(const Watcher&) = delete;

    size_t count(leat_observed what) const {
        size_t found = 0;
        for (const Observed& one : seen) found += one.what == what ? 1 : 0;
        return found;
    }
    const Observed& first(leat_observed what) const {
        for (const Observed& one : seen) {
            if (one.what == what) return one;
        }
        ADD_FAILURE() << "never told: " << leat_observed_name(what);
        static const Observed none = {};
        return none;
    }
    // "BATCH_STARTED ITEM_ADMITTED:0 ..."; of those events only, when some are given.
    std::string words(uint64_t events = LEAT_OBSERVED_ALL) const {
        std::string out;
        for (const Observed& one : seen) {
            if ((events & LEAT_OBSERVED_BIT(one.what)) == 0) continue;
            out += (out.empty() ? "" : " ") + std::string(leat_observed_name(one.what));
            if (one.index != LEAT_NO_INDEX) out += ":" + std::to_string(one.index);
        }
        return out;
    }

    std::vector<Observed> seen;
    std::function<void(const leat_observation*)> react;

private:
    static void on_event(void* user, const leat_observation* o) {
        Watcher* const self = static_cast<Watcher*>(user);
        EXPECT_EQ(o->struct_size, sizeof *o);
        self->seen.push_back({o->what, self->world_->now(), o->index, copy(o->id), o->attempt,
                              o->endpoint, copy(o->model), copy(o->name), o->status,
                              o->result != nullptr ? o->result->outcome : leat_outcome(),
                              o->duration_ms, o->wait_ms, o->total, o->in_flight, o->consecutive,
                              o->hard != 0, o->usage.output_tokens,
                              o->summary != nullptr ? o->summary->succeeded : 0});
        if (self->react) self->react(o);
    }

    World* world_;
};

// Answers with the status until so many requests came, then with a completion.
inline World::Respond failing(World* world, uint32_t times, int32_t status) {
    return [world, times, status](const leat_sim_request&, leat_sim_response& response) {
        if (world->requests.size() <= times) {
            response.status = status;
            response.body = LEAT_STR("{}");
            return;
        }
        response.body = world->keep(completion("ok", 10));
    };
}

}  // namespace sim_test
