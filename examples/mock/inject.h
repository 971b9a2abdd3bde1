// Which request gets which fate: by the prompt's own marker, by a script over request numbers, or
// by rates.
//
// Invariant: with one seed, one script and one order of requests, the same fates. Tables are
// bounded and made at the start; choosing allocates nothing.
#pragma once

#include "buffer.h"
#include "mock.h"

namespace mock {

enum class ActionKind : uint8_t {
    Ok,
    Status,    // an error answer with that HTTP status
    Reset,     // RST, optionally after some bytes
    Truncate,  // fewer bytes than Content-Length says, then close
    Slow,      // the body a byte at a time
    Hang,      // never answers
    Close,     // closes after a complete answer, unannounced
    Chunked,   // Transfer-Encoding: chunked in odd pieces
    Surplus,   // a second, unsolicited response glued on
    Html,      // 200 with a page of HTML
    Raw,       // a file's bytes as they are
    Eof,       // no length: the body ends with the connection
    Interim,   // 1xx responses before the answer
    BadJson,   // a whole HTTP answer whose JSON is cut short
    Midway,    // a stream that turns into the provider's error event
};
constexpr unsigned kActionKindCount = static_cast<unsigned>(ActionKind::Midway) + 1;

struct Action {
    ActionKind kind = ActionKind::Ok;
    mock_retry_form retry_form = MOCK_RETRY_SECONDS;
    uint16_t status = 200;
    bool retry_asked = false;  // said by the action itself, so sent with any status
    int16_t raw_index = -1;
    int64_t retry_after_ms = -1;
    int64_t latency_ms = -1;   // -1: the server's own
    int64_t after_bytes = -1;  // reset, truncate: how much is sent first; interim, midway: how many
};

// Reads "KIND[=VALUE] [key=value...]". `times` gets N of a "KINDxN" suffix, or 0.
[[nodiscard]] bool parse_action(std::string_view text, const Action& base, Action* out,
                                uint32_t* times, std::string_view* raw_path);

class Injector {
public:
    Injector() = default;
    Injector(const Injector&) = delete;
    Injector& operator=(const Injector&) = delete;
    ~Injector() {
        std::free(rules_);
        std::free(seen_);
    }

    // On failure a one-line message is in error().
    [[nodiscard]] bool open(const mock_config& config);
    void reset();  // forgets which prompts were seen
    Action choose(uint64_t number, std::string_view prompt);
    std::string_view raw(int16_t index) const { return raw_[index].view(); }
    const char* error() const { return error_; }

private:
    static constexpr unsigned kRuleMax = 4096;
    static constexpr unsigned kRawMax = 64;
    static constexpr unsigned kSeenMax = 1U << 16;
    struct Rule {
        uint64_t first, last, every;
        Action action;
    };
    struct Seen {
        uint64_t hash;
        uint64_t count;
    };

    bool load_script(std::string_view text);
    bool load_line(std::string_view line, unsigned number);
    bool load_raw(std::string_view path, int16_t* index);
    bool fail(unsigned line, const char* why);
    uint64_t count_seen(std::string_view prompt);
    bool choose_by_prompt(std::string_view prompt, Action* out);
    bool choose_by_script(uint64_t number, Action* out) const;
    Action choose_by_rate(uint64_t number) const;

    mock_config config_{};
    Action base_;
    Rule* rules_ = nullptr;
    unsigned rule_count_ = 0;
    Buffer raw_[kRawMax];
    int16_t raw_count_ = 0;
    Seen* seen_ = nullptr;
    char error_[256] = {};
};

}  // namespace mock
