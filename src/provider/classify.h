// provider/classify.h: what an HTTP status and its headers say about a failure, before an adapter
// looks into the body (G28: status and code first, text last). Depends on codec and base. Pure.
#pragma once

#include <leat/adapter.h>

namespace leat {

// Fills fault: status, retryable, rate_limit, and wait_ms from retry-after-ms, then retry-after as
// seconds or as a date; x-should-retry overrides retryable. wall_ms: now, 0 if unknown.
void fault_from_status(const leat_reply& reply, int64_t wall_ms, leat_fault* fault);

// The same status rules for a code found inside a body (OpenRouter's errors in a 200).
void fault_from_code(int32_t http_status, leat_fault* fault);

// What the headers ask to wait, in milliseconds; -1 when they do not.
int64_t wait_from_headers(const leat_reply& reply, int64_t wall_ms);

}  // namespace leat
