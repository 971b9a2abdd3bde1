// flow/lifecycle.cc: see lifecycle.h. Nothing is allocated: every part of the block was planned,
// and nothing relies on what the block held before.
#include "flow/lifecycle.h"

#include "base/check.h"
#include "base/narrow.h"
#include "base/secret.h"
#include "flow/admission/admission.h"
#include "flow/context/context.h"
#include "flow/conversation/conversation.h"
#include "flow/engine.h"
#include "flow/layout.h"
#include "flow/loop.h"
#include "flow/observe/events.h"
#include "flow/observe/middleware.h"
#include "flow/request/prepare.h"
#include "meter/price.h"

namespace leat {

namespace {

struct Block {
    char* base;
    const Layout& layout;

    char* at(Part part) const { return base + layout.offset(part); }
    size_t bytes(Part part) const { return layout.line(part).bytes; }
    size_t each(Part part) const { return layout.line(part).each_bytes; }
};

void open_items(Engine* engine, const Block& block) {
    engine->items = reinterpret_cast<Item*>(block.at(Part::items));
    engine->free_items.open();
    engine->sleeping.open();
    engine->ended_calls.open();
    engine->resumed.open();
    engine->at_tools.open();
    engine->tool_turns.open();
    engine->again.open();
    const size_t stride = block.each(Part::arenas);
    engine->items_count = engine->config.items_max + engine->config.contexts_max;
    for (uint32_t i = 0; i < engine->items_count; ++i) {
        Item* const item = &engine->items[i];
        *item = Item{};
        // The last bytes of each arena are a red zone under ASan, so that an overrun is seen.
        item->arena.open(block.at(Part::arenas) + stride * i, engine->config.item_bytes);
        item->timer.kind = static_cast<uint32_t>(TimerKind::item);
        item->timer.owner = item;
        if (i < engine->config.items_max) engine->free_items.push_back(item);
    }
    contexts_open(engine, block.at(Part::contexts));
}

void open_batches(Engine* engine, const Block& block) {
    engine->batches = reinterpret_cast<Batch*>(block.at(Part::batches));
    const size_t ring_bytes = block.each(Part::rings);
    for (uint32_t i = 0; i < engine->config.batches_max; ++i) {
        Batch* const batch = &engine->batches[i];
        *batch = Batch{};
        batch->client = engine;
        batch->ring.open(block.at(Part::rings) + ring_bytes * i, engine->config.ring_entries);
        batch->intake.open(block.at(Part::intakes) + block.each(Part::intakes) * i,
                           block.each(Part::intakes));
    }
}

void open_conversations(Engine* engine, const Block& block) {
    engine->conversations = reinterpret_cast<Conversation*>(block.at(Part::conversations));
    const leat_config& config = engine->config;
    const size_t stride = block.each(Part::histories);
    for (uint32_t i = 0; i < config.conversations_max; ++i) {
        Conversation* const conversation = &engine->conversations[i];
        *conversation = Conversation{};
        conversation->client = engine;
        conversation->history.open(block.at(Part::histories) + stride * i,
                                   config.conversation_messages_max, config.conversation_bytes);
    }
}

leat_status open_ports(Engine* engine, const Block& block) {
    const leat_ports& ports = engine->ports;
    memset(block.at(Part::poller), 0, block.bytes(Part::poller));
    LEAT_TRY(ports.poller->open(block.at(Part::poller), engine->config.connections_max,
                                ports.poller_user));
    void* tls_state = nullptr;
    if (engine->config.use_tls != 0) {
        tls_state = block.at(Part::tls);
        const leat_tls_config tls = tls_config_of(engine->config);
        const leat_status opened =
            ports.tls->open(tls_state, block.each(Part::tls), &tls, ports.tls_user);
        if (opened != LEAT_OK) {
            ports.poller->close(block.at(Part::poller));
            return opened;
        }
    }
    engine->wire.open(&engine->ports, engine->config.use_tls != 0, block.at(Part::poller),
                      tls_state, block.at(Part::connections), engine->config.connections_max,
                      block.at(Part::records), engine->config.receive_bytes);
    return LEAT_OK;
}

leat_status seed(Engine* engine) {
    uint64_t value = engine->config.seed;
    if (value == 0) {
        LEAT_TRY(engine->ports.entropy->fill(engine->ports.entropy_user, &value, sizeof value));
    }
    engine->random.open(value);
    return LEAT_OK;
}

// Texts of the configuration are the caller's and die after leat_open.
void forget_config_texts(leat_config* config) {
    config->tls_ca_file = Text{nullptr, 0};
    config->tls_ca_pem = Text{nullptr, 0};
}

}  // namespace

leat_status engine_open(const leat_config& config, const Layout& layout, void* block,
                        Engine** out) {
    LEAT_CHECK(block != nullptr && reinterpret_cast<uintptr_t>(block) % 16 == 0);
    LEAT_CHECK(layout.end > 0);
    const Block parts{static_cast<char*>(block), layout};
    Engine* const engine = reinterpret_cast<Engine*>(parts.at(Part::client));
    memset(static_cast<void*>(engine), 0, sizeof *engine);
    *engine = Engine{};
    engine->config = config;
    engine->ports = config.ports;
    engine->block = block;
    engine->block_bytes = layout.end;
    engine->staging = parts.at(Part::staging);
    engine->receive = parts.at(Part::receive);
    engine->ready = reinterpret_cast<leat_ready*>(parts.at(Part::ready));
    engine->endpoints = reinterpret_cast<Endpoint*>(parts.at(Part::endpoints));
    engine->timers.open(parts.at(Part::timers), layout.line(Part::timers).count);
    LEAT_TRY(seed(engine));
    LEAT_TRY(open_ports(engine, parts));
    forget_config_texts(&engine->config);
    open_items(engine, parts);
    open_batches(engine, parts);
    open_conversations(engine, parts);
    update_clock(engine);
    *out = engine;
    return LEAT_OK;
}

void engine_close(Engine* engine) {
    LEAT_CHECK(engine != nullptr && !engine->in_step);
    const leat_config config = engine->config;
    close_tables(engine);
    engine->wire.close();
    if (config.use_tls != 0) config.ports.tls->close(engine->wire.tls_state());
    config.ports.poller->close(engine->wire.poller_state());
    for (uint32_t i = 0; i < engine->items_count; ++i) {
        engine->items[i].arena.wipe_used();
    }
    wipe(engine->staging, config.staging_bytes);
    wipe(engine->receive, config.receive_bytes);
    for (uint32_t i = 0; i < config.batches_max; ++i) engine->batches[i].intake.wipe_used();
    for (uint32_t i = 0; i < config.conversations_max; ++i) engine->conversations[i].history.clear();
    for (uint32_t i = 0; i < engine->endpoints_count; ++i) {
        endpoint_forget(&engine->endpoints[i]);
    }
    // The block is the caller's again, all of it.
    void* const block = engine->block;
    const size_t bytes = engine->block_bytes;
    wipe(engine, sizeof *engine);
    unpoison(block, bytes);
}

Batch* free_batch(Engine* engine) {
    for (uint32_t i = 0; i < engine->config.batches_max; ++i) {
        if (!engine->batches[i].open) return &engine->batches[i];
    }
    return nullptr;
}

void batch_fill(Engine* engine, Batch* batch, const leat_batch_config& config) {
    LEAT_CHECK(!batch->open && batch->alive == 0 && batch->ring.empty());
    const Lanes<Waiting> ring = batch->ring;
    const ByteRing intake = batch->intake;
    *batch = Batch{};
    batch->client = engine;
    batch->ring = ring;
    batch->intake = intake;
    batch->config = config;
    fill_targets(engine, batch);
    batch->budget.open(dollars(config.budget_usd));
    batch->config.targets = nullptr;  // the caller's, and gone when this returns
    fill_middleware(batch);
    batch->stopped_by = LEAT_NO_INDEX;
    if (config.defaults != nullptr) batch->defaults = *config.defaults;
    batch->done.open();
    batch->followers.open();
    for (LeaderList& leaders : batch->leaders) leaders.open();
    batch->deadline.kind = static_cast<uint32_t>(TimerKind::batch);
    batch->deadline.owner = batch;
    batch->opened_ns = engine->now_ns;
    batch->open = true;
    if (config.deadline_ms != 0) {
        engine->timers.set(&batch->deadline,
                           engine->now_ns + config.deadline_ms * UINT64_C(1000000));
    }
    engine->work_pending = true;
    saw_batch_open(engine, batch);
}

}  // namespace leat
