// tests/sim/cache_world.h: a world with a store that several worlds may use one after the other, and that
// can be made to fail. Depends on sim_world.h.
#pragma once

#include <leat/store.h>

#include "sim/sim_world.h"

namespace sim_test {

constexpr int64_t hour_ms = 3600 * 1000;

// A store in memory that can be made to fail.
class TestStore {
public:
    TestStore() : block_(64 * 1024) {
        EXPECT_EQ(leat_memory_store_open(block_.data(), block_.size() * 16, &inner_), LEAT_OK);
        ops.struct_size = sizeof ops;
        ops.name = "test";
        ops.get = [](void* self, const uint8_t* key, int64_t wall_ms, void* value, size_t capacity,
                     size_t* size) {
            TestStore* const store = static_cast<TestStore*>(self);
            ++store->gets;
            if (store->get_fails != LEAT_OK) return store->get_fails;
            return leat_memory_store_ops.get(store->inner_, key, wall_ms, value, capacity, size);
        };
        ops.put = [](void* self, const uint8_t* key, int64_t wall_ms, const leat_store_entry* entry) {
            TestStore* const store = static_cast<TestStore*>(self);
            ++store->puts;
            store->last_value = copy(entry->value);
            store->last_provider = copy(entry->provider);
            store->last_model = copy(entry->model);
            if (store->put_fails != LEAT_OK) return store->put_fails;
            leat_store_entry changed = *entry;
            if (!store->put_instead.empty()) changed.value = view(store->put_instead);
            return leat_memory_store_ops.put(store->inner_, key, wall_ms, &changed);
        };
    }
    leat_store_stats stats() const {
        leat_store_stats out{};
        EXPECT_EQ(leat_memory_store_ops.stats(inner_, &out), LEAT_OK);
        return out;
    }
    leat_store_ops ops{};
    leat_status get_fails = LEAT_OK;
    leat_status put_fails = LEAT_OK;
    std::string put_instead;
    std::string last_value, last_provider, last_model;
    int gets = 0;
    int puts = 0;

private:
    struct alignas(16) Unit {
        char bytes[16];
    };
    std::vector<Unit> block_;
    leat_memory_store* inner_ = nullptr;
};

// What a result says, copied down.
struct Seen {
    std::string text, body, model, finish_reason, response_id, thinking, tools;
    uint8_t cached = 9, streamed = 9;
    double cost_usd = -9;
    leat_usage usage{};
    int32_t choice = -9;
};

class CacheWorld : public World {
public:
    explicit CacheWorld(TestStore* with, const Options& options = Options()) : World(options), store(with) {
        setup.endpoint.price = leat_price{1.0, -1.0, 2.0};
        setup.config.batches_max = 32;  // they stay open
        on_each_result = [this](const leat_result* result) {
            Seen one;
            one.text = copy(result->text);
            one.body = copy(result->body);
            one.model = copy(result->model);
            one.finish_reason = copy(result->finish_reason);
            one.response_id = copy(result->response_id);
            one.thinking = copy(result->thinking);
            for (uint32_t i = 0; i < result->tool_calls_count; ++i) {
                one.tools += copy(result->tool_calls[i].name) + copy(result->tool_calls[i].arguments_json);
            }
            one.cached = result->cached;
            one.streamed = result->streamed;
            one.cost_usd = result->cost_usd;
            one.usage = result->usage;
            one.choice = result->choice;
            seen[result->index] = one;
            return LEAT_RELEASE;
        };
    }
    leat_batch_config cached() {
        leat_batch_config config = batch_config();
        if (store != nullptr) {
            config.cache.store = &store->ops;
            config.cache.store_user = store;
        }
        config.cache.ttl_ms = ttl_ms;
        config.cache.mode = mode;
        config.cache.share = share;
        if (streams) {
            config.on_token = [](void* user, const leat_token* token) {
                static_cast<CacheWorld*>(static_cast<World*>(user))->pieces.push_back(
                    std::to_string(token->delta) + ":" + copy(token->piece));
            };
        }
        if (judge) {
            config.validate = [](void* user, const leat_result* result, leat_str* message) {
                *message = LEAT_STR("no");
                return static_cast<CacheWorld*>(static_cast<World*>(user))->judge(*result);
            };
        }
        config.user = static_cast<World*>(this);
        return config;
    }
    void ask(const std::vector<std::string>& prompts, std::function<void(leat_request*)> adjust = {}) {
        if (client == nullptr) open();
        open_batch(cached());
        for (const std::string& prompt : prompts) EXPECT_EQ(submit(prompt, adjust), LEAT_OK);
        leat_batch_finish(batch);
        run();
    }
    TestStore* store;
    uint64_t ttl_ms = 24 * hour_ms;
    leat_cache_mode mode = LEAT_CACHE_ON;
    leat_switch share = LEAT_UNSET;
    bool streams = false;
    std::function<leat_status(const leat_result&)> judge;
    std::map<uint64_t, Seen> seen;
    std::vector<std::string> pieces;
};

}  // namespace sim_test
