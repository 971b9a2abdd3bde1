// tests/unit/provider/answer_help.h: feeds one answer to the chat adapter as flow/answer/parse.cc does.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/poison.h"
#include "codec/scratch.h"
#include "meter/usage.h"
#include "provider/classify.h"
#include "provider/openai_chat.h"
#include "unit/codec/codec_test_help.h"

namespace leat {

using HeaderList = std::vector<std::pair<std::string, std::string>>;

// An answer whose body ends where its memory ends, and the arena its decoded text goes to.
class Answered {
public:
    explicit Answered(const std::string& body, int32_t http_status = 200, HeaderList headers = {},
                      size_t arena_bytes = 65536)
        : body_(body), list_(std::move(headers)), bytes_(arena_bytes),
          memory_(new char[arena_bytes + 1]) {
        for (const auto& [name, value] : list_) headers_.push_back({view(name), view(value)});
        reply_.http_status = http_status;
        reply_.headers = headers_.data();
        reply_.headers_count = static_cast<uint32_t>(headers_.size());
        reply_.body = body_.text();
        arena_.open(memory_.get(), arena_bytes);
        scratch_.arena = &arena_;
    }
    Answered(const Answered&) = delete;
    ~Answered() { unpoison(memory_.get(), bytes_); }

    leat_status parse() {
        answer = leat_answer{};
        answer.usage = unknown_usage();
        return chat_parse(&reply_, &scratch_, &answer);
    }

    // What the engine would be told: a parse failure first when the answer was a 2xx.
    const leat_fault& classify(int64_t wall_ms = 0) {
        if (reply_.http_status >= 200 && reply_.http_status < 300) {
            fault = leat_fault{};
            fault.status = parse();
            fault.wait_ms = -1;
        } else {
            fault_from_status(reply_, wall_ms, &fault);
        }
        chat_classify(&reply_, &scratch_, &fault);
        return fault;
    }

    const leat_reply& reply() const { return reply_; }

    leat_answer answer{};
    leat_fault fault{};

private:
    Exact body_;
    HeaderList list_;
    std::vector<leat_header> headers_;
    size_t bytes_;
    std::unique_ptr<char[]> memory_;
    Arena arena_;
    leat_scratch scratch_;
    leat_reply reply_{};
};

}  // namespace leat
