// tests/sim/swarm/load.cc: see load.h: the client's life, feeding and ending batches. What callbacks
// do is in load_callbacks.cc. Depends on load.h.
// Invariant: a batch is opened once, fed to its end, and closed once.
#include "sim/swarm/load.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <algorithm>

namespace swarm {

namespace {

// One block for all clients of the process. What an earlier seed left in it is as good as any
// other garbage, but it must not hold this seed's credentials; leat_close wipes them.
void* client_memory(size_t bytes) {
    static Memory memory;
    return memory.of(bytes);
}

}  // namespace

Load::Load(const Scenario& scenario, Network* network, Verdict* verdict)
    : scenario_(scenario),
      network_(network),
      verdict_(verdict),
      chance_(Chance(scenario.seed).fork(99)),
      batches_(scenario.batches.size()) {
    for (uint32_t i = 0; i < batches_.size(); ++i) {
        batches_[i].load = this;
        batches_[i].number = i;
        batches_[i].plan = &scenario.batches[i];
        batches_[i].records.resize(scenario.batches[i].items.size());
    }
}

Load::~Load() {
    if (client_ != nullptr) leat_close(client_);
}

bool Load::open() {
    config_ = scenario_.client;
    leat_sim_ports(network_->sim(), &config_.ports);
    block_bytes_ = leat_memory_required(&config_);
    if (block_bytes_ == 0) {
        verdict_->fail("scenario", "%s", leat_config_error(&config_));
        return false;
    }
    block_ = client_memory(block_bytes_);
    memset(block_, 0xA5, block_bytes_);  // no lucky zeros, and every run the same
    const leat_status status = leat_open(&config_, block_, block_bytes_, &client_);
    if (status != LEAT_OK) {
        client_ = nullptr;
        verdict_->fail("open", "leat_open answers %s", leat_status_name(status));
        return false;
    }
    if (scenario_.prepares) make_table();
    make_store();
    watch();
    for (uint32_t i = 0; i < scenario_.endpoints.size(); ++i) add_endpoint(i);
    open_conversations();
    return !verdict_->failed();
}

void Load::open_conversations() {
    for (const ConversationPlan& plan : scenario_.conversations) {
        leat_conversation_config config;
        leat_conversation_config_init(&config);
        config.mode = plan.mode;
        config.on_full = plan.on_full;
        config.tokens_max = plan.tokens_max;
        leat_conversation* opened = nullptr;
        const leat_status status = leat_conversation_open(client_, &config, &opened);
        if (status != LEAT_OK) {
            verdict_->fail("open", "leat_conversation_open answers %s", leat_status_name(status));
        }
        conversations_.push_back(opened);
    }
}

void Load::add_endpoint(uint32_t number) {
    const EndpointPlan& plan = scenario_.endpoints[number];
    const Service& service = *network_->services()[plan.service];
    leat_endpoint_config config = plan.config;
    const std::string url = (scenario_.tls ? "https://" : "http://") + service.name + "/v1";
    if (scenario_.prepares) {
        config.adapter = &table_.adapter;
    } else {
        config.provider = LEAT_STR("openai");
    }
    config.model = LEAT_STR("m");
    config.base_url = view(url);
    config.api_key = view(service.key);
    leat_endpoint endpoint = 0;
    leat_key keys[3] = {};
    std::string texts[3];
    for (uint32_t i = 0; i < plan.keys; ++i) {
        texts[i] = service.key + "-" + std::to_string(i);
        keys[i].api_key = view(texts[i]);
    }
    const leat_status status =
        plan.keys == 1 ? leat_endpoint_add(client_, &config, &endpoint)
                       : leat_endpoint_add_keys(client_, &config, keys, plan.keys, &endpoint);
    if (status != LEAT_OK) {
        verdict_->fail("open", "leat_endpoint_add answers %s: %s", leat_status_name(status),
                       leat_endpoint_config_error(&config));
    }
    endpoints_.push_back(endpoint);
}

uint32_t Load::plan_of(leat_endpoint endpoint) const {
    uint32_t plan = 0;
    while (plan + 1 < endpoints_.size() && endpoint >= endpoints_[plan + 1]) ++plan;
    return plan;
}

namespace {

// Every other batch shares answers: every fourth of its items asks what the one before it asked.
bool shares(const BatchRun& run) { return run.number % 2 == 0; }

bool asks_the_same(const BatchRun& run) {
    return (shares(run) || run.plan->caches) && run.accepted % 4 == 3;
}

}  // namespace

void Load::open_batch(BatchRun* run) {
    leat_batch_config config;
    leat_batch_config_init(&config);
    std::vector<leat_target> targets = run->plan->targets;
    for (leat_target& target : targets) target.endpoint = endpoints_[target.endpoint];
    config.targets = targets.data();
    config.targets_count = static_cast<uint32_t>(targets.size());
    config.hedge = run->plan->hedge;
    config.budget_usd = run->plan->budget_usd;
    config.share = run->plan->share;
    config.cache.share = shares(*run) ? LEAT_ON : LEAT_OFF;
    config.cache.mode = run->plan->cache_mode;
    config.cache.ttl_ms = run->plan->cache_ttl_ms;
    config.cache.store_user = run;
    if (run->plan->caches) config.cache.store = &store_ops_;
    config.endpoint = endpoints_[run->plan->endpoint];
    config.on_failure = run->plan->on_failure;
    config.order = run->plan->order;
    config.retry_failed = run->plan->retry_failed;
    config.max_in_flight = run->plan->max_in_flight;
    config.deadline_ms = run->plan->deadline_ms;
    config.user = run;
    if (run->plan->by_source) config.source = on_source;
    if (!run->plan->by_next) config.on_result = on_result;
    config.on_progress = on_progress;
    config.on_writable = on_writable;
    if (run->plan->reject_percent != 0) config.validate = on_validate;
    if (run->plan->varies) config.on_attempt = on_attempt;
    if (run->plan->post_processes) config.post_process = on_processed;
    const std::vector<leat_middleware> around = stand_around(run);
    config.middleware = around.data();
    config.middleware_count = static_cast<uint32_t>(around.size());
    offer_tools(run);
    const leat_status status = leat_batch_open(client_, &config, &run->handle);
    if (status == LEAT_E_TOO_MANY) return;  // once another one is closed
    if (status != LEAT_OK) {
        verdict_->fail("open", "leat_batch_open answers %s: %s", leat_status_name(status),
                       leat_batch_config_error(client_, &config));
        return;
    }
    run->opened = true;
    if (config.deadline_ms != 0) run->deadline_ns = now() + config.deadline_ms * ms;
}

void Load::fill(BatchRun* run, leat_request* request) {
    const ItemPlan& item = run->plan->items[run->accepted];
    const ItemPlan& words = asks_the_same(*run) ? run->plan->items[run->accepted - 1] : item;
    request->id = view(item.id);
    request->prompt = view(words.prompt);
    request->user = run;
    request->user_number = run->accepted * 1000 + run->number;
    request->max_output_tokens = words.max_output_tokens;
    request->estimated_tokens = item.estimated_tokens;
    request->timeout_ms = item.timeout_ms;
    request->deadline_ms = item.deadline_ms;
    request->lane = item.lane;
    request->model = {words.model, strlen(words.model)};
    if (item.conversation != 0) request->conversation = conversations_[item.conversation - 1];
    if (words.has_tools) request->tools = &run->tools;
    if (item.copy) request->flags |= LEAT_COPY;
}

void Load::accept(BatchRun* run) {
    run->records[run->accepted].accepted_ns = now();
    ++run->accepted;
}

void Load::feed(BatchRun* run) {
    while (!run->fed && !run->cancelled) {
        if (run->accepted == run->plan->items.size()) {
            (void)leat_batch_finish(run->handle);
            run->fed = true;
            return;
        }
        leat_request request;
        leat_request_init(&request);
        fill(run, &request);
        uint64_t index = 0;
        const leat_status status = leat_submit(run->handle, &request, &index);
        if (status == LEAT_E_WOULD_BLOCK) return;
        if (status == LEAT_E_STATE) {  // failed fast, past its deadline
            run->fed = true;
            return;
        }
        if (status != LEAT_OK || index != run->accepted) {
            verdict_->fail("submit", "leat_submit answers %s, index %llu of %llu",
                           leat_status_name(status), static_cast<unsigned long long>(index),
                           static_cast<unsigned long long>(run->accepted));
            return;
        }
        accept(run);
    }
}

void Load::cancel_item(BatchRun* run, uint64_t index) {
    const leat_status status = leat_item_cancel(run->handle, index);
    if (status == LEAT_OK) run->records[index].cancel_asked = true;
    const bool is_out = index < run->accepted && run->records[index].progresses > 0;
    const bool known = status == LEAT_OK || status == LEAT_E_NOT_FOUND;
    if (!known || (status == LEAT_OK && (is_out || index >= run->accepted))) {
        verdict_->fail("cancel", "leat_item_cancel of item %llu answers %s",
                       static_cast<unsigned long long>(index), leat_status_name(status));
    }
}

void Load::cancel_batch(BatchRun* run, leat_cancel mode) {
    if (leat_batch_cancel(run->handle, mode) != LEAT_OK) {
        verdict_->fail("cancel", "leat_batch_cancel fails");
    }
    run->cancelled = true;
    run->fed = true;
}

void Load::cancel_due(BatchRun* run) {
    const BatchPlan& plan = *run->plan;
    run->item_cancelled.resize(plan.items.size(), 0);
    for (uint64_t i = 0; i < run->accepted; ++i) {
        const uint64_t at_ms = plan.items[i].cancel_at_ms;
        if (at_ms == 0 || run->item_cancelled[i] != 0 || now() < planned(at_ms)) continue;
        run->item_cancelled[i] = 1;
        cancel_item(run, i);
    }
    if (plan.cancel_at_ms == 0 || run->cancel_done || now() < planned(plan.cancel_at_ms)) return;
    run->cancel_done = true;
    cancel_batch(run, plan.cancel_mode);
}

void Load::release_some(BatchRun* run) {
    size_t left = 0;
    for (const leat_result* const result : run->kept) {
        if (chance_.one_in(3)) {
            leat_result_release(run->handle, result);
        } else {
            run->kept[left++] = result;
        }
    }
    run->kept.resize(left);
}

void Load::close_batch(BatchRun* run) {
    const bool done = leat_batch_done(run->handle) != 0;
    if (!done) run->cancelled = true;  // closing cancels what is left
    run->closing = true;
    leat_summary summary = {};
    leat_batch_summary(run->handle, &summary);
    if (done) check_summary(*run, summary, verdict_);
    leat_batch_close(run->handle);
    run->kept.clear();
    run->closed = true;
    run->fed = true;
}

void Load::act() {
    prepare_due();
    for (BatchRun& run : batches_) {
        if (run.closed || now() < planned(run.plan->open_at_ms)) continue;
        if (!run.opened) open_batch(&run);
        if (!run.opened) continue;
        if (!run.plan->by_source) feed(&run);
        if (run.wake_at_ns != 0 && now() >= run.wake_at_ns) {
            run.wake_at_ns = 0;
            (void)leat_batch_wake(run.handle);
        }
        complete_tools(&run);
        cancel_due(&run);
        release_some(&run);
        const bool done =
            leat_batch_done(run.handle) != 0 && run.kept.empty() && run.delivered == run.accepted;
        const uint64_t close_at_ms = run.plan->close_at_ms;
        if (done || (close_at_ms != 0 && now() >= planned(close_at_ms))) close_batch(&run);
    }
    if (scenario_.has(Fault::late_caller) && !network_->healed() && chance_.one_in(8)) {
        leat_sim_advance(network_->sim(), chance_.between(1, 400) * ms);
    }
}

bool Load::over() const {
    return std::all_of(batches_.begin(), batches_.end(),
                       [](const BatchRun& run) { return run.closed; });
}

int32_t Load::patience_ms() const {
    uint64_t next_ns = UINT64_MAX;
    const auto wish = [&](uint64_t at_ns) { next_ns = std::min(next_ns, std::max(at_ns, now())); };
    if (table_.open != nullptr) wish(table_.due_ns);
    for (const BatchRun& run : batches_) {
        if (run.closed) continue;
        // It may have to be prepared inside the step.
        if (scenario_.prepares) wish(now() + 50 * ms);
        if (!run.opened) {
            wish(std::max(planned(run.plan->open_at_ms), now() + 50 * ms));
            continue;
        }
        // Results may be kept, and every slot with them, inside the step as well.
        if (!run.kept.empty() || run.plan->keep_percent != 0) wish(now() + 20 * ms);
        if (run.wake_at_ns != 0) wish(run.wake_at_ns);
        for (const ToolJob& job : run.jobs) wish(job.due_ns);
        // A tool may be called inside the step, and have to end before it would.
        if (run.plan->tool_late_ms != 0 && run.accepted > run.delivered) wish(now() + 30 * ms);
        // A source that blocks inside the step is woken by its caller alone.
        const bool may_block = run.plan->by_source && run.plan->source_blocks_percent != 0;
        if (may_block && !run.fed) wish(now() + 60 * ms);
        if (run.plan->close_at_ms != 0) wish(planned(run.plan->close_at_ms));
        if (run.plan->cancel_at_ms != 0 && !run.cancel_done) wish(planned(run.plan->cancel_at_ms));
        for (uint64_t i = 0; i < run.accepted; ++i) {
            const uint64_t at_ms = run.plan->items[i].cancel_at_ms;
            const bool done = i < run.item_cancelled.size() && run.item_cancelled[i] != 0;
            if (at_ms != 0 && !done) wish(planned(at_ms));
        }
    }
    if (next_ns == UINT64_MAX) return -1;
    return static_cast<int32_t>((next_ns - now() + ms - 1) / ms);
}

void Load::close() {
    leat_close(client_);
    client_ = nullptr;
    const char key[] = LEAT_SWARM_CANARY;
    if (memmem(block_, block_bytes_, key, sizeof key - 1) != nullptr) {
        verdict_->fail("credential", "a key is still in the block after leat_close");
    }
}

}  // namespace swarm
