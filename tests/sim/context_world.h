// tests/sim/context_world.h: a simulated Gemini service that keeps context caches, and a client with one.
// Depends on sim_world.h. The service's clock is the world's; what a cache lives by is its own time.
#pragma once

#include <cstdio>
#include <ctime>

#include "sim/sim_world.h"

namespace sim_test {

constexpr int64_t wall_start_ms = 1787150000000;  // 2026-08-19

inline std::string rfc3339(int64_t wall_ms) {
    const time_t seconds = static_cast<time_t>(wall_ms / 1000);
    struct tm parts;
    gmtime_r(&seconds, &parts);
    char out[64];
    const size_t size = strftime(out, sizeof out, "%Y-%m-%dT%H:%M:%S", &parts);
    snprintf(out + size, sizeof out - size, ".%03dZ", static_cast<int>(wall_ms % 1000));
    return out;
}

struct Cache {
    std::string name;
    std::string model = "models/gemini-x";
    std::string display_name;
    int64_t create_ms = 0;
    int64_t expire_ms = 0;
    bool foreign = false;  // listed, but not to be used
};

class ContextWorld : public World {
public:
    explicit ContextWorld(const Options& with = Options()) : World(with) {
        setup.config.contexts_max = 2;
        setup.config.items_max = 32;
        setup.endpoint.provider = LEAT_STR("gemini");
        setup.endpoint.model = LEAT_STR("gemini-x");
        setup.endpoint.retry.attempts_max = 2;
        setup.endpoint.retry.backoff_initial_ms = 100;
        setup.endpoint.retry.backoff_max_ms = 1000;
        leat_sim_wall_set(sim, wall_start_ms);
        begin_ns_ = now();
        leat_request_init(&content);
        content.system = LEAT_STR("be brief");
        content.prompt = LEAT_STR("a long document");
        leat_context_config_init(&config);
        config.content = &content;
        respond = [this](const leat_sim_request& request, leat_sim_response& response) {
            serve(request, response);
        };
    }

    ~ContextWorld() { close(); }  // while its caches are there: answers may still be under way

    leat_context* open_context() {
        if (client == nullptr) open();
        config.endpoint = endpoint;
        leat_context* opened = nullptr;
        EXPECT_EQ(leat_context_open(client, &config, &opened), LEAT_OK)
            << leat_context_config_error(&config);
        context = opened;
        return opened;
    }
    // A batch whose items all name the context, which is opened with it.
    void open_shared_batch(uint32_t max_in_flight = 0) {
        if (context == nullptr) open_context();
        leat_request_init(&defaults);
        defaults.context = context;
        leat_batch_config with = batch_config();
        with.defaults = &defaults;
        with.max_in_flight = max_in_flight;
        open_batch(with);
    }
    leat_context_info info() const {
        leat_context_info out;
        EXPECT_EQ(leat_context_get_info(context, &out), LEAT_OK);
        return out;
    }
    int64_t wall_ms() const { return wall_start_ms + static_cast<int64_t>((now() - begin_ns_) / ms); }
    Cache* find_cache(const std::string& cache_name) {
        for (Cache& cache : caches) {
            if (cache.name == cache_name && cache.expire_ms > wall_ms()) return &cache;
        }
        return nullptr;
    }
    // How many requests began so: "POST /v1/cachedContents ".
    size_t sent(const std::string& begin) const {
        size_t count = 0;
        for (const Request& request : requests) count += request.head.rfind(begin, 0) == 0 ? 1u : 0u;
        return count;
    }
    size_t creates() const { return sent("POST /v1/cachedContents "); }
    size_t lists() const { return sent("GET /v1/cachedContents?"); }
    size_t renewals() const { return sent("PATCH /v1/cachedContents/"); }
    size_t deletes() const { return sent("DELETE /v1/cachedContents/"); }
    size_t chats() const { return sent("POST /v1/models/"); }
    size_t bodies_with(const std::string& part) const {
        size_t count = 0;
        for (const Request& request : requests) {
            const bool is_chat = request.head.rfind("POST /v1/models/", 0) == 0;
            count += is_chat && request.body.find(part) != std::string::npos ? 1u : 0u;
        }
        return count;
    }

    leat_request content;
    leat_request defaults;
    leat_context_config config;
    leat_context* context = nullptr;
    std::deque<Cache> caches;
    size_t page_size = 2;
    int64_t ttl_ms = 3600000;       // that the service gives, whatever was asked
    int32_t create_status = 200;    // what calls of each kind are answered with
    int32_t list_status = 200;
    int32_t renew_status = 200;
    int32_t delete_status = 200;
    uint64_t create_ns = 100 * ms;  // how long making one takes
    uint64_t chat_ns = 50 * ms;
    bool calls_tool = false;        // before it answers

private:
    static std::string told(const Cache& cache) {
        return "{\"name\":\"" + cache.name + "\",\"model\":\"" + cache.model + "\",\"displayName\":\"" +
               cache.display_name + "\",\"createTime\":\"" + rfc3339(cache.create_ms) +
               "\",\"updateTime\":\"" + rfc3339(cache.create_ms) + "\",\"expireTime\":\"" +
               rfc3339(cache.expire_ms) + "\",\"usageMetadata\":{\"totalTokenCount\":5000}}";
    }
    void say(leat_sim_response& response, const std::string& body, int32_t status = 200) {
        response.status = status;
        response.body = keep(body);
    }
    void refuse(leat_sim_response& response, int32_t status, const std::string& message) {
        const char* const word = status == 401   ? "UNAUTHENTICATED"
                                 : status == 403 ? "PERMISSION_DENIED"
                                 : status == 429 ? "RESOURCE_EXHAUSTED"
                                 : status >= 500 ? "INTERNAL"
                                                 : "INVALID_ARGUMENT";
        say(response, "{\"error\":{\"code\":" + std::to_string(status) + ",\"message\":\"" + message +
                          "\",\"status\":\"" + word + "\"}}", status);
    }
    static std::string member(const std::string& body, const std::string& key) {
        const std::string mark = "\"" + key + "\":\"";
        const size_t at = body.find(mark);
        if (at == std::string::npos) return "";
        size_t end = at + mark.size();
        while (end < body.size() && (body[end] != '"' || body[end - 1] == '\\')) ++end;
        return body.substr(at + mark.size(), end - at - mark.size());
    }
    void serve(const leat_sim_request& request, leat_sim_response& response) {
        const std::string target = copy(request.target);
        const std::string method = copy(request.method);
        const std::string body = copy(request.body);
        if (target.rfind("/v1/models/", 0) == 0) return chat(body, response);
        if (method == "POST") return create(body, response);
        if (method == "GET") return list(target, response);
        Cache* const cache = find_cache(target.substr(4));
        if (cache == nullptr) {
            return refuse(response, 403, "CachedContent not found (or permission denied)");
        }
        if (method == "PATCH") {
            if (renew_status != 200) return refuse(response, renew_status, "no");
            cache->create_ms = wall_ms();
            cache->expire_ms = wall_ms() + ttl_ms;
            return say(response, told(*cache));
        }
        if (delete_status != 200) return refuse(response, delete_status, "no");
        cache->expire_ms = 0;
        say(response, "{}");
    }
    void chat(const std::string& body, leat_sim_response& response) {
        response.delay_ns = chat_ns;
        const bool calls = calls_tool && body.find("functionResponse") == std::string::npos;
        const std::string part = calls ? R"({"functionCall":{"name":"look","args":{}}})" : R"({"text":"ok"})";
        const std::string used = member(body, "cachedContent");
        const Cache* const cache = used.empty() ? nullptr : find_cache(used);
        if (!used.empty() && (cache == nullptr || cache->foreign)) {
            return refuse(response, 403, "CachedContent not found (or permission denied)");
        }
        const std::string cached = used.empty() ? "" : ",\"cachedContentTokenCount\":5000";
        say(response, "{\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[" + part + "]},"
                      "\"finishReason\":\"STOP\",\"index\":0}],\"usageMetadata\":{\"promptTokenCount\":5010,"
                      "\"candidatesTokenCount\":5,\"totalTokenCount\":5015" + cached + "}}");
    }
    void create(const std::string& body, leat_sim_response& response) {
        response.delay_ns = create_ns;
        if (create_status != 200) return refuse(response, create_status, "Cached content is too small.");
        Cache cache;
        cache.name = "cachedContents/c" + std::to_string(++made_);
        cache.model = member(body, "model");
        cache.display_name = member(body, "displayName");
        cache.create_ms = wall_ms();
        cache.expire_ms = wall_ms() + ttl_ms;
        caches.push_back(cache);
        say(response, told(cache));
    }
    void list(const std::string& target, leat_sim_response& response) {
        if (list_status != 200) return refuse(response, list_status, "no");
        const size_t mark = target.find("pageToken=");
        // The token is "t+N", percent-encoded.
        const size_t first = mark == std::string::npos ? 0 : std::stoul(target.substr(mark + 14));
        std::string page = "{\"cachedContents\":[";
        size_t at = first;
        for (; at < caches.size() && at < first + page_size; ++at) {
            page += (at > first ? "," : "") + told(caches[at]);
        }
        page += "]";
        if (at < caches.size()) page += ",\"nextPageToken\":\"t+" + std::to_string(at) + "\"";
        say(response, page + "}");
    }

    uint64_t begin_ns_ = 0;
    int made_ = 0;
};

}  // namespace sim_test
