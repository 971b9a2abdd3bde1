// flow/endpoint.h: a provider under one key: its adapter, its connections, what the configuration
// allows it, and a limit domain for each model. Filled in once by endpoint_fill; texts and secrets lie
// in its own memory.
// Depends on pace, wire, provider. Invariant: it has at least one domain, the one of its own model.
#pragma once

#include <leat/adapter.h>
#include <leat/limits.h>

#include "base/kept_text.h"
#include "base/redact.h"
#include "codec/http_request.h"
#include "flow/domain.h"
#include "flow/item.h"
#include "pace/allowance.h"
#include "wire/pool.h"
#include "wire/url.h"

namespace leat {

constexpr size_t endpoint_text_bytes = 8192;
constexpr uint32_t endpoint_headers_max = 32;
constexpr uint32_t domains_max = 4;
// The texts once more, as lines of a request head, with what leat adds to them.
constexpr size_t endpoint_head_bytes = endpoint_text_bytes + 2048;

enum class PrepareState : uint8_t { none, under_way, done, failed };

// An adapter's table (flow/request/prepare.cc). Endpoints with the same one share that of the first of
// them. users counts the targets of batches that have not ended yet.
struct Preparation {
    leat_client* client;
    Endpoint* endpoint;
    ItemList waiting;
    uint32_t users;
    PrepareState state;
    leat_status status;  // why it failed
    KeptText<256> message;
    KeptText<64> code;
};

struct Endpoint {
    const leat_adapter* adapter;
    Origin origin;
    IdlePool idle;
    Allowance allowance;
    Domain domains[domains_max];
    uint32_t domains_count;
    uint32_t next_domain;  // whose turn it is
    Timer idle_timer;

    HttpAuthority authority;
    HttpCredentials proxy_credentials;
    Text base_path;
    Text base_query;       // behind every path: Azure's api-version=...
    Text path;             // with the adapter's own: nearly every item's; empty: no room for it
    Text model;
    leat_header headers[endpoint_headers_max + 5];  // credential and content type included
    uint32_t headers_count;
    HttpSharedHead head;  // holds the credential
    Text secrets[3];
    uint32_t secrets_count;
    leat_timeouts timeouts;
    leat_retry retry;
    leat_cooldown cooldown;
    const leat_pacing* pacing;
    ConcurrencyRules concurrency;
    bool uses_told;
    bool uses_learned;
    uint64_t output_estimate_tokens;
    leat_price price;
    Text vendor;                // whose built-in prices hold; empty: nobody's (an adapter of the caller's)
    uint32_t pool_count;        // endpoints of one pool of keys, from this one on; 0: no pool
    uint32_t abort_on;
    leat_status stopped;        // why nothing more is sent here; LEAT_OK: it is in use
    uint32_t failures_in_a_row; // of those in abort_on
    bool had_success;
    bool stop_pending;          // the stop stage has not gone over its items yet
    Endpoint* home;        // the first one with the same adapter: its preparation counts
    Preparation preparation;
    uint32_t next_batch;   // where the next turn for a fresh item begins
    leat_limiter limiter;
    Arena arena;
    Arena head_arena;
    alignas(16) char text[endpoint_text_bytes];
    alignas(16) char head_text[endpoint_head_bytes];
};

// endpoint.cc
leat_status endpoint_fill(Engine* engine, const leat_endpoint_config& config, Endpoint* endpoint);
// Its slot is as if it had never been filled.
void endpoint_forget(Endpoint* endpoint);
// The base URL's path + path + the base URL's query. LEAT_E_ITEM_MEMORY when the arena is full.
leat_status join_endpoint_path(const Endpoint& endpoint, Text path, Arena* arena, Text* out);

}  // namespace leat
