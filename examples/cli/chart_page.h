// cli/chart_page.h: one HTML page that needs nothing from outside: its head, its style in light and
// dark, its end, and text on its way into it. Depends on leat/client.h and the UTF-8 check.
// Invariant: what is written is well-formed XML, so that any parser reads it.
#pragma once

#include <leat/client.h>
#include <stdio.h>

namespace cli {

// style: rules beside those of all pages.
void begin_page(FILE* file, const char* title, const char* style);
void end_page(FILE* file);

// Text between tags, or in an attribute. UTF-8 from anywhere: what XML has no form for, or would turn
// the text around it, shows as its number.
void put_escaped(FILE* file, leat_str text);
void put_escaped(FILE* file, const char* text);

// The class that has the limiter's colour, and its name for people.
const char* limiter_class(leat_limiter limiter);
const char* limiter_words(leat_limiter limiter);

}  // namespace cli
