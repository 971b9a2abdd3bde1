// codec/http_fields.h: the header fields of one response, packed while their bytes arrive.
// Names are stored in lower case, values without blanks at their ends. The store is the end of
// the item's arena: while fields are open nothing else may be taken from that arena.
// Depends on base only. Invariant: the packed bytes are a sequence of whole records
// {sizes, name, value}, save the last one between begin() and end(); frozen fields never change.
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
    void open(Arena* store, uint32_t fields_max);
    // Drops every field and gives their memory back (before a new message on the same store).
    void clear();

    // One field: begin, add_name and add_value any number of times in that order, end.
    // LEAT_E_HEADERS_TOO_LARGE when fields_max fields are there already, LEAT_E_ITEM_MEMORY when
    // the arena is full, LEAT_ALERT_HEADER when a name has a space. Every other byte is the
    // parser's to check.
    leat_status begin();
    leat_status add_name(Text part);
    leat_status add_value(Text part);
    // What end() answers is the field, as packed.
    leat_header end();
    // The same for a field that lies whole in memory.
    leat_status add(Text name, Text value, leat_header* field);
    // No more fields: the arena is free for others.
    void freeze() { frozen_ = true; }

    uint32_t count() const { return count_; }
    // How many fields have this name. `name` is in lower case.
    uint32_t count(Text name) const;
    // The first value of this name; false when there is none. `name` is in lower case.
    bool find(Text name, Text* value) const;

    // All fields in order: size_t at = 0; leat_header field; while (next(&at, &field)) ...
    bool next(size_t* at, leat_header* field) const;

private:
    struct Sizes {
        uint32_t name;
        uint32_t value;
    };
    Sizes sizes_at(size_t at) const;

    Arena* store_ = nullptr;
    char* packed_ = nullptr;
    size_t packed_bytes_ = 0;
    size_t store_mark_ = 0;
    size_t record_at_ = 0;
    Sizes open_{0, 0};
    uint32_t count_ = 0;
    uint32_t fields_max_ = 0;
    bool is_open_ = false;
    bool frozen_ = false;
};

}  // namespace leat
