// The language of actions, shared by script lines and prompt markers:
//   KIND[xTIMES][=VALUE] [retry-after=S] [retry-after-ms=MS] [retry-after-date=S] [latency=MS]
//   [after=BYTES]
// Invariant: what is not understood is refused, never guessed.
#include "inject.h"

namespace mock {
namespace {

struct Name {
    std::string_view text;
    ActionKind kind;
};
constexpr Name kNames[] = {
    {"ok", ActionKind::Ok},
    {"reset", ActionKind::Reset},
    {"truncate", ActionKind::Truncate},
    {"slow", ActionKind::Slow},
    {"hang", ActionKind::Hang},
    {"close", ActionKind::Close},
    {"chunked", ActionKind::Chunked},
    {"surplus", ActionKind::Surplus},
    {"html", ActionKind::Html},
    {"eof", ActionKind::Eof},
    {"interim", ActionKind::Interim},
    {"badjson", ActionKind::BadJson},
    {"midway", ActionKind::Midway},
};

bool read_u64(std::string_view text, uint64_t* out) {
    if (text.empty() || text.size() > 15) return false;
    uint64_t value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return false;
        value = value * 10 + static_cast<uint64_t>(c - '0');
    }
    *out = value;
    return true;
}

std::string_view next_word(std::string_view* rest) {
    constexpr std::string_view kSpace = " \t\r,";
    const size_t begin = rest->find_first_not_of(kSpace);
    if (begin == std::string_view::npos) {
        *rest = {};
        return {};
    }
    size_t end = rest->find_first_of(kSpace, begin);
    if (end == std::string_view::npos) end = rest->size();
    const std::string_view word = rest->substr(begin, end - begin);
    *rest = rest->substr(end);
    return word;
}

// Splits "429x2" into "429" and 2.
std::string_view take_times(std::string_view name, uint32_t* times) {
    const size_t x = name.rfind('x');
    uint64_t count = 0;
    if (x == std::string_view::npos || x == 0 || !read_u64(name.substr(x + 1), &count)) return name;
    *times = static_cast<uint32_t>(count);
    return name.substr(0, x);
}

bool read_kind(std::string_view name, Action* out) {
    for (const Name& known : kNames) {
        if (known.text != name) continue;
        out->kind = known.kind;
        return true;
    }
    uint64_t status = 0;
    if (name.size() != 3 || !read_u64(name, &status) || status < 300 || status > 599) return false;
    out->kind = ActionKind::Status;
    out->status = static_cast<uint16_t>(status);
    return true;
}

bool read_parameter(std::string_view key, std::string_view value, Action* out) {
    uint64_t number = 0;
    if (!read_u64(value, &number)) return false;
    const auto amount = static_cast<int64_t>(number);
    if (key.substr(0, 11) == "retry-after") out->retry_asked = true;
    if (key == "retry-after") {
        out->retry_after_ms = amount * 1000;
        out->retry_form = MOCK_RETRY_SECONDS;
    } else if (key == "retry-after-ms") {
        out->retry_after_ms = amount;
        out->retry_form = MOCK_RETRY_MILLISECONDS;
    } else if (key == "retry-after-date") {
        out->retry_after_ms = amount * 1000;
        out->retry_form = MOCK_RETRY_DATE;
    } else if (key == "latency") {
        out->latency_ms = amount;
    } else if (key == "after") {
        out->after_bytes = amount;
    } else {
        return false;
    }
    return true;
}

}  // namespace

bool parse_action(std::string_view text, const Action& base, Action* out, uint32_t* times,
                  std::string_view* raw_path) {
    *out = base;
    *times = 0;
    *raw_path = {};
    bool first = true;
    for (;;) {
        const std::string_view word = next_word(&text);
        if (word.empty()) return !first;
        const size_t equals = word.find('=');
        const std::string_view key = word.substr(0, equals);
        if (equals == std::string_view::npos) {
            if (!first || !read_kind(take_times(word, times), out)) return false;
        } else if (key == "raw") {
            if (!first) return false;
            out->kind = ActionKind::Raw;
            *raw_path = word.substr(equals + 1);
            if (raw_path->empty()) return false;
        } else if (!read_parameter(key, word.substr(equals + 1), out)) {
            return false;
        }
        first = false;
    }
}

bool Injector::fail(unsigned line, const char* why) {
    std::snprintf(error_, sizeof error_, "script line %u: %s", line, why);
    return false;
}

bool Injector::load_script(std::string_view text) {
    unsigned number = 0;
    while (!text.empty()) {
        const size_t end = text.find('\n');
        const std::string_view line = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
        ++number;
        if (!load_line(line, number)) return false;
    }
    return true;
}

bool Injector::load_line(std::string_view line, unsigned number) {
    const std::string_view which = next_word(&line);
    if (which.empty() || which[0] == '#') return true;
    if (rule_count_ == kRuleMax) return fail(number, "too many rules");
    Rule rule{1, UINT64_MAX, 1, {}};
    const size_t dash = which.find('-');
    if (which.substr(0, 2) == "*/") {
        if (!read_u64(which.substr(2), &rule.every) || rule.every == 0)
            return fail(number, "bad */K");
    } else if (dash != std::string_view::npos) {
        if (!read_u64(which.substr(0, dash), &rule.first) ||
            !read_u64(which.substr(dash + 1), &rule.last)) {
            return fail(number, "bad N-M");
        }
    } else if (which != "*") {
        if (!read_u64(which, &rule.first)) return fail(number, "expected N, N-M, */K or *");
        rule.last = rule.first;
    }
    uint32_t times = 0;
    std::string_view raw_path;
    if (!parse_action(line, base_, &rule.action, &times, &raw_path) || times != 0)
        return fail(number, "unknown action");
    if (!raw_path.empty() && !load_raw(raw_path, &rule.action.raw_index))
        return fail(number, "cannot read raw file");
    rules_[rule_count_++] = rule;
    return true;
}

bool Injector::load_raw(std::string_view path, int16_t* index) {
    char name[1024];
    if (path.size() >= sizeof name || raw_count_ == static_cast<int16_t>(kRawMax)) return false;
    std::memcpy(name, path.data(), path.size());
    name[path.size()] = '\0';
    FILE* file = std::fopen(name, "rb");
    if (file == nullptr) return false;
    char block[4096];
    size_t count = 0;
    while ((count = std::fread(block, 1, sizeof block, file)) != 0)
        raw_[raw_count_].append(block, count);
    std::fclose(file);
    *index = raw_count_++;
    return true;
}

}  // namespace mock
