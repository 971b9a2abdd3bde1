// tests: reads tests/vectors/http_response.txt and feeds a response in any cut.
#pragma once

#include <cstdlib>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "codec/http_response.h"

namespace leat {

struct HttpVector {
    std::string name, input, body, verdict, eof;
    bool connect = false, more = false, keep = false;
    int status = 0;
    size_t left = 0;
};

struct HttpOutcome {
    leat_status verdict = LEAT_OK;
    bool complete = false, keep = false;
    int status = 0;
    size_t consumed = 0; // meaningful when complete
    std::string body, fields;
    bool operator==(const HttpOutcome&) const = default;
};

inline std::string unescape(const std::string& s) {
    std::string out;
    for (size_t i = 0; i < s.size(); ++i) {
        if (s[i] != '\\' || i + 1 == s.size()) {
            out += s[i];
            continue;
        }
        const char c = s[++i];
        if (c == 'x') {
            out += static_cast<char>(std::stoi(s.substr(i + 1, 2), nullptr, 16));
            i += 2;
        } else {
            out += c == 'r' ? '\r' : c == 'n' ? '\n' : c == 't' ? '\t' : c == '0' ? '\0' : c;
        }
    }
    return out;
}

inline void read_expectation(const std::string& value, HttpVector* v) {
    const size_t space = value.find(' ');
    v->verdict = value.substr(0, space);
    if (space == std::string::npos) return;
    const std::string rest = value.substr(space + 1);
    v->more = rest == "more";
    v->keep = rest.find("keep") != std::string::npos;
    v->status = std::atoi(rest.c_str());
}

inline std::vector<HttpVector> read_http_vectors() {
    std::vector<HttpVector> all;
    std::ifstream file(LEAT_TESTS_DIR "/vectors/http_response.txt");
    std::string line;
    while (std::getline(file, line)) {
        if (line.empty() || line[0] == '#') continue;
        const size_t space = line.find(' ');
        const std::string key = line.substr(0, space);
        const std::string value = space == std::string::npos ? "" : line.substr(space + 1);
        if (key == "name") {
            all.emplace_back();
            all.back().name = value;
        }
        HttpVector& v = all.back();
        if (key == "to") v.connect = value == "connect";
        if (key == "in") v.input += unescape(value);
        if (key == "eof") v.eof = value;
        if (key == "body") v.body = unescape(value);
        if (key == "left") v.left = static_cast<size_t>(std::atoi(value.c_str()));
        if (key == "expect") read_expectation(value, &v);
    }
    return all;
}

// Runs one response over pieces of the given sizes; what remains comes as one last piece.
class HttpRun {
public:
    HttpLimits limits;
    HttpAnswerTo answer_to = HttpAnswerTo::request;
    std::string eof;
    size_t store_bytes = 1 << 18;

    HttpOutcome operator()(const std::string& input, const std::vector<size_t>& pieces) {
        std::vector<char> store(store_bytes);
        Arena arena;
        arena.open(store.data(), store.size());
        HttpResponse response;
        response.open(limits, &arena, {}, answer_to);
        HttpOutcome outcome;
        size_t at = 0;
        for (size_t i = 0; at < input.size(); ++i) {
            const size_t size = i < pieces.size() ? std::min(pieces[i], input.size() - at)
                                                  : input.size() - at;
            // A heap copy of its own, so that reading past the piece is seen.
            const std::vector<char> piece(input.data() + at, input.data() + at + size);
            size_t used = 0;
            if (response.feed(piece.data(), size, &used) != LEAT_OK) break;
            outcome.consumed += used;
            at += size;
            if (used < size) break;
        }
        if (!eof.empty()) (void)response.finish(eof == "clean");
        outcome.verdict = response.verdict();
        outcome.complete = response.complete();
        outcome.keep = response.keep_alive();
        if (!outcome.complete) outcome.consumed = 0;
        if (outcome.complete) read_parts(response, &outcome);
        arena.open(store.data(), 0);
        unpoison(store.data(), store.size());
        return outcome;
    }
    HttpOutcome whole(const std::string& input) { return (*this)(input, {}); }
    HttpOutcome bytewise(const std::string& input) {
        return (*this)(input, std::vector<size_t>(input.size(), 1));
    }

private:
    static void unpoison(void* at, size_t size);
    static void read_parts(const HttpResponse& response, HttpOutcome* outcome) {
        outcome->status = response.status();
        const Text body = response.body();
        if (body.size > 0) outcome->body.assign(body.data, body.size);
        for (uint32_t i = 0; i < response.fields().count(); ++i) {
            const leat_header& field = response.fields().list()[i];
            outcome->fields.append(field.name.data, field.name.size).append("=");
            outcome->fields.append(field.value.data, field.value.size).append("\n");
        }
    }
};

}  // namespace leat

#include "base/poison.h"
inline void leat::HttpRun::unpoison(void* at, size_t size) { leat::unpoison(at, size); }
