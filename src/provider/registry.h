// provider/registry.h: the providers that leat knows by name. OpenAI-compatible services are rows
// of one table. Static data.
#pragma once

#include <leat/adapter.h>

#include "base/bytes.h"

namespace leat {

// nullptr when there is none of that name.
const leat_adapter* find_adapter(Text name);
// In the order of the table; nullptr past its end.
const leat_adapter* adapter_at(uint32_t index);

}  // namespace leat
