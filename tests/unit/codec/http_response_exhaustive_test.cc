// tests: HttpResponse against a reference that reads whole text: every short header section and
// chunk stream over a small alphabet, every byte at every place of a status line.
#include <gtest/gtest.h>

#include <cstring>

#include "unit/codec/http_response_vectors.h"

namespace leat {
namespace {

enum class Seen { good, bad, cut };

bool is_token_byte(char c) {
    return isalnum(static_cast<unsigned char>(c)) ||
           (c != 0 && std::string("!#$%&'*+-.^_`|~").find(c) != std::string::npos);
}

bool is_text_byte(char c) {
    return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
}

// Reads "CRLF" at *at; cut when the text ends first.
Seen read_crlf(const std::string& s, size_t* at) {
    for (const char c : {'\r', '\n'}) {
        if (*at == s.size()) return Seen::cut;
        if (s[*at] != c) return Seen::bad;
        ++*at;
    }
    return Seen::good;
}

Seen read_field(const std::string& s, size_t* at) {
    const size_t begin = *at;
    while (*at < s.size() && is_token_byte(s[*at])) ++*at;
    if (*at == s.size()) return Seen::cut;
    if (*at == begin || s[*at] != ':') return Seen::bad;
    while (++*at < s.size() && is_text_byte(s[*at])) {
    }
    return read_crlf(s, at);
}

Seen read_section(const std::string& s, size_t* at) {
    while (*at < s.size() && s[*at] != '\r') {
        const Seen seen = read_field(s, at);
        if (seen != Seen::good) return seen;
    }
    return read_crlf(s, at);
}

// CHUNK for bad framing, HEADER for bad trailers.
leat_status read_chunks(const std::string& s, size_t* at, bool* complete) {
    for (;;) {
        size_t size = 0;
        const size_t begin = *at;
        while (*at < s.size() && isxdigit(static_cast<unsigned char>(s[*at]))) {
            size = size * 16 + static_cast<size_t>(std::stoi(s.substr((*at)++, 1), nullptr, 16));
        }
        if (*at == s.size()) return LEAT_OK;
        Seen seen = *at == begin ? Seen::bad : read_crlf(s, at);
        if (seen != Seen::good) return seen == Seen::bad ? LEAT_ALERT_CHUNK : LEAT_OK;
        if (size == 0) break;
        if (s.size() - *at < size) return LEAT_OK;
        *at += size;
        seen = read_crlf(s, at);
        if (seen != Seen::good) return seen == Seen::bad ? LEAT_ALERT_CHUNK : LEAT_OK;
    }
    const Seen seen = read_section(s, at);
    *complete = seen == Seen::good;
    return seen == Seen::bad ? LEAT_ALERT_HEADER : LEAT_OK;
}

// Calls f with every text of at most `longest` bytes over the alphabet.
template <typename F>
void for_each_text(const std::string& alphabet, size_t longest, F f) {
    std::vector<size_t> digits;
    for (;;) {
        std::string s;
        for (const size_t d : digits) s += alphabet[d];
        f(s);
        size_t i = 0;
        while (i < digits.size() && ++digits[i] == alphabet.size()) digits[i++] = 0;
        if (i < digits.size()) continue;
        if (digits.size() == longest) return;
        digits.assign(digits.size() + 1, 0);
    }
}

HttpOutcome run_both(const std::string& input) {
    HttpRun run;
    run.store_bytes = 2048;
    const HttpOutcome whole = run.whole(input);
    EXPECT_EQ(run.bytewise(input), whole) << testing::PrintToString(input);
    return whole;
}

TEST(HttpResponseExhaustive, header_sections) {
    const std::string start = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n";
    const std::string alphabet("a: \t\r\n\x01\xe9\"", 9);
    for_each_text(alphabet, 5, [&](const std::string& s) {
        const std::string section = s + "\r\n\r\n";
        const HttpOutcome outcome = run_both(start + section);
        size_t at = 0;
        const Seen seen = read_section(section, &at);
        const std::string shown = testing::PrintToString(s);
        EXPECT_EQ(outcome.verdict, seen == Seen::bad ? LEAT_ALERT_HEADER : LEAT_OK) << shown;
        EXPECT_EQ(outcome.complete, seen == Seen::good) << shown;
        if (seen == Seen::good) {
            EXPECT_EQ(outcome.consumed, start.size() + at) << shown;
        }
    });
}

TEST(HttpResponseExhaustive, chunk_streams) {
    const std::string start = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    const auto check = [&](const std::string& stream) {
        const HttpOutcome outcome = run_both(start + stream);
        size_t at = 0;
        bool complete = false;
        const leat_status expected = read_chunks(stream, &at, &complete);
        EXPECT_EQ(outcome.verdict, expected) << testing::PrintToString(stream);
        EXPECT_EQ(outcome.complete, complete) << testing::PrintToString(stream);
        if (complete) {
            EXPECT_EQ(outcome.consumed, start.size() + at);
        }
    };
    for_each_text("02a\r\n g", 5, [&](const std::string& s) { check(s + "\r\nab\r\n0\r\n\r\n"); });
    for_each_text("01\r\na", 6, [&](const std::string& s) { check(s); });
    for_each_text("0:\r\na ", 5, [&](const std::string& s) { check("0\r\n" + s + "\r\n\r\n"); });
}

// Fed byte by byte no line is ever whole, so the parser sees each; fed whole it is spared some.
TEST(HttpResponseExhaustive, the_parser_is_spared_no_line_that_decides) {
    const std::vector<std::string> lines = {
        "Date: now\r\n", "X-Y:\r\n", "Content-Length: 2\r\n", "Content-Length:\r\n",
        "content-length:  \r\n", "CONTENT-LENGTH: 2x\r\n", "Transfer-Encoding: chunked\r\n",
        "transfer-encoding: chunked \r\n", "Transfer-Encoding: gzip\r\n", "Connection: close\r\n",
        "CONNECTION: Keep-Alive, Close\r\n", "Connection: upgrade\r\n", "Upgrade: h2c\r\n",
        "Proxy-Connection: close\r\n", "connectiox: close\r\n", "T_b: ~\tv\r\n", " fold\r\n",
        ": no name\r\n", "no colon\r\n", "A: \x01\r\n", "B: v\n", "C: v\r", "\r\n",
    };
    const std::string body = "\r\n2\r\nab\r\n0\r\n";
    for (const char* start : {"HTTP/1.1 200 OK\r\n", "HTTP/1.0 200\r\n", "HTTP/1.1 204 N\r\n",
                              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"}) {
        for (const std::string& a : lines) {
            for (const std::string& b : lines) {
                for (const std::string& c : lines) {
                    const std::string input = start + a + b + c + body;
                    const std::vector<size_t> by_lines = {strlen(start), a.size(), b.size(), c.size()};
                    EXPECT_EQ(HttpRun()(input, by_lines), run_both(input))
                        << testing::PrintToString(input);
                }
            }
        }
    }
}

bool is_status_line(const std::string& s) {
    if (s.size() < 14 || s.compare(0, 7, "HTTP/1.") != 0) return false;
    if (s[7] != '0' && s[7] != '1') return false;
    if (s[8] != ' ' || s[9] < '1' || s[9] > '5') return false;
    if (!isdigit(s[10]) || !isdigit(s[11])) return false;
    const std::string rest = s.substr(12);
    if (rest.compare(rest.size() - 2, 2, "\r\n") != 0) return false;
    for (size_t i = 0; i + 2 < rest.size(); ++i) {
        if (i == 0 ? rest[i] != ' ' : !is_text_byte(rest[i])) return false;
    }
    return true;
}

TEST(HttpResponseExhaustive, every_byte_at_every_place_of_a_status_line) {
    const std::string line = "HTTP/1.1 200 OK\r\n";
    const std::string rest = "Content-Length: 0\r\nConnection: close\r\n\r\n";
    for (size_t at = 0; at < line.size(); ++at) {
        for (int byte = 0; byte < 256; ++byte) {
            std::string s = line;
            s[at] = static_cast<char>(byte);
            const HttpOutcome outcome = run_both(s + rest);
            const bool informational = s[9] == '1';
            const leat_status expected = is_status_line(s) ? LEAT_OK : LEAT_ALERT_STATUS_LINE;
            EXPECT_EQ(outcome.verdict, expected) << testing::PrintToString(s);
            EXPECT_EQ(outcome.complete, expected == LEAT_OK && !informational);
        }
    }
}

TEST(HttpResponseExhaustive, every_status) {
    for (int code = 0; code < 1000; ++code) {
        char digits[8];
        (void)snprintf(digits, sizeof digits, "%03d", code);
        const std::string line = std::string("HTTP/1.1 ") + digits + "\r\n";
        const HttpOutcome outcome = run_both(line + "Content-Length: 0\r\n\r\n");
        const leat_status expected = code < 100 || code > 599 ? LEAT_ALERT_STATUS_LINE
                                     : code == 101            ? LEAT_ALERT_INFORMATIONAL
                                                              : LEAT_OK;
        EXPECT_EQ(outcome.verdict, expected) << code;
        EXPECT_EQ(outcome.complete, expected == LEAT_OK && code >= 200) << code;
    }
}

TEST(HttpResponseExhaustive, every_byte_in_a_name_and_in_a_value) {
    for (int byte = 0; byte < 256; ++byte) {
        const char c = static_cast<char>(byte);
        for (const size_t before : {size_t{0}, size_t{3}, size_t{20}}) {
            const std::string pad(before, 'P');
            const std::string start = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n";
            const HttpOutcome name = run_both(start + pad + c + pad + "x: v\r\n\r\n");
            const bool good = is_token_byte(c) || (c == ':' && before > 0);
            EXPECT_EQ(name.verdict, good ? LEAT_OK : LEAT_ALERT_HEADER) << byte << ' ' << before;
            const HttpOutcome value = run_both(start + "N: " + pad + c + pad + "\r\n\r\n");
            const leat_status fine = is_text_byte(c) ? LEAT_OK : LEAT_ALERT_HEADER;
            EXPECT_EQ(value.verdict, fine) << byte << ' ' << before;
            // Trailers are kept nowhere, and no less strictly read.
            const std::string last =
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n";
            const HttpOutcome trailer = run_both(last + pad + c + pad + "x: v\r\n\r\n");
            EXPECT_EQ(trailer.verdict, name.verdict) << byte << ' ' << before;
            const HttpOutcome its_value = run_both(last + "N: " + pad + c + pad + "\r\n\r\n");
            EXPECT_EQ(its_value.verdict, fine) << byte << ' ' << before;
        }
    }
}

}  // namespace
}  // namespace leat
