// provider/ollama_request.cc: the request side of Ollama's /api/chat and its adapter's table.
// Sampling goes into "options", where the caller's own options (extra_json) join it. A stream is
// the default there, so "stream" is always said. Other options that are not set do not appear.
// The conversation is written by ollama_messages.cc.
// Depends on codec and base.
#include "base/check.h"
#include "provider/extra_members.h"
#include "provider/ollama.h"
#include "provider/registry.h"
#include "provider/request_words.h"

namespace leat {

namespace {

// The options object begins with the first option that is set.
class Options {
public:
    Options(const leat_request& request, leat_rope* rope) : request_(request), rope_(rope) {}

    leat_status put(const ExtraMembers& extra, JsonMembers* body) {
        const bool has_stop = request_.stop_count > 0;
        bool has_any = has_stop || request_.max_output_tokens != 0 || extra.has(text("options"));
        for (const Field& f : fields) has_any = has_any || (request_.*f.member).is_set != 0;
        if (!has_any) return LEAT_OK;
        body->name(text("options"));
        JsonMembers options(rope_);
        for (const Field& f : fields) options.number(f.name, request_.*f.member);
        if (request_.max_output_tokens != 0) {
            options.integer(text("num_predict"), request_.max_output_tokens);
        }
        if (has_stop) put_stop(&options);
        LEAT_TRY(extra.put_inside(text("options"), &options));
        options.end();
        return LEAT_OK;
    }

private:
    struct Field {
        Text name;
        leat_number leat_request::*member;
    };
    static constexpr Field fields[] = {
        {text("temperature"), &leat_request::temperature},
        {text("top_p"), &leat_request::top_p},
        {text("top_k"), &leat_request::top_k},
        {text("seed"), &leat_request::seed},
        {text("presence_penalty"), &leat_request::presence_penalty},
        {text("frequency_penalty"), &leat_request::frequency_penalty},
    };

    void put_stop(JsonMembers* options) {
        options->name(text("stop"));
        JsonElements list(rope_);
        for (uint32_t i = 0; i < request_.stop_count; ++i) {
            list.next();
            leat_rope_json_string(rope_, request_.stop[i]);
        }
        list.end();
    }

    const leat_request& request_;
    leat_rope* rope_;
};

void put_format(const leat_request& request, JsonMembers* body, leat_rope* rope) {
    const leat_format* const format = request.format;
    if (!empty(request.response_format_json)) {
        body->json(text("format"), request.response_format_json);
    } else if (has_schema(format)) {
        body->name(text("format"));
        put_format_schema(rope, *format);
    } else if (format != nullptr && format->kind == LEAT_FORMAT_JSON) {
        body->string(text("format"), text("json"));
    }
}

// One member says both how much to think and whether to show it; off wins over an effort.
void put_think(const leat_request& request, JsonMembers* body, leat_rope* rope) {
    const bool is_off =
        request.thinking == LEAT_OFF || equal(request.reasoning_effort, text("none"));
    if (is_off) {
        body->boolean(text("think"), false);
        if (!empty(request.reasoning_effort) && request.thinking == LEAT_OFF) {
            leat_rope_ignored(rope, LEAT_FIELD_REASONING_EFFORT);
        }
    } else if (!empty(request.reasoning_effort)) {
        body->string(text("think"), request.reasoning_effort);
    } else if (request.thinking == LEAT_ON) {
        body->boolean(text("think"), true);
    }
}

void put_tool(const leat_tool& tool, leat_rope* rope) {
    JsonMembers members(rope);
    members.string(text("type"), text("function"));
    members.name(text("function"));
    JsonMembers function(rope);
    function.string(text("name"), tool.name);
    function.string(text("description"), tool.description);
    function.json(text("parameters"), tool_parameters(tool));
    function.end();
    members.end();
}

// There is no tool_choice: AUTO is how it is, NONE is had by keeping the tools to ourselves, and
// the others are not to be had.
void put_tools(const leat_request& request, JsonMembers* body, leat_rope* rope) {
    const leat_tools* const tools = request.tools;
    const leat_tool_mode mode = tools == nullptr ? LEAT_TOOLS_UNSET : tools->mode;
    const bool demands = mode == LEAT_TOOLS_REQUIRED || mode == LEAT_TOOLS_NAMED;
    if (demands || !empty(request.tool_choice_json)) {
        leat_rope_ignored(rope, LEAT_FIELD_TOOL_CHOICE);
    }
    if (mode == LEAT_TOOLS_NONE) return;
    if (!empty(request.tools_json)) {
        body->json(text("tools"), request.tools_json);
    } else if (tools != nullptr && tools->count > 0) {
        body->name(text("tools"));
        JsonElements list(rope);
        for (uint32_t i = 0; i < tools->count; ++i) {
            list.next();
            put_tool(tools->list[i], rope);
        }
        list.end();
    }
}

leat_status put_body(const leat_build& build, leat_rope* rope) {
    JsonValue own;
    const bool has_model = json_find(build.request->body_json, text("model"), &own);
    const bool replace = !empty(build.request->model) || !has_model;
    JsonMembers members(rope);
    if (replace) members.string(text("model"), build.model);
    LEAT_TRY(json_copy_members(build.request->body_json, &members, [&](const JsonValue& key) {
        return (replace && json_is(key, text("model"))) || json_is(key, text("stream"));
    }));
    members.boolean(text("stream"), build.stream != 0);
    members.end();
    return LEAT_OK;
}

}  // namespace

leat_status ollama_build(const leat_build* build, leat_rope* rope) {
    LEAT_CHECK(build != nullptr && rope != nullptr);
    const leat_request& request = *build->request;
    if (!empty(request.body_json)) return put_body(*build, rope);
    const ExtraMembers extra(request.extra_json);
    JsonMembers body(rope);
    body.string(text("model"), build->model);
    body.name(text("messages"));
    ollama_put_messages(request, rope);
    LEAT_TRY(Options(request, rope).put(extra, &body));
    put_format(request, &body, rope);
    put_think(request, &body, rope);
    put_tools(request, &body, rope);
    body.boolean(text("stream"), build->stream != 0);
    const Text put[] = {text("options"), text("stream")};
    LEAT_TRY(extra.put_rest(put, &body));
    body.end();
    return LEAT_OK;
}

namespace {

constexpr leat_adapter table() {
    leat_adapter adapter{};
    adapter.struct_size = sizeof adapter;
    adapter.lacks = LEAT_FIELD_THINKING_BUDGET | LEAT_FIELD_CACHE_PROMPT | LEAT_FIELD_CACHE_HERE |
                    LEAT_FIELD_PROMPT_CACHE_KEY | LEAT_FIELD_CACHED_CONTENT |
                    LEAT_FIELD_CHOICES_WANTED | LEAT_FIELD_PARALLEL_TOOLS | LEAT_FIELD_IMAGE_URL |
                    LEAT_FIELD_IMAGE_DETAIL | LEAT_FIELD_PROVIDER_METADATA | LEAT_FIELD_STRICT;
    adapter.name = "ollama";
    adapter.base_url = "http://127.0.0.1:11434";
    adapter.path = "/api/chat";
    adapter.auth_header = "Authorization";
    adapter.auth_prefix = "Bearer ";
    adapter.stream_format = LEAT_STREAM_NDJSON;
    adapter.build = ollama_build;
    adapter.parse = ollama_parse;
    adapter.classify = ollama_classify;
    adapter.event = ollama_event;
    adapter.assembled = ollama_assembled;
    return adapter;
}

}  // namespace

constexpr leat_adapter ollama_adapter = table();

}  // namespace leat
