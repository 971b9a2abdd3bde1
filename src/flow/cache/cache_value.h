// flow/cache/cache_value.h: an answer as text, for a store: what a stream was put together to, and whatever
// has no body of its own. (An answer that came whole is kept as its body, and read by its adapter.)
// Depends on codec. Invariant: what read_value() makes of write_value()'s text is the same answer.
#pragma once

#include <leat/adapter.h>
#include <leat/result.h>

#include "base/arena.h"

namespace leat {

// Whether this is such a text, and no provider's body.
bool is_value(Text t);

// Puts it at the arena's end; empty when there is no room.
Text write_value(const leat_result& result, Arena* arena);

// Texts of *answer lie in `value`, which is changed, lists in the arena. LEAT_OK; LEAT_E_JSON: it is
// none; LEAT_E_ITEM_MEMORY.
leat_status read_value(char* value, size_t size, Arena* arena, leat_answer* answer);

}  // namespace leat
