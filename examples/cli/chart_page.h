// cli/chart_page.h: one HTML page that needs nothing from outside: its head, its style in light and
// dark, its end, and text on its way into it. Depends on leat/client.h only.
// Invariant: what is written is well-formed XML, so that any parser reads it.
#pragma once

#include <leat/client.h>
#include <stdio.h>

namespace cli {

void begin_page(FILE* file, const char* title);
void end_page(FILE* file);

// Text between tags, or in an attribute.
void put_escaped(FILE* file, const char* text);

// The class that has the limiter's colour, and its name for people.
const char* limiter_class(leat_limiter limiter);
const char* limiter_words(leat_limiter limiter);

}  // namespace cli
