// flow/exchange/stream.cc: see stream.h. Bytes of a streamed body -> events -> the adapter -> the log, and
// from there piece by piece to on_token.
#include "flow/exchange/stream.h"

#include "base/check.h"
#include "flow/engine.h"
#include "flow/exchange/exchange.h"

namespace leat {

namespace {

void piece_came(void* user, const leat_stream* log, StreamKey key, leat_str piece) {
    (void)log;
    ItemStream* const stream = static_cast<ItemStream*>(user);
    Item* const item = stream->item;
    if (item->times.first_token_ns == 0) item->times.first_token_ns = stream->engine->now_ns;
    tell_token(item, static_cast<leat_delta>(key.delta), key.choice, key.tool, piece);
}

// An error inside the stream: its event is kept for classify, behind the log.
leat_status note_fault(ItemStream* stream, leat_status status, Text data) {
    stream->has_fault = true;
    // Without room the message is lost, not the fault.
    (void)stream->item->arena.copy(data, &stream->fault_data);
    return status;
}

leat_status event_came(void* user, const leat_event& cut) {
    ItemStream* const stream = static_cast<ItemStream*>(user);
    if (stream->ended) return LEAT_OK;  // nothing of interest follows
    const leat_adapter& adapter = *stream->item->endpoint->adapter;
    leat_event event = cut;
    event.context = adapter.context;
    const leat_status status = adapter.event(&stream->log, &event);
    if (stream->log.status() != LEAT_OK) return stream->log.status();
    if (status == LEAT_E_DONE) {
        stream->ended = true;
        return LEAT_OK;
    }
    if (status == LEAT_OK || status == LEAT_E_PARSE || status == LEAT_E_ITEM_MEMORY) return status;
    return note_fault(stream, status, event.data);
}

bool begins_with(Text value, Text type) {
    return equal_ignoring_case(head(trim(value), type.size), type);
}

// A service that was asked for a stream may answer whole all the same, and one that was not may
// stream: its Content-Type says which. One that says nothing is taken as whole.
bool comes_as_events(const Item& item, const HttpResponse& response) {
    Text type{nullptr, 0};
    const HttpFields& fields = response.fields();
    for (uint32_t i = 0; i < fields.count(); ++i) {
        if (equal(fields.list()[i].name, text("content-type"))) type = fields.list()[i].value;
    }
    if (begins_with(type, text("text/event-stream")) ||
        begins_with(type, text("application/x-ndjson"))) {
        return true;
    }
    return item.streams && !empty(type) && !begins_with(type, text("application/json"));
}

void begin(leat_client* engine, Item* item, ItemStream* stream) {
    *stream = ItemStream{};
    stream->engine = engine;
    stream->item = item;
    const size_t lent = item->arena.room() / 2;
    char* const buffer = item->arena.lend_end(lent);
    stream->log.open(&item->arena);
    stream->log.on_piece = piece_came;
    stream->log.user = stream;
    stream->reader.open(item->endpoint->adapter->stream_format, buffer, lent, event_came, stream);
    item->stream = stream;
    item->result.streamed = 1;
}

// BodySink::wants: the head is complete, the arena's cursor is free.
bool takes_body(void* user, const HttpResponse& response) {
    Item* const item = static_cast<Item*>(user);
    const bool is_success = response.status() >= 200 && response.status() < 300;
    if (!is_success || item->endpoint->adapter->event == nullptr) return false;
    if (!comes_as_events(*item, response)) return false;
    ItemStream* const stream = item->arena.make<ItemStream>();
    if (stream == nullptr) return false;  // there is no room for a body either
    begin(item->batch->client, item, stream);
    return true;
}

leat_status bytes_came(void* user, Text bytes) {
    Item* const item = static_cast<Item*>(user);
    ItemStream* const stream = item->stream;
    LEAT_CHECK(stream != nullptr && !stream->closed);
    if ((item->request.flags & LEAT_KEEP_STREAM) != 0) {
        stream->log.put(StreamKey{stream_raw, 0, 0, 0}, bytes, false);
        if (stream->log.status() != LEAT_OK) return stream->log.status();
    }
    return stream->reader.feed(bytes);
}

}  // namespace

BodySink stream_sink(leat_client* engine, Item* item) {
    LEAT_CHECK(engine != nullptr && item->batch->client == engine);
    return BodySink{takes_body, bytes_came, item};
}

leat_status stream_finish(Item* item) {
    LEAT_CHECK(item->stream != nullptr && !item->stream->closed);
    return item->stream->reader.finish();
}

void stream_close(Item* item) {
    ItemStream* const stream = item->stream;
    if (stream == nullptr || stream->closed) return;
    stream->closed = true;
    item->arena.take_end_back(stream->reader.used_peak());
    stream->answer = leat_answer{};
    stream->assembled = stream->log.assemble(&stream->answer);
    if (stream->assembled == LEAT_OK && (item->request.flags & LEAT_KEEP_STREAM) != 0) {
        stream->assembled = stream->log.raw(&item->result.body);
    }
}

bool stream_has_ended(const Item& item) { return item.stream != nullptr && item.stream->ended; }

bool stream_has_fault(const Item& item) {
    return item.stream != nullptr && item.stream->has_fault;
}

void keep_partial(Item* item) {
    const ItemStream* const stream = item->stream;
    if (stream == nullptr || stream->assembled != LEAT_OK || !stream->log.has_text()) return;
    LEAT_CHECK(stream->closed);
    leat_result* const result = &item->result;
    result->partial = 1;
    result->text = stream->answer.text;
    result->thinking = stream->answer.thinking;
    result->refusal = stream->answer.refusal;
    result->model = stream->answer.model;
    result->response_id = stream->answer.response_id;
}

}  // namespace leat
