// meter/model_name.h: whether a model that a request names is one that a table knows under another
// spelling: with a date behind it, as -latest, without the date. Pure; depends on base.
// Invariant: another model's name never fits: what a name has more than the table's must be a release
// (a date, a number of three digits or more, "latest", "preview", "exp", "v2"), so that gpt-4o is not
// gpt-4o-mini and claude-opus-4 is not claude-opus-4-5.
#pragma once

#include <stdint.h>

#include "base/bytes.h"

namespace leat {

// How well: 0, not at all. The same name fits best; then wanted is name and a release, the longer name
// the better; then name is wanted and a release (of these the last in order is the newest).
uint32_t name_fit(Text wanted, Text name);

// The same for a row's place in a list: keeps the best, of equals the later one.
struct BestName {
    uint32_t fit = 0;
    uint32_t row = 0;
    Text name{nullptr, 0};

    void offer(Text wanted, Text candidate, uint32_t at) {
        const uint32_t one = name_fit(wanted, candidate);
        if (one == 0 || one < fit) return;
        fit = one;
        row = at;
        name = candidate;
    }
};

// Finds the best of `count` names that stand behind each other, each with its NUL.
BestName best_name(Text wanted, const char* names, uint32_t count);

// Whose tables hold a provider's models, or those of a maker that a router names before a slash:
// "openai-responses" and "azure" are "openai", "x-ai" is "xai", "google_genai" is "gemini". A name that
// has no other one is returned as it is.
Text canonical_provider(Text provider);

// Its models are other makers', named before a slash.
inline bool is_router(Text provider) { return equal_ignoring_case(provider, text("openrouter")); }

// Splits "openai/gpt-4o" at its first slash; false when there is none.
bool split_maker(Text model, Text* maker, Text* rest);

}  // namespace leat
