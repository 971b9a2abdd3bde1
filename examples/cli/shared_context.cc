// cli/shared_context.cc: see shared_context.h. A file that begins with { is a line of IN without an id;
// any other is text, the first user turn.
// Depends on leat's public headers and cli/item.h.
#include "cli/shared_context.h"

#include <leat/meter.h>
#include <stdio.h>

#include "base/bytes.h"
#include "codec/json_scan.h"

namespace cli {

namespace {

constexpr uint32_t tags_most = 16;
constexpr uint32_t buffer_usual_s = 300;

bool refuse(const char* path, const char* why) {
    fprintf(stderr, "leat run: --context-cache %s: %s\n", path, why);
    return false;
}

bool is_json(leat_str text) {
    const leat_str bare = leat::json_trim(text);
    return bare.size > 0 && bare.data[0] == '{';
}

// A system text alone is no item, but something to share.
bool is_enough(const leat_request& content, const Fault& fault) {
    return leat::equal(leat::text_of(fault.code), leat::text("no_prompt")) &&
           !leat::empty(content.system);
}

}  // namespace

bool SharedContext::read_tags(const char* list) {
    leat_str rest = view(list);
    while (!leat::empty(rest)) {
        leat_str value = leat::trim(leat::take_until(&rest, ','));
        const leat_str name = leat::trim(leat::take_until(&value, '='));
        if (leat::empty(name) || tags_count_ == tags_most) {
            fprintf(stderr, "leat run: --context-tags wants 1 to %u of NAME=VALUE with commas between\n",
                    tags_most);
            return false;
        }
        tags_[tags_count_++] = leat_header{name, leat::trim(value)};
    }
    return true;
}

bool SharedContext::read(const Settings& settings, ItemParser* parser, Defaults* defaults) {
    const char* const path = settings.context_cache;
    if (path == nullptr) {
        return true;
    }
    const leat_str file = defaults->context_file();
    const Line line{const_cast<char*>(file.data), file.size, 1};
    Fault fault{"", ""};
    leat_request_init(&content_);
    const bool good = is_json(file) ? parser->parse_json(line, &content_, &fault)
                                    : parser->parse_text(line, &content_, &fault);
    if (!good && !is_enough(content_, fault)) {
        return refuse(path, fault.reason);
    }
    if (!leat::empty(content_.body_json)) {
        return refuse(path, "wants a prompt or messages, no body");
    }
    if (!leat::empty(content_.system) && settings.system != nullptr) {
        return refuse(path, "has a system text, and so has --system");
    }
    defaults->move_to_context(&content_);
    used_ = true;
    kept_ = settings.context_keep;
    return settings.context_tags == nullptr || read_tags(settings.context_tags);
}

bool SharedContext::open(const Settings& settings, leat_client* client, const Service& service,
                         Defaults* defaults) {
    if (!used_) {
        return true;
    }
    leat_context_config config;
    leat_context_config_init(&config);
    config.endpoint = service.targets[0].first;
    config.model = service.model;
    config.content = &content_;
    config.tags = tags_;
    config.tags_count = tags_count_;
    config.ttl_s = static_cast<uint32_t>(settings.context_ttl_ms / 1000);
    config.renew_before_s = config.ttl_s >= 2 * buffer_usual_s ? buffer_usual_s : config.ttl_s / 2;
    config.keep = kept_ ? 1 : 0;
    for (uint32_t w = 0; settings.verbose; ++w) {
        const char* const warning = leat_context_config_warning(&config, w);
        if (warning == nullptr) {
            break;
        }
        fprintf(stderr, "leat run: %s\n", warning);
    }
    const leat_status status = leat_context_open(client, &config, &context_);
    switch (status) {
        case LEAT_OK: defaults->set_context(context_); return true;
        case LEAT_E_UNSUPPORTED:
            return refuse(settings.context_cache, "needs -p gemini, with one key");
        case LEAT_E_TOO_LARGE:
            return refuse(settings.context_cache, "--context-tags: 128 characters at most, in all");
        case LEAT_E_ARGUMENT:
            return refuse(settings.context_cache, "needs a --model, and tags of different names");
        default: break;
    }
    const char* const field = leat_context_config_error(&config);
    return refuse(settings.context_cache, field[0] != 0 ? field : leat_status_hint(status));
}

void SharedContext::close() {
    if (context_ == nullptr) {
        return;
    }
    (void)leat_context_get_info(context_, &info_);
    snprintf(name_, sizeof name_, "%.*s", static_cast<int>(info_.name.size), info_.name.data);
    if (info_.status != LEAT_OK) {
        const leat_str words = leat::empty(info_.error_message)
                                   ? leat::text_of(leat_status_hint(info_.status))
                                   : info_.error_message;
        snprintf(reason_, sizeof reason_, "%.*s", static_cast<int>(words.size), words.data);
    }
    (void)leat_context_close(context_);
    context_ = nullptr;
}

double saved_by_cache(const Service& service, const leat_usage& usage) {
    const ServiceTarget& target = service.targets[0];
    const leat_price& own = target.endpoint.price;
    if (usage.cached_input_tokens <= 0) {
        return -1;
    }
    leat_tariff tariff;
    leat_tariff_init(&tariff);
    const leat_str model = leat::empty(service.model) ? target.endpoint.model : service.model;
    if (own.input >= 0) {
        tariff.input = own.input;
        tariff.cached_input = own.cached_input;
    } else if (leat_tariff_find(target.endpoint.provider, model, leat_str{nullptr, 0}, &tariff) != LEAT_OK ||
               !leat::equal(tariff.currency, leat::text("USD"))) {
        return -1;
    }
    if (tariff.cached_input < 0) {
        return -1;
    }
    return static_cast<double>(usage.cached_input_tokens) * (tariff.input - tariff.cached_input) / 1e6;
}

}  // namespace cli
