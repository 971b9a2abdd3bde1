// tests/sim/sim_world.h: a client of leat inside a simulated world, for tests that run in virtual
// time: one scripted host, one endpoint, batches whose results are copied down with their moment.
// Depends on leat's public headers only. Invariants, checked when a world ends, whatever the test
// was about: one result per accepted item, counts that add up, no stream and no TLS session left
// open, no call that breaks leat/port.h, no credential in the log, in a result or in the block.
#pragma once

#include <gtest/gtest.h>
#include <leat/leat.h>
#include <leat/sim.h>

#include <cstdlib>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace sim_test {

constexpr uint64_t ms = 1000000;
constexpr uint64_t second = 1000 * ms;
constexpr const char* canary = "sk-canary-7f3c29b1e04d58a6";

inline leat_str view(const std::string& text) { return {text.data(), text.size()}; }
inline std::string copy(leat_str text) {
    return text.size == 0 ? std::string() : std::string(text.data, text.size);
}

// A whole answer of an OpenAI-like service; tokens < 0: it does not tell its usage.
inline std::string completion(const std::string& text, int tokens = 10) {
    std::string body = "{\"id\":\"r1\",\"model\":\"m\",\"choices\":[{\"index\":0,\"message\":{"
                       "\"role\":\"assistant\",\"content\":\"" + text +
                       "\"},\"finish_reason\":\"stop\"}]";
    if (tokens >= 0) {
        body += ",\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":" +
                std::to_string(tokens - 1) + ",\"total_tokens\":" + std::to_string(tokens) + "}";
    }
    return body + "}";
}

struct Request {
    uint64_t at_ns;
    uint32_t conn;
    uint64_t on_connection;
    std::string head;
    std::string body;
};

struct Result {
    uint64_t at_ns;
    leat_outcome outcome;
    leat_status status;
    leat_stage stage;
    uint64_t index;
    std::string id;
    int32_t http_status;
    uint32_t attempts;
    uint32_t rate_limited;
    bool retried;
    std::string text;
    std::string error_code;
    leat_timing timing;
};

struct Options {
    leat_sim_config sim;
    leat_config config;
    leat_endpoint_config endpoint;
    bool tls = false;
    Options() {
        leat_sim_config_init(&sim);
        leat_config_init(&config);
        leat_endpoint_config_init(&endpoint);
        config.items_max = 16;
        config.item_bytes = 64 * 1024;
        config.connections_max = 16;
        config.log_level = LEAT_LOG_DEBUG;
        config.seed = 7;
        endpoint.provider = LEAT_STR("openai");
        endpoint.model = LEAT_STR("m");
        endpoint.api_key = {canary, strlen(canary)};
        endpoint.allow_plain_http = 1;
        endpoint.cooldown.slow_start_items = 0;
    }
};

class World {
public:
    using Respond = std::function<void(const leat_sim_request&, leat_sim_response&)>;

    explicit World(const Options& with = Options()) : setup(with) {
        sim_memory_.resize(leat_sim_bytes(&setup.sim) / 16 + 1);
        EXPECT_EQ(leat_sim_open(sim_memory_.data(), sim_memory_.size() * 16, &setup.sim, &sim),
                  LEAT_OK);
        leat_sim_http_init(&http);
        http.user = this;
        http.respond = on_request;
        host = add_host("10.0.0.1", setup.tls ? 443 : 80);
        name("api.test", "10.0.0.1");
        url = setup.tls ? "https://api.test/v1" : "http://api.test/v1";
        if (setup.endpoint.base_url.size == 0) setup.endpoint.base_url = view(url);
        leat_sim_ports(sim, &setup.config.ports);
    }
    ~World() { close(); }
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    leat_sim_host* add_host(const char* address, uint16_t port) {
        const leat_sim_handler handler = leat_sim_http_handler(&http);
        leat_sim_host* added = nullptr;
        EXPECT_EQ(leat_sim_host_add(sim, {address, strlen(address)}, port, &handler, &added),
                  LEAT_OK);
        if (setup.tls) leat_sim_host_tls(added)->enabled = 1;
        return added;
    }
    void name(const char* host_name, const char* address) {
        EXPECT_EQ(leat_sim_name_add(sim, {host_name, strlen(host_name)},
                                    {address, strlen(address)}),
                  LEAT_OK);
    }

    leat_status open_client() {
        setup.config.use_tls = setup.tls ? 1 : 0;
        block_bytes_ = leat_memory_required(&setup.config);
        EXPECT_GT(block_bytes_, 0u) << leat_config_error(&setup.config);
        block_ = std::aligned_alloc(16, (block_bytes_ + 15) / 16 * 16);
        memset(block_, 0xA5, block_bytes_);  // nothing of an earlier world, and no lucky zeros
        leat_status status = leat_open(&setup.config, block_, block_bytes_, &client);
        if (status != LEAT_OK) client = nullptr;
        if (status == LEAT_OK) status = leat_endpoint_add(client, &setup.endpoint, &endpoint);
        return status;
    }
    void open() {
        const leat_status status = open_client();
        ASSERT_EQ(status, LEAT_OK) << leat_status_name(status) << " "
                                   << leat_endpoint_config_error(&setup.endpoint);
    }

    leat_batch_config batch_config() {
        leat_batch_config config;
        leat_batch_config_init(&config);
        config.endpoint = endpoint;
        config.user = this;
        config.on_result = on_result;
        return config;
    }
    leat_batch* open_batch(const leat_batch_config& config) {
        if (client == nullptr) open();
        leat_batch* opened = nullptr;
        EXPECT_EQ(leat_batch_open(client, &config, &opened), LEAT_OK);
        batches_.push_back(opened);
        batch = opened;
        return opened;
    }
    leat_batch* open_batch() {
        if (client == nullptr) open();
        return open_batch(batch_config());
    }

    // Submits a request whose prompt stays valid until the world ends.
    leat_status submit(const std::string& prompt, std::function<void(leat_request*)> adjust = {}) {
        if (batch == nullptr) open_batch();
        texts_.push_back(prompt);
        leat_request request;
        leat_request_init(&request);
        request.prompt = view(texts_.back());
        request.id = request.prompt;
        if (adjust) adjust(&request);
        uint64_t index = 0;
        const leat_status status = leat_submit(batch, &request, &index);
        if (status == LEAT_OK) ++accepted[batch];
        return status;
    }
    void submit_all(size_t count) {
        for (size_t i = 0; i < count; ++i) {
            ASSERT_EQ(submit("item " + std::to_string(i)), LEAT_OK);
        }
        leat_batch_finish(batch);
    }

    uint64_t now() const { return leat_sim_now_ns(sim); }

    // One step, at most until the virtual moment until_ns.
    leat_status step(uint64_t until_ns) {
        const uint64_t left = until_ns > now() ? until_ns - now() : 0;
        const uint64_t wait_ms = left / ms;
        const leat_status status =
            leat_step(client, static_cast<int32_t>(std::min<uint64_t>(wait_ms, 1000000000)));
        if (status == LEAT_E_PORT) ++port_errors;
        ++steps;
        if (after_step) after_step();
        return status;
    }
    // Steps until the batch is done; bounds in virtual time and in steps make a hang a failure.
    void run(uint64_t limit_ns = 3600 * second, uint64_t steps_max = 1000000) {
        const uint64_t end_ns = now() + limit_ns;
        const uint64_t steps_end = steps + steps_max;
        while (leat_batch_done(batch) == 0) {
            if (now() + ms > end_ns || steps >= steps_end) {
                ADD_FAILURE() << "not done after " << steps << " steps and "
                              << (now() - setup.sim.start_ns) / ms << " ms";
                return;
            }
            const leat_status status = step(end_ns);
            if (status != LEAT_OK && status != LEAT_E_DONE && status != LEAT_E_PORT) {
                ADD_FAILURE() << "leat_step answered " << leat_status_name(status);
                return;
            }
            if (status == LEAT_E_DONE && leat_batch_done(batch) == 0) {
                ADD_FAILURE() << "leat_step has nothing to do, but the batch is not done";
                return;
            }
        }
    }
    // Steps until that virtual moment, done or not.
    void run_until(uint64_t at_ns) {
        for (uint64_t n = 0; now() < at_ns && n < 1000000; ++n) {
            if (at_ns - now() < ms) {
                leat_sim_advance(sim, at_ns - now());
                (void)step(at_ns);
                return;
            }
            if (step(at_ns) == LEAT_E_DONE) leat_sim_advance(sim, at_ns - now());
        }
    }
    // That batch is closed: it is not looked at any more.
    void forget(leat_batch* closed) {
        for (size_t i = 0; i < batches_.size(); ++i) {
            if (batches_[i] == closed) batches_.erase(batches_.begin() + static_cast<long>(i));
        }
        accepted.erase(closed);
        if (batch == closed) batch = nullptr;
        several_ = true;
    }
    // The short way: count prompts through a new batch.
    void exchange(size_t count) {
        if (batch == nullptr) open_batch();
        submit_all(count);
        run();
    }

    const Result& only() {
        EXPECT_EQ(results.size(), 1u);
        static const Result none = {};
        return results.empty() ? none : results.back();
    }
    size_t count(leat_outcome outcome) const {
        size_t found = 0;
        for (const Result& result : results) found += result.outcome == outcome ? 1 : 0;
        return found;
    }
    leat_stats stats() const {
        leat_stats out;
        leat_get_stats(client, &out);
        return out;
    }
    leat_summary summary() const {
        leat_summary out;
        leat_batch_summary(batch, &out);
        return out;
    }
    leat_sim_stats sim_stats() const {
        leat_sim_stats out;
        leat_sim_get_stats(sim, &out);
        return out;
    }
    leat_sim_host_stats host_stats() const {
        leat_sim_host_stats out;
        leat_sim_host_get_stats(host, &out);
        return out;
    }

    // Ends the client and checks what must hold in every world.
    void close();

    Options setup;
    leat_sim* sim = nullptr;
    leat_sim_http http;
    leat_sim_host* host = nullptr;
    std::string url;
    leat_client* client = nullptr;
    leat_endpoint endpoint = 0;
    leat_batch* batch = nullptr;
    Respond respond;
    std::function<leat_keep(const leat_result*)> on_each_result;
    std::function<void()> after_step;
    std::vector<Request> requests;
    std::vector<Result> results;
    std::map<leat_batch*, uint64_t> accepted;
    uint64_t steps = 0;
    uint64_t port_errors = 0;

    // Keeps text alive until the world ends: for scripted answers.
    leat_str keep(const std::string& text) {
        texts_.push_back(text);
        return view(texts_.back());
    }

    static leat_keep on_result(void* user, const leat_result* result) {
        World* const self = static_cast<World*>(user);
        self->note(*result);
        return self->on_each_result ? self->on_each_result(result) : LEAT_RELEASE;
    }
    void note(const leat_result& result) {
        EXPECT_EQ(copy(result.body).find(canary), std::string::npos);
        EXPECT_EQ(copy(result.error_message).find(canary), std::string::npos);
        EXPECT_EQ(result.outcome == LEAT_SUCCEEDED, result.status == LEAT_OK);
        results.push_back({now(), result.outcome, result.status, result.stage, result.index,
                           copy(result.id), result.http_status, result.attempts,
                           result.rate_limited, result.retried != 0, copy(result.text),
                           copy(result.error_code), result.timing});
    }

private:
    static void on_request(void* user, const leat_sim_request* request,
                           leat_sim_response* response) {
        World* const self = static_cast<World*>(user);
        self->requests.push_back({request->at_ns, request->conn_number, request->on_connection,
                                  copy(request->head), copy(request->body)});
        response->body = self->default_body();
        if (self->respond) self->respond(*request, *response);
    }
    leat_str default_body() {
        static const std::string body = completion("ok");
        return view(body);
    }
    void check_world();
    void check_batches();

    struct alignas(16) Cell {
        char bytes[16];
    };
    std::vector<Cell> sim_memory_;
    void* block_ = nullptr;
    size_t block_bytes_ = 0;
    std::vector<leat_batch*> batches_;
    bool several_ = false;
    std::deque<std::string> texts_;
};

inline void World::check_batches() {
    for (leat_batch* one : batches_) {
        leat_summary sum;
        leat_batch_summary(one, &sum);
        EXPECT_EQ(sum.total, accepted[one]);
        if (leat_batch_done(one) == 0) continue;
        EXPECT_EQ(sum.succeeded + sum.failed + sum.skipped + sum.cancelled, sum.total);
    }
    if (batches_.size() != 1 || several_) return;
    std::map<uint64_t, int> seen;
    for (const Result& result : results) ++seen[result.index];
    for (const auto& [index, times] : seen) {
        EXPECT_EQ(times, 1) << "results of item " << index;
        EXPECT_LT(index, accepted[batches_[0]]);
    }
}

inline void World::check_world() {
    leat_sim_advance(sim, 10 * second);
    const leat_sim_stats now_stats = sim_stats();
    EXPECT_EQ(now_stats.streams_open, 0u);
    EXPECT_EQ(now_stats.registered, 0u);
    EXPECT_EQ(now_stats.tls_sessions, 0u);
    EXPECT_EQ(now_stats.misuses, 0u) << now_stats.misuse;
    EXPECT_EQ(now_stats.hung_waits, 0u) << "waits for which nothing could ever happen";
    EXPECT_EQ(now_stats.connections_refused_for_room, 0u);
    EXPECT_EQ(host_stats().early_data, 0u);
    EXPECT_EQ(http.pipelined, 0u);
    EXPECT_EQ(http.malformed, 0u);
    EXPECT_EQ(copy(leat_sim_log(sim)).find(canary), std::string::npos) << copy(leat_sim_log(sim));
}

inline void World::close() {
    if (sim == nullptr) return;
    if (client != nullptr) {
        check_batches();
        leat_close(client);
        client = nullptr;
        batch = nullptr;
        const std::string key = canary;
        EXPECT_EQ(memmem(block_, block_bytes_, key.data(), key.size()), nullptr)
            << "the credential is still in the block after leat_close";
    }
    check_world();
    std::free(block_);
    block_ = nullptr;
    sim = nullptr;
}

}  // namespace sim_test
