// api/config.cc: defaults and limits of the configuration structs. The numbers are those that the
// public headers state; a test compares them. Pure.
#include "base/bytes.h"
#include "base/narrow.h"
#include "flow/endpoint.h"

#include <leat/leat.h>

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
}

void leat_endpoint_config_init(leat_endpoint_config* config) {
    if (config == nullptr) return;
    *config = leat_endpoint_config{};
    config->struct_size = sizeof *config;
    config->max_in_flight = 5;
    config->output_estimate_tokens = 1000;
    config->keepalive_ms = 30000;
    config->timeouts = leat_timeouts{10000, 0, 60000, 120000};
    config->retry = leat_retry{3, 1000, 60000, 0, 2.0, 0.5};
    config->cooldown.retries_max = 20;
    config->cooldown.initial_ms = 300000;
    config->cooldown.max_ms = 600000;
    config->cooldown.retry_after_max_ms = 120000;
    config->cooldown.multiplier = 1.5;
    config->cooldown.slow_start_items = 50;
    config->cooldown.slow_start_initial_ms = 2000;
    config->cooldown.slow_start_final_ms = 100;
}

void leat_batch_config_init(leat_batch_config* config) {
    if (config == nullptr) return;
    *config = leat_batch_config{};
    config->struct_size = sizeof *config;
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
    };
    const char* const error = first_error(ranges);
    return error[0] != '\0' ? error : ports_error(*config);
}

const char* leat_endpoint_config_error(const leat_endpoint_config* config) {
    if (config == nullptr) return "config must not be NULL";
    if (config->struct_size != sizeof *config) return "struct_size is not set";
    const Range ranges[] = {
        {config->max_in_flight, 1, 65536, "max_in_flight must be 1..65536"},
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
    return error[0] != '\0' ? error : cooldown_error(config->cooldown);
}
