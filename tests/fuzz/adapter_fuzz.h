// tests/fuzz/adapter_fuzz.h: any bytes as what an adapter reads: a whole answer, a stream, an error.
// The first byte chooses the HTTP status, how much memory there is and how a stream is cut. Every
// text that comes out lies in the body or in scratch.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/check.h"
#include "codec/event_reader.h"
#include "codec/scratch.h"
#include "codec/stream_log.h"
#include "meter/usage.h"
#include "provider/classify.h"

namespace leat {

class AdapterFuzz {
public:
    explicit AdapterFuzz(const leat_adapter& adapter) : adapter_(adapter) {}

    void run(const uint8_t* data, size_t size) {
        if (size == 0) return;
        choice_ = data[0];
        body_ = text(reinterpret_cast<const char*>(data) + 1, size - 1);
        read_whole();
        read_stream();
    }

private:
    static constexpr size_t memory_bytes = 16384;

    static void touch(leat_str t) {
        volatile char sum = 0;
        for (size_t i = 0; i < t.size; ++i) sum = static_cast<char>(sum + t.data[i]);
    }
    static void touch_answer(const leat_answer& answer) {
        const leat_str texts[] = {answer.text,     answer.refusal,     answer.thinking,
                                  answer.model,    answer.response_id, answer.finish_reason,
                                  answer.turn_json};
        for (const leat_str t : texts) touch(t);
        for (uint32_t i = 0; i < answer.tool_calls_count; ++i) {
            touch(answer.tool_calls[i].id);
            touch(answer.tool_calls[i].name);
            touch(answer.tool_calls[i].arguments_json);
            LEAT_CHECK(answer.tool_calls[i].arguments_json.size > 0);
        }
        LEAT_CHECK(answer.usage.input_tokens >= LEAT_TOKENS_UNKNOWN);
        LEAT_CHECK(answer.usage.output_tokens >= LEAT_TOKENS_UNKNOWN);
        LEAT_CHECK(answer.usage.total_tokens >= LEAT_TOKENS_UNKNOWN);
    }

    void open(Arena* arena) {
        arena->open(memory_, choice_ >= 128 ? sizeof memory_ : size_t{choice_} * 8);
    }
    void explain(int32_t http_status, Text body, Arena* arena) const {
        leat_scratch scratch;
        scratch.arena = arena;
        leat_reply reply{};
        reply.http_status = http_status;
        reply.body = body;
        reply.context = adapter_.context;
        leat_fault fault{};
        fault_from_status(reply, 0, &fault);
        if (http_status == 200) fault.status = LEAT_E_HTTP;
        adapter_.classify(&reply, &scratch, &fault);
        touch(fault.message);
        touch(fault.code);
        LEAT_CHECK(fault.status != LEAT_OK);
        LEAT_CHECK(fault.rate_limit == 0 || fault.retryable == 1);
    }
    void read_whole() {
        static constexpr int32_t statuses[] = {200, 400, 429, 503};
        Arena arena;
        open(&arena);
        leat_scratch scratch;
        scratch.arena = &arena;
        leat_reply reply{};
        reply.http_status = 200;
        reply.body = body_;
        reply.context = adapter_.context;
        leat_answer answer{};
        answer.usage = unknown_usage();
        if (adapter_.parse(&reply, &scratch, &answer) == LEAT_OK) touch_answer(answer);
        explain(statuses[choice_ % 4], body_, &arena);
    }

    static leat_status came(void* user, const leat_event& cut) {
        AdapterFuzz* const self = static_cast<AdapterFuzz*>(user);
        if (self->ended_) return LEAT_OK;
        leat_event event = cut;
        event.context = self->adapter_.context;
        const leat_status status = self->adapter_.event(&self->log_, &event);
        if (self->log_.status() != LEAT_OK) return self->log_.status();
        self->ended_ = status == LEAT_E_DONE;
        if (status == LEAT_E_HTTP) {
            Arena none;
            none.open(self->memory_, 0);
            self->explain(200, event.data, &none);
        }
        return self->ended_ ? LEAT_OK : status;
    }
    void read_stream() {
        static char buffer[4096];
        Arena arena;
        open(&arena);
        log_.open(&arena);
        ended_ = false;
        EventReader reader;
        reader.open(adapter_.stream_format, buffer, sizeof buffer, came, this);
        const size_t piece = size_t{choice_ % 16u} * 7 + 1;
        leat_status status = LEAT_OK;
        for (size_t at = 0; at < body_.size && status == LEAT_OK; at += piece) {
            status = reader.feed(head(tail(body_, at), piece));
        }
        if (status == LEAT_OK) status = reader.finish();
        leat_answer answer{};
        if (log_.assemble(&answer) != LEAT_OK) return;
        if (status == LEAT_OK) {
            status = adapter_.assembled(adapter_.context, ended_ ? 1 : 0, &answer);
        }
        if (status == LEAT_OK) touch_answer(answer);
    }

    const leat_adapter& adapter_;
    alignas(16) char memory_[memory_bytes];
    leat_stream log_;
    Text body_{nullptr, 0};
    uint8_t choice_ = 0;
    bool ended_ = false;
};

}  // namespace leat
