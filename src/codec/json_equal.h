// codec/json_equal.h: whether two JSON values mean the same: numbers by their decimal value,
// strings by their characters, arrays in order, objects without. Of a name that an object repeats,
// the last counts. Depends on base and codec's scanner.
// Invariant: recursion is no deeper than json_depth_max; the work is counted before it is done.
#pragma once

#include "codec/json_scan.h"
#include "codec/json_work.h"

namespace leat {

// Both come from a document that was checked. False as well when the work runs out: ask work->out().
[[nodiscard]] bool json_equal(const JsonValue& a, const JsonValue& b, JsonWork* work);

// Whether the member before which this cursor stands is followed by one of the same name.
[[nodiscard]] bool json_name_repeats(JsonCursor at, const JsonValue& name);

// How many different names an object has; counted no further than `enough`, as each name is looked
// for in what follows it.
[[nodiscard]] uint64_t json_name_count(const JsonValue& object, uint64_t enough, JsonWork* work);

}  // namespace leat
