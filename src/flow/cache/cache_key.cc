// flow/cache/cache_key.cc: what makes two requests equal: everything that the answer may depend on, and no
// credential. See leat_cache in leat/batch.h. Depends on codec's digest of JSON.
// Invariant: fields are hashed with their sizes, so that no two requests run into one key.
#include "base/check.h"
#include "codec/json_digest.h"
#include "flow/cache/cache.h"
#include "flow/endpoint.h"
#include "flow/item.h"

namespace leat {

namespace {

// To be changed whenever a stored value, or what a key is made of, means something else.
constexpr Text key_version = text("leat cache 1");
constexpr size_t window_bytes = 2048;

// The answer does not depend on them.
constexpr Text members_left_out[] = {text("stream"), text("stream_options"), text("user")};
constexpr uint32_t members_left_out_count = 3;

bool is_credential_parameter(Text name) {
    constexpr Text ends[] = {text("key"), text("token"), text("sig"), text("signature"), text("secret")};
    for (const Text end : ends) {
        if (name.size < end.size) continue;
        if (equal_ignoring_case(tail(name, name.size - end.size), end)) return true;
    }
    return false;
}

// Credentials, and what differs from request to request by its nature.
bool is_header_left_out(Text name) {
    constexpr Text names[] = {
        text("authorization"),  text("proxy-authorization"), text("x-api-key"),   text("api-key"),
        text("x-goog-api-key"), text("cookie"),              text("traceparent"), text("tracestate"),
        text("x-request-id"),   text("idempotency-key"),     text("x-client-request-id")};
    for (const Text left_out : names) {
        if (equal_ignoring_case(name, left_out)) return true;
    }
    return false;
}

void add_url(Sha256* key, const Item& item) {
    const Origin& origin = item.endpoint->origin;
    const char port[2] = {static_cast<char>(origin.port >> 8), static_cast<char>(origin.port & 0xff)};
    key->update_field(origin.is_tls ? text("https") : text("http"));
    key->update_field(origin.host);
    key->update_field(text(port, sizeof port));
    Text query = item.path;
    key->update_field(take_until(&query, '?'));
    while (!empty(query)) {
        const Text parameter = take_until(&query, '&');
        Text rest = parameter;
        if (!is_credential_parameter(take_until(&rest, '='))) key->update_field(parameter);
    }
}

bool is_secret(const Endpoint& endpoint, Text value) {
    for (uint32_t i = 0; i < endpoint.secrets_count; ++i) {
        const Text secret = endpoint.secrets[i];
        if (!empty(secret) && value.size >= secret.size && ends_with(value, secret)) return true;
    }
    return false;
}

// An adapter may name its credential's header as it likes: its value shows it.
void add_headers(Sha256* key, const Endpoint& endpoint, const leat_header* headers, uint32_t count) {
    for (uint32_t i = 0; i < count; ++i) {
        if (is_header_left_out(headers[i].name) || is_secret(endpoint, headers[i].value)) continue;
        key->update_field(headers[i].name);
        key->update_field(headers[i].value);
    }
    key->update_field(text("."));
}

// Calls take(piece) for the body's bytes in order.
template <typename Take>
void for_each_piece(const Rope& rope, Take take) {
    RopeReader reader(rope);
    char window[window_bytes];
    while (!reader.done()) {
        const Text direct = reader.direct(window_bytes);
        if (!empty(direct)) {
            take(direct);
            reader.skip(direct.size);
        } else {
            take(text(window, reader.fill(window, sizeof window)));
        }
    }
}

bool digest_json(Item* item, Sha256Digest* digest) {
    JsonDigest json(&item->arena, members_left_out, members_left_out_count);
    for_each_piece(item->rope, [&json](Text piece) { json.feed(piece); });
    return json.finish(digest) == LEAT_OK;
}

}  // namespace

Sha256Digest cache_key_of(Item* item) {
    LEAT_CHECK(item->endpoint != nullptr && item->arena.mark() == item->attempt_mark);
    const Endpoint& endpoint = *item->endpoint;
    Sha256 key;
    key.update_field(key_version);
    key.update_field(text_of(endpoint.adapter->name));
    key.update_field(text("POST"));
    add_url(&key, *item);
    add_headers(&key, endpoint, endpoint.headers, endpoint.headers_count);
    add_headers(&key, endpoint, item->headers, item->headers_count);
    Sha256Digest body{};
    if (digest_json(item, &body)) {
        key.update_field(text("json"));
        key.update_field(text_of(body));
        return key.finish();
    }
    // Not JSON, or JSON that has no order-free meaning: byte for byte, then.
    key.update_field(text("bytes"));
    for_each_piece(item->rope, [&key](Text piece) { key.update(piece); });
    return key.finish();
}

}  // namespace leat
