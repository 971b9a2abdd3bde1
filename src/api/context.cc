// api/context.cc: the public functions of context caches: arguments are checked and wishes recorded; flow
// carries them out. Depends on flow and provider.
#include <leat/leat.h>

#include "base/check.h"
#include "base/narrow.h"
#include "flow/context/context.h"
#include "flow/engine.h"
#include "flow/loop.h"
#include "flow/request/request_text.h"
#include "meter/price.h"
#include "provider/gemini_cache.h"

namespace {

constexpr uint32_t short_buffer_s = 60;

bool is_switch(uint8_t value) { return value <= 1; }

bool has_reserved(const leat_context_config& config) {
    for (const uint8_t byte : config.reserved8) {
        if (byte != 0) return true;
    }
    return false;
}

bool has_sound_texts(const leat_context_config& config) {
    if (!leat::is_sound(config.model)) return false;
    for (uint32_t i = 0; i < config.tags_count; ++i) {
        if (!leat::is_sound(config.tags[i].name) || !leat::is_sound(config.tags[i].value)) return false;
    }
    return true;
}

// Something to hold, said in a way that a request without a cache could say as well.
leat_status content_status(const leat_request* content) {
    if (content == nullptr) return LEAT_E_ARGUMENT;
    LEAT_TRY(leat::defaults_check(*content));
    const bool has_any = content->system.size > 0 || content->prompt.size > 0 ||
                         content->messages_count > 0 || content->tools != nullptr ||
                         content->tools_json.size > 0;
    return has_any && content->body_json.size == 0 && content->context == nullptr ? LEAT_OK
                                                                                  : LEAT_E_ARGUMENT;
}

leat_status config_status(const leat_client* client, const leat_context_config* config) {
    if (client == nullptr || config == nullptr) return LEAT_E_ARGUMENT;
    if (config->struct_size != sizeof(leat_context_config)) return LEAT_E_STRUCT_SIZE;
    if (has_reserved(*config)) return LEAT_E_RESERVED;
    if (leat_context_config_error(config)[0] != '\0') return LEAT_E_CONFIG;
    if (!has_sound_texts(*config)) return LEAT_E_ARGUMENT;
    LEAT_TRY(content_status(config->content));
    if (config->endpoint >= client->endpoints_count) return LEAT_E_NOT_FOUND;
    const leat::Endpoint& endpoint = client->endpoints[config->endpoint];
    const bool can = leat::gemini_has_caches(*endpoint.adapter) && endpoint.pool_count <= 1;
    return can ? LEAT_OK : LEAT_E_UNSUPPORTED;
}

bool is_named_by(leat_context* context, leat_batch* batch) {
    if (batch->open && !leat::batch_is_done(*batch) && batch->defaults.context == context) return true;
    return batch->ring.find(
        [context](leat::Waiting* waiting) { return waiting->request.context == context; });
}

// A request that has no result yet names it.
bool is_in_use(leat_context* context) {
    leat_client* const client = context->client;
    for (uint32_t i = 0; i < client->config.batches_max; ++i) {
        if (is_named_by(context, &client->batches[i])) return true;
    }
    for (uint32_t i = 0; i < client->config.items_max; ++i) {
        const leat::Item& item = client->items[i];
        if (!leat::is_over(item.state) && item.request.context == context) return true;
    }
    return false;
}

bool is_open(const leat_context* context) { return context != nullptr && context->open; }

leat_context_state state_of(const leat_context& context) {
    if (leat::context_is_usable(*context.client, context)) return LEAT_CONTEXT_READY;
    const bool is_sought = context.call != leat::ContextCall::none &&
                           context.call != leat::ContextCall::remove;
    if (is_sought) return LEAT_CONTEXT_SOUGHT;
    return context.client->now_ns < context.patience_ns ? LEAT_CONTEXT_FAILED : LEAT_CONTEXT_NONE;
}

}  // namespace

void leat_context_config_init(leat_context_config* config) {
    if (config == nullptr) return;
    *config = leat_context_config{};
    config->struct_size = sizeof *config;
    config->ttl_s = 3600;
    config->renew_before_s = 300;
    config->find = 1;
    config->renew = 1;
    config->keep = 1;
    config->recreate = 1;
    config->send_inline = 1;
}

const char* leat_context_config_error(const leat_context_config* config) {
    if (config == nullptr) return "config must not be NULL";
    if (config->struct_size != sizeof *config) return "struct_size is not set";
    if (config->ttl_s == 0) return "ttl_s must be > 0";
    if (config->renew_percent > 99) return "renew_percent must be 0..99";
    if (config->renew_percent == 0 && config->renew_before_s >= config->ttl_s) {
        return "renew_before_s must be < ttl_s";
    }
    if (config->tags_count > 0 && config->tags == nullptr) {
        return "tags must not be NULL when tags_count > 0";
    }
    const bool sound = is_switch(config->find) && is_switch(config->renew) && is_switch(config->keep) &&
                       is_switch(config->recreate) && is_switch(config->send_inline);
    return sound ? "" : "find, renew, keep, recreate and send_inline must be 0 or 1";
}

const char* leat_context_config_warning(const leat_context_config* config, uint32_t index) {
    if (config == nullptr || config->struct_size != sizeof *config) return nullptr;
    const bool is_short = config->renew != 0 && config->renew_percent == 0 &&
                          config->renew_before_s < short_buffer_s;
    const bool finds_none = config->find != 0 && config->tags_count == 0;
    const struct {
        bool applies;
        const char* text;
    } warnings[] = {
        {is_short, "renew_before_s is short: the cache may expire while requests are under way"},
        {finds_none && config->keep != 0, "without tags a cache that is kept is not found again"},
    };
    for (const auto& warning : warnings) {
        if (warning.applies && index-- == 0) return warning.text;
    }
    return nullptr;
}

leat_status leat_context_open(leat_client* client, const leat_context_config* config,
                              leat_context** context) {
    if (context == nullptr) return LEAT_E_ARGUMENT;
    *context = nullptr;
    LEAT_TRY(config_status(client, config));
    leat_context* const slot = leat::free_context(client);
    if (slot == nullptr) return LEAT_E_TOO_MANY;
    leat::update_clock(client);
    LEAT_TRY(leat::context_fill(client, slot, *config));
    *context = slot;
    return LEAT_OK;
}

leat_status leat_context_delete(leat_context* context) {
    if (!is_open(context)) return LEAT_E_ARGUMENT;
    context->delete_asked = context->name.size > 0 || context->call != leat::ContextCall::none;
    context->client->work_pending = true;
    return LEAT_OK;
}

leat_status leat_context_run(leat_context* context) {
    if (!is_open(context)) return LEAT_E_ARGUMENT;
    leat_client* const client = context->client;
    if (client->in_step) return LEAT_E_REENTRANT;
    while (leat::context_is_busy(*context)) LEAT_TRY(leat::run_step(client, -1));
    return LEAT_OK;
}

leat_status leat_context_close(leat_context* context) {
    if (!is_open(context)) return LEAT_E_ARGUMENT;
    if (context->client->in_step) return LEAT_E_REENTRANT;
    if (is_in_use(context)) return LEAT_E_STATE;
    const bool is_ours = context->is_ours || context->call == leat::ContextCall::create;
    if (context->config.keep == 0 && is_ours) {
        LEAT_TRY(leat_context_delete(context));
        (void)leat_context_run(context);  // that it failed is in the log
        if (is_in_use(context)) return LEAT_E_STATE;
    }
    leat::context_forget(context->client, context);
    return LEAT_OK;
}

leat_status leat_context_get_info(const leat_context* context, leat_context_info* info) {
    if (!is_open(context) || info == nullptr) return LEAT_E_ARGUMENT;
    const bool is_usable = leat::context_is_usable(*context->client, *context);
    *info = leat_context_info{};
    info->state = state_of(*context);
    info->status = context->status;
    if (is_usable) info->name = context->name.view();
    info->error_message = context->error.view();
    info->expires_in_ms =
        is_usable ? static_cast<int64_t>((context->expire_ns - context->client->now_ns) / 1000000) : 0;
    info->tokens = is_usable ? context->tokens : LEAT_TOKENS_UNKNOWN;
    info->created = context->created;
    info->found = context->found;
    info->renewed = context->renewed;
    info->lost = context->lost;
    info->cost_usd = context->cost_is_known ? leat::to_dollars(context->cost) : -1.0;
    return LEAT_OK;
}

const char* leat_context_state_name(leat_context_state state) {
    if (leat::enum_number(state) > LEAT_CONTEXT_FAILED) return "unknown";
    switch (state) {
        case LEAT_CONTEXT_NONE: return "none";
        case LEAT_CONTEXT_SOUGHT: return "sought";
        case LEAT_CONTEXT_READY: return "ready";
        case LEAT_CONTEXT_FAILED: return "failed";
    }
    return "unknown";
}
