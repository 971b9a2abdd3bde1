// flow/answer/parse.cc: a whole answer becomes a success or a failed attempt. The adapter reads it; here
// the item's result takes what it found, and the gate learns what the request really cost.
// What a readable answer comes to is judge.cc's affair.
// Invariant: all texts of the result lie in the item's arena behind attempt_mark.
#include "base/check.h"
#include "codec/scratch.h"
#include "flow/admission/admission.h"
#include "flow/answer/answer.h"
#include "flow/context/context.h"
#include "flow/engine.h"
#include "flow/exchange/stream.h"
#include "flow/observe/events.h"
#include "flow/outcome/outcome.h"
#include "meter/usage.h"
#include "provider/classify.h"
#include "provider/limit_headers.h"

namespace leat {

void keep_answer(Item* item, const leat_answer& answer) {
    leat_result* const result = &item->result;
    result->text = answer.text;
    result->refusal = answer.refusal;
    result->thinking = answer.thinking;
    result->finish = answer.finish;
    result->finish_reason = answer.finish_reason;
    result->tool_calls = answer.tool_calls;
    result->tool_calls_count = answer.tool_calls_count;
    result->model = answer.model;
    result->response_id = answer.response_id;
    result->choices = answer.choices;
    result->choices_count = answer.choices_count;
    result->turn_json = answer.turn_json;
    result->safety_json = answer.safety_json;
    result->block_reason = answer.block_reason;
    result->usage = answer.usage;
}

namespace {

void keep_reply(Item* item, const leat_reply& reply) {
    item->result.http_status = reply.http_status;
    if (item->stream == nullptr) item->result.body = reply.body;
    Text id = leat_reply_header(&reply, text("x-request-id"));
    if (empty(id)) id = leat_reply_header(&reply, text("request-id"));
    item->result.request_id = id;
}

leat_reply reply_of(const Item& item) {
    leat_reply reply{};
    reply.http_status = item.response.status();
    reply.headers = item.response.fields().list();
    reply.headers_count = item.response.fields().count();
    reply.body = item.response.body();
    reply.context = item.endpoint->adapter->context;
    return reply;
}

// Hints about limits: for the gate, and for whoever asks (leat_endpoint_limits).
void note_limits(Engine* engine, Item* item, const leat_reply& reply) {
    if (!tells_limits(reply)) {
        item->domain->gate.told_nothing();
        return;
    }
    Domain* const domain = item->domain;
    leat_reply_limits(&reply, unix_ms(*engine), &domain->told);
    domain->told_ns = engine->now_ns;
    domain->gate.told(engine->now_ns, item->ticket, domain->told);
}

// What the adapter made of a success: an answer, or the reason why it is none.
leat_status read_answer(Item* item, const leat_reply& reply, leat_scratch* scratch,
                        leat_answer* answer) {
    const leat_adapter& adapter = *item->endpoint->adapter;
    *answer = leat_answer{};
    answer->usage = unknown_usage();
    if (is_resource_call(*item)) return LEAT_OK;
    const ItemStream* const stream = item->stream;
    if (stream == nullptr) return adapter.parse(&reply, scratch, answer);
    LEAT_TRY(stream->assembled);
    if (stream->has_fault) return LEAT_E_HTTP;
    *answer = stream->answer;
    return adapter.assembled(adapter.context, stream->ended ? 1 : 0, answer);
}

// The adapter explains; what it is given to read are the headers and `body`.
void explain(Engine* engine, Item* item, leat_reply* reply, leat_scratch* scratch,
             AttemptEnd* end) {
    const bool is_success = reply->http_status >= 200 && reply->http_status < 300;
    if (!is_success) {
        fault_from_status(*reply, unix_ms(*engine), &end->fault);
        end->fault.usage = unknown_usage();
        end->stage = LEAT_STAGE_RECEIVE;
    }
    if (item->stream != nullptr) {
        reply->body = item->stream->fault_data;
        end->fault.usage = item->stream->answer.usage;
    }
    item->endpoint->adapter->classify(reply, scratch, &end->fault);
    if (reply->http_status >= 300 && reply->http_status < 400) {
        // Whoever answers so need not be the provider: its words explain, they decide nothing.
        end->fault.status = LEAT_E_REDIRECT;
        end->fault.retryable = 0;
        end->fault.rate_limit = 0;
    }
}

// These say all there is to say: the adapter has nothing to explain.
bool is_plain(leat_status read) {
    return read == LEAT_E_PARSE || read == LEAT_E_ITEM_MEMORY || read == LEAT_E_STREAM_CUT ||
           read == LEAT_E_TOO_MANY;
}

}  // namespace

void take_answer(Engine* engine, Item* item, const leat_answer& answer) {
    LEAT_CHECK(!on_wire(item->state) || item->connection == nullptr);
    keep_answer(item, answer);
    const bool is_call = is_resource_call(*item);
    settle_item(engine, item, answer.usage);
    item->domain->gate.succeeded(engine->now_ns, item->ticket);
    item->domain->retry_quota.succeeded(item->retry_drawn);
    settle_cost(item, answer.usage, !is_call);
    note_success(item);
    context_note_answer(*item);
    if (is_call) {
        saw_answer(engine, item);
        finish_item(engine, item, LEAT_SUCCEEDED, LEAT_OK, LEAT_STAGE_DONE);
        return;
    }
    item->domain->answer_ms.note((engine->now_ns - item->times.begun_ns) / 1000000);
    judge_answer(engine, item);
}

void parse_response(Engine* engine, Item* item) {
    LEAT_CHECK(item->response.has_head() && item->connection == nullptr);
    leat_reply reply = reply_of(*item);
    leat_scratch scratch;
    scratch.arena = &item->arena;
    AttemptEnd end{};
    end.stage = LEAT_STAGE_PARSE;
    keep_reply(item, reply);
    note_limits(engine, item, reply);
    if (reply.http_status >= 200 && reply.http_status < 300) {
        leat_answer answer;
        const leat_status read = read_answer(item, reply, &scratch, &answer);
        if (read == LEAT_OK) {
            take_answer(engine, item, answer);
            return;
        }
        end.fault = fault_of(read);
        keep_partial(item);
        if (is_plain(read)) {
            attempt_failed(engine, item, end);
            return;
        }
    }
    explain(engine, item, &reply, &scratch, &end);
    attempt_failed(engine, item, end);
}

}  // namespace leat
