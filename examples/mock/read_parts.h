// What the readers of all formats share: texts in parts, flags, counts, the pairing of calls with
// results.
//
// Invariant: each function consumes exactly one value, or says false where the bytes are no JSON. A
// value of the wrong type is passed over and noted, so that syntax errors always come first.
#pragma once

#include "json_reader.h"
#include "request.h"

namespace mock {

// Texts joined in place: each is decoded to where the one before it ended.
struct Joined {
    char* begin = nullptr;
    size_t size = 0;

    std::string_view view() const { return {begin, size}; }
    bool append(Reader& in);
    // Starts anew: what was read so far must not be written over.
    void restart() { *this = Joined{}; }
};

// A string, or an array of strings and of objects with a "text"; other things are passed over.
bool read_content(Reader& in, Joined& text);
// A string goes to *out; anything else is passed over.
bool read_name(Reader& in, std::string_view* out);
bool read_flag(Reader& in, bool* out, bool* malformed);
bool read_count(Reader& in, int64_t* out, bool* malformed);
bool read_parallel(Reader& in, Request* out, bool* malformed);
// "auto", "none", "required", or an object that names a function, directly or in "function".
bool read_tool_choice(Reader& in, Request* out);

// Calls of the model and the results that must follow them, by id.
class Ledger {
public:
    void open(std::string_view id);
    bool close(std::string_view id);  // false: no such call
    bool settled() const { return open_ == 0; }

private:
    static constexpr unsigned kCallsMax = 64;
    std::string_view ids_[kCallsMax];
    uint64_t open_ = 0;
    unsigned count_ = 0;
};

// The faults that every reader finds in the same order.
struct Findings {
    bool has_messages = false;
    bool bad_messages = false;
    bool bad_field = false;
    bool orphan_result = false;
    bool open_call = false;

    Fault verdict(const Request& request) const;
};

// A user's text: what came before is answered.
void begin_user_turn(Request* out, std::string_view text);
void begin_model_turn(Request* out);

}  // namespace mock
