/* Prints size, alignment and the offset of every field of every public struct. t_layout.sh compares
 * that with layout_x86_64.txt: a program built with older headers must find each field in place. */
#include <leat/leat.h>
#include <leat/posix.h>
#include <stddef.h>
#include <stdio.h>

typedef struct place {
    const char* name;
    size_t offset;
    size_t size; /* of the struct, 0 for its fields */
} place;

/* C99 has no alignof: a struct's alignment is where it lies behind one byte. */
#define SHAPE(name)    \
    struct of_##name { \
        char before;   \
        name it;       \
    }
#define STRUCT(name) \
    { #name, offsetof(struct of_##name, it), sizeof(name) }
#define FIELD(name, field) \
    { #name "." #field, offsetof(name, field), 0 }

SHAPE(leat_str);
SHAPE(leat_number);
SHAPE(leat_header);
SHAPE(leat_usage);
SHAPE(leat_tool_call);
SHAPE(leat_config);
SHAPE(leat_retry);
SHAPE(leat_cooldown);
SHAPE(leat_timeouts);
SHAPE(leat_resolve);
SHAPE(leat_endpoint_config);
SHAPE(leat_stats);
SHAPE(leat_memory_line);
SHAPE(leat_message);
SHAPE(leat_request);
SHAPE(leat_timing);
SHAPE(leat_result);
SHAPE(leat_progress);
SHAPE(leat_batch_config);
SHAPE(leat_summary);
SHAPE(leat_build);
SHAPE(leat_reply);
SHAPE(leat_answer);
SHAPE(leat_fault);
SHAPE(leat_limit);
SHAPE(leat_rate_limits);
SHAPE(leat_schema_fault);
SHAPE(leat_adapter);
SHAPE(leat_address);
SHAPE(leat_ready);
SHAPE(leat_poller_ops);
SHAPE(leat_stream_ops);
SHAPE(leat_tls_bio);
SHAPE(leat_tls_config);
SHAPE(leat_tls_stats);
SHAPE(leat_tls_ops);
SHAPE(leat_resolver_ops);
SHAPE(leat_clock_ops);
SHAPE(leat_entropy_ops);
SHAPE(leat_log_ops);
SHAPE(leat_ports);
SHAPE(leat_posix_log_options);

/* clang-format off: a struct a paragraph */
static const place places[] = {
    STRUCT(leat_str),
    FIELD(leat_str, data),
    FIELD(leat_str, size),
    STRUCT(leat_number),
    FIELD(leat_number, value),
    FIELD(leat_number, is_set),
    FIELD(leat_number, reserved),
    STRUCT(leat_header),
    FIELD(leat_header, name),
    FIELD(leat_header, value),
    STRUCT(leat_usage),
    FIELD(leat_usage, input_tokens),
    FIELD(leat_usage, output_tokens),
    FIELD(leat_usage, cached_input_tokens),
    FIELD(leat_usage, cache_write_tokens),
    FIELD(leat_usage, reasoning_tokens),
    FIELD(leat_usage, total_tokens),
    STRUCT(leat_tool_call),
    FIELD(leat_tool_call, id),
    FIELD(leat_tool_call, name),
    FIELD(leat_tool_call, arguments_json),
    STRUCT(leat_config),
    FIELD(leat_config, struct_size),
    FIELD(leat_config, items_max),
    FIELD(leat_config, item_bytes),
    FIELD(leat_config, connections_max),
    FIELD(leat_config, endpoints_max),
    FIELD(leat_config, batches_max),
    FIELD(leat_config, ring_entries),
    FIELD(leat_config, intake_bytes),
    FIELD(leat_config, header_bytes_max),
    FIELD(leat_config, events_per_step),
    FIELD(leat_config, body_bytes_max),
    FIELD(leat_config, staging_bytes),
    FIELD(leat_config, receive_bytes),
    FIELD(leat_config, tls_pool_bytes),
    FIELD(leat_config, tls_ca_file),
    FIELD(leat_config, tls_ca_pem),
    FIELD(leat_config, use_tls),
    FIELD(leat_config, block_is_zero),
    FIELD(leat_config, reserved8),
    FIELD(leat_config, seed),
    FIELD(leat_config, log_level),
    FIELD(leat_config, reserved32),
    FIELD(leat_config, ports),
    STRUCT(leat_retry),
    FIELD(leat_retry, attempts_max),
    FIELD(leat_retry, backoff_initial_ms),
    FIELD(leat_retry, backoff_max_ms),
    FIELD(leat_retry, reserved),
    FIELD(leat_retry, backoff_base),
    FIELD(leat_retry, jitter_min),
    STRUCT(leat_cooldown),
    FIELD(leat_cooldown, retries_max),
    FIELD(leat_cooldown, initial_ms),
    FIELD(leat_cooldown, max_ms),
    FIELD(leat_cooldown, retry_after_max_ms),
    FIELD(leat_cooldown, multiplier),
    FIELD(leat_cooldown, slow_start_items),
    FIELD(leat_cooldown, slow_start_initial_ms),
    FIELD(leat_cooldown, slow_start_final_ms),
    FIELD(leat_cooldown, retry_after_is_floor),
    FIELD(leat_cooldown, reserved8),
    STRUCT(leat_timeouts),
    FIELD(leat_timeouts, connect_ms),
    FIELD(leat_timeouts, first_byte_ms),
    FIELD(leat_timeouts, idle_ms),
    FIELD(leat_timeouts, attempt_ms),
    STRUCT(leat_resolve),
    FIELD(leat_resolve, host),
    FIELD(leat_resolve, address),
    FIELD(leat_resolve, port),
    FIELD(leat_resolve, reserved),
    STRUCT(leat_endpoint_config),
    FIELD(leat_endpoint_config, struct_size),
    FIELD(leat_endpoint_config, max_in_flight),
    FIELD(leat_endpoint_config, provider),
    FIELD(leat_endpoint_config, adapter),
    FIELD(leat_endpoint_config, base_url),
    FIELD(leat_endpoint_config, api_key),
    FIELD(leat_endpoint_config, model),
    FIELD(leat_endpoint_config, proxy),
    FIELD(leat_endpoint_config, headers),
    FIELD(leat_endpoint_config, headers_count),
    FIELD(leat_endpoint_config, requests_per_minute),
    FIELD(leat_endpoint_config, tokens_per_minute),
    FIELD(leat_endpoint_config, request_burst),
    FIELD(leat_endpoint_config, output_estimate_tokens),
    FIELD(leat_endpoint_config, resolve),
    FIELD(leat_endpoint_config, resolve_count),
    FIELD(leat_endpoint_config, keepalive_ms),
    FIELD(leat_endpoint_config, timeouts),
    FIELD(leat_endpoint_config, retry),
    FIELD(leat_endpoint_config, cooldown),
    FIELD(leat_endpoint_config, allow_plain_http),
    FIELD(leat_endpoint_config, reserved8),
    STRUCT(leat_stats),
    FIELD(leat_stats, steps),
    FIELD(leat_stats, requests_sent),
    FIELD(leat_stats, responses),
    FIELD(leat_stats, connections_opened),
    FIELD(leat_stats, connections_reused),
    FIELD(leat_stats, connections_replayed),
    FIELD(leat_stats, tls_full_handshakes),
    FIELD(leat_stats, tls_resumed_handshakes),
    FIELD(leat_stats, bytes_sent),
    FIELD(leat_stats, bytes_received),
    FIELD(leat_stats, rate_limited),
    FIELD(leat_stats, retries),
    FIELD(leat_stats, in_flight),
    FIELD(leat_stats, in_flight_peak),
    FIELD(leat_stats, connections_open),
    FIELD(leat_stats, items_alive),
    FIELD(leat_stats, item_bytes_peak),
    FIELD(leat_stats, tls_pool_peak_bytes),
    STRUCT(leat_memory_line),
    FIELD(leat_memory_line, consumer),
    FIELD(leat_memory_line, reason),
    FIELD(leat_memory_line, count),
    FIELD(leat_memory_line, each_bytes),
    FIELD(leat_memory_line, bytes),
    STRUCT(leat_message),
    FIELD(leat_message, role),
    FIELD(leat_message, content),
    FIELD(leat_message, content_json),
    FIELD(leat_message, tool_call_id),
    FIELD(leat_message, tool_calls_json),
    STRUCT(leat_request),
    FIELD(leat_request, struct_size),
    FIELD(leat_request, flags),
    FIELD(leat_request, id),
    FIELD(leat_request, user),
    FIELD(leat_request, user_number),
    FIELD(leat_request, prompt),
    FIELD(leat_request, messages),
    FIELD(leat_request, messages_count),
    FIELD(leat_request, max_output_tokens),
    FIELD(leat_request, system),
    FIELD(leat_request, model),
    FIELD(leat_request, temperature),
    FIELD(leat_request, top_p),
    FIELD(leat_request, seed),
    FIELD(leat_request, presence_penalty),
    FIELD(leat_request, frequency_penalty),
    FIELD(leat_request, stop),
    FIELD(leat_request, stop_count),
    FIELD(leat_request, timeout_ms),
    FIELD(leat_request, reasoning_effort),
    FIELD(leat_request, response_format_json),
    FIELD(leat_request, tools_json),
    FIELD(leat_request, tool_choice_json),
    FIELD(leat_request, extra_json),
    FIELD(leat_request, body_json),
    FIELD(leat_request, path),
    FIELD(leat_request, metadata),
    FIELD(leat_request, deadline_ms),
    FIELD(leat_request, estimated_tokens),
    FIELD(leat_request, reserved),
    STRUCT(leat_timing),
    FIELD(leat_timing, queued_ms),
    FIELD(leat_timing, connect_ms),
    FIELD(leat_timing, first_byte_ms),
    FIELD(leat_timing, total_ms),
    FIELD(leat_timing, item_ms),
    STRUCT(leat_result),
    FIELD(leat_result, struct_size),
    FIELD(leat_result, outcome),
    FIELD(leat_result, status),
    FIELD(leat_result, stage),
    FIELD(leat_result, index),
    FIELD(leat_result, id),
    FIELD(leat_result, user),
    FIELD(leat_result, user_number),
    FIELD(leat_result, metadata),
    FIELD(leat_result, http_status),
    FIELD(leat_result, attempts),
    FIELD(leat_result, rate_limited),
    FIELD(leat_result, retried),
    FIELD(leat_result, cached),
    FIELD(leat_result, reserved8),
    FIELD(leat_result, text),
    FIELD(leat_result, refusal),
    FIELD(leat_result, thinking),
    FIELD(leat_result, finish),
    FIELD(leat_result, tool_calls_count),
    FIELD(leat_result, finish_reason),
    FIELD(leat_result, tool_calls),
    FIELD(leat_result, model),
    FIELD(leat_result, response_id),
    FIELD(leat_result, request_id),
    FIELD(leat_result, usage),
    FIELD(leat_result, usage_failed),
    FIELD(leat_result, body),
    FIELD(leat_result, error_message),
    FIELD(leat_result, error_code),
    FIELD(leat_result, timing),
    STRUCT(leat_progress),
    FIELD(leat_progress, completed),
    FIELD(leat_progress, total),
    FIELD(leat_progress, result),
    STRUCT(leat_batch_config),
    FIELD(leat_batch_config, struct_size),
    FIELD(leat_batch_config, endpoint),
    FIELD(leat_batch_config, on_failure),
    FIELD(leat_batch_config, order),
    FIELD(leat_batch_config, retry_failed),
    FIELD(leat_batch_config, max_in_flight),
    FIELD(leat_batch_config, deadline_ms),
    FIELD(leat_batch_config, defaults),
    FIELD(leat_batch_config, user),
    FIELD(leat_batch_config, source),
    FIELD(leat_batch_config, on_result),
    FIELD(leat_batch_config, on_progress),
    FIELD(leat_batch_config, on_writable),
    STRUCT(leat_summary),
    FIELD(leat_summary, total),
    FIELD(leat_summary, succeeded),
    FIELD(leat_summary, failed),
    FIELD(leat_summary, skipped),
    FIELD(leat_summary, cancelled),
    FIELD(leat_summary, retried),
    FIELD(leat_summary, attempts),
    FIELD(leat_summary, rate_limited),
    FIELD(leat_summary, usage),
    FIELD(leat_summary, usage_failed),
    FIELD(leat_summary, sum_item_ms),
    FIELD(leat_summary, wall_ms),
    FIELD(leat_summary, first_error),
    FIELD(leat_summary, reserved),
    FIELD(leat_summary, first_error_index),
    STRUCT(leat_build),
    FIELD(leat_build, request),
    FIELD(leat_build, model),
    FIELD(leat_build, context),
    STRUCT(leat_reply),
    FIELD(leat_reply, http_status),
    FIELD(leat_reply, headers_count),
    FIELD(leat_reply, headers),
    FIELD(leat_reply, body),
    FIELD(leat_reply, context),
    STRUCT(leat_answer),
    FIELD(leat_answer, text),
    FIELD(leat_answer, refusal),
    FIELD(leat_answer, thinking),
    FIELD(leat_answer, finish),
    FIELD(leat_answer, tool_calls_count),
    FIELD(leat_answer, finish_reason),
    FIELD(leat_answer, tool_calls),
    FIELD(leat_answer, model),
    FIELD(leat_answer, response_id),
    FIELD(leat_answer, usage),
    STRUCT(leat_fault),
    FIELD(leat_fault, status),
    FIELD(leat_fault, retryable),
    FIELD(leat_fault, rate_limit),
    FIELD(leat_fault, reserved),
    FIELD(leat_fault, wait_ms),
    FIELD(leat_fault, message),
    FIELD(leat_fault, code),
    FIELD(leat_fault, usage),
    STRUCT(leat_limit),
    FIELD(leat_limit, limit),
    FIELD(leat_limit, remaining),
    FIELD(leat_limit, reset_ms),
    FIELD(leat_limit, window_ms),
    STRUCT(leat_rate_limits),
    FIELD(leat_rate_limits, requests),
    FIELD(leat_rate_limits, tokens),
    FIELD(leat_rate_limits, input_tokens),
    FIELD(leat_rate_limits, output_tokens),
    FIELD(leat_rate_limits, requests_short),
    FIELD(leat_rate_limits, tokens_short),
    FIELD(leat_rate_limits, requests_long),
    FIELD(leat_rate_limits, tokens_long),
    STRUCT(leat_schema_fault),
    FIELD(leat_schema_fault, rule),
    FIELD(leat_schema_fault, path_size),
    FIELD(leat_schema_fault, detail_size),
    FIELD(leat_schema_fault, path_cut),
    FIELD(leat_schema_fault, reserved),
    FIELD(leat_schema_fault, path),
    FIELD(leat_schema_fault, detail),
    STRUCT(leat_adapter),
    FIELD(leat_adapter, struct_size),
    FIELD(leat_adapter, reserved),
    FIELD(leat_adapter, name),
    FIELD(leat_adapter, base_url),
    FIELD(leat_adapter, path),
    FIELD(leat_adapter, auth_header),
    FIELD(leat_adapter, auth_prefix),
    FIELD(leat_adapter, context),
    FIELD(leat_adapter, build),
    FIELD(leat_adapter, parse),
    FIELD(leat_adapter, classify),
#include "layout_ports.h"
};
/* clang-format on */

int main(void) {
    size_t i = 0;
    for (i = 0; i < sizeof places / sizeof places[0]; ++i) {
        const place* const p = &places[i];
        if (p->size != 0) {
            printf("%s size %lu align %lu\n", p->name, (unsigned long)p->size,
                   (unsigned long)p->offset);
        } else {
            printf("%s %lu\n", p->name, (unsigned long)p->offset);
        }
    }
    return 0;
}
