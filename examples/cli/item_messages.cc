// cli/item_messages.cc: a line's conversation: turns, their parts (text and images), the calls that
// the model made and their results, in OpenAI's form or leat's, as requests that any provider gets.
// What is of one provider's own kind (audio, files ...) goes out as it stands.
#include <string.h>

#include "base/bytes.h"
#include "cli/item.h"

namespace cli {

using leat::JsonCursor;
using leat::JsonType;
using leat::JsonValue;

namespace {

bool find(leat_str object, leat_str name, JsonType type, JsonValue* value) {
    return leat::json_find(object, name, value) && value->type == type;
}

// Only parts that every provider can be told.
bool is_plain(leat_str array) {
    JsonCursor at(array);
    JsonValue part;
    JsonValue type;
    if (!at.enter_array()) {
        return false;
    }
    while (at.element()) {
        if (!at.take(&part) || !find(part.raw, leat::text("type"), JsonType::string, &type) ||
            !(leat::json_is(type, leat::text("text")) ||
              leat::json_is(type, leat::text("image_url")))) {
            return false;
        }
    }
    return true;
}

// {"id","function":{"name","arguments"}}, or the same without the object in between.
bool find_call(const JsonValue& call, leat_str* function) {
    JsonValue inner;
    if (call.type != JsonType::object) {
        return false;
    }
    *function = find(call.raw, leat::text("function"), JsonType::object, &inner) ? inner.raw
                                                                                 : call.raw;
    return find(*function, leat::text("name"), JsonType::string, &inner);
}

bool are_calls(leat_str array) {
    JsonCursor at(array);
    JsonValue call;
    leat_str function;
    if (!at.enter_array()) {
        return false;
    }
    while (at.element()) {
        if (!at.take(&call) || !find_call(call, &function)) {
            return false;
        }
    }
    return true;
}

}  // namespace

leat_part* ItemParser::take_part() {
    if (parts_count_ == parts_max) {
        (void)fail("too_many_parts", "more than %u parts", parts_max);
        return nullptr;
    }
    leat_part* const part = &parts_[parts_count_++];
    *part = leat_part{};
    return part;
}

// An address, a data: URL or the path of a file.
bool ItemParser::read_image(const Value& value, leat_part* part) {
    leat_str url{nullptr, 0};
    if (!text_of(value, &url)) {
        return false;
    }
    if (leat::starts_with(url, leat::text("https://")) ||
        leat::starts_with(url, leat::text("http://"))) {
        part->type = LEAT_PART_IMAGE_URL;
        part->content = url;
        return true;
    }
    if (leat::starts_with(url, leat::text("data:"))) {
        leat_str rest = leat::tail(url, 5);
        part->type = LEAT_PART_IMAGE_BASE64;
        part->media_type = leat::take_until(&rest, ';');
        const bool base64 = leat::starts_with(rest, leat::text("base64,"));
        part->content = leat::tail(rest, 7);
        return base64 || fail("invalid_image", "a data: URL of an image must say ;base64,");
    }
    const char* why = "";
    part->type = LEAT_PART_IMAGE_BYTES;
    if (leat::starts_with(url, leat::text("file://"))) {
        url = leat::tail(url, 7);
    }
    return image_files_.load(url, &part->content, &part->media_type, &why) ||
           fail("invalid_image", "image %.*s: %s", static_cast<int>(leat::head(url, 80).size),
                url.data, why);
}

bool ItemParser::read_part(leat_str object, leat_part* part) {
    Value value;
    if (leat::json_find(object, leat::text("cache_control"), &value)) {
        part->cache_here = value.type == JsonType::object ? 1 : 0;
    }
    if (find(object, leat::text("text"), JsonType::string, &value)) {
        return text_of(value, &part->content);
    }
    if (!leat::json_find(object, leat::text("image_url"), &value)) {
        return fail("invalid_field", "a part has neither \"text\" nor \"image_url\"");
    }
    Value url = value;
    Value detail;
    if (value.type == JsonType::object) {
        if (!leat::json_find(value.raw, leat::text("url"), &url)) {
            return fail("invalid_field", "an \"image_url\" has no \"url\"");
        }
        if (find(value.raw, leat::text("detail"), JsonType::string, &detail) &&
            !text_of(detail, &part->detail)) {
            return false;
        }
    }
    return read_image(url, part);
}

bool ItemParser::read_parts(const Value& array, leat_message* message) {
    if (!is_plain(array.raw)) {
        message->content_json = array.raw;
        return true;
    }
    message->parts = &parts_[parts_count_];
    JsonCursor at(array.raw);
    Value value;
    if (!at.enter_array()) {
        return true;
    }
    while (at.element() && at.take(&value)) {
        leat_part* const part = take_part();
        if (part == nullptr || !read_part(value.raw, part)) {
            return false;
        }
        ++message->parts_count;
    }
    return true;
}

bool ItemParser::read_calls(const Value& array, leat_message* message) {
    if (array.type != JsonType::array) {
        return wrong("messages whose \"tool_calls\" is an array");
    }
    if (!are_calls(array.raw)) {
        message->tool_calls_json = array.raw;
        return true;
    }
    message->tool_calls = &calls_[calls_count_];
    JsonCursor at(array.raw);
    Value value;
    if (!at.enter_array()) {
        return true;
    }
    while (at.element() && at.take(&value)) {
        if (calls_count_ == calls_max) {
            return fail("too_many_calls", "more than %u tool calls", calls_max);
        }
        leat_tool_call* const call = &calls_[calls_count_++];
        leat_str function{nullptr, 0};
        Value id;
        Value name;
        Value arguments;
        *call = leat_tool_call{};
        (void)find_call(value, &function);
        const bool has_id = find(value.raw, leat::text("id"), JsonType::string, &id);
        const bool has_arguments = leat::json_find(function, leat::text("arguments"), &arguments);
        // All found before the first is decoded, which writes into the text.
        bool good = find(function, leat::text("name"), JsonType::string, &name) &&
                    text_of(name, &call->name);
        good = good && (!has_id || text_of(id, &call->id));
        call->arguments_json = leat::text("{}");
        if (has_arguments && arguments.type == JsonType::string) {
            good = good && text_of(arguments, &call->arguments_json);
        } else if (has_arguments && arguments.type == JsonType::object) {
            call->arguments_json = arguments.raw;
        }
        if (!good) {
            return false;
        }
        ++message->tool_calls_count;
    }
    return true;
}

bool ItemParser::read_message_member(const Value& key, const Value& value, leat_message* message) {
    if (leat::json_is(key, leat::text("role"))) {
        return text_of(value, &message->role);
    }
    if (leat::json_is(key, leat::text("content"))) {
        return value.type == JsonType::array ? read_parts(value, message)
                                             : text_of(value, &message->content);
    }
    if (leat::json_is(key, leat::text("tool_call_id"))) {
        return text_of(value, &message->tool_call_id);
    }
    if (leat::json_is(key, leat::text("name"))) {
        return text_of(value, &message->name);
    }
    if (leat::json_is(key, leat::text("tool_calls"))) {
        return read_calls(value, message);
    }
    if (leat::json_is(key, leat::text("is_error"))) {
        bool is_error = false;
        const bool good = leat::json_to_bool(value, &is_error);
        message->is_error = is_error ? 1 : 0;
        return good || wrong("messages whose \"is_error\" is true or false");
    }
    return fail("invalid_field",
                "a message has a member that is not role, content, name, tool_calls, tool_call_id "
                "or is_error; use the batch form (\"body\") for it");
}

bool ItemParser::read_message(JsonCursor* at, leat_message* message) {
    Value key;
    Value value;
    if (!at->enter_object()) {
        return wrong("an array of objects");
    }
    bool good = true;
    while (at->member(&key)) {
        if (!at->take(&value)) {
            return true;  // broken JSON: finish() of the whole line says where
        }
        if (value.type != JsonType::null && good) {
            good = read_message_member(key, value, message);
        }
    }
    if (good && leat::empty(message->role)) {
        return fail("invalid_field", "a message has no \"role\"");
    }
    return good;
}

bool ItemParser::read_messages(const Value& value) {
    own_fields_ = true;
    JsonCursor at(value.raw);
    uint32_t count = 0;
    if (value.type != JsonType::array || !at.enter_array()) {
        return wrong("an array of objects");
    }
    while (at.element()) {
        if (count == messages_max) {
            return fail("too_many_messages", "more than %u messages", messages_max);
        }
        messages_[count] = leat_message{};
        if (!read_message(&at, &messages_[count])) {
            return false;
        }
        ++count;
    }
    request_->messages = messages_;
    request_->messages_count = count;
    name_tool_results();
    return true;
}

// Some providers match a result to its call by the function's name, which OpenAI's form leaves out.
void ItemParser::name_tool_results() {
    for (uint32_t i = 0; i < request_->messages_count; ++i) {
        leat_message* const message = &messages_[i];
        if (!leat::equal(message->role, leat::text("tool")) || !leat::empty(message->name)) {
            continue;
        }
        for (uint32_t k = calls_count_; k > 0 && leat::empty(message->name); --k) {
            if (leat::equal(calls_[k - 1].id, message->tool_call_id)) {
                message->name = calls_[k - 1].name;
            }
        }
    }
}

bool ItemParser::read_images(const Value& value) {
    own_fields_ = true;
    JsonCursor at(value.raw);
    Value image;
    if (value.type != JsonType::array || !at.enter_array()) {
        return wrong("an array of addresses or paths");
    }
    leat_part* text = take_part();  // the prompt's place
    images_begin_ = parts_count_ - 1;
    images_count_ = 0;
    while (text != nullptr && at.element() && at.take(&image)) {
        leat_part* const part = take_part();
        if (part == nullptr || !read_image(image, part)) {
            return false;
        }
        ++images_count_;
    }
    return text != nullptr;
}

// The prompt and its images become one turn.
bool ItemParser::finish_images() {
    if (images_count_ == 0) {
        return true;
    }
    if (leat::empty(request_->prompt)) {
        return fail("invalid_field", "\"images\" go with a \"prompt\"; in \"messages\" they are parts");
    }
    if (request_->messages_count == messages_max) {
        return fail("too_many_messages", "more than %u messages", messages_max - 1);
    }
    leat_message* const turn = &messages_[request_->messages_count++];
    *turn = leat_message{};
    turn->role = leat::text("user");
    turn->parts = &parts_[images_begin_];
    turn->parts_count = images_count_ + 1;
    parts_[images_begin_].content = request_->prompt;
    request_->prompt = leat_str{nullptr, 0};
    request_->messages = messages_;
    return true;
}

}  // namespace cli
