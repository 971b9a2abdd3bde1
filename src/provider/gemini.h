// provider/gemini.h: Google's generateContent, as the Gemini API and Vertex AI speak it, with or
// without a context cache. The three adapters share every function; a row of quirks tells them
// apart. Depends on codec and base.
// Request side: gemini.cc, gemini_contents.cc, gemini_config.cc. Answer side: gemini_answer.cc
// and gemini_stream.cc over the walk in gemini_walk.h; gemini_errors.cc explains failures.
// The caller's own JSON goes where this API has a place for it: content_json and tool_calls_json
// are `parts`, response_format_json holds members of generationConfig, tool_choice_json is
// toolConfig; a generationConfig inside extra_json joins ours.
#pragma once

#include <leat/adapter.h>

#include "provider/json_members.h"

namespace leat {

struct GeminiQuirks {
    bool takes_labels;  // Vertex AI only: elsewhere an unknown member is an error
    bool needs_cache;   // what the cache holds is not sent again
};

// What no service of this family has.
constexpr uint32_t gemini_lacks = LEAT_FIELD_PARALLEL_TOOLS | LEAT_FIELD_CACHE_PROMPT |
                                  LEAT_FIELD_CACHE_HERE | LEAT_FIELD_PROMPT_CACHE_KEY |
                                  LEAT_FIELD_IMAGE_DETAIL | LEAT_FIELD_STRICT;

// The systemInstruction, when the request has a system text or system turns.
void gemini_put_system(const leat_request& request, JsonMembers* body, leat_rope* rope);
// The contents: every other turn, then the prompt. model: as in the URL.
void gemini_put_contents(const leat_request& request, Text model, JsonMembers* body,
                         leat_rope* rope);
// tools and toolConfig.
void gemini_put_tools(const leat_request& request, JsonMembers* body, leat_rope* rope);
// generationConfig, when any of its options is set.
void gemini_put_config(const leat_request& request, Text model, JsonMembers* body, leat_rope* rope);
// Whether the request has a turn of role system.
bool gemini_has_system_turn(const leat_request& request);
// A model before Gemini 3, by its name: neither thinking levels nor signatures to be sent back.
bool gemini_is_before_3(Text model);

leat_status gemini_build(const leat_build* build, leat_rope* rope);
leat_status gemini_parse(const leat_reply* reply, leat_scratch* scratch, leat_answer* answer);
void gemini_classify(const leat_reply* reply, leat_scratch* scratch, leat_fault* fault);
leat_status gemini_event(leat_stream* stream, const leat_event* event);
leat_status gemini_assembled(const void* context, uint8_t ended, leat_answer* answer);

// The counts of a usageMetadata object. Each one replaces what an earlier object said, as they are
// running sums; an object without counts says nothing.
void gemini_read_usage(JsonCursor* at, leat_usage* usage);
// Sets finish, and block_reason where the provider cut the answer, from the reasons' words.
void gemini_choose_finish(leat_answer* answer);

constexpr leat_adapter gemini_row(const char* name, const char* base_url, const char* auth_header,
                                  const char* auth_prefix, uint32_t lacks,
                                  const GeminiQuirks* quirks) {
    leat_adapter adapter{};
    adapter.struct_size = sizeof adapter;
    adapter.lacks = lacks;
    adapter.name = name;
    adapter.base_url = base_url;
    adapter.path = "/models";  // never alone: build gives the whole path
    adapter.auth_header = auth_header;
    adapter.auth_prefix = auth_prefix;
    adapter.extra_header = "";
    adapter.context = quirks;
    adapter.stream_format = LEAT_STREAM_SSE;
    adapter.build = gemini_build;
    adapter.parse = gemini_parse;
    adapter.classify = gemini_classify;
    adapter.event = gemini_event;
    adapter.assembled = gemini_assembled;
    return adapter;
}

}  // namespace leat
