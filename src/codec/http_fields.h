// codec/http_fields.h: the header fields of one response: a copy of their lines in the item's
// arena, and a list of views into it, names in lower case, values without blanks at their ends.
// Depends on base and scan_http. Invariants: while lines are added nothing else may be taken from the
// arena; once listed, lines and list never change.
#pragma once

#include <leat/status.h>

#include "base/arena.h"

namespace leat {

// May stand as a header name: one or more token bytes of RFC 9110.
bool is_header_name(Text t);

// May stand in a header value: no control byte save the tab. Empty is fine.
bool is_header_value(Text t);

class HttpFields {
public:
    void open(Arena* store);
    // Drops every field and gives their memory back (before a new message on the same store).
    void clear();

    // The next bytes of the lines, in pieces of any size. A lack of memory is told by make_list.
    void add(Text bytes);
    // Everything is there: `lines` lines that end in CRLF and were found good, and what follows
    // them. LEAT_E_ITEM_MEMORY when the arena could not hold lines or list, LEAT_ALERT_HEADER for a
    // name that is empty or has a blank (a parser built in its loose mode lets it through).
    leat_status make_list(uint32_t lines);

    // Empty before make_list.
    const leat_header* list() const { return list_; }
    uint32_t count() const { return count_; }

private:
    Arena* store_ = nullptr;
    char* lines_ = nullptr;
    size_t lines_bytes_ = 0;
    size_t store_mark_ = 0;
    leat_header* list_ = nullptr;
    uint32_t count_ = 0;
    bool overflowed_ = false;
};

}  // namespace leat
