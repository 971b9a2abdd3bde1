// provider/gemini_tags.cc: see gemini_tags.h. The prefix is that of the batch-llm library (B24), so that
// caches which it tagged are found as well.
#include "provider/gemini_tags.h"

#include "base/check.h"
#include "codec/json_scan.h"
#include "codec/json_write.h"

namespace leat {

namespace {

constexpr Text prefix = text("abl-tags:");

bool is_before(Text a, Text b) {
    const size_t shared = a.size < b.size ? a.size : b.size;
    const int order = shared == 0 ? 0 : memcmp(a.data, b.data, shared);
    return order != 0 ? order < 0 : a.size < b.size;
}

// The first tag behind `last` in the order of names; nullptr when there is none. Two of one name are told
// by `twice`.
const leat_header* tag_behind(const leat_header* tags, uint32_t count, const leat_header* last,
                              bool* twice) {
    const leat_header* next = nullptr;
    for (uint32_t i = 0; i < count; ++i) {
        const leat_header& tag = tags[i];
        if (last != nullptr && !is_before(last->name, tag.name)) continue;
        if (next != nullptr && equal(next->name, tag.name)) *twice = true;
        if (next == nullptr || is_before(tag.name, next->name)) next = &tag;
    }
    return next;
}

size_t characters(Text t) {
    size_t count = 0;
    for (size_t i = 0; i < t.size; ++i) {
        const bool continues = (static_cast<unsigned char>(t.data[i]) & 0xC0u) == 0x80u;
        if (!continues) ++count;
    }
    return count;
}

bool has_tag(Text object, const leat_header& tag) {
    JsonCursor at(object);
    if (!at.enter_object()) return false;
    bool found = false;
    JsonValue key;
    while (at.member(&key)) {
        JsonValue value;
        const bool is_it = json_is(key, tag.name);
        if (!at.take(&value)) break;
        if (is_it) found = json_is(value, tag.value);
    }
    return at.finish() == LEAT_OK && found;
}

bool speaks_of(Text message, Text words) { return find_ignoring_case(message, words) != not_found; }

}  // namespace

leat_status gemini_tags_write(const leat_header* tags, uint32_t tags_count, char* out,
                              Text* written) {
    LEAT_CHECK(out != nullptr && written != nullptr && (tags != nullptr || tags_count == 0));
    *written = Text{nullptr, 0};
    if (tags_count == 0) return LEAT_OK;
    if (tags_count > gemini_tags_max) return LEAT_E_TOO_MANY;
    memcpy(out, prefix.data, prefix.size);
    JsonWriter json(out + prefix.size, display_name_bytes_max - prefix.size);
    json.begin_object();
    bool twice = false;
    const leat_header* tag = nullptr;
    while ((tag = tag_behind(tags, tags_count, tag, &twice)) != nullptr) {
        if (empty(tag->name)) return LEAT_E_ARGUMENT;
        json.key(tag->name);
        json.string(tag->value);
    }
    json.end_object();
    if (twice) return LEAT_E_ARGUMENT;
    if (!json.ok()) return LEAT_E_TOO_LARGE;
    *written = text(out, prefix.size + json.written().size);
    return characters(*written) > display_name_characters_max ? LEAT_E_TOO_LARGE : LEAT_OK;
}

bool gemini_has_tags(Text display_name, const leat_header* tags, uint32_t tags_count) {
    LEAT_CHECK(tags != nullptr || tags_count == 0);
    if (!starts_with(display_name, prefix)) return tags_count == 0;
    const Text object = tail(display_name, prefix.size);
    for (uint32_t i = 0; i < tags_count; ++i) {
        if (!has_tag(object, tags[i])) return false;
    }
    return true;
}

bool gemini_is_model(Text told, Text model) {
    if (empty(model) || !ends_with(told, model)) return false;
    const size_t before = told.size - model.size;
    return before == 0 || told.data[before - 1] == '/';
}

bool gemini_is_cache_name(Text name) {
    constexpr Text folder = text("cachedContents/");
    if (!starts_with(name, folder) || name.size == folder.size) return false;
    for (size_t i = folder.size; i < name.size; ++i) {
        const char c = to_lower(name.data[i]);
        if (!is_digit(c) && !(c >= 'a' && c <= 'z') && c != '-' && c != '_') return false;
    }
    return true;
}

bool gemini_cache_is_lost(int32_t http_status, Text message) {
    const bool is_about_it = speaks_of(message, text("cachedcontent")) ||
                             speaks_of(message, text("cached content")) ||
                             speaks_of(message, text("cache content"));
    if (!is_about_it) return false;
    if (http_status == 403 || http_status == 404) return true;
    // A bad request has other reasons too: a system text beside a cache stays as wrong with another one.
    return http_status == 400 && (speaks_of(message, text("expired")) ||
                                  speaks_of(message, text("not found")) ||
                                  speaks_of(message, text("has to be the same")));
}

}  // namespace leat
