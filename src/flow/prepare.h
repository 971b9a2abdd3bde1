// flow/prepare.h: an adapter's table between its prepare and its cleanup. Endpoints with the same table
// share one of these: that of the first of them. Depends on flow/item.
// Invariants: prepare and cleanup alternate; users counts the targets of batches that have not ended yet.
#pragma once

#include <leat/adapter.h>

#include "base/kept_text.h"
#include "flow/item.h"

namespace leat {

struct Endpoint;

enum class PrepareState : uint8_t { none, under_way, done, failed };

struct Preparation {
    leat_client* client;
    Endpoint* endpoint;
    ItemList waiting;
    uint32_t users;
    PrepareState state;
    leat_status status;  // why it failed
    KeptText<256> message;
    KeptText<64> code;
};

}  // namespace leat
