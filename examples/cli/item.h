// cli/item.h: one line of input as a request, or the reason why it is none.
// Reads OpenAI's batch form, leat's own form and plain text. Strings are decoded where they lie,
// in the reader's buffer; a request points there and into the arrays below.
// Invariant: after a fault the request is not to be used, and fault says why in one sentence.
#pragma once

#include <leat/batch.h>

#include "cli/reader.h"
#include "codec/json_scan.h"

namespace cli {

constexpr size_t id_bytes_max = 512;
constexpr uint32_t messages_max = 1024;
constexpr uint32_t stops_max = 16;

struct Fault {
    const char* code;  // a word for programs
    char reason[200];  // a sentence for people
};

class ItemParser {
public:
    // model: for items that name none; overrides: also for batch-form bodies that name one.
    ItemParser(leat_str model, bool override_model)
        : model_(model), override_model_(override_model) {}

    // Fills *request. False: *fault says why; request->id is set if the line had a usable one.
    bool parse_json(const Line& line, leat_request* request, Fault* fault);
    bool parse_text(const Line& line, leat_request* request, Fault* fault);

private:
    using Value = leat::JsonValue;
    struct Field {
        const char* name;
        bool (ItemParser::*read)(const Value& value);
    };
    static const Field fields[];

    bool fail(const char* code, const char* format, ...) __attribute__((format(printf, 3, 4)));
    bool wrong(const char* wanted);
    bool read_members(leat::JsonCursor* at);
    bool read_member(const Value& key, const Value& value);
    bool finish_batch_form();
    bool finish_own_form();
    bool check_id();
    void warn_once(const Value& key);

    bool text_of(const Value& value, leat_str* out);
    bool json_of(const Value& value, leat::JsonType type, const char* wanted, leat_str* out);
    bool number_of(const Value& value, leat_number* out);
    bool milliseconds_of(const Value& value, uint64_t* out);

    bool read_id(const Value& value);
    bool read_method(const Value& value);
    bool read_url(const Value& value);
    bool read_body(const Value& value);
    bool read_prompt(const Value& value);
    bool read_messages(const Value& value);
    bool read_message(leat::JsonCursor* at, leat_message* message);
    bool read_system(const Value& value);
    bool read_model(const Value& value);
    bool read_temperature(const Value& value);
    bool read_top_p(const Value& value);
    bool read_max_tokens(const Value& value);
    bool read_stop(const Value& value);
    bool read_seed(const Value& value);
    bool read_presence(const Value& value);
    bool read_frequency(const Value& value);
    bool read_effort(const Value& value);
    bool read_format(const Value& value);
    bool read_tools(const Value& value);
    bool read_tool_choice(const Value& value);
    bool read_extra(const Value& value);
    bool read_metadata(const Value& value);
    bool read_timeout(const Value& value);
    bool read_deadline(const Value& value);

    leat_str model_;
    bool override_model_;
    bool warned_ = false;
    bool warned_message_ = false;
    bool own_fields_ = false;   // a member that only leat's own form has
    const char* field_ = "";    // the member at hand, for messages
    leat_str url_{nullptr, 0};
    leat_request* request_ = nullptr;
    Fault* fault_ = nullptr;
    leat_message messages_[messages_max];
    leat_str stops_[stops_max];
};

}  // namespace cli
