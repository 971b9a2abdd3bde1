// provider/gemini.cc: the adapters "gemini" and "vertex", and how their requests begin: the model
// and the verb stand in the path, all else in the body. See gemini.h.
// Invariant: no byte of a model's name can end the path's segment that it stands in.
#include "provider/gemini.h"

#include "base/check.h"
#include "provider/registry.h"

namespace leat {

namespace {

constexpr size_t model_bytes_max = 200;

bool is_unreserved(char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return letter || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~' || c == '@';
}

// Collects the path; what does not fit fails the whole.
struct PathText {
    char bytes[3 * model_bytes_max + 64];
    size_t size = 0;

    void add(Text t) {
        LEAT_CHECK(t.size <= sizeof bytes - size);
        if (t.size > 0) memcpy(bytes + size, t.data, t.size);
        size += t.size;
    }
};

// The name's bytes, percent-encoded where a URL demands it; LEAT_E_TEXT for what no name holds.
leat_status add_model(Text name, PathText* path) {
    constexpr char hex[] = "0123456789ABCDEF";
    if (name.size > model_bytes_max) return LEAT_E_TOO_LARGE;
    if (empty(name)) return LEAT_E_ARGUMENT;
    for (size_t i = 0; i < name.size; ++i) {
        const char c = name.data[i];
        if (c <= ' ' || c >= 0x7f || c == '/') return LEAT_E_TEXT;
        const unsigned byte = static_cast<unsigned char>(c);
        const char coded[] = {'%', hex[byte >> 4], hex[byte & 15]};
        path->add(is_unreserved(c) ? text(&c, 1) : text(coded, sizeof coded));
    }
    return LEAT_OK;
}

// "gemini-x", "models/gemini-x" or "tunedModels/x" as a path with the verb. A path that the request
// gives stands for itself.
leat_status put_path(const leat_build& build, Text model, leat_rope* rope) {
    if (!empty(build.request->path)) return LEAT_OK;
    constexpr Text tuned = text("tunedModels/");
    constexpr Text plain = text("models/");
    const Text folder = starts_with(model, tuned) ? tuned : plain;
    PathText path;
    path.add(text("/"));
    path.add(folder);
    LEAT_TRY(add_model(starts_with(model, folder) ? tail(model, folder.size) : model, &path));
    path.add(build.stream != 0 ? text(":streamGenerateContent?alt=sse") : text(":generateContent"));
    leat_rope_path(rope, text(path.bytes, path.size));
    return LEAT_OK;
}

bool is_config(const JsonValue& key) {
    return json_is(key, text("generationConfig")) || json_is(key, text("generation_config"));
}

// A whole body of the caller's: sent as it is. What it says of model and stream belongs into the
// path here, and the API knows no such members.
leat_status build_from_body(const leat_build& build, const GeminiQuirks& quirks, leat_rope* rope) {
    const leat_request& request = *build.request;
    JsonValue own;
    Text model = build.model;
    const bool has_model = json_find(request.body_json, text("model"), &own);
    if (has_model && empty(request.model)) {
        if (own.type != JsonType::string || own.escaped) return LEAT_E_TEXT;
        model = own.raw;
    }
    LEAT_TRY(put_path(build, model, rope));
    JsonMembers members(rope);
    const bool has_cache = json_find(request.body_json, text("cachedContent"), &own) ||
                           json_find(request.body_json, text("cached_content"), &own);
    if (quirks.needs_cache && !has_cache) {
        if (empty(request.cached_content)) return LEAT_E_ARGUMENT;
        members.string(text("cachedContent"), request.cached_content);
    }
    LEAT_TRY(json_copy_members(request.body_json, &members, [](const JsonValue& key) {
        return json_is(key, text("model")) || json_is(key, text("stream")) ||
               json_is(key, text("stream_options"));
    }));
    members.end();
    return LEAT_OK;
}

constexpr GeminiQuirks plain_quirks = {false, false};
constexpr GeminiQuirks vertex_quirks = {true, false};

}  // namespace

bool gemini_is_before_3(Text model) {
    if (starts_with(model, text("models/"))) model = tail(model, 7);
    return starts_with(model, text("gemini-1")) || starts_with(model, text("gemini-2"));
}

leat_status gemini_build(const leat_build* build, leat_rope* rope) {
    LEAT_CHECK(build != nullptr && rope != nullptr);
    LEAT_CHECK(build->context != nullptr);
    const GeminiQuirks& quirks = *static_cast<const GeminiQuirks*>(build->context);
    const leat_request& request = *build->request;
    if (!empty(request.body_json)) return build_from_body(*build, quirks, rope);
    if (quirks.needs_cache && empty(request.cached_content)) return LEAT_E_ARGUMENT;
    LEAT_TRY(put_path(*build, build->model, rope));
    JsonMembers body(rope);
    body.string(text("cachedContent"), request.cached_content);
    if (!quirks.needs_cache) {
        gemini_put_system(request, &body, rope);
        gemini_put_tools(request, &body, rope);
    } else if (gemini_has_system_turn(request)) {
        leat_rope_ignored(rope, LEAT_FIELD_SYSTEM);
    }
    gemini_put_contents(request, build->model, &body, rope);
    gemini_put_config(request, build->model, &body, rope);
    if (quirks.takes_labels) body.json(text("labels"), request.provider_metadata_json);
    if (!empty(request.extra_json)) {
        LEAT_TRY(json_copy_members(request.extra_json, &body, is_config));
    }
    body.end();
    return LEAT_OK;
}

constexpr leat_adapter gemini_adapter =
    gemini_row("gemini", "https://generativelanguage.googleapis.com/v1beta", "x-goog-api-key", "",
               gemini_lacks | LEAT_FIELD_PROVIDER_METADATA, &plain_quirks);

// The user's base URL names the project and the place:
// https://LOCATION-aiplatform.googleapis.com/v1/projects/P/locations/L/publishers/google
constexpr leat_adapter vertex_adapter =
    gemini_row("vertex", "", "Authorization", "Bearer ", gemini_lacks, &vertex_quirks);

}  // namespace leat
