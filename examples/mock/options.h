// The command line: one table says each option's name, argument, default and meaning; --help prints
// that table.
//
// Invariant: an option that is not understood, or a value out of range, is a usage error; nothing
// is ignored.
#pragma once

#include "mock.h"

namespace mock {

enum class ParseResult : uint8_t { Run, Help, Error };

// Strings in the result point into argv. On Error a message was printed to stderr.
[[nodiscard]] ParseResult parse_options(int argc, char** argv, mock_config* out);
void print_help();

}  // namespace mock
