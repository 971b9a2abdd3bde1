// provider/request_fields.h: which options a request sets, as a set of LEAT_FIELD_* bits. What an
// adapter lacks of them becomes the result's ignored_fields. Depends on base. Pure.
#pragma once

#include <leat/adapter.h>

namespace leat {

uint32_t request_fields(const leat_request& request);

// What the adapter says that it lacks, and streams where it cannot read them.
inline uint32_t adapter_lacks(const leat_adapter& adapter) {
    const bool streams = adapter.event != nullptr || adapter.start != nullptr;
    return adapter.lacks | (streams ? 0 : LEAT_FIELD_STREAM);
}

}  // namespace leat
