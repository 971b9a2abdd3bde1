// tests: HttpResponse by its rules: the vectors in every cut, limits at -1, 0 and +1, sinks.
#include <gtest/gtest.h>

#include <random>

#include "unit/codec/http_response_vectors.h"

namespace leat {
namespace {

const char* name_of(leat_status status) {
#define LEAT_NAME_CASE(name, number, class_name, hint) \
    if (status == (number)) return #name;
    LEAT_STATUS_LIST(LEAT_NAME_CASE)
#undef LEAT_NAME_CASE
    return "?";
}

void check_outcome(const HttpVector& v, const HttpOutcome& outcome) {
    EXPECT_EQ(name_of(outcome.verdict), v.verdict);
    if (v.verdict != "LEAT_OK") return;
    EXPECT_EQ(outcome.complete, !v.more);
    if (v.more) return;
    EXPECT_EQ(outcome.status, v.status);
    EXPECT_EQ(outcome.keep, v.keep);
    EXPECT_EQ(outcome.body, v.body);
    EXPECT_EQ(v.input.size() - outcome.consumed, v.left);
}

TEST(HttpResponse, agrees_with_every_vector_in_every_cut) {
    const std::vector<HttpVector> all = read_http_vectors();
    ASSERT_GT(all.size(), 100u);
    for (const HttpVector& v : all) {
        SCOPED_TRACE(v.name);
        HttpRun run;
        run.eof = v.eof;
        run.answer_to = v.connect ? HttpAnswerTo::connect : HttpAnswerTo::request;
        const HttpOutcome whole = run.whole(v.input);
        check_outcome(v, whole);
        EXPECT_EQ(run.bytewise(v.input), whole);
        for (size_t cut = 1; cut < v.input.size(); ++cut) {
            EXPECT_EQ(run(v.input, {cut}), whole) << cut;
        }
    }
}

TEST(HttpResponse, verdict_survives_random_cuts) {
    std::mt19937 random(7);
    for (const HttpVector& v : read_http_vectors()) {
        HttpRun run;
        run.eof = v.eof;
        const HttpOutcome whole = run.whole(v.input);
        for (int round = 0; round < 20; ++round) {
            std::vector<size_t> pieces;
            for (size_t i = 0; i < v.input.size(); ++i) pieces.push_back(random() % 9);
            EXPECT_EQ(run(v.input, pieces), whole) << v.name;
        }
    }
}

const std::string ok = "HTTP/1.1 200 OK\r\n";

leat_status verdict_of(HttpRun& run, const std::string& input) {
    const HttpOutcome whole = run.whole(input);
    EXPECT_EQ(run.bytewise(input), whole);
    EXPECT_EQ(run(input, {input.size() / 2}), whole);
    EXPECT_EQ(run(input, {7, 100, 1, 1000, 2}), whole);
    if (whole.verdict == LEAT_OK && run.eof.empty()) {
        EXPECT_TRUE(whole.complete);
    }
    return whole.verdict;
}

TEST(HttpResponse, header_bytes_are_exact) {
    HttpRun run;
    run.limits.header_bytes_max = 100;
    for (int over = -1; over <= 1; ++over) {
        std::string input = ok + "Content-Length: 3\r\nX: ";
        input.append(static_cast<size_t>(100 + over) - input.size() - 4, 'x');
        EXPECT_EQ(verdict_of(run, input + "\r\n\r\nabc"),
                  over > 0 ? LEAT_E_HEADERS_TOO_LARGE : LEAT_OK);
    }
}

TEST(HttpResponse, header_bytes_bound_every_part_of_the_head) {
    HttpRun run;
    run.limits.header_bytes_max = 1000;
    const std::string much(2000, 'a');
    const std::string blanks(2000, ' ');
    EXPECT_EQ(verdict_of(run, "HTTP/1.1 200 " + much), LEAT_E_HEADERS_TOO_LARGE);
    EXPECT_EQ(verdict_of(run, ok + much), LEAT_E_HEADERS_TOO_LARGE);
    EXPECT_EQ(verdict_of(run, ok + "X: " + much), LEAT_E_HEADERS_TOO_LARGE);
    EXPECT_EQ(verdict_of(run, ok + "X:" + blanks), LEAT_E_HEADERS_TOO_LARGE);
    EXPECT_EQ(verdict_of(run, "HTTP/1.1 100 C\r\nX: " + much), LEAT_E_HEADERS_TOO_LARGE);
}

TEST(HttpResponse, header_bytes_count_informational_answers) {
    HttpRun run;
    const std::string hint = "HTTP/1.1 103 E\r\nX: 0123456789\r\n\r\n";
    const std::string last = ok + "Content-Length: 0\r\n\r\n";
    for (uint32_t over = 0; over <= 1; ++over) {
        run.limits.header_bytes_max = static_cast<uint32_t>(3 * hint.size() + last.size()) - over;
        EXPECT_EQ(verdict_of(run, hint + hint + hint + last),
                  over > 0 ? LEAT_E_HEADERS_TOO_LARGE : LEAT_OK);
    }
}

TEST(HttpResponse, header_bytes_count_trailers) {
    HttpRun run;
    const std::string start = ok + "Transfer-Encoding: chunked\r\n\r\n";
    const std::string trailers = "A: 1\r\nB:       2\r\n\r\n";
    for (uint32_t over = 0; over <= 1; ++over) {
        run.limits.header_bytes_max = static_cast<uint32_t>(start.size() + trailers.size()) - over;
        EXPECT_EQ(verdict_of(run, start + "1\r\na\r\n0\r\n" + trailers),
                  over > 0 ? LEAT_E_HEADERS_TOO_LARGE : LEAT_OK);
    }
}

TEST(HttpResponse, header_bytes_count_long_chunk_lines) {
    HttpRun run;
    const std::string start = ok + "Transfer-Encoding: chunked\r\n\r\n";
    run.limits.header_bytes_max = static_cast<uint32_t>(start.size()) + 10 + 2;
    for (size_t over = 0; over <= 1; ++over) {
        const std::string extension(chunk_line_free_bytes + 10 - 4 + over, 'e');
        EXPECT_EQ(verdict_of(run, start + "1;" + extension + "\r\na\r\n0\r\n\r\n"),
                  over > 0 ? LEAT_E_HEADERS_TOO_LARGE : LEAT_OK);
        const std::string zeros(chunk_line_free_bytes + 10 - 3 + over, '0');
        EXPECT_EQ(verdict_of(run, start + zeros + "1\r\na\r\n0\r\n\r\n"),
                  over > 0 ? LEAT_E_HEADERS_TOO_LARGE : LEAT_OK);
        EXPECT_EQ(verdict_of(run, start + zeros + "0\r\n\r\n"),
                  over > 0 ? LEAT_E_HEADERS_TOO_LARGE : LEAT_OK);
    }
    const std::string endless(100000, 'e');
    EXPECT_EQ(verdict_of(run, start + "1;" + endless), LEAT_E_HEADERS_TOO_LARGE);
}

TEST(HttpResponse, headers_count_is_exact) {
    HttpRun run;
    run.limits.headers_max = 5;
    std::string fields = "Content-Length: 0\r\n";
    for (int i = 2; i <= 6; ++i) {
        fields += "X" + std::to_string(i) + ": v\r\n";
        if (i < 4) continue;
        EXPECT_EQ(verdict_of(run, ok + fields + "\r\n"),
                  i > 5 ? LEAT_E_HEADERS_TOO_LARGE : LEAT_OK);
    }
}

TEST(HttpResponse, the_line_that_is_too_many_ends_it_before_what_follows_is_judged) {
    HttpRun run;
    run.limits.headers_max = 2;
    for (const char* last : {"C: 3\r\n fold\r\n", "C: 3\r\n:\r\n", "C: \x01\r\n", "C\r\n", "\x01", ":"}) {
        const std::string fields = ok + "A: 1\r\nB: 2\r\nZ: 3\r\n";
        EXPECT_EQ(verdict_of(run, fields + last), LEAT_E_HEADERS_TOO_LARGE) << last;
    }
    for (const char* last : {" fold\r\n", "\t", "\n"}) {
        const std::string fields = ok + "A: 1\r\nB: 2\r\nZ: 3\r\n";
        EXPECT_EQ(verdict_of(run, fields + last), LEAT_ALERT_HEADER) << last;
    }
}

TEST(HttpResponse, body_bytes_are_exact) {
    for (size_t over = 0; over <= 2; ++over) {
        HttpRun run;
        run.limits.body_bytes_max = 100;
        const std::string body(99 + over, 'b');
        const leat_status expected = over == 2 ? LEAT_E_BODY_TOO_LARGE : LEAT_OK;
        const std::string size = std::to_string(body.size());
        EXPECT_EQ(verdict_of(run, ok + "Content-Length: " + size + "\r\n\r\n" + body), expected);
        const std::string chunks = over == 0   ? "63\r\n" + body
                                   : over == 1 ? "64\r\n" + body
                                               : "65\r\n" + body;
        const std::string chunked = ok + "Transfer-Encoding: chunked\r\n\r\n" + chunks;
        EXPECT_EQ(verdict_of(run, chunked + "\r\n0\r\n\r\n"), expected);
        run.eof = "clean";
        EXPECT_EQ(verdict_of(run, ok + "Connection: close\r\n\r\n" + body), expected);
    }
}

// What a head takes of a store: its lines, and behind them a list (the store is aligned).
size_t head_bytes(const std::string& lines, size_t count) {
    const size_t aligned = (lines.size() + alignof(leat_header) - 1) / alignof(leat_header);
    return aligned * alignof(leat_header) + count * sizeof(leat_header) + red_zone_bytes;
}

TEST(HttpResponse, body_may_fill_the_store) {
    const std::string chunked_lines = "Transfer-Encoding: chunked\r\n\r\n";
    const std::string sized_lines = "Content-Length: 100\r\n\r\n";
    const std::string body(100, 'b');
    const size_t chunked_head = head_bytes(chunked_lines, 1);
    const size_t sized_head = head_bytes(sized_lines, 1);
    for (size_t lack = 0; lack <= 1; ++lack) {
        HttpRun run;
        const leat_status expected = lack > 0 ? LEAT_E_BODY_TOO_LARGE : LEAT_OK;
        run.store_bytes = chunked_head + 100 - lack;
        EXPECT_EQ(verdict_of(run, ok + chunked_lines + "64\r\n" + body + "\r\n0\r\n\r\n"), expected);
        run.store_bytes = sized_head + 100 - lack;
        EXPECT_EQ(verdict_of(run, ok + sized_lines + body), expected);
    }
    HttpRun run;
    for (run.store_bytes = 0; run.store_bytes < sized_head - red_zone_bytes; ++run.store_bytes) {
        EXPECT_EQ(verdict_of(run, ok + sized_lines + body), LEAT_E_ITEM_MEMORY);
        EXPECT_EQ(verdict_of(run, ok + "Content-Length: 1 \x01\r\n\r\n"), LEAT_ALERT_FRAMING);
    }
}

TEST(HttpResponse, heavy_chunk_framing_ends_it) {
    HttpRun run;
    const std::string start = ok + "Transfer-Encoding: chunked\r\n\r\n";
    std::string light = start, heavy = start;
    for (int i = 0; i < 30000; ++i) heavy += "1\r\na\r\n"; // 5 of 6 bytes
    for (int i = 0; i < 30000; ++i) light += "2\r\naa\r\n"; // 5 of 7 bytes
    const HttpOutcome whole = run.whole(heavy);
    EXPECT_EQ(whole.verdict, LEAT_ALERT_OVERHEAD);
    EXPECT_EQ(run.bytewise(heavy), whole);
    EXPECT_EQ(run.whole(light + "0\r\n\r\n").verdict, LEAT_OK);
    std::string few = start;
    for (int i = 0; i < 20479; ++i) few += "1\r\na\r\n"; // 102,395 bytes of framing, then 3 more
    EXPECT_EQ(run.whole(few + "0\r\n\r\n").verdict, LEAT_OK);
    few += "1\r\na\r\n";
    EXPECT_EQ(run.whole(few + "0\r\n\r\n").verdict, LEAT_ALERT_OVERHEAD);
}

TEST(HttpResponse, an_error_is_sticky) {
    char store[4096];
    Arena arena;
    arena.open(store, sizeof store);
    HttpResponse response;
    response.open(HttpLimits{}, &arena);
    size_t used = 0;
    EXPECT_EQ(response.feed("HTTP/3", 6, &used), LEAT_ALERT_STATUS_LINE);
    EXPECT_EQ(response.feed("HTTP/1.1 200 OK\r\n", 17, &used), LEAT_ALERT_STATUS_LINE);
    EXPECT_EQ(used, 0u);
    EXPECT_EQ(response.finish(true), LEAT_ALERT_STATUS_LINE);
    EXPECT_FALSE(response.complete());
    EXPECT_FALSE(response.keep_alive());
    unpoison(store, sizeof store);
}

TEST(HttpResponse, can_be_opened_again) {
    char store[4096];
    Arena arena;
    arena.open(store, sizeof store);
    HttpResponse response;
    const std::string input = ok + "Content-Length: 1\r\n\r\na";
    for (int round = 0; round < 3; ++round) {
        arena.reset();
        response.open(HttpLimits{}, &arena);
        size_t used = 0;
        EXPECT_FALSE(response.started());
        EXPECT_EQ(response.feed(input.data(), input.size() - (round == 1), &used), LEAT_OK);
        EXPECT_TRUE(response.started());
        EXPECT_EQ(response.complete(), round != 1);
        EXPECT_EQ(check_surplus(response, used + 1, used),
                  round != 1 ? LEAT_ALERT_SURPLUS : LEAT_OK);
    }
    unpoison(store, sizeof store);
}

struct Collected {
    std::string bytes;
    leat_status answer = LEAT_OK;
    bool wanted = true;
    int asked = 0;
};

leat_status collect(void* user, Text bytes) {
    Collected* const c = static_cast<Collected*>(user);
    c->bytes.append(bytes.data, bytes.size);
    return c->answer;
}

bool want(void* user, const HttpResponse& response) {
    Collected* const c = static_cast<Collected*>(user);
    ++c->asked;
    EXPECT_TRUE(response.has_head());
    EXPECT_EQ(response.status(), 200);
    return c->wanted;
}

TEST(HttpResponse, a_sink_takes_the_body_or_leaves_it) {
    const std::string input =
        ok + "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n";
    for (const bool wanted : {true, false}) {
        char store[256];
        Arena arena;
        arena.open(store, sizeof store);
        Collected collected;
        collected.wanted = wanted;
        HttpResponse response;
        response.open(HttpLimits{}, &arena, {want, collect, &collected});
        size_t used = 0;
        EXPECT_EQ(response.feed(input.data(), input.size(), &used), LEAT_OK);
        EXPECT_EQ(collected.asked, 1);
        EXPECT_EQ(collected.bytes, wanted ? "abc" : "");
        EXPECT_EQ(response.body().size, wanted ? 0u : 3u);
        EXPECT_EQ(response.body_bytes(), 3u);
        unpoison(store, sizeof store);
    }
}

TEST(HttpResponse, a_sink_can_end_it) {
    char store[256];
    Arena arena;
    arena.open(store, sizeof store);
    Collected collected;
    collected.answer = LEAT_E_PARSE;
    HttpResponse response;
    response.open(HttpLimits{}, &arena, {nullptr, collect, &collected});
    const std::string input = ok + "Content-Length: 4\r\n\r\nabcd";
    size_t used = 0;
    EXPECT_EQ(response.feed(input.data(), input.size(), &used), LEAT_E_PARSE);
    EXPECT_EQ(response.verdict(), LEAT_E_PARSE);
    unpoison(store, sizeof store);
}

}  // namespace
}  // namespace leat
