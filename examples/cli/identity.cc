// cli/identity.cc: the settings are written first, behind the place of the hash, then hashed.
// Depends on the JSON writer and SipHash.
#include "cli/identity.h"

#include <string.h>

#include "base/bytes.h"
#include "cli/siphash.h"
#include "codec/json_write.h"

namespace cli {

namespace {

constexpr char before[] = "{\"leat_journal\":1,\"identity\":\"";
constexpr char between[] = "\",\"settings\":";
constexpr size_t before_bytes = sizeof before - 1;
constexpr size_t between_bytes = sizeof between - 1;
constexpr size_t prefix_bytes = before_bytes + identity_bytes + between_bytes;

void put_text(leat::JsonWriter* json, leat_str name, const char* value) {
    json->key(name);
    if (value == nullptr) {
        json->null();
    } else {
        json->string(leat_str{value, strlen(value)});
    }
}

void put_number(leat::JsonWriter* json, leat_str name, const leat_number& number) {
    json->key(name);
    if (number.is_set != 0) {
        json->number(number.value);
    } else {
        json->null();
    }
}

void put_hex(uint64_t word, char* out) {
    for (int i = 0; i < 16; ++i) {
        out[i] = "0123456789abcdef"[(word >> (60 - 4 * i)) & 15];
    }
}

void put_file(leat::JsonWriter* json, leat_str name, leat_str content) {
    if (leat::empty(content)) {
        return;
    }
    char digits[identity_bytes];
    const Hash128 hash = siphash(SipKey{0, 0}, content.data, content.size);
    put_hex(hash.high, digits);
    put_hex(hash.low, digits + 16);
    json->key(name);
    json->string(leat_str{digits, sizeof digits});
}

// Who may answer, without weights: those are a matter of pace.
void put_services(const char* option, const Service& service, bool fallbacks,
                  leat::JsonWriter* json) {
    bool any = false;
    for (uint32_t i = 0; i < service.targets_count; ++i) {
        const ServiceTarget& target = service.targets[i];
        if (leat::empty(target.who) || (target.rank > 0) != fallbacks) {
            continue;
        }
        if (!any) {
            json->key(leat_str{option, strlen(option)});
            json->begin_array();
            any = true;
        }
        json->string(target.who);
    }
    if (any) {
        json->end_array();
    }
}

// Options that came later leave no trace where they are not given, so that older files go on.
void put_more(const Settings& settings, const Defaults& defaults, leat::JsonWriter* json) {
    struct Text {
        leat_str name;
        const char* value;
    };
    const Text texts[] = {{leat::text("reasoning_effort"), settings.reasoning_effort},
                          {leat::text("thinking"), settings.thinking},
                          {leat::text("choices"), settings.choices},
                          {leat::text("tool_choice"), settings.tool_choice},
                          {leat::text("cached_content"), settings.cached_content},
                          {leat::text("json"), settings.json ? "yes" : nullptr},
                          {leat::text("retry_model"), settings.retry_model},
                          {leat::text("check_command"), settings.check},
                          {leat::text("dry_run"), settings.dry_run ? "yes" : nullptr},
                          {leat::text("check"), settings.no_check ? "no" : nullptr}};
    for (const Text& one : texts) {
        if (one.value != nullptr) {
            put_text(json, one.name, one.value);
        }
    }
    if (settings.top_p.is_set != 0) {
        put_number(json, leat::text("top_p"), settings.top_p);
    }
    if (settings.top_k.is_set != 0) {
        put_number(json, leat::text("top_k"), settings.top_k);
    }
    if (settings.has_chains()) {
        const char* const chains = settings.only_named() ? "named" : "sequential";
        put_text(json, leat::text("history"), settings.no_history ? "stateless" : chains);
        put_text(json, leat::text("when_full"), settings.when_full == 0 ? "fail" : "drop-oldest");
        json->key(leat::text("history_tokens"));
        json->integer(static_cast<int64_t>(settings.history_tokens));
    }
    if (settings.has_conversations()) {
        put_file(json, leat::text("context"), defaults.context());
    }
    put_file(json, leat::text("schema"), defaults.schema());
    put_file(json, leat::text("tools"), defaults.tools_file());
    put_file(json, leat::text("context"), defaults.context_file());
}

}  // namespace

size_t write_identity(const Settings& settings, const Service& service, const Defaults& defaults,
                      char* out, size_t capacity, char (&identity)[identity_bytes]) {
    if (capacity < prefix_bytes + 2) {
        return 0;
    }
    leat::JsonWriter json(out + prefix_bytes, capacity - prefix_bytes - 2);
    json.begin_object();
    json.key(leat::text("provider"));
    json.string(service.is_mock && !settings.mock ? leat::text("mock")
                                                  : service.endpoint.provider);
    if (settings.mock) {
        json.key(leat::text("mock"));
        json.boolean(true);
    }
    put_text(&json, leat::text("base_url"), settings.base_url);
    put_text(&json, leat::text("model"), settings.model);
    put_text(&json, leat::text("system"), settings.system);
    put_number(&json, leat::text("temperature"), settings.temperature);
    json.key(leat::text("max_tokens"));
    json.integer(static_cast<int64_t>(settings.max_tokens));
    put_number(&json, leat::text("seed"), settings.seed);
    json.key(leat::text("lines"));
    json.boolean(settings.lines);
    put_more(settings, defaults, &json);
    put_services("balance", service, false, &json);
    put_services("fallback", service, true, &json);
    json.end_object();
    if (!json.ok()) {
        return 0;
    }
    const Hash128 hash = siphash(SipKey{0, 0}, json.written().data, json.written().size);
    put_hex(hash.high, identity);
    put_hex(hash.low, identity + 16);
    memcpy(out, before, before_bytes);
    memcpy(out + before_bytes, identity, identity_bytes);
    memcpy(out + before_bytes + identity_bytes, between, between_bytes);
    const size_t size = prefix_bytes + json.written().size;
    memcpy(out + size, "}\n", 2);
    return size + 2;
}

}  // namespace cli
