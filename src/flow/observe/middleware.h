// flow/observe/middleware.h: the batch's middleware around an item: before it is built, and behind its end.
// Depends on the state of flow.
// Invariant: middleware fails open: what one does wrong leaves the item as it was.
#pragma once

#include "flow/item.h"

namespace leat {

// Copies the list that the configuration points to.
void fill_middleware(Batch* batch);

// The item has its request: all that runs before it is built. False when it was skipped, and has ended.
bool before_item(Engine* engine, Item* item);

// A waiting item that is about to be sent again. True when that took it out of its place: it was built
// anew and waits again, or has ended.
bool before_attempt_again(Engine* engine, Item* item);
inline bool before_next_attempt(Engine* engine, Item* item) {
    return item->before_attempts != nullptr && before_attempt_again(engine, item);
}

// The item's result is filled in. A success may get another text, a failure become a success.
void on_way_out(Engine* engine, Item* item);

}  // namespace leat
