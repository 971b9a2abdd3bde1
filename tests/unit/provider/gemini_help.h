// tests/unit/provider/gemini_help.h: drives the Gemini adapters as the flow does: a request into its
// path and body, a whole answer, a stream in pieces of any size, an explanation. Memory ends where
// it is said to end, so that a read or write past it is seen.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/poison.h"
#include "codec/event_reader.h"
#include "codec/rope.h"
#include "codec/scratch.h"
#include "codec/stream_log.h"
#include "meter/usage.h"
#include "provider/classify.h"
#include "provider/registry.h"
#include "provider/request_fields.h"
#include "unit/codec/codec_test_help.h"

namespace leat::gemini_test {

inline leat_number number(double value) {
    leat_number n{};
    n.value = value;
    n.is_set = 1;
    return n;
}

// An arena in memory of exactly its size.
class Memory {
public:
    explicit Memory(size_t bytes) : bytes_(bytes), memory_(new char[bytes + 1]) {
        arena.open(memory_.get(), bytes);
    }
    ~Memory() { unpoison(memory_.get(), bytes_); }
    Memory(const Memory&) = delete;
    Memory& operator=(const Memory&) = delete;

    Arena arena;

private:
    size_t bytes_;
    std::unique_ptr<char[]> memory_;
};

inline std::string rope_text(const Rope& rope) {
    std::string body;
    RopeReader reader(rope);
    char window[97];
    while (const size_t size = reader.fill(window, sizeof window)) body.append(window, size);
    return body;
}

struct Built {
    leat_status status = LEAT_OK;
    std::string path;
    std::string body;
    uint32_t ignored = 0;
};

using Fill = std::function<void(leat_request*)>;

inline Built build(const char* provider, const Fill& fill, const std::string& model = "gemini-x",
                   bool stream = false, size_t arena_bytes = 65536) {
    leat_request request;
    leat_request_init(&request);
    fill(&request);
    const leat_adapter* const adapter = find_adapter(text_of(provider));
    Built built;
    Memory memory(arena_bytes);
    leat_rope rope;
    rope.arena = &memory.arena;
    leat_build order{};
    order.request = &request;
    order.model = view(model);
    order.context = adapter->context;
    order.stream = stream ? 1 : 0;
    built.status = adapter->build(&order, &rope);
    if (built.status == LEAT_OK) built.status = rope.status;
    if (built.status != LEAT_OK) return built;
    built.path = str(rope.path);
    built.ignored = rope.ignored | (request_fields(request) & adapter->lacks);
    built.body = rope_text(rope.rope);
    return built;
}

// An answer as plain values, so that two ways of reading can be compared.
struct Calls {
    std::vector<std::string> all;  // id|name|arguments
    bool operator==(const Calls&) const = default;
};

struct Plain {
    std::vector<std::string> texts;
    std::vector<Calls> calls;
    std::vector<int64_t> counts;
    bool operator==(const Plain&) const = default;
};

inline Calls calls_of(const leat_tool_call* list, uint32_t count) {
    Calls calls;
    for (uint32_t i = 0; i < count; ++i) {
        calls.all.push_back(str(list[i].id) + "|" + str(list[i].name) + "|" +
                            str(list[i].arguments_json));
    }
    return calls;
}

inline Plain plain(const leat_answer& a) {
    Plain p;
    p.texts = {str(a.text),  str(a.refusal),     str(a.thinking),    str(a.finish_reason),
               str(a.model), str(a.response_id), str(a.safety_json), str(a.block_reason),
               std::to_string(a.finish)};
    p.calls.push_back(calls_of(a.tool_calls, a.tool_calls_count));
    for (uint32_t i = 0; i < a.choices_count; ++i) {
        const leat_choice& c = a.choices[i];
        for (const Text t : {c.text, c.refusal, c.thinking, c.finish_reason}) {
            p.texts.push_back(str(t));
        }
        p.texts.push_back(std::to_string(c.finish));
        p.calls.push_back(calls_of(c.tool_calls, c.tool_calls_count));
    }
    p.counts = {a.usage.input_tokens,        a.usage.output_tokens,
                a.usage.cached_input_tokens, a.usage.cache_write_tokens,
                a.usage.reasoning_tokens,    a.usage.total_tokens};
    return p;
}

// A whole answer, and what the flow is told about it.
class Answered {
public:
    explicit Answered(const std::string& body, int32_t http_status = 200,
                      size_t arena_bytes = 65536, const char* provider = "gemini")
        : adapter_(find_adapter(text_of(provider))), body_(body), memory_(arena_bytes) {
        scratch_.arena = &memory_.arena;
        reply_.http_status = http_status;
        reply_.body = body_.text();
        reply_.context = adapter_->context;
    }
    leat_status parse() {
        answer = leat_answer{};
        answer.usage = unknown_usage();
        return adapter_->parse(&reply_, &scratch_, &answer);
    }
    const leat_fault& classify() {
        fault = leat_fault{};
        if (reply_.http_status >= 200 && reply_.http_status < 300) {
            fault.status = parse();
            fault.wait_ms = -1;
        } else {
            fault_from_status(reply_, 0, &fault);
        }
        fault.usage = unknown_usage();
        adapter_->classify(&reply_, &scratch_, &fault);
        return fault;
    }
    leat_answer answer{};
    leat_fault fault{};

private:
    const leat_adapter* adapter_;
    Exact body_;
    Memory memory_;
    leat_scratch scratch_;
    leat_reply reply_{};
};

// A stream, fed in pieces that end at `cuts`.
class Streamed {
public:
    explicit Streamed(size_t arena_bytes = 65536)
        : adapter_(find_adapter(text("gemini"))), memory_(arena_bytes), buffer_(new char[16384]) {
        log_.open(&memory_.arena);
        reader_.open(adapter_->stream_format, buffer_.get(), 16384, take, this);
    }
    leat_status feed(const std::string& bytes) {
        const Exact exact(bytes);
        return reader_.feed(exact.text());
    }
    // The end of the body, and what the flow makes of it.
    leat_status finish() {
        const leat_status ended = reader_.finish();
        if (ended != LEAT_OK) return ended;
        answer = leat_answer{};
        const leat_status assembled = log_.assemble(&answer);
        if (assembled != LEAT_OK) return assembled;
        return adapter_->assembled(adapter_->context, 0, &answer);
    }
    leat_status run(const std::string& body) {
        const leat_status fed = feed(body);
        return fed == LEAT_OK ? finish() : fed;
    }
    leat_answer answer{};
    std::string fault_data;

private:
    static leat_status take(void* user, const leat_event& cut) {
        Streamed* const self = static_cast<Streamed*>(user);
        leat_event event = cut;
        event.context = self->adapter_->context;
        const leat_status status = self->adapter_->event(&self->log_, &event);
        if (self->log_.status() != LEAT_OK) return self->log_.status();
        if (status != LEAT_OK) self->fault_data = str(event.data);
        return status;
    }

    const leat_adapter* adapter_;
    Memory memory_;
    std::unique_ptr<char[]> buffer_;
    leat_stream log_;
    EventReader reader_;
};

}  // namespace leat::gemini_test
