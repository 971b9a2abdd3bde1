// Any bytes as the body of a chat answer: reading and explaining it ends in a status, and every
// text that comes out lies in the body or in scratch. The first byte chooses the HTTP status and
// how much memory there is.
#include <stddef.h>
#include <stdint.h>

#include "base/check.h"
#include "codec/scratch.h"
#include "meter/usage.h"
#include "provider/classify.h"
#include "provider/openai_chat.h"

namespace {

alignas(16) char memory[16384];

void touch(leat_str t) {
    volatile char sum = 0;
    for (size_t i = 0; i < t.size; ++i) sum = static_cast<char>(sum + t.data[i]);
}

// What an answer and each of several have.
template <typename T>
void touch_texts(const T& from) {
    touch(from.text);
    touch(from.refusal);
    touch(from.thinking);
    touch(from.finish_reason);
    for (uint32_t i = 0; i < from.tool_calls_count; ++i) {
        touch(from.tool_calls[i].id);
        touch(from.tool_calls[i].name);
        touch(from.tool_calls[i].arguments_json);
    }
}

void touch_answer(const leat_answer& answer) {
    touch_texts(answer);
    touch(answer.model);
    touch(answer.response_id);
    touch(answer.turn_json);
    touch(answer.safety_json);
    LEAT_CHECK(answer.choices_count != 1);
    for (uint32_t i = 0; i < answer.choices_count; ++i) touch_texts(answer.choices[i]);
    LEAT_CHECK(answer.usage.input_tokens >= LEAT_TOKENS_UNKNOWN);
    LEAT_CHECK(answer.usage.total_tokens >= LEAT_TOKENS_UNKNOWN);
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
    if (leat::chat_parse(&reply, &scratch, &answer) == LEAT_OK) touch_answer(answer);
    leat_fault fault;
    leat::fault_from_status(reply, 0, &fault);
    leat::chat_classify(&reply, &scratch, &fault);
    touch(fault.message);
    touch(fault.code);
    LEAT_CHECK(fault.status != LEAT_OK);
    return 0;
}
