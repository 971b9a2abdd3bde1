// flow/exchange/stream.h: an answer that comes as events: what an item needs while it does. It lies in the
// item's arena from the end of the response's head until the attempt's result is read.
// Depends on codec. Invariant: between stream_begin and stream_close the arena's end is lent to the
// event reader, and nothing but the log grows at its cursor.
#pragma once

#include "codec/event_reader.h"
#include "codec/stream_log.h"
#include "flow/item.h"

namespace leat {

struct ItemStream {
    leat_stream log;
    EventReader reader;
    leat_client* engine;
    Item* item;
    leat_answer answer;      // once closed: what had come
    Text fault_data;         // the event that was an error, copied
    leat_status assembled;   // of putting the answer together
    bool ended;              // the adapter saw the end marker
    bool has_fault;
    bool closed;
};

// Where the response's body goes: a stream's to its events, all else to the arena.
BodySink stream_sink(leat_client* engine, Item* item);

// The body has come to its end in order. LEAT_OK, or what the last event said.
leat_status stream_finish(Item* item);

// The attempt has left the wire: gives the lent memory back, puts the answer together.
void stream_close(Item* item);

// The end marker came: the answer is whole, whatever becomes of the connection.
bool stream_has_ended(const Item& item);

// An event was an error; classify is to explain it.
bool stream_has_fault(const Item& item);

// Of a broken stream: what had come goes to the result.
void keep_partial(Item* item);

}  // namespace leat
