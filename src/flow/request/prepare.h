// flow/request/prepare.h: adapters' tables between their prepare and their cleanup.
// Depends on the state of flow. Invariant: prepare and cleanup alternate.
#pragma once

#include "flow/item.h"

namespace leat {

void prepare_open(Engine* engine, Endpoint* endpoint);
// True when the item's adapter is prepared; else the item waits, or has ended.
bool prepare_admits(Engine* engine, Item* item);
// The tables that the batch used, when it has ended.
void release_tables(Engine* engine, Batch* batch);
void release_all_tables(Engine* engine);
// All that is prepared, as the client is closed.
void close_tables(Engine* engine);

}  // namespace leat
