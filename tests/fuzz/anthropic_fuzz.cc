// Any bytes as what the Messages API answers: as a whole body, as an error and as a stream. All of
// it ends in a status, and every text that comes out lies in memory that is ours to read. The first
// byte chooses the HTTP status and how much memory there is, the second where the stream is cut.
#include <stddef.h>
#include <stdint.h>

#include "base/check.h"
#include "codec/event_reader.h"
#include "codec/scratch.h"
#include "codec/stream_log.h"
#include "meter/usage.h"
#include "provider/anthropic.h"
#include "provider/classify.h"

namespace {

alignas(16) char memory[16384];
char event_memory[4096];

void touch(leat_str t) {
    volatile char sum = 0;
    for (size_t i = 0; i < t.size; ++i) sum = static_cast<char>(sum + t.data[i]);
}

void touch_answer(const leat_answer& answer) {
    touch(answer.text);
    touch(answer.refusal);
    touch(answer.thinking);
    touch(answer.finish_reason);
    touch(answer.model);
    touch(answer.response_id);
    touch(answer.turn_json);
    touch(answer.block_reason);
    for (uint32_t i = 0; i < answer.tool_calls_count; ++i) {
        touch(answer.tool_calls[i].id);
        touch(answer.tool_calls[i].name);
        touch(answer.tool_calls[i].arguments_json);
    }
    const leat_usage& u = answer.usage;
    const int64_t counts[] = {u.input_tokens,       u.output_tokens,    u.cached_input_tokens,
                              u.cache_write_tokens, u.reasoning_tokens, u.total_tokens};
    for (const int64_t count : counts) LEAT_CHECK(count >= LEAT_TOKENS_UNKNOWN);
}

void explain(leat_reply* reply, leat_scratch* scratch, leat::Text body) {
    leat_fault fault;
    leat::fault_from_status(*reply, 0, &fault);
    reply->body = body;
    leat::messages_classify(reply, scratch, &fault);
    touch(fault.message);
    touch(fault.code);
    LEAT_CHECK(fault.status != LEAT_OK);
    LEAT_CHECK(fault.rate_limit == 0 || fault.retryable == 1);
}

struct Reading {
    leat_stream log;
    bool ended = false;
};

leat_status take(void* user, const leat_event& event) {
    Reading* const reading = static_cast<Reading*>(user);
    if (reading->ended) return LEAT_OK;
    const leat_status status = leat::messages_event(&reading->log, &event);
    if (reading->log.status() != LEAT_OK) return reading->log.status();
    reading->ended = status == LEAT_E_DONE;
    return reading->ended ? LEAT_OK : status;
}

void read_stream(leat::Arena* arena, leat::Text body, size_t cut) {
    Reading reading;
    reading.log.open(arena);
    leat::EventReader reader;
    reader.open(LEAT_STREAM_SSE, event_memory, sizeof event_memory, take, &reading);
    leat_status status = reader.feed(leat::head(body, cut));
    if (status == LEAT_OK) status = reader.feed(leat::tail(body, cut));
    if (status == LEAT_OK) status = reader.finish();
    leat_answer answer{};
    if (reading.log.assemble(&answer) != LEAT_OK) return;
    if (status == LEAT_OK) (void)leat::messages_assembled(nullptr, reading.ended ? 1 : 0, &answer);
    touch_answer(answer);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size < 2) return 0;
    static constexpr int32_t statuses[] = {200, 400, 429, 529};
    const leat::Text body = leat::text(reinterpret_cast<const char*>(data) + 2, size - 2);
    leat::Arena arena;
    arena.open(memory, data[0] >= 128 ? sizeof memory : size_t{data[0]} * 8);
    leat_scratch scratch;
    scratch.arena = &arena;
    leat_reply reply{};
    reply.http_status = statuses[data[0] % 4];
    reply.body = body;
    leat_answer answer{};
    answer.usage = leat::unknown_usage();
    if (leat::messages_parse(&reply, &scratch, &answer) == LEAT_OK) touch_answer(answer);
    explain(&reply, &scratch, body);
    arena.reset();
    read_stream(&arena, body, data[1]);
    return 0;
}
