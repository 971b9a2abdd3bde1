// Any bytes as a Gemini answer: as a whole one, as a stream's body, as an error, as a cache's page.
// Each ends in a status and every text that comes out can be read; a stream of one event is the
// answer that the event is. The first byte chooses the HTTP status and how much memory there is.
#include <stddef.h>
#include <stdint.h>

#include "base/check.h"
#include "codec/event_reader.h"
#include "codec/scratch.h"
#include "codec/stream_log.h"
#include "meter/usage.h"
#include "provider/classify.h"
#include "provider/gemini.h"
#include "provider/gemini_cache.h"
#include "provider/gemini_tags.h"

namespace {

using leat::Text;

alignas(16) char memory[16384];
alignas(16) char stream_memory[32768];
char event_memory[8192];

void touch(Text t) {
    volatile char sum = 0;
    for (size_t i = 0; i < t.size; ++i) sum = static_cast<char>(sum + t.data[i]);
}

void touch_calls(const leat_tool_call* calls, uint32_t count) {
    for (uint32_t i = 0; i < count; ++i) {
        touch(calls[i].id);
        touch(calls[i].name);
        touch(calls[i].arguments_json);
    }
}

void touch_answer(const leat_answer& answer) {
    const Text texts[] = {answer.text,        answer.thinking,    answer.finish_reason,
                          answer.model,       answer.response_id, answer.turn_json,
                          answer.safety_json, answer.block_reason};
    for (const Text t : texts) touch(t);
    touch_calls(answer.tool_calls, answer.tool_calls_count);
    for (uint32_t i = 0; i < answer.choices_count; ++i) {
        touch(answer.choices[i].text);
        touch_calls(answer.choices[i].tool_calls, answer.choices[i].tool_calls_count);
    }
    LEAT_CHECK(answer.usage.input_tokens >= LEAT_TOKENS_UNKNOWN);
    LEAT_CHECK(answer.usage.total_tokens >= LEAT_TOKENS_UNKNOWN);
}

leat_status take_event(void* user, const leat_event& event) {
    leat_stream* const log = static_cast<leat_stream*>(user);
    const leat_status status = leat::gemini_event(log, &event);
    return log->status() == LEAT_OK ? status : log->status();
}

void read_stream(Text body) {
    leat::Arena arena;
    arena.open(stream_memory, sizeof stream_memory);
    leat_stream log;
    log.open(&arena);
    leat::EventReader reader;
    reader.open(LEAT_STREAM_SSE, event_memory, sizeof event_memory, take_event, &log);
    leat_status status = reader.feed(leat::head(body, body.size / 2));
    if (status == LEAT_OK) status = reader.feed(leat::tail(body, body.size / 2));
    if (status == LEAT_OK) status = reader.finish();
    leat_answer answer{};
    answer.usage = leat::unknown_usage();
    if (log.assemble(&answer) != LEAT_OK) return;
    (void)leat::gemini_assembled(nullptr, 0, &answer);
    touch_answer(answer);
}

bool same(Text a, Text b) { return leat::equal(a, b); }

// The answer as one event of a stream.
void compare_with_event(Text body, const leat_answer& whole) {
    leat::Arena arena;
    arena.open(stream_memory, sizeof stream_memory);
    leat_stream log;
    log.open(&arena);
    leat_event event{};
    event.data = body;
    const leat_status status = leat::gemini_event(&log, &event);
    leat_answer answer{};
    if (log.status() != LEAT_OK || log.assemble(&answer) != LEAT_OK) return;  // over the memory
    LEAT_CHECK(status == LEAT_OK);
    if (leat::gemini_assembled(nullptr, 0, &answer) != LEAT_OK) return;  // no reason to finish
    LEAT_CHECK(same(answer.text, whole.text) && same(answer.thinking, whole.thinking));
    LEAT_CHECK(same(answer.finish_reason, whole.finish_reason));
    LEAT_CHECK(answer.finish == whole.finish);
    LEAT_CHECK(answer.tool_calls_count == whole.tool_calls_count);
    LEAT_CHECK(answer.choices_count == whole.choices_count);
    LEAT_CHECK(answer.usage.total_tokens == whole.usage.total_tokens);
}

bool take_cache(void*, const leat::GeminiCache& cache) {
    touch(cache.name);
    touch(cache.display_name);
    static constexpr leat_header tag = {leat::text("a"), leat::text("1")};
    (void)leat::gemini_has_tags(cache.display_name, &tag, 1);
    (void)leat::gemini_is_model(cache.model, leat::text("m"));
    return true;
}

void read_caches(Text body, leat_scratch* scratch) {
    leat::GeminiCache cache;
    Text token{nullptr, 0};
    if (leat::gemini_cache_read(body, scratch, &cache) == LEAT_OK) take_cache(nullptr, cache);
    const leat_status status =
        leat::gemini_cache_read_list(body, scratch, take_cache, nullptr, &token);
    if (status == LEAT_OK) touch(token);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size == 0) return 0;
    static constexpr int32_t statuses[] = {200, 400, 429, 503};
    leat::Arena arena;
    arena.open(memory, data[0] >= 128 ? sizeof memory : size_t{data[0]} * 8);
    leat_scratch scratch;
    scratch.arena = &arena;
    leat_reply reply{};
    reply.http_status = statuses[data[0] % 4];
    reply.body = leat::text(reinterpret_cast<const char*>(data) + 1, size - 1);
    leat_answer answer{};
    answer.usage = leat::unknown_usage();
    if (leat::gemini_parse(&reply, &scratch, &answer) == LEAT_OK) {
        touch_answer(answer);
        compare_with_event(reply.body, answer);
    }
    leat_fault fault;
    leat::fault_from_status(reply, 0, &fault);
    leat::gemini_classify(&reply, &scratch, &fault);
    touch(fault.message);
    touch(fault.code);
    read_stream(reply.body);
    read_caches(reply.body, &scratch);
    return 0;
}
