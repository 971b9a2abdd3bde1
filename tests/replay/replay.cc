// tests/replay/replay.cc: what leat makes of recorded answers, against expectations that expect.py
// derived from the same bodies by itself. Each answer is read as a body, and as a whole HTTP
// response with Content-Length and in chunks, whole, byte by byte and cut at random.
//
//     leat_replay CASES_FILE     prints `ok - provider: N answers`, exit status 0 when all agree
#include <cstdio>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/poison.h"
#include "codec/http_response.h"
#include "codec/json_scan.h"
#include "codec/scratch.h"
#include "meter/usage.h"
#include "provider/classify.h"
#include "provider/openai_chat.h"

namespace leat {
namespace {

std::string str(Text t) { return std::string(t.data == nullptr ? "" : t.data, t.size); }
Text view(const std::string& s) { return text(s.data(), s.size()); }

// Fields in their order; some names come several times.
struct Case {
    std::vector<std::pair<std::string, std::string>> fields;

    std::string get(const std::string& name) const {
        for (const auto& [field, value] : fields) {
            if (field == name) return value;
        }
        return "";
    }
    bool has(const std::string& name) const {
        for (const auto& field : fields) {
            if (field.first == name) return true;
        }
        return false;
    }
    std::vector<std::string> all(const std::string& prefix) const {
        std::vector<std::string> values;
        for (const auto& [field, value] : fields) {
            if (field.rfind(prefix, 0) == 0) values.push_back(field + "=" + value);
        }
        return values;
    }
};

bool read_case(std::istream& in, Case* out) {
    out->fields.clear();
    std::string line;
    while (std::getline(in, line)) {
        if (line == "end") return true;
        const size_t blank = line.rfind(' ');
        std::string value(std::stoul(line.substr(blank + 1)), '\0');
        in.read(value.data(), static_cast<std::streamsize>(value.size()));
        in.ignore(1);
        out->fields.emplace_back(line.substr(0, blank), value);
    }
    return false;
}

// Memory that ends where it ends, for an arena.
class Memory {
public:
    explicit Memory(size_t bytes) : bytes_(bytes), memory_(new char[bytes]) {
        arena.open(memory_.get(), bytes);
    }
    Memory(const Memory&) = delete;
    ~Memory() { unpoison(memory_.get(), bytes_); }
    Arena arena;

private:
    size_t bytes_;
    std::unique_ptr<char[]> memory_;
};

// ---- the adapter ------------------------------------------------------------------------------

struct Reading {
    leat_status status = LEAT_OK;
    std::vector<std::string> facts;  // name=value, as expect.py writes them
};

// The arguments of a call that came as an object are compared with blanks taken out.
std::string without_blanks(const std::string& json) {
    std::string out;
    bool in_string = false;
    for (size_t i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (c == '"' && (i == 0 || json[i - 1] != '\\')) in_string = !in_string;
        if (in_string || (c != ' ' && c != '\n')) out += c;
    }
    return out;
}

void tell_answer(const leat_answer& answer, const Case& wanted, Reading* reading) {
    const auto tell = [&](const std::string& name, const std::string& value) {
        reading->facts.push_back(name + "=" + value);
    };
    tell("status", "ok");
    tell("text", str(answer.text));
    tell("refusal", str(answer.refusal));
    tell("finish", std::to_string(answer.finish));
    tell("finish_reason", str(answer.finish_reason));
    tell("model", str(answer.model));
    tell("id", str(answer.response_id));
    if (wanted.has("thinking") || answer.thinking.size > 0) tell("thinking", str(answer.thinking));
    tell("usage_input", std::to_string(answer.usage.input_tokens));
    tell("usage_output", std::to_string(answer.usage.output_tokens));
    tell("usage_total", std::to_string(answer.usage.total_tokens));
    tell("usage_cached", std::to_string(answer.usage.cached_input_tokens));
    tell("usage_reasoning", std::to_string(answer.usage.reasoning_tokens));
    tell("tool_calls", std::to_string(answer.tool_calls_count));
    for (uint32_t i = 0; i < answer.tool_calls_count; ++i) {
        tell("call_id", str(answer.tool_calls[i].id));
        tell("call_name", str(answer.tool_calls[i].name));
        tell("call_text", str(answer.tool_calls[i].arguments_json));
    }
}

Reading read_body(const leat_reply& reply, const Case& wanted) {
    Memory memory(reply.body.size * 4 + 65536);
    leat_scratch scratch;
    scratch.arena = &memory.arena;
    Reading reading;
    leat_fault fault{};
    if (reply.http_status >= 200 && reply.http_status < 300) {
        leat_answer answer{};
        answer.usage = unknown_usage();
        reading.status = chat_parse(&reply, &scratch, &answer);
        if (reading.status == LEAT_OK) {
            tell_answer(answer, wanted, &reading);
            return reading;
        }
        if (reading.status == LEAT_E_PARSE) {
            reading.facts.push_back("status=parse");
            return reading;
        }
        fault.status = reading.status;
    } else {
        fault_from_status(reply, 0, &fault);
    }
    chat_classify(&reply, &scratch, &fault);
    reading.facts.push_back(std::string("status=") + leat_status_word(fault.status));
    reading.facts.push_back("code=" + str(fault.code));
    if (wanted.has("message")) reading.facts.push_back("message=" + str(fault.message));
    return reading;
}

std::vector<std::string> wanted_facts(const Case& c) {
    std::vector<std::string> facts;
    bool told = false;
    for (const auto& [name, value] : c.fields) {
        told = told || name == "status";
        if (told) facts.push_back(name + "=" + value);
    }
    return facts;
}

bool agree(const Case& c, const leat_reply& reply, const char* how) {
    const std::vector<std::string> wanted = wanted_facts(c);
    const std::vector<std::string> seen = read_body(reply, c).facts;
    bool same = wanted.size() == seen.size();
    for (size_t i = 0; i < wanted.size() && i < seen.size(); ++i) {
        const bool as_json = wanted[i].rfind("call_json=", 0) == 0;
        const std::string left = as_json ? "call_text=" + without_blanks(wanted[i].substr(10)) : wanted[i];
        const std::string right = as_json ? without_blanks(seen[i]) : seen[i];
        if (left == right) continue;
        same = false;
        std::cout << "#   " << c.get("provider") << "/" << c.get("name") << " " << how << ": expected "
                  << left.substr(0, 300) << "\n#     but " << right.substr(0, 300) << "\n";
    }
    if (wanted.size() != seen.size()) {
        std::cout << "#   " << c.get("provider") << "/" << c.get("name") << " " << how << ": "
                  << wanted.size() << " facts expected, " << seen.size() << " seen\n";
    }
    return same;
}

// ---- the HTTP response ------------------------------------------------------------------------

class Dice {
public:
    explicit Dice(uint64_t seed) : state_(seed) {}
    size_t below(size_t limit) {
        state_ = state_ * 6364136223846793005u + 1442695040888963407u;
        return static_cast<size_t>(state_ >> 33) % limit;
    }

private:
    uint64_t state_;
};

std::string head_of(const Case& c, const std::string& framing) {
    std::string head = "HTTP/1.1 " + c.get("http_status") + " Recorded\r\n";
    for (const auto& [name, value] : c.fields) {
        if (name == "header") head += value + "\r\n";
    }
    return head + framing + "\r\n\r\n";
}

std::string sized(const Case& c) {
    const std::string body = c.get("body");
    return head_of(c, "Content-Length: " + std::to_string(body.size())) + body;
}

std::string chunked(const Case& c, Dice* dice) {
    const std::string body = c.get("body");
    std::string wire = head_of(c, "Transfer-Encoding: chunked");
    for (size_t at = 0; at < body.size();) {
        const size_t size = 1 + dice->below(dice->below(3) == 0 ? 50 : 4000);
        const size_t part = size < body.size() - at ? size : body.size() - at;
        char line[32];
        std::snprintf(line, sizeof line, "%zx\r\n", part);
        wire += line + body.substr(at, part) + "\r\n";
        at += part;
    }
    return wire + "0\r\n\r\n";
}

using Cut = std::function<size_t()>;  // the size of the next piece

bool feed_agrees(const Case& c, const std::string& wire, const Cut& cut, const char* how) {
    Memory memory(wire.size() * 2 + 65536);
    HttpResponse response;
    response.open(HttpLimits{}, &memory.arena);
    for (size_t at = 0; at < wire.size();) {
        const size_t wish = cut();
        const size_t size = wish < wire.size() - at ? wish : wire.size() - at;
        // A copy that ends where it ends: reading on would be seen.
        const std::unique_ptr<char[]> piece(new char[size]);
        wire.copy(piece.get(), size, at);
        size_t consumed = 0;
        const leat_status fed = response.feed(piece.get(), size, &consumed);
        if (fed != LEAT_OK || consumed != size) {
            std::cout << "#   " << c.get("name") << " " << how << ": " << leat_status_name(fed)
                      << " at byte " << at + consumed << "\n";
            return false;
        }
        at += size;
    }
    if (!response.complete() || str(response.body()) != c.get("body")) {
        std::cout << "#   " << c.get("name") << " " << how << ": not the recorded body\n";
        return false;
    }
    leat_reply reply{};
    reply.http_status = response.status();
    reply.headers = response.fields().list();
    reply.headers_count = response.fields().count();
    reply.body = response.body();
    return agree(c, reply, how);
}

bool check(const Case& c) {
    const std::string body = c.get("body");
    leat_reply reply{};
    reply.http_status = std::stoi(c.get("http_status"));
    reply.body = view(body);
    bool good = agree(c, reply, "as a body");
    Dice dice(c.get("name").size() * 1000003 + body.size());
    const Cut whole = [] { return SIZE_MAX; };
    const Cut bytes = [] { return size_t{1}; };
    const Cut random = [&] { return 1 + dice.below(dice.below(2) == 0 ? 10 : 3000); };
    const std::string in_chunks = chunked(c, &dice);
    good = feed_agrees(c, sized(c), whole, "sized, whole") && good;
    good = feed_agrees(c, sized(c), bytes, "sized, byte by byte") && good;
    good = feed_agrees(c, in_chunks, whole, "chunked, whole") && good;
    good = feed_agrees(c, in_chunks, bytes, "chunked, byte by byte") && good;
    for (int i = 0; i < 8; ++i) {
        good = feed_agrees(c, sized(c), random, "sized, cut at random") && good;
        good = feed_agrees(c, chunked(c, &dice), random, "chunked, cut at random") && good;
    }
    return good;
}

int run(const char* file) {
    std::ifstream in(file, std::ios::binary);
    std::map<std::string, std::pair<int, int>> counts;  // provider -> good, all
    Case c;
    while (read_case(in, &c)) {
        auto& [good, all] = counts[c.get("provider")];
        ++all;
        if (check(c)) ++good;
    }
    bool failed = counts.empty();
    for (const auto& [provider, count] : counts) {
        const bool good = count.first == count.second;
        failed = failed || !good;
        std::cout << (good ? "ok" : "not ok") << " - replay: " << provider << ", " << count.first
                  << " of " << count.second << " recorded answers read as expected\n";
    }
    return failed ? 1 : 0;
}

}  // namespace
}  // namespace leat

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: leat_replay CASES_FILE\n";
        return 2;
    }
    return leat::run(argv[1]);
}
