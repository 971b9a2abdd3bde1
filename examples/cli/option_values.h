// cli/option_values.h: the text of one option's value, read by its kind into its field.
// Depends on options.h. Invariant: a value that is refused has been explained on stderr once, by
// the name of its option, and its field is not used.
#pragma once

#include "cli/options.h"

namespace cli {

// Reads value into field, whose type is that of the option's kind. value: nullptr for a flag.
bool read_option_value(const char* command, const Option& option, const char* value, void* field);

}  // namespace cli
