// api/config.cc: defaults and limits of the configuration structs. The numbers are those that the
// public headers state; a test compares them. Pure.
#include "base/bytes.h"
#include "base/narrow.h"
#include "flow/admission/admission.h"
#include "flow/engine.h"
#include "meter/price.h"

#include <leat/leat.h>

namespace leat {

// A budget is no use where nobody knows what things cost.
static const char* unpriced_target(const leat_client& client, const leat_batch_config& config) {
    const uint32_t count = max_of<uint32_t>(config.targets_count, 1);
    for (uint32_t i = 0; i < count; ++i) {
        const leat_endpoint one =
            config.targets_count == 0 ? config.endpoint : config.targets[i].endpoint;
        const Text model = config.targets_count == 0 ? Text{nullptr, 0} : config.targets[i].model;
        if (one >= client.endpoints_count || !is_priced_for(client.endpoints[one], model)) {
            return "budget_usd needs a price of each target's endpoint";
        }
    }
    return "";
}

}  // namespace leat

namespace {

struct Range {
    uint64_t value;
    uint64_t least;
    uint64_t most;
    const char* error;
};

// The first field that is out of its range.
template <size_t N>
const char* first_error(const Range (&ranges)[N]) {
    for (const Range& range : ranges) {
        if (range.value < range.least || range.value > range.most) return range.error;
    }
    return "";
}

constexpr uint64_t kib = 1024;
constexpr uint64_t gib = kib * kib * kib;

const char* ports_error(const leat_config& config) {
    const leat_ports& ports = config.ports;
    if (ports.struct_size != sizeof(leat_ports)) return "ports.struct_size is not set";
    if (ports.poller == nullptr) return "ports.poller must be set";
    if (ports.stream == nullptr) return "ports.stream must be set";
    if (ports.resolver == nullptr) return "ports.resolver must be set";
    if (ports.clock == nullptr) return "ports.clock must be set";
    if (ports.entropy == nullptr) return "ports.entropy must be set";
    if (config.use_tls != 0 && ports.tls == nullptr) {
        return "ports.tls must be set, or use_tls be 0";
    }
    return "";
}

const char* retry_error(const leat_retry& retry) {
    const Range ranges[] = {
        {retry.attempts_max, 1, 1000, "retry.attempts_max must be 1..1000"},
        {retry.backoff_initial_ms, 1, UINT32_MAX, "retry.backoff_initial_ms must be > 0"},
        {retry.backoff_max_ms, retry.backoff_initial_ms, UINT32_MAX,
         "retry.backoff_max_ms must be >= retry.backoff_initial_ms"},
        {retry.quota == 0 ? 0 : retry.quota_cost, 0, retry.quota,
         "retry.quota_cost must be <= retry.quota"},
        {retry.quota == 0 ? 0 : retry.quota_cost_timeout, 0, retry.quota,
         "retry.quota_cost_timeout must be <= retry.quota"},
    };
    const char* const error = first_error(ranges);
    if (error[0] != '\0') return error;
    if (!(retry.backoff_base >= 1.0 && retry.backoff_base <= 1000.0)) {
        return "retry.backoff_base must be 1..1000";
    }
    if (!(retry.jitter_min >= 0.0 && retry.jitter_min <= 1.0)) {
        return "retry.jitter_min must be 0..1";
    }
    return "";
}

const char* cooldown_error(const leat_cooldown& cooldown) {
    const Range ranges[] = {
        {cooldown.max_ms, cooldown.initial_ms, UINT32_MAX,
         "cooldown.max_ms must be >= cooldown.initial_ms"},
        {cooldown.slow_start_initial_ms, cooldown.slow_start_final_ms, UINT32_MAX,
         "cooldown.slow_start_initial_ms must be >= cooldown.slow_start_final_ms"},
        {cooldown.retry_after_is_floor, 0, 1, "cooldown.retry_after_is_floor must be 0 or 1"},
    };
    const char* const error = first_error(ranges);
    if (error[0] != '\0') return error;
    return cooldown.multiplier >= 1.0 && cooldown.multiplier <= 1000.0
               ? ""
               : "cooldown.multiplier must be 1..1000";
}

const char* adaptive_error(const leat_adaptive& adaptive, uint32_t max_in_flight) {
    const Range ranges[] = {
        {adaptive.enabled, 0, 1, "adaptive.enabled must be 0 or 1"},
        {adaptive.min_in_flight, 1, max_in_flight,
         "adaptive.min_in_flight must be 1..max_in_flight"},
    };
    const char* const error = first_error(ranges);
    if (error[0] != '\0') return error;
    if (!(adaptive.decrease >= 0.1 && adaptive.decrease <= 0.99)) {
        return "adaptive.decrease must be 0.1..0.99";
    }
    const double factor = adaptive.latency_factor;
    const bool sound = factor == 0.0 || (factor > 1.0 && factor <= 1000.0);
    return sound ? "" : "adaptive.latency_factor must be 0, or over 1";
}

const char* pacing_error(const leat_pacing* pacing) {
    if (pacing == nullptr) return "";
    if (pacing->struct_size != sizeof *pacing) return "pacing.struct_size is not set";
    const bool whole = pacing->pause_ms != nullptr && pacing->slow_start_ns != nullptr &&
                       pacing->backoff_ns != nullptr;
    return whole ? "" : "pacing must have all its functions";
}

const char* middleware_error(const leat_batch_config& config) {
    for (uint32_t i = 0; i < config.middleware_count; ++i) {
        const leat_middleware& one = config.middleware[i];
        if (one.struct_size != sizeof one) return "middleware.struct_size is not set";
        if (one.per_attempt > 1) return "middleware.per_attempt must be 0 or 1";
        for (const uint8_t byte : one.reserved8) {
            if (byte != 0) return "middleware.reserved8 must be 0";
        }
    }
    return "";
}

// A price is a number of dollars, or negative for unknown; not NaN, and not beyond what sums hold.
const char* price_error(const leat_price& price) {
    const bool sound = price.input <= 1e6 && price.cached_input <= 1e6 && price.output <= 1e6;
    return sound ? "" : "price must be dollars per million tokens, at most 1000000";
}

}  // namespace

void leat_config_init(leat_config* config) {
    if (config == nullptr) return;
    *config = leat_config{};
    config->struct_size = sizeof *config;
    config->items_max = 64;
    config->item_bytes = 256 * kib;
    config->connections_max = 64;
    config->endpoints_max = 4;
    config->batches_max = 4;
    config->ring_entries = 256;
    config->intake_bytes = kib * kib;
    config->header_bytes_max = 32 * kib;
    config->events_per_step = 256;
    config->body_bytes_max = 64 * kib * kib;
    config->staging_bytes = 32 * kib;
    config->receive_bytes = 64 * kib;
    config->use_tls = 1;
    config->log_level = LEAT_LOG_WARNING;
    config->conversation_messages_max = 256;
    config->conversation_bytes = 64 * kib;
    config->callback_slow_ms = 5000;
    config->post_process_slow_ms = 90000;
}

void leat_endpoint_config_init(leat_endpoint_config* config) {
    if (config == nullptr) return;
    *config = leat_endpoint_config{};
    config->struct_size = sizeof *config;
    config->max_in_flight = LEAT_AUTO;
    config->output_estimate_tokens = 1000;
    config->keepalive_ms = 30000;
    config->timeouts = leat_timeouts{10000, 0, 60000, 120000};
    config->retry = leat_retry{3, 1000, 60000, 0, 2.0, 0.5, 500, 5, 10, 0};
    config->adaptive.enabled = 1;
    config->adaptive.min_in_flight = 1;
    config->adaptive.decrease = 0.75;
    config->price = leat_price{-1.0, -1.0, -1.0};
    config->abort_on = LEAT_ON_AUTHENTICATION | LEAT_ON_QUOTA;
    config->cooldown.retries_max = 20;
    config->cooldown.initial_ms = 10000;
    config->cooldown.max_ms = 600000;
    config->cooldown.retry_after_max_ms = 120000;
    config->cooldown.multiplier = 2.0;
    config->cooldown.slow_start_items = 50;
    config->cooldown.slow_start_initial_ms = 2000;
    config->cooldown.slow_start_final_ms = 100;
    config->cooldown.overload_max_ms = 600000;
}

void leat_cooldown_batch_llm(leat_cooldown* cooldown) {
    cooldown->initial_ms = 300000;
    cooldown->max_ms = 600000;
    cooldown->multiplier = 1.5;
    cooldown->retry_after_is_floor = 1;
}

void leat_batch_config_init(leat_batch_config* config) {
    if (config == nullptr) return;
    *config = leat_batch_config{};
    config->struct_size = sizeof *config;
    config->cache.ttl_ms = UINT64_C(24) * 3600 * 1000;
}

void leat_request_init(leat_request* request) {
    if (request == nullptr) return;
    *request = leat_request{};
    request->struct_size = sizeof *request;
}

const char* leat_config_error(const leat_config* config) {
    if (config == nullptr) return "config must not be NULL";
    if (config->struct_size != sizeof *config) return "struct_size is not set";
    const Range ranges[] = {
        {config->items_max, 1, 65536, "items_max must be 1..65536"},
        {config->item_bytes, 4 * kib, gib, "item_bytes must be 4 KiB..1 GiB"},
        {config->connections_max, 1, 65536, "connections_max must be 1..65536"},
        {config->endpoints_max, 1, 256, "endpoints_max must be 1..256"},
        {config->batches_max, 1, 256, "batches_max must be 1..256"},
        {config->ring_entries, 1, 1048576, "ring_entries must be 1..1048576"},
        {config->intake_bytes, 0, gib, "intake_bytes must be 0..1 GiB"},
        {config->header_bytes_max, kib, kib * kib, "header_bytes_max must be 1 KiB..1 MiB"},
        {config->events_per_step, 1, 4096, "events_per_step must be 1..4096"},
        {config->body_bytes_max, 1, UINT64_MAX, "body_bytes_max must be > 0"},
        {config->staging_bytes, 4 * kib, kib * kib, "staging_bytes must be 4 KiB..1 MiB"},
        {config->receive_bytes, 4 * kib, kib * kib, "receive_bytes must be 4 KiB..1 MiB"},
        {config->use_tls, 0, 1, "use_tls must be 0 or 1"},
        {config->block_is_zero, 0, 1, "block_is_zero must be 0 or 1"},
        {leat::enum_number(config->log_level), LEAT_LOG_ERROR, LEAT_LOG_DEBUG,
         "log_level must be one of LEAT_LOG_ERROR..LEAT_LOG_DEBUG"},
        {config->reserved32, 0, 0, "reserved32 must be 0"},
        {config->conversations_max, 0, 65536, "conversations_max must be 0..65536"},
        {config->conversation_messages_max, 1, 65536, "conversation_messages_max must be 1..65536"},
        {config->conversation_bytes, kib, gib, "conversation_bytes must be 1 KiB..1 GiB"},
        {config->reserved32b, 0, 0, "reserved32b must be 0"},
        {config->contexts_max, 0, 256, "contexts_max must be 0..256"},
    };
    const char* const error = first_error(ranges);
    return error[0] != '\0' ? error : ports_error(*config);
}

const char* leat_endpoint_config_error(const leat_endpoint_config* config) {
    if (config == nullptr) return "config must not be NULL";
    if (config->struct_size != sizeof *config) return "struct_size is not set";
    const bool is_auto = config->max_in_flight == LEAT_AUTO;
    const Range ranges[] = {
        {is_auto ? 1 : config->max_in_flight, 1, 65536,
         "max_in_flight must be 1..65536, or LEAT_AUTO"},
        {config->ignore_told, 0, 1, "ignore_told must be 0 or 1"},
        {config->ignore_learned, 0, 1, "ignore_learned must be 0 or 1"},
        {config->abort_on, 0, LEAT_ON_ANY, "abort_on must be a sum of LEAT_ON_*"},
        {config->headers_count, 0, leat::endpoint_headers_max, "headers_count must be 0..32"},
        {config->timeouts.attempt_ms, 1, UINT32_MAX, "timeouts.attempt_ms must be > 0"},
        {config->allow_plain_http, 0, 1, "allow_plain_http must be 0 or 1"},
        {config->headers_count > 0 && config->headers == nullptr, 0, 0,
         "headers must not be NULL when headers_count > 0"},
        {config->resolve_count > 0 && config->resolve == nullptr, 0, 0,
         "resolve must not be NULL when resolve_count > 0"},
    };
    const char* error = first_error(ranges);
    if (error[0] == '\0') error = retry_error(config->retry);
    if (error[0] == '\0') error = cooldown_error(config->cooldown);
    if (error[0] == '\0') error = adaptive_error(config->adaptive, config->max_in_flight);
    if (error[0] == '\0') error = pacing_error(config->pacing);
    return error[0] != '\0' ? error : price_error(config->price);
}

const char* leat_endpoint_config_warning(const leat_endpoint_config* config, uint32_t index) {
    if (config == nullptr || config->struct_size != sizeof *config) return nullptr;
    const leat_retry& retry = config->retry;
    double waits_ms = 0;
    double wait_ms = retry.backoff_initial_ms;
    for (uint32_t k = 1; k < retry.attempts_max && k < 64; ++k) {
        waits_ms += wait_ms < retry.backoff_max_ms ? wait_ms : retry.backoff_max_ms;
        wait_ms *= retry.backoff_base;
    }
    const bool is_auto = config->max_in_flight == LEAT_AUTO;
    const bool is_slow = config->requests_per_minute != 0 && !is_auto &&
                         config->requests_per_minute / 60 < config->max_in_flight;
    const struct {
        bool applies;
        const char* text;
    } warnings[] = {
        {config->timeouts.attempt_ms < retry.backoff_initial_ms,
         "timeouts.attempt_ms is shorter than retry.backoff_initial_ms"},
        {config->timeouts.attempt_ms < waits_ms / 2,
         "timeouts.attempt_ms is shorter than half of all waits between attempts"},
        {is_slow, "requests_per_minute lets fewer start in a second than max_in_flight"},
    };
    for (const auto& warning : warnings) {
        if (warning.applies && index-- == 0) return warning.text;
    }
    return nullptr;
}

const char* leat_batch_config_error(const leat_client* client, const leat_batch_config* config) {
    if (client == nullptr || config == nullptr) return "client and config must not be NULL";
    if (config->struct_size != sizeof *config) return "struct_size is not set";
    const Range ranges[] = {
        {leat::enum_number(config->on_failure), 0, LEAT_ON_FAILURE_SKIP,
         "on_failure must be one of LEAT_ON_FAILURE_*"},
        {leat::enum_number(config->order), 0, LEAT_ORDER_INPUT, "order must be one of LEAT_ORDER_*"},
        {leat::enum_number(config->retry_failed), 0, LEAT_RETRY_FAILED_ANY,
         "retry_failed must be one of LEAT_RETRY_FAILED_*"},
        {config->share, 0, 1000, "share must be 0..1000"},
        {config->targets_count, 0, LEAT_TARGETS_MAX, "targets_count must be 0..16"},
        {config->targets_count > 0 && config->targets == nullptr, 0, 0,
         "targets must not be NULL when targets_count > 0"},
        {config->hedge.share_percent, 0, 100, "hedge.share_percent must be 0..100"},
        {leat::enum_number(config->cache.mode), 0, LEAT_CACHE_REFRESH,
         "cache.mode must be one of LEAT_CACHE_*"},
        {leat::enum_number(config->cache.share), 0, LEAT_OFF, "cache.share must be a leat_switch"},
        {config->cache.ttl_ms, 0, INT64_MAX / 2, "cache.ttl_ms must be under 2^62"},
        {config->cache.store != nullptr && config->cache.store->struct_size != sizeof(leat_store_ops), 0,
         0, "cache.store has another struct_size"},
        {config->middleware_count, 0, LEAT_MIDDLEWARE_MAX, "middleware_count must be 0..8"},
        {config->middleware_count > 0 && config->middleware == nullptr, 0, 0,
         "middleware must not be NULL when middleware_count > 0"},
    };
    const char* error = first_error(ranges);
    if (error[0] == '\0') error = middleware_error(*config);
    if (error[0] != '\0') return error;
    if (!(config->hedge.percentile >= 0.0 && config->hedge.percentile < 1.0)) {
        return "hedge.percentile must be 0, or under 1";
    }
    if (!(config->budget_usd >= 0.0 && config->budget_usd <= 1e6)) {
        return "budget_usd must be 0..1000000";
    }
    for (uint32_t i = 0; i < config->targets_count; ++i) {
        if ((config->targets[i].fall_on & ~uint32_t{LEAT_ON_ANY}) != 0) {
            return "targets.fall_on must be a sum of LEAT_ON_*";
        }
        if (config->targets[i].weight > 1000000) return "targets.weight must be 0..1000000";
    }
    return config->budget_usd > 0.0 ? leat::unpriced_target(*client, *config) : "";
}
