// codec/scratch.h: what stands behind the public names leat_scratch and leat_reply_header: memory
// of the item for decoded text, and header lookup. Depends on base.
#pragma once

#include <leat/adapter.h>

#include "base/arena.h"

struct leat_scratch {
    leat::Arena* arena = nullptr;
};
