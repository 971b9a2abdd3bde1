// flow/layout.cc: see layout.h. The order is the block's; the large arenas come last, so that what
// is touched all the time lies together.
#include "flow/layout.h"

#include "base/check.h"
#include "base/narrow.h"
#include "flow/context/context.h"
#include "flow/conversation/conversation.h"
#include "flow/conversation/history.h"
#include "flow/engine.h"

namespace leat {

namespace {

constexpr size_t part_alignment = 64;
// Small items then touch one page each where item_bytes is a multiple of it, not two.
constexpr size_t arenas_alignment = 4096;

struct Want {
    Part part;
    const char* consumer;
    const char* reason;
    size_t count;
    size_t each_bytes;
};

// A context's calls have an item of their own, so that they need not wait for those who wait for them.
size_t items_wanted(const leat_config& config) {
    return size_t{config.items_max} + config.contexts_max;
}

size_t timers_wanted(const leat_config& config) {
    return items_wanted(config) + (1 + domains_max) * size_t{config.endpoints_max} +
           config.batches_max;
}

size_t tls_bytes(const leat_config& config) {
    if (config.use_tls == 0) return 0;
    const leat_tls_config tls = tls_config_of(config);
    return config.ports.tls->state_bytes(&tls);
}

bool place(Layout* layout, size_t* at, const Want& want) {
    size_t bytes = 0;
    size_t padded = 0;
    const size_t alignment = want.part == Part::arenas ? arenas_alignment : part_alignment;
    const size_t before = align_up(*at, alignment) - *at;
    if (!checked_mul(want.count, want.each_bytes, &bytes)) return false;
    if (!checked_add(bytes, before + part_alignment - 1, &padded)) return false;
    padded = before + ((padded - before) & ~(part_alignment - 1));
    const uint32_t index = static_cast<uint32_t>(want.part);
    layout->lines[index] = {want.consumer, want.reason, want.count, want.each_bytes, padded};
    layout->offsets[index] = *at + before;
    return checked_add(*at, padded, at);
}

}  // namespace

leat_tls_config tls_config_of(const leat_config& config) {
    leat_tls_config tls{};
    tls.struct_size = sizeof tls;
    tls.sessions_max = config.connections_max;
    tls.tickets_max = config.endpoints_max;
    tls.state_is_zero = config.block_is_zero;
    tls.pool_bytes = config.tls_pool_bytes;
    tls.ca_file = config.tls_ca_file;
    tls.ca_pem = config.tls_ca_pem;
    tls.clock = config.ports.clock;
    tls.clock_user = config.ports.clock_user;
    tls.entropy = config.ports.entropy;
    tls.entropy_user = config.ports.entropy_user;
    return tls;
}

void plan_layout(const leat_config& config, Layout* layout) {
    LEAT_CHECK(layout != nullptr && config.ports.poller != nullptr);
    const bool tls = config.use_tls != 0;
    const Want wants[] = {
        {Part::client, "client", "the engine's own state and counters", 1, sizeof(leat_client)},
        {Part::items, "items: records", "where each item is, its parser and its result",
         items_wanted(config), sizeof(Item)},
        {Part::endpoints, "endpoints", "adapter, limits, addresses; 8 KiB of texts, and the head they make",
         config.endpoints_max, sizeof(Endpoint)},
        {Part::batches, "batches", "counts and lists of each open batch", config.batches_max,
         sizeof(Batch)},
        {Part::contexts, "contexts", "what is known of each context cache, and its calls' counts",
         config.contexts_max, sizeof(Context)},
        {Part::rings, "batches: rings", "submitted requests that wait for an item",
         config.batches_max, Lanes<Waiting>::bytes_for(config.ring_entries)},
        {Part::intakes, "batches: intakes", "text of waiting LEAT_COPY requests",
         config.batches_max, align_up(config.intake_bytes, 16)},
        {Part::connections, "connections", "one per socket, with its TLS session's fixed part",
         config.connections_max, Wire::connection_bytes(config.ports, tls)},
        {Part::timers, "timers", "one per item and batch, five per endpoint",
         timers_wanted(config), sizeof(Timer*)},
        {Part::poller, "poller", "what the poller port keeps per stream", 1,
         config.ports.poller->state_bytes(config.connections_max)},
        {Part::ready, "ready list", "streams that one wait can report", config.events_per_step,
         sizeof(leat_ready)},
        {Part::staging, "staging window", "requests are written through it, one at a time", 1,
         config.staging_bytes},
        {Part::receive, "receive window", "answers are read into it, one at a time", 1,
         config.receive_bytes},
        {Part::records, "record window", "TLS records are read ahead into it", tls ? 1u : 0u,
         config.receive_bytes},
        {Part::tls, "TLS", "trusted roots, and 48 KiB for each connection", tls ? 1u : 0u,
         tls_bytes(config)},
        {Part::conversations, "conversations", "whose turn it is in each, and who waits for it",
         config.conversations_max, sizeof(leat_conversation)},
        {Part::histories, "conversations: histories", "messages, and their texts once for all items",
         config.conversations_max,
         History::bytes_for(config.conversation_messages_max, config.conversation_bytes)},
        {Part::arenas, "items: arenas", "request segments, answer and decoded text of each item",
         items_wanted(config), align_up(config.item_bytes, part_alignment)},
    };
    static_assert(sizeof wants / sizeof wants[0] == parts_count);
    size_t at = 0;
    for (const Want& want : wants) {
        if (!place(layout, &at, want)) {
            layout->end = 0;
            return;
        }
    }
    layout->end = at;
}

}  // namespace leat
