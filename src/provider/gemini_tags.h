// provider/gemini_tags.h: how a context cache is known again: tags in its display name, and the model
// that it was made for; and how an answer says that a cache is lost. Depends on codec and base. Pure.
// Invariant: what gemini_tags_write writes, gemini_has_tags finds every one of its tags in.
#pragma once

#include <leat/status.h>
#include <leat/types.h>

#include "base/bytes.h"

namespace leat {

// The service takes no longer display name; a character is a Unicode one, at most 4 bytes.
constexpr size_t display_name_characters_max = 128;
constexpr size_t display_name_bytes_max = 4 * display_name_characters_max;
constexpr uint32_t gemini_tags_max = 16;

// "abl-tags:" and the tags as a compact JSON object, sorted by name, written into out (room for
// display_name_bytes_max). No tags: an empty name. LEAT_OK; LEAT_E_TOO_LARGE; LEAT_E_TOO_MANY;
// LEAT_E_ARGUMENT (a tag without a name, or two of one name).
leat_status gemini_tags_write(const leat_header* tags, uint32_t tags_count, char* out, Text* written);

// Whether the display name has all these tags; it may have more.
bool gemini_has_tags(Text display_name, const leat_header* tags, uint32_t tags_count);

// Whether a cache whose model the service gives with its path ("models/x") is one for this model.
bool gemini_is_model(Text told, Text model);

// Whether that is the name of a cache, which can stand in a path: "cachedContents/" and an id of letters,
// digits, - and _.
bool gemini_is_cache_name(Text name);

// Whether an answer of that kind means that the cache that the request named cannot be used any more, so
// that a new one may help: it has expired, it was deleted, it is somebody else's or another model's.
bool gemini_cache_is_lost(int32_t http_status, Text message);

}  // namespace leat
