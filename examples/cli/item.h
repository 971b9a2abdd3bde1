// cli/item.h: one line of input as a request, or the reason why it is none.
// Reads OpenAI's batch form, leat's own form and plain text. Strings are decoded where they lie,
// in the reader's buffer; a request points there and into the arrays below.
// Invariant: after a fault the request is not to be used, and fault says why in one sentence.
#pragma once

#include <leat/batch.h>

#include "cli/defaults.h"
#include "cli/image_files.h"
#include "cli/reader.h"
#include "codec/json_scan.h"

namespace cli {

constexpr size_t id_bytes_max = 512;
constexpr size_t conversation_name_bytes = 128;
constexpr uint32_t messages_max = 1024;
constexpr uint32_t stops_max = 16;
constexpr uint32_t parts_max = 2048;
constexpr uint32_t calls_max = 1024;
constexpr uint32_t item_headers_max = 8;

struct Fault {
    const char* code;  // a word for programs
    char reason[200];  // a sentence for people
};

class ItemParser {
public:
    // model: for items that name none; overrides: also for batch-form bodies that name one.
    ItemParser(leat_str model, bool override_model, const Defaults& defaults)
        : model_(model), override_model_(override_model), defaults_(defaults) {}

    // Fills *request. False: *fault says why; request->id is set if the line had a usable one.
    bool parse_json(const Line& line, leat_request* request, Fault* fault);
    bool parse_text(const Line& line, leat_request* request, Fault* fault);
    // The line's "conversation"; empty: it has none.
    leat_str conversation() const { return conversation_; }

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
    bool finish_call();
    bool take_path();
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
    bool read_extra(const Value& value);
    bool read_top_k(const Value& value);
    bool read_n(const Value& value);
    bool read_cached_content(const Value& value);
    bool read_stream(const Value& value);
    bool read_headers(const Value& value);

    // item_answer.cc: what the answer shall be, and tools.
    bool read_format(const Value& value);
    bool read_schema(const Value& value);
    bool read_choices(const Value& value);
    bool read_thinking(const Value& value);
    bool read_tools(const Value& value);
    bool read_tool_choice(const Value& value);
    void take_schema(const Value& object);
    bool finish_tools();

    // item_messages.cc: turns, their parts and calls, images.
    bool read_message(leat::JsonCursor* at, leat_message* message);
    bool read_message_member(const Value& key, const Value& value, leat_message* message);
    bool read_parts(const Value& array, leat_message* message);
    bool read_part(leat_str object, leat_part* part);
    bool read_image(const Value& url, leat_part* part);
    bool read_calls(const Value& array, leat_message* message);
    bool read_images(const Value& value);
    bool finish_images();
    void name_tool_results();
    leat_part* take_part();
    bool read_metadata(const Value& value);
    bool read_timeout(const Value& value);
    bool read_conversation(const Value& value);
    bool read_deadline(const Value& value);

    leat_str model_;
    bool override_model_;
    bool warned_ = false;
    bool warned_message_ = false;
    bool own_fields_ = false;   // a member that only leat's own form has
    const char* field_ = "";    // the member at hand, for messages
    leat_str url_{nullptr, 0};
    leat_str conversation_{nullptr, 0};
    leat_request* request_ = nullptr;
    Fault* fault_ = nullptr;
    const Defaults& defaults_;
    ImageFiles image_files_;
    leat_format format_{};
    Value tool_choice_{};       // the line's, to be read when its tools are known
    bool has_tools_ = false;    // tools_ is the line's
    uint32_t parts_count_ = 0;
    uint32_t calls_count_ = 0;
    uint32_t images_begin_ = 0;  // of "images", in parts_
    uint32_t images_count_ = 0;
    ToolList tools_{};
    leat_header headers_[item_headers_max];
    leat_message messages_[messages_max];
    leat_part parts_[parts_max];
    leat_tool_call calls_[calls_max];
    leat_str stops_[stops_max];
    leat_str choices_[choices_max];
};

}  // namespace cli
