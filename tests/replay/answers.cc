// tests/replay/answers.cc: see answers.h. Whatever is told here comes from leat; what it must be
// comes from Python.
#include "answers.h"

#include "codec/scratch.h"
#include "meter/usage.h"
#include "provider/classify.h"
#include "provider/gemini_cache.h"
#include "provider/registry.h"

namespace leat {

namespace {

void tell_calls(const leat_tool_call* calls, uint32_t count, Fields* facts) {
    facts->emplace_back("tool_calls", std::to_string(count));
    for (uint32_t i = 0; i < count; ++i) {
        facts->emplace_back("call_id", str(calls[i].id));
        facts->emplace_back("call_name", str(calls[i].name));
        facts->emplace_back("call_text", str(calls[i].arguments_json));
    }
}

// What an answer and one of several have in common.
template <typename T>
void tell_texts(const T& from, Fields* facts) {
    facts->emplace_back("text", str(from.text));
    facts->emplace_back("refusal", str(from.refusal));
    facts->emplace_back("thinking", str(from.thinking));
    facts->emplace_back("finish", leat_finish_name(from.finish));
    facts->emplace_back("finish_reason", str(from.finish_reason));
}

void tell_usage(const leat_usage& usage, Fields* facts) {
    facts->emplace_back("usage_input", std::to_string(usage.input_tokens));
    facts->emplace_back("usage_output", std::to_string(usage.output_tokens));
    facts->emplace_back("usage_cached", std::to_string(usage.cached_input_tokens));
    facts->emplace_back("usage_written", std::to_string(usage.cache_write_tokens));
    facts->emplace_back("usage_reasoning", std::to_string(usage.reasoning_tokens));
    facts->emplace_back("usage_total", std::to_string(usage.total_tokens));
}

void tell_answer(const leat_answer& answer, Fields* facts) {
    facts->emplace_back("status", "ok");
    tell_texts(answer, facts);
    facts->emplace_back("model", str(answer.model));
    facts->emplace_back("id", str(answer.response_id));
    facts->emplace_back("block_reason", str(answer.block_reason));
    tell_usage(answer.usage, facts);
    tell_calls(answer.tool_calls, answer.tool_calls_count, facts);
    facts->emplace_back("turn", str(answer.turn_json));
    facts->emplace_back("safety", str(answer.safety_json));
    facts->emplace_back("choices", std::to_string(answer.choices_count));
    for (uint32_t i = 0; i < answer.choices_count; ++i) {
        tell_texts(answer.choices[i], facts);
        tell_calls(answer.choices[i].tool_calls, answer.choices[i].tool_calls_count, facts);
    }
}

Fields only_status(leat_status status) { return {{"status", leat_status_word(status)}}; }

bool is_success(const leat_reply& reply) {
    return reply.http_status >= 200 && reply.http_status < 300;
}

}  // namespace

AnswerReading::AnswerReading(const Case& c)
    : case_(c),
      adapter_(find_adapter(view(c.get("adapter")))),
      memory_(c.get("body").size() * 6 + 131072),
      buffer_(c.get("body").size() + 1) {
    BodySink sink;
    if (adapter_ != nullptr) sink = BodySink{takes_body, bytes_came, this};
    response_.open(HttpLimits{}, &memory_.arena, sink);
}

bool AnswerReading::takes_body(void* user, const HttpResponse&) {
    AnswerReading* const self = static_cast<AnswerReading*>(user);
    if (self->case_.get("stream") != "1") return false;
    self->log_.open(&self->memory_.arena);
    self->log_.on_piece = heard;
    self->log_.user = self;
    self->reader_.open(self->adapter_->stream_format, self->buffer_.data(), self->buffer_.size(),
                       event_came, self);
    return true;
}

leat_status AnswerReading::bytes_came(void* user, Text bytes) {
    AnswerReading* const self = static_cast<AnswerReading*>(user);
    if (self->has_fault_) return LEAT_OK;
    const leat_status status = self->reader_.feed(bytes);
    return self->has_fault_ ? LEAT_OK : status;
}

leat_status AnswerReading::event_came(void* user, const leat_event& cut) {
    AnswerReading* const self = static_cast<AnswerReading*>(user);
    if (self->ended_) return LEAT_OK;
    leat_event event = cut;
    event.context = self->adapter_->context;
    const leat_status status = self->adapter_->event(&self->log_, &event);
    if (self->log_.status() != LEAT_OK) return self->log_.status();
    self->ended_ = status == LEAT_E_DONE;
    if (status == LEAT_OK || self->ended_) return LEAT_OK;
    if (status == LEAT_E_PARSE || status == LEAT_E_ITEM_MEMORY) return status;
    self->has_fault_ = true;
    self->fault_data_ = str(event.data);
    return status;
}

void AnswerReading::heard(void* user, const leat_stream*, StreamKey key, leat_str piece) {
    AnswerReading* const self = static_cast<AnswerReading*>(user);
    self->heard_[{key.delta, key.choice, key.tool}] += str(piece);
}

bool AnswerReading::feed(Text piece) {
    size_t consumed = 0;
    const leat_status fed = response_.feed(piece.data, piece.size, &consumed);
    if (fed == LEAT_OK && consumed == piece.size) return true;
    broken_ = std::string(leat_status_name(fed)) + " while it came";
    return false;
}

leat_reply AnswerReading::reply_of() {
    leat_reply reply{};
    reply.http_status = response_.status();
    reply.headers = response_.fields().list();
    reply.headers_count = response_.fields().count();
    reply.body = response_.body();
    reply.context = adapter_ == nullptr ? nullptr : adapter_->context;
    return reply;
}

// What was told piece by piece is what the whole holds.
void AnswerReading::check_heard(const leat_answer& answer) {
    if (heard_[{LEAT_DELTA_TEXT, 0, 0}] != str(answer.text)) broken_ = "on_token: other text";
    if (heard_[{LEAT_DELTA_THINKING, 0, 0}] != str(answer.thinking)) {
        broken_ = "on_token: other thinking";
    }
    for (uint32_t i = 0; i < answer.tool_calls_count; ++i) {
        const int tool = static_cast<int>(i);
        const std::string said = heard_[{LEAT_DELTA_TOOL_ARGUMENTS, 0, tool}];
        const std::string whole = str(answer.tool_calls[i].arguments_json);
        if (said != whole && !(said.empty() && whole == "{}"))
            broken_ = "on_token: other arguments";
    }
}

leat_status AnswerReading::read_answer(const leat_reply& reply, leat_scratch* scratch,
                                       leat_answer* answer) {
    *answer = leat_answer{};
    answer->usage = unknown_usage();
    if (case_.get("stream") != "1") return adapter_->parse(&reply, scratch, answer);
    leat_status last = LEAT_OK;
    if (!has_fault_) last = reader_.finish();
    const leat_status assembled = log_.assemble(answer);
    if (has_fault_) return LEAT_E_HTTP;
    if (last != LEAT_OK) return last;
    if (assembled != LEAT_OK) return assembled;
    check_heard(*answer);
    return adapter_->assembled(adapter_->context, ended_ ? 1 : 0, answer);
}

Fields AnswerReading::cache_facts(const leat_reply& reply, leat_scratch* scratch) {
    GeminiCache cache;
    const leat_status status = gemini_cache_read(reply.body, scratch, &cache);
    if (status != LEAT_OK) return only_status(status);
    return {{"status", "ok"},
            {"name", str(cache.name)},
            {"model", str(cache.model)},
            {"display_name", str(cache.display_name)},
            {"create_time", std::to_string(cache.create_time_ms)},
            {"expire_time", std::to_string(cache.expire_time_ms)},
            {"total_tokens", std::to_string(cache.total_tokens)}};
}

Fields AnswerReading::facts() {
    if (!response_.complete()) return {{"status", "not whole"}};
    leat_scratch scratch;
    scratch.arena = &memory_.arena;
    leat_reply reply = reply_of();
    const bool is_whole = case_.get("stream") != "1";
    if (is_whole && str(reply.body) != case_.get("body")) broken_ = "not the recorded body";
    if (adapter_ == nullptr) return cache_facts(reply, &scratch);
    leat_fault fault{};
    if (is_success(reply)) {
        leat_answer answer;
        const leat_status status = read_answer(reply, &scratch, &answer);
        Fields facts;
        if (status == LEAT_OK) tell_answer(answer, &facts);
        if (status == LEAT_OK) return facts;
        if (status == LEAT_E_PARSE || status == LEAT_E_STREAM_CUT) return only_status(status);
        fault.status = status;
        fault.wait_ms = -1;
        fault.usage = unknown_usage();
        if (has_fault_) reply.body = view(fault_data_);
    } else {
        fault_from_status(reply, 0, &fault);
    }
    adapter_->classify(&reply, &scratch, &fault);
    Fields facts = only_status(fault.status);
    facts.emplace_back("code", str(fault.code));
    facts.emplace_back("retry", fault.retryable != 0 ? "1" : "0");
    if (case_.has("message")) facts.emplace_back("message", str(fault.message));
    return facts;
}

}  // namespace leat
