// cli/identity.h: the settings that change answers, as the first line of the output and as a hash.
// A file made with other such settings is not resumed. Keys, headers, limits and everything that
// only changes the pace are left out. A file that an option names counts by its content.
#pragma once

#include "cli/defaults.h"
#include "cli/options.h"
#include "cli/service.h"

namespace cli {

constexpr size_t identity_bytes = 32;

// Writes {"leat_journal":1,"identity":"...","settings":{...}} and a line end into out and the hash
// into identity. Returns the line's size; 0 when capacity is too small.
size_t write_identity(const Settings& settings, const Service& service, const Defaults& defaults,
                      char* out, size_t capacity, char (&identity)[identity_bytes]);

}  // namespace cli
