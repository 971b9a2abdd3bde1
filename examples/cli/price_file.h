// cli/price_file.h: a table of prices of the user's own, in the form that leat/meter.h describes, which
// wins over the built-in one. Depends on the library's check of it.
// Invariant: text() is a table without a fault, or empty.
#pragma once

#include <leat/types.h>

#include "cli/mapped_block.h"

namespace cli {

class PriceFile {
public:
    // path nullptr: none. False after it has said what is wrong, with line and column.
    bool open(const char* command, const char* path);
    leat_str text() const { return leat_str{static_cast<const char*>(block_.data()), size_}; }

private:
    MappedBlock block_;
    size_t size_ = 0;
};

}  // namespace cli
