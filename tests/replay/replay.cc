// tests/replay/replay.cc: what leat makes of recorded exchanges. Answers are read whole, byte by byte,
// cut at random and, short ones, at every place, with a Content-Length and in chunks, and must each
// time give what expect.py derived from the same bodies by itself. Requests are built from
// descriptions; see requests.cc.
//
//     leat_replay answers CASES     prints `ok - replay: PROVIDER ...`; status 0 when all agree
//     leat_replay requests DESCRIPTIONS BODIES
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>

#include "answers.h"
#include "unit/provider/json_tree.h"

namespace leat {

namespace {

bool same_json(const std::string& a, const std::string& b) {
    try {
        return json_tree(a) == json_tree(b);
    } catch (const std::runtime_error& error) {
        std::cout << "#   " << error.what() << "\n";
        return false;
    }
}

// name, or name_json, where only the meaning counts.
bool same_fact(const Fields::value_type& wanted, const Fields::value_type& seen) {
    const size_t suffix = wanted.first.rfind("_json");
    if (suffix == std::string::npos) {
        return wanted.first == seen.first && wanted.second == seen.second;
    }
    const std::string stem = wanted.first.substr(0, suffix);
    const bool is_same_name = seen.first == stem || seen.first == stem + "_text";
    return is_same_name && same_json(wanted.second, seen.second);
}

Fields wanted_facts(const Case& c) {
    Fields facts;
    for (const auto& field : c.fields) {
        if (field.first == "status" || !facts.empty()) facts.push_back(field);
    }
    return facts;
}

void tell_difference(const Case& c, const char* how, const std::string& wanted,
                     const std::string& seen) {
    std::cout << "#   " << c.title() << " " << how << ": expected " << wanted.substr(0, 300)
              << "\n#     but " << seen.substr(0, 300) << "\n";
}

bool agree(const Case& c, AnswerReading* reading, const char* how) {
    const Fields wanted = wanted_facts(c);
    const Fields seen = reading->facts();
    bool same = wanted.size() == seen.size() && reading->broken().empty();
    if (!same) {
        tell_difference(c, how, std::to_string(wanted.size()) + " facts",
                        std::to_string(seen.size()) + " " + reading->broken());
    }
    for (size_t i = 0; i < wanted.size() && i < seen.size(); ++i) {
        if (same_fact(wanted[i], seen[i])) continue;
        same = false;
        tell_difference(c, how, wanted[i].first + "=" + wanted[i].second,
                        seen[i].first + "=" + seen[i].second);
    }
    return same;
}

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
    AnswerReading reading(c);
    for (size_t at = 0; at < wire.size();) {
        const size_t wish = cut();
        const size_t size = wish < wire.size() - at ? wish : wire.size() - at;
        // A copy that ends where it ends: reading on would be seen.
        const std::unique_ptr<char[]> piece(new char[size]);
        wire.copy(piece.get(), size, at);
        if (!reading.feed(text(piece.get(), size))) {
            tell_difference(c, how, "all bytes taken",
                            reading.broken() + " at byte " + std::to_string(at));
            return false;
        }
        at += size;
    }
    return agree(c, &reading, how);
}

// Short ones in two pieces, cut at every place.
constexpr size_t every_split_bytes_max = 2500;

bool every_split_agrees(const Case& c, const std::string& wire) {
    for (size_t cut = 1; cut < wire.size(); ++cut) {
        const Cut once = [&, first = true]() mutable {
            const size_t size = first ? cut : SIZE_MAX;
            first = false;
            return size;
        };
        const std::string how = "chunked, in two at " + std::to_string(cut);
        if (!feed_agrees(c, wire, once, how.c_str())) return false;
    }
    return true;
}

bool check(const Case& c) {
    Dice dice(c.get("name").size() * 1000003 + c.get("body").size());
    const Cut whole = [] { return SIZE_MAX; };
    const Cut bytes = [] { return size_t{1}; };
    const Cut random = [&] { return 1 + dice.below(dice.below(2) == 0 ? 10 : 3000); };
    const std::string in_chunks = chunked(c, &dice);
    bool good = feed_agrees(c, sized(c), whole, "sized, whole");
    if (!good) return false;  // the other ways would only say it again
    good = feed_agrees(c, sized(c), bytes, "sized, byte by byte") && good;
    good = feed_agrees(c, in_chunks, whole, "chunked, whole") && good;
    good = feed_agrees(c, in_chunks, bytes, "chunked, byte by byte") && good;
    if (in_chunks.size() <= every_split_bytes_max) good = every_split_agrees(c, in_chunks) && good;
    for (int i = 0; i < 16; ++i) {
        good = feed_agrees(c, sized(c), random, "sized, cut at random") && good;
        good = feed_agrees(c, chunked(c, &dice), random, "chunked, cut at random") && good;
    }
    return good;
}

}  // namespace

int replay_answers(const char* file) {
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

}  // namespace leat

int main(int argc, char** argv) {
    const std::string what = argc > 1 ? argv[1] : "";
    if (what == "answers" && argc == 3) return leat::replay_answers(argv[2]);
    if (what == "requests" && argc == 4) return leat::build_requests(argv[2], argv[3]);
    std::cerr << "usage: leat_replay answers CASES | requests DESCRIPTIONS BODIES\n";
    return 2;
}
