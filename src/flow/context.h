// flow/context.h: a context cache as the engine keeps it: what is known of it, the one call that may be
// out for it, and the items that wait. Depends on flow/batch and provider/gemini_tags.
// Invariants: its item carries its calls, one at a time, and is no item of any caller's; name is not empty
// exactly while a cache is thought to be there; generation grows with each one that takes its place.
#pragma once

#include <leat/context.h>

#include "base/kept_text.h"
#include "flow/batch.h"
#include "flow/endpoint.h"
#include "provider/gemini_tags.h"

namespace leat {

constexpr size_t context_name_bytes = 256;
constexpr size_t context_model_bytes = 200;
constexpr size_t page_token_bytes = 512;
constexpr size_t context_error_bytes = 256;
// A service with more caches than these pages hold is not asked further: one is made.
constexpr uint32_t list_pages_max = 20;

enum class ContextCall : uint8_t { none, list, create, renew, remove };

}  // namespace leat

struct leat_context {
    leat_client* client;
    leat::Endpoint* endpoint;
    leat::Item* item;         // carries its calls
    leat_context_config config;
    leat_request content;
    leat::Batch calls;        // to which that item belongs; it is none of the engine's
    leat::ItemList waiting;
    leat::KeptText<leat::context_model_bytes> model;
    leat::KeptText<leat::display_name_bytes_max> display_name;
    leat::KeptText<leat::context_name_bytes> name;
    leat::KeptText<leat::context_name_bytes> lost_name;  // not to be taken over again
    leat::KeptText<leat::page_token_bytes> page_token;
    leat::KeptText<leat::context_error_bytes> error;
    leat_status status;       // of the last call that failed
    uint64_t expire_ns;       // of the engine's clock, while there is a name
    uint64_t called_ns;       // when the call that is out was made
    uint64_t patience_ns;     // nothing new is tried before, after a failure
    uint64_t generation;
    int64_t tokens;
    uint64_t created;
    uint64_t found;
    uint64_t renewed;
    uint64_t lost;
    uint64_t cost;            // as meter/price.h counts
    uint32_t failures;        // in a row
    uint32_t pages;           // asked for in this search
    bool cost_is_known;
    bool is_ours;             // made here, not found
    bool was_used;            // an answer came with its help since the last stage
    bool open;
    bool delete_asked;
    leat::ContextCall call;
};

namespace leat {

using Context = ::leat_context;

// What an item is told when it asks for its cache.
enum class ContextUse : uint8_t { cached, sent_inline, waits, refused };

inline bool context_is_busy(const Context& context) {
    return context.call != ContextCall::none || context.delete_asked;
}

}  // namespace leat
