// meter/footprint.h: energy, greenhouse gases, metals, primary energy and water of one request, after
// EcoLogits 0.9.1. Pure; depends on the public types, base and the energy tables.
// Invariant: there are either all numbers or none and a reason.
#pragma once

#include <leat/meter.h>

namespace leat {

leat_status footprint_of(const leat_footprint_query& query, leat_footprint* footprint);

}  // namespace leat
