// provider/request_fields.h: which options a request sets, as a set of LEAT_FIELD_* bits. What an
// adapter lacks of them becomes the result's ignored_fields. Depends on base. Pure.
#pragma once

#include <leat/request.h>

namespace leat {

uint32_t request_fields(const leat_request& request);

}  // namespace leat
