// flow/cache/cache.h: answers that are there already: the key of a built request, the batch's store, and
// equal items of which one is asked for all. Depends on the state of flow.
// Invariant: only an answer that has passed every check is kept, and what was kept passes them again.
#pragma once

#include "flow/item.h"

namespace leat {

// cache_key.cc: the key of the item's built request. The item's arena is as before.
Sha256Digest cache_key_of(Item* item);

// cache.cc: answers from the batch's store, and from equal items that are out.
// True: the built request is answered, or waits for an equal one; it has left.
bool cache_settles(Engine* engine, Item* item);
// The answer has passed every check: it is kept, and those that wait for it get it.
void cache_keep(Engine* engine, Item* item);
// A kept answer has passed: it counts, and on_token hears of it.
void cache_tell(Engine* engine, Item* item);
// The item leads no more: those that wait for it go on by themselves.
void cache_leave(Engine* engine, Item* item);
// Of twins the one that stays leads.
void cache_hand_over(Item* from, Item* to);

}  // namespace leat
