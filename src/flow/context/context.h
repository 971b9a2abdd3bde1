// flow/context/context.h: a context cache as the engine keeps it: what is known of it, the one call that may
// be out for it, and the items that wait. Depends on flow/batch and provider/gemini_tags.
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

// What an item is told when it asks for its cache.
enum class ContextUse : uint8_t { cached, sent_inline, waits, refused };

inline bool context_is_busy(const Context& context) {
    return context.call != ContextCall::none || context.delete_asked;
}

// context_open.cc
void contexts_open(Engine* engine, void* memory);
Context* free_context(Engine* engine);  // nullptr when all are open
// config is valid. LEAT_OK; LEAT_E_ARGUMENT, LEAT_E_TOO_MANY, LEAT_E_TOO_LARGE: it stays closed.
leat_status context_fill(Engine* engine, Context* context, const leat_context_config& config);

// context.cc: the life of a context cache.
bool context_is_usable(const Engine& engine, const Context& context);
// Whether one that lives until then is worth taking over.
bool context_may_adopt(const Engine& engine, const Context& context, uint64_t expire_ns);
// What an item that wants it is to do; makes sure that somebody looks after it.
ContextUse context_ask(Engine* engine, Context* context);
// Looks for one, or makes it.
void context_seek(Engine* engine, Context* context);
void context_ready(Context* context, Text name, uint64_t expire_ns);
// After a failure nothing is tried for a while.
void context_wait_longer(const Engine& engine, Context* context);
void context_resume(Engine* engine, Context* context);
// The one of that generation is gone; a later one is not concerned.
void context_lost(Context* context, uint64_t generation);
// Closes it: nobody waits for it, and what is out for it ends unheard.
void context_forget(Engine* engine, Context* context);
bool contexts_are_busy(const Engine& engine);
void step_contexts(Engine* engine);

// context_call.cc: its calls.
void context_call_begin(Engine* engine, Context* context, ContextCall call);
leat_status context_call_word(const Item& item, leat_rope* rope);
void context_call_end(Engine* engine, Context* context);
void context_call_drop(Engine* engine, Context* context);

// context_use.cc: an item and the cache that it names.
// True when the item may be built now; else it waits, or has ended.
bool context_admits(Engine* engine, Item* item);
// What is asked names the cache, or takes over what is shared; *shared then has the turns that go before
// its own.
leat_status context_apply(Item* item, leat_request* asked, const leat_request** shared);
// The tools that the model knows, from what was asked or from the cache; may be nullptr.
const leat_tools* tools_of(const Item& item);
// An answer came, with the help of a cache or without.
void context_note_answer(const Item& item);
// The attempt failed as its cache is lost: the item is tried once more. True when it went on.
bool context_recovers(Engine* engine, Item* item, const leat_fault& fault);

}  // namespace leat
