// The lists of models, which clients ask for before they start.
//
// Invariant: constant text; the names work in requests, as any other does.
#pragma once

#include "route.h"

namespace mock {

std::string_view listing_text(ListingKind kind);

}  // namespace mock
