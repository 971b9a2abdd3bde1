// tests/unit/provider/adapter_help.h: drives any adapter as flow does: builds a body, reads a whole
// answer, reads a stream that is cut at given places, explains errors. Memory of bodies and arenas
// ends where it ends, so that a sanitizer sees what reads beyond it.
#pragma once

#include <gtest/gtest.h>

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
#include "json_tree.h"
#include "meter/usage.h"
#include "provider/classify.h"
#include "provider/registry.h"
#include "unit/codec/codec_test_help.h"

namespace leat {

inline const leat_adapter& adapter_of(const char* name) {
    const leat_adapter* const adapter = find_adapter(text(name, strlen(name)));
    if (adapter == nullptr) throw std::runtime_error(std::string("no adapter ") + name);
    return *adapter;
}

// An arena over memory of its own.
class AdapterArena {
public:
    explicit AdapterArena(size_t bytes) : bytes_(bytes), memory_(new char[bytes + 1]) {
        arena_.open(memory_.get(), bytes);
    }
    AdapterArena(const AdapterArena&) = delete;
    ~AdapterArena() { unpoison(memory_.get(), bytes_); }
    Arena* get() { return &arena_; }

private:
    size_t bytes_;
    std::unique_ptr<char[]> memory_;
    Arena arena_;
};

using FillRequest = std::function<void(leat_request*)>;

// The body that an adapter writes, and what it says it left out.
struct AdapterBody {
    leat_status status = LEAT_OK;
    uint32_t ignored = 0;
    std::string body;

    AdapterBody(const char* name, const FillRequest& fill, const char* model = "m",
                bool stream = false, size_t arena_bytes = 65536) {
        const leat_adapter& adapter = adapter_of(name);
        AdapterArena arena(arena_bytes);
        leat_request request;
        leat_request_init(&request);
        fill(&request);
        leat_rope rope;
        rope.arena = arena.get();
        leat_build order{};
        order.request = &request;
        order.model = text(model, strlen(model));
        order.context = adapter.context;
        order.stream = stream ? 1 : 0;
        status = adapter.build(&order, &rope);
        if (status == LEAT_OK) status = rope.status;
        ignored = rope.ignored;
        if (status != LEAT_OK) return;
        RopeReader reader(rope.rope);
        char window[97];
        while (const size_t size = reader.fill(window, sizeof window)) body.append(window, size);
        EXPECT_EQ(body.size(), rope.rope.total_bytes);
    }
    // As a tree, with the members that the expected one has to have.
    void expect(const std::string& expected) const {
        ASSERT_EQ(status, LEAT_OK);
        EXPECT_TRUE(json_tree(body) == json_tree(expected)) << body << "\nbut expected\n"
                                                            << expected;
    }
};

// What is the same about an answer however it came.
struct AnswerCopy {
    std::string text, refusal, thinking, finish_reason, model, response_id, turn_json, safety_json;
    leat_finish finish = LEAT_FINISH_UNKNOWN;
    std::vector<std::string> calls;  // "id name arguments"
    leat_usage usage{};

    AnswerCopy() = default;
    explicit AnswerCopy(const leat_answer& a)
        : text(str(a.text)), refusal(str(a.refusal)), thinking(str(a.thinking)),
          finish_reason(str(a.finish_reason)), model(str(a.model)),
          response_id(str(a.response_id)), turn_json(str(a.turn_json)),
          safety_json(str(a.safety_json)), finish(a.finish), usage(a.usage) {
        for (uint32_t i = 0; i < a.tool_calls_count; ++i) {
            const leat_tool_call& call = a.tool_calls[i];
            calls.push_back(str(call.id) + " " + str(call.name) + " " + str(call.arguments_json));
        }
    }
    std::string usage_text() const {
        std::string out;
        for (const int64_t n :
             {usage.input_tokens, usage.output_tokens, usage.cached_input_tokens,
              usage.cache_write_tokens, usage.reasoning_tokens, usage.total_tokens}) {
            out += (out.empty() ? "" : " ") + std::to_string(n);
        }
        return out;
    }
};

// Streams have no turn_json; all else is the same.
inline void expect_same(const AnswerCopy& a, const AnswerCopy& b) {
    EXPECT_EQ(a.text, b.text);
    EXPECT_EQ(a.refusal, b.refusal);
    EXPECT_EQ(a.thinking, b.thinking);
    EXPECT_EQ(a.finish_reason, b.finish_reason);
    EXPECT_EQ(a.finish, b.finish);
    EXPECT_EQ(a.model, b.model);
    EXPECT_EQ(a.response_id, b.response_id);
    EXPECT_EQ(a.calls, b.calls);
    EXPECT_EQ(a.usage_text(), b.usage_text());
}

using HeaderPairs = std::vector<std::pair<std::string, std::string>>;

// A whole answer: parsed when the HTTP status is a success, and explained when that gives none.
struct AdapterAnswer {
    leat_status status = LEAT_OK;  // what parse answered; LEAT_OK when it was not asked
    AnswerCopy answer;
    leat_fault fault{};
    std::string message;
    std::string code;

    AdapterAnswer(const char* name, const std::string& body, int32_t http_status = 200,
                  const HeaderPairs& pairs = {}, size_t arena_bytes = 65536) {
        const leat_adapter& adapter = adapter_of(name);
        const Exact exact(body);
        AdapterArena arena(arena_bytes);
        leat_scratch scratch;
        scratch.arena = arena.get();
        std::vector<leat_header> headers;
        for (const auto& [header, value] : pairs) headers.push_back({view(header), view(value)});
        leat_reply reply{};
        reply.http_status = http_status;
        reply.headers = headers.data();
        reply.headers_count = static_cast<uint32_t>(headers.size());
        reply.body = exact.text();
        reply.context = adapter.context;
        if (http_status >= 200 && http_status < 300) {
            leat_answer read{};
            read.usage = unknown_usage();
            status = adapter.parse(&reply, &scratch, &read);
            if (status == LEAT_OK) answer = AnswerCopy(read);
            if (status == LEAT_OK || status == LEAT_E_PARSE || status == LEAT_E_ITEM_MEMORY) return;
            fault.status = status;
            fault.wait_ms = -1;
        } else {
            fault_from_status(reply, 0, &fault);
        }
        adapter.classify(&reply, &scratch, &fault);
        message = str(fault.message);
        code = str(fault.code);
    }
    // "status retryable rate_limit", for tables.
    std::string verdict() const {
        return std::string(leat_status_word(fault.status)) + (fault.retryable ? " retry" : " no") +
               (fault.rate_limit ? " pause" : "");
    }
};

// A stream, fed in the pieces that end at `cuts`.
class AdapterStream {
public:
    leat_status status = LEAT_OK;  // the first that was neither LEAT_OK nor LEAT_E_DONE
    bool ended = false;
    AnswerCopy answer;
    leat_fault fault{};
    std::string message;
    std::string pieces;  // "delta.tool:piece|" as on_token would hear it

    AdapterStream(const char* name, const std::string& body, const std::vector<size_t>& cuts = {},
                  size_t arena_bytes = 65536)
        : adapter_(adapter_of(name)), arena_(arena_bytes) {
        std::vector<char> buffer(body.size() + 1);
        log_.open(arena_.get());
        log_.on_piece = heard;
        log_.user = this;
        EventReader reader;
        reader.open(adapter_.stream_format, buffer.data(), buffer.size(), came, this);
        size_t from = 0;
        for (size_t i = 0; i <= cuts.size() && status == LEAT_OK; ++i) {
            const size_t to = i < cuts.size() ? cuts[i] : body.size();
            const Exact piece(body.substr(from, to - from));
            status = reader.feed(piece.text());
            from = to;
        }
        if (status == LEAT_OK) status = reader.finish();
        finish();
    }

private:
    static leat_status came(void* user, const leat_event& cut) {
        AdapterStream* const self = static_cast<AdapterStream*>(user);
        if (self->ended) return LEAT_OK;
        leat_event event = cut;
        event.context = self->adapter_.context;
        const leat_status status = self->adapter_.event(&self->log_, &event);
        if (self->log_.status() != LEAT_OK) return self->log_.status();
        self->ended = status == LEAT_E_DONE;
        if (status == LEAT_OK || self->ended) return LEAT_OK;
        self->failed_ = str(event.data);
        return status;
    }
    static void heard(void* user, const leat_stream*, StreamKey key, leat_str piece) {
        AdapterStream* const self = static_cast<AdapterStream*>(user);
        self->pieces +=
            std::to_string(key.delta) + "." + std::to_string(key.tool) + ":" + str(piece) + "|";
    }
    void finish() {
        leat_answer whole{};
        const leat_status assembled = log_.assemble(&whole);
        if (status == LEAT_OK) status = assembled;
        if (status == LEAT_OK) {
            status = adapter_.assembled(adapter_.context, ended ? 1 : 0, &whole);
        }
        answer = AnswerCopy(whole);
        if (status != LEAT_E_HTTP) return;
        leat_scratch scratch;
        scratch.arena = arena_.get();
        const Exact body(failed_);
        leat_reply reply{};
        reply.http_status = 200;
        reply.body = body.text();
        reply.context = adapter_.context;
        fault.status = status;
        fault.wait_ms = -1;
        adapter_.classify(&reply, &scratch, &fault);
        message = str(fault.message);
    }

    const leat_adapter& adapter_;
    AdapterArena arena_;
    leat_stream log_;
    std::string failed_;
};

// However it is cut, a stream gives the same answer. Returns it.
inline AnswerCopy expect_same_at_every_cut(const char* name, const std::string& body) {
    const AdapterStream whole(name, body);
    EXPECT_EQ(whole.status, LEAT_OK);
    for (size_t cut = 0; cut <= body.size(); ++cut) {
        const AdapterStream two(name, body, {cut});
        EXPECT_EQ(two.status, LEAT_OK) << "cut at " << cut;
        expect_same(two.answer, whole.answer);
        EXPECT_EQ(two.pieces, whole.pieces) << "cut at " << cut;
        if (testing::Test::HasFailure()) return whole.answer;
    }
    std::vector<size_t> every;
    for (size_t cut = 1; cut < body.size(); ++cut) every.push_back(cut);
    expect_same(AdapterStream(name, body, every).answer, whole.answer);
    return whole.answer;
}

inline leat_number number_of(double value) {
    leat_number n{};
    n.value = value;
    n.is_set = 1;
    return n;
}

// As a program keeps it: text that ends in NUL.
inline leat_str str_of(const char* t) { return text(t, strlen(t)); }

inline leat_message said(const char* role, const char* content) {
    leat_message message{};
    message.role = str_of(role);
    message.content = str_of(content);
    return message;
}

}  // namespace leat
