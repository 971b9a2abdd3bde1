// tests/replay/requests.cc: builds requests from descriptions, in which describe.py says with the
// words of leat/request.h what a recorded request asked for, and writes out the bodies that the
// adapters make of them. Whether these mean the same is for Python to say.
// Depends on provider and cases.h. Every text of a request is a view into its description.
#include <deque>
#include <fstream>
#include <iostream>
#include <map>

#include "cases.h"
#include "codec/rope.h"
#include "provider/gemini_cache.h"
#include "provider/registry.h"

namespace leat {

namespace {

leat_number number_of(const std::string& written) {
    leat_number number{};
    number.value = std::stod(written);
    number.is_set = 1;
    return number;
}

leat_switch switch_of(const std::string& word) { return word == "on" ? LEAT_ON : LEAT_OFF; }

const std::map<std::string, leat_str leat_request::*> request_texts = {
    {"system", &leat_request::system},
    {"prompt", &leat_request::prompt},
    {"reasoning_effort", &leat_request::reasoning_effort},
    {"prompt_cache_key", &leat_request::prompt_cache_key},
    {"cached_content", &leat_request::cached_content},
    {"provider_metadata_json", &leat_request::provider_metadata_json},
    {"response_format_json", &leat_request::response_format_json},
    {"tools_json", &leat_request::tools_json},
    {"tool_choice_json", &leat_request::tool_choice_json},
    {"extra_json", &leat_request::extra_json},
};

const std::map<std::string, leat_number leat_request::*> request_numbers = {
    {"temperature", &leat_request::temperature},
    {"top_p", &leat_request::top_p},
    {"top_k", &leat_request::top_k},
    {"seed", &leat_request::seed},
    {"presence_penalty", &leat_request::presence_penalty},
    {"frequency_penalty", &leat_request::frequency_penalty},
    {"thinking_budget_tokens", &leat_request::thinking_budget_tokens},
};

const std::map<std::string, leat_str leat_message::*> message_texts = {
    {"content", &leat_message::content},
    {"content_json", &leat_message::content_json},
    {"tool_call_id", &leat_message::tool_call_id},
    {"tool_calls_json", &leat_message::tool_calls_json},
    {"name", &leat_message::name},
    {"turn_json", &leat_message::turn_json},
};

const std::map<std::string, leat_part_type> part_types = {
    {"text", LEAT_PART_TEXT},
    {"image_url", LEAT_PART_IMAGE_URL},
    {"image_base64", LEAT_PART_IMAGE_BASE64},
};

const std::map<std::string, leat_tool_mode> tool_modes = {
    {"auto", LEAT_TOOLS_AUTO},
    {"none", LEAT_TOOLS_NONE},
    {"required", LEAT_TOOLS_REQUIRED},
    {"named", LEAT_TOOLS_NAMED},
};

// A request, and the arrays that it points to.
class Description {
public:
    explicit Description(const Case& c) {
        leat_request_init(&request_);
        for (const auto& [name, value] : c.fields) {
            if (!take(name, value)) unknown_ += " " + name;
        }
        point();
    }
    const leat_request& request() const { return request_; }
    const std::string& unknown() const { return unknown_; }

private:
    // True for a name that is known.
    bool take(const std::string& name, const std::string& value) {
        if (name.rfind("case_", 0) == 0) return true;
        return take_option(name, value) || take_turn(name, value) || take_tool(name, value) ||
               take_format(name, value);
    }
    bool take_option(const std::string& name, const std::string& value) {
        if (const auto at = request_texts.find(name); at != request_texts.end()) {
            request_.*at->second = view(value);
        } else if (const auto number = request_numbers.find(name);
                   number != request_numbers.end()) {
            request_.*number->second = number_of(value);
        } else if (name == "max_output_tokens") {
            request_.max_output_tokens = static_cast<uint32_t>(std::stoul(value));
        } else if (name == "choices_wanted") {
            request_.choices_wanted = static_cast<uint32_t>(std::stoul(value));
        } else if (name == "thinking") {
            request_.thinking = switch_of(value);
        } else if (name == "cache_prompt") {
            request_.cache_prompt = switch_of(value);
        } else if (name == "stop") {
            stops_.push_back(view(value));
        } else {
            return false;
        }
        return true;
    }
    bool take_turn(const std::string& name, const std::string& value) {
        if (name == "message") {
            messages_.emplace_back();
            messages_.back().role = view(value);
            parts_.emplace_back();
            calls_.emplace_back();
        } else if (messages_.empty()) {
            return false;
        } else if (const auto at = message_texts.find(name); at != message_texts.end()) {
            messages_.back().*at->second = view(value);
        } else if (name == "is_error") {
            messages_.back().is_error = 1;
        } else if (name == "part") {
            parts_.back().emplace_back();
            parts_.back().back().type = part_types.at(value);
        } else if (name == "part_content") {
            parts_.back().back().content = view(value);
        } else if (name == "part_media_type") {
            parts_.back().back().media_type = view(value);
        } else if (name == "part_detail") {
            parts_.back().back().detail = view(value);
        } else if (name == "part_cache_here") {
            parts_.back().back().cache_here = 1;
        } else if (name == "call") {
            calls_.back().emplace_back();
            calls_.back().back().id = view(value);
        } else if (name == "call_name") {
            calls_.back().back().name = view(value);
        } else if (name == "call_arguments") {
            calls_.back().back().arguments_json = view(value);
        } else {
            return false;
        }
        return true;
    }
    bool take_tool(const std::string& name, const std::string& value) {
        if (name == "tool") {
            tools_.emplace_back();
            tools_.back().name = view(value);
        } else if (name == "tool_description") {
            tools_.back().description = view(value);
        } else if (name == "tool_parameters") {
            tools_.back().parameters_json = view(value);
        } else if (name == "tool_strict") {
            tools_.back().strict = 1;
        } else if (name == "tool_mode") {
            tool_set_.mode = tool_modes.at(value);
        } else if (name == "tool_choice") {
            tool_set_.choice = view(value);
        } else if (name == "tools_parallel") {
            tool_set_.parallel = switch_of(value);
        } else {
            return false;
        }
        has_tools_ = true;
        return true;
    }
    bool take_format(const std::string& name, const std::string& value) {
        if (name == "format") {
            format_.kind = value == "json" ? LEAT_FORMAT_JSON : LEAT_FORMAT_JSON_SCHEMA;
        } else if (name == "format_schema") {
            format_.schema_json = view(value);
        } else if (name == "format_name") {
            format_.name = view(value);
        } else if (name == "format_description") {
            format_.description = view(value);
        } else if (name == "format_strict") {
            format_.strict = 1;
        } else {
            return false;
        }
        request_.format = &format_;
        return true;
    }
    void point() {
        for (size_t i = 0; i < messages_.size(); ++i) {
            messages_[i].parts = parts_[i].data();
            messages_[i].parts_count = static_cast<uint32_t>(parts_[i].size());
            messages_[i].tool_calls = calls_[i].data();
            messages_[i].tool_calls_count = static_cast<uint32_t>(calls_[i].size());
        }
        request_.messages = messages_.data();
        request_.messages_count = static_cast<uint32_t>(messages_.size());
        request_.stop = stops_.data();
        request_.stop_count = static_cast<uint32_t>(stops_.size());
        tool_set_.list = tools_.data();
        tool_set_.count = static_cast<uint32_t>(tools_.size());
        if (has_tools_) request_.tools = &tool_set_;
    }

    leat_request request_;
    std::vector<leat_message> messages_;
    std::deque<std::vector<leat_part>> parts_;
    std::deque<std::vector<leat_tool_call>> calls_;
    std::vector<leat_str> stops_;
    std::vector<leat_tool> tools_;
    leat_tools tool_set_{};
    leat_format format_{};
    bool has_tools_ = false;
    std::string unknown_;
};

struct Built {
    leat_status status = LEAT_OK;
    uint32_t ignored = 0;
    std::string body;
    std::string path;
};

leat_status build_cache(const Case& c, const leat_request& request, leat_rope* rope) {
    GeminiCacheOrder order;
    order.content = &request;
    order.model = view(c.get("case_model"));
    order.display_name = view(c.get("case_display_name"));
    order.ttl_s = static_cast<uint32_t>(std::stoul(c.get("case_ttl_s")));
    return gemini_cache_build(order, rope);
}

leat_status build_call(const Case& c, const leat_request& request, leat_rope* rope) {
    const leat_adapter* const adapter = find_adapter(view(c.get("case_adapter")));
    if (adapter == nullptr) return build_cache(c, request, rope);
    leat_build order{};
    order.request = &request;
    order.model = view(c.get("case_model"));
    order.context = adapter->context;
    order.stream = c.get("case_stream") == "1" ? 1 : 0;
    return adapter->build(&order, rope);
}

Built build(const Case& c, const leat_request& request) {
    Memory memory(1 << 20);
    leat_rope rope;
    rope.arena = &memory.arena;
    Built built;
    built.status = build_call(c, request, &rope);
    if (built.status == LEAT_OK) built.status = rope.status;
    built.ignored = rope.ignored;
    if (built.status != LEAT_OK) return built;
    built.path = str(rope.path);
    RopeReader reader(rope.rope);
    char window[97];
    while (const size_t size = reader.fill(window, sizeof window)) built.body.append(window, size);
    return built;
}

}  // namespace

int build_requests(const char* file, const char* bodies) {
    std::ifstream in(file, std::ios::binary);
    std::ofstream out(bodies, std::ios::binary);
    Case c;
    bool good = true;
    while (read_case(in, &c)) {
        const Description description(c);
        const Built built = build(c, description.request());
        if (!description.unknown().empty()) {
            std::cout << "#   " << c.get("case_title") << ": not known:" << description.unknown()
                      << "\n";
            good = false;
        }
        // A line each: title, status, what was left out, path, size of the body; then the body.
        out << c.get("case_title") << "\t" << leat_status_word(built.status) << "\t"
            << built.ignored << "\t" << built.path << "\t" << built.body.size() << "\n"
            << built.body << "\n";
    }
    return good ? 0 : 1;
}

}  // namespace leat
