// tests/unit/provider/anthropic_help.h: drives the Messages adapter as the flow layer does: builds a
// body, reads an answer, or feeds a stream through an EventReader into a log.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/poison.h"
#include "codec/event_reader.h"
#include "codec/rope.h"
#include "codec/scratch.h"
#include "codec/stream_log.h"
#include "meter/usage.h"
#include "provider/anthropic.h"
#include "provider/classify.h"
#include "provider/registry.h"
#include "provider/request_fields.h"
#include "unit/codec/codec_test_help.h"

namespace leat {

using HeaderList = std::vector<std::pair<std::string, std::string>>;

// Memory that an arena works in, whole again when it goes.
class TestArena {
public:
    explicit TestArena(size_t bytes) : bytes_(bytes), memory_(new char[bytes + 1]) {
        arena.open(memory_.get(), bytes);
    }
    TestArena(const TestArena&) = delete;
    ~TestArena() { unpoison(memory_.get(), bytes_); }

    Arena arena;

private:
    size_t bytes_;
    std::unique_ptr<char[]> memory_;
};

struct BuiltBody {
    leat_status status;
    std::string body;
    uint32_t ignored;
};

using FillRequest = std::function<void(leat_request*)>;

inline BuiltBody build_messages(const FillRequest& fill, const char* model = "m",
                                bool stream = false, size_t arena_bytes = 65536) {
    leat_request request;
    leat_request_init(&request);
    fill(&request);
    TestArena memory(arena_bytes);
    leat_rope rope;
    rope.arena = &memory.arena;
    leat_build order{};
    order.request = &request;
    order.model = text(model, strlen(model));
    order.stream = stream ? 1 : 0;
    BuiltBody built{anthropic_adapter.build(&order, &rope), "", 0};
    if (built.status == LEAT_OK) built.status = rope.status;
    if (built.status != LEAT_OK) return built;
    built.ignored = rope.ignored | (request_fields(request) & anthropic_adapter.lacks);
    RopeReader reader(rope.rope);
    char window[97];
    while (const size_t size = reader.fill(window, sizeof window)) built.body.append(window, size);
    return built;
}

// An answer whose body ends where its memory ends.
class MessageAnswer {
public:
    explicit MessageAnswer(const std::string& body, int32_t http_status = 200,
                           HeaderList headers = {}, size_t arena_bytes = 65536)
        : body_(body), list_(std::move(headers)), memory_(arena_bytes) {
        for (const auto& [name, value] : list_) headers_.push_back({view(name), view(value)});
        reply_.http_status = http_status;
        reply_.headers = headers_.data();
        reply_.headers_count = static_cast<uint32_t>(headers_.size());
        reply_.body = body_.text();
        scratch_.arena = &memory_.arena;
    }

    leat_status parse() {
        answer = leat_answer{};
        answer.usage = unknown_usage();
        return anthropic_adapter.parse(&reply_, &scratch_, &answer);
    }

    // What the engine would be told: a parse failure first when the answer was a 2xx.
    const leat_fault& classify(int64_t wall_ms = 0) {
        if (reply_.http_status >= 200 && reply_.http_status < 300) {
            fault = leat_fault{};
            fault.status = LEAT_E_HTTP;
            fault.wait_ms = -1;
        } else {
            fault_from_status(reply_, wall_ms, &fault);
        }
        anthropic_adapter.classify(&reply_, &scratch_, &fault);
        return fault;
    }

    leat_answer answer{};
    leat_fault fault{};

private:
    Exact body_;
    HeaderList list_;
    std::vector<leat_header> headers_;
    TestArena memory_;
    leat_scratch scratch_;
    leat_reply reply_{};
};

// A stream fed in pieces; status is what the flow layer would end with.
class MessageStream {
public:
    explicit MessageStream(size_t arena_bytes = 65536, size_t buffer_bytes = 16384)
        : memory_(arena_bytes), buffer_(new char[buffer_bytes]) {
        log_.open(&memory_.arena);
        reader_.open(anthropic_adapter.stream_format, buffer_.get(), buffer_bytes, take, this);
    }

    MessageStream& feed(const std::string& bytes) {
        const Exact exact(bytes);
        if (status == LEAT_OK) status = reader_.feed(exact.text());
        return *this;
    }
    leat_status finish() {
        if (status == LEAT_OK) status = reader_.finish();
        if (status != LEAT_OK) return status;
        answer = leat_answer{};
        status = log_.assemble(&answer);
        if (status == LEAT_OK) {
            status = anthropic_adapter.assembled(nullptr, ended ? 1 : 0, &answer);
        }
        return status;
    }

    leat_status status = LEAT_OK;
    leat_answer answer{};
    bool ended = false;
    std::string fault_data;

private:
    static leat_status take(void* user, const leat_event& event) {
        MessageStream* const self = static_cast<MessageStream*>(user);
        if (self->ended) return LEAT_OK;
        const leat_status status = anthropic_adapter.event(&self->log_, &event);
        if (self->log_.status() != LEAT_OK) return self->log_.status();
        if (status == LEAT_E_DONE) {
            self->ended = true;
            return LEAT_OK;
        }
        if (status != LEAT_OK) self->fault_data = str(event.data);
        return status;
    }

    TestArena memory_;
    std::unique_ptr<char[]> buffer_;
    leat_stream log_;
    EventReader reader_;
};

// All of an answer that must not depend on how it came, as text.
inline std::string answer_text(const leat_answer& a) {
    std::string out = "text=" + str(a.text) + "\nrefusal=" + str(a.refusal) + "\nthinking=" +
                      str(a.thinking) + "\nreason=" + str(a.finish_reason) + " " +
                      std::to_string(a.finish) + "\nmodel=" + str(a.model) + "\nid=" +
                      str(a.response_id) + "\nblocked=" + str(a.block_reason) + "\nusage=";
    const leat_usage& u = a.usage;
    for (const int64_t count : {u.input_tokens, u.output_tokens, u.cached_input_tokens,
                                u.cache_write_tokens, u.reasoning_tokens, u.total_tokens}) {
        out += std::to_string(count) + " ";
    }
    for (uint32_t i = 0; i < a.tool_calls_count; ++i) {
        const leat_tool_call& call = a.tool_calls[i];
        out += "\ncall=" + str(call.id) + " " + str(call.name) + " " + str(call.arguments_json);
    }
    return out;
}

}  // namespace leat
