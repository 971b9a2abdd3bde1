// tests/sim/hostile_test.cc: peers that break HTTP. Every row is a script of bytes with the one
// status in which it must end; after each the next item, on a fresh connection, succeeds.
// Depends on sim_world.h. Rows follow the catalogue: connection, slow, size, lies, desync,
// provider. Invariant: no row needs more than its time bound, whatever its size.
#include "sim/sim_world.h"

namespace sim_test {
namespace {

using Script = std::function<void(World*, leat_sim_response*)>;

struct Row {
    const char* name;
    leat_status status;
    Script script;
};

// The whole answer as bytes; repeated 0 times means once.
Script raw(const char* prefix, const char* repeated = "", uint64_t times = 0,
           const char* behind = "") {
    return [=](World*, leat_sim_response* response) {
        response->raw_prefix = {prefix, strlen(prefix)};
        response->raw = {repeated, strlen(repeated)};
        response->raw_repeat = times;
        response->surplus = {behind, strlen(behind)};
    };
}

Script then_close(Script script) {
    return [script](World* world, leat_sim_response* response) {
        script(world, response);
        response->close = 1;
    };
}

// A head with these lines and a good body behind it.
Script lines(const std::string& head_lines) {
    return [head_lines](World* world, leat_sim_response* response) {
        const std::string body = completion("ok");
        std::string all = "HTTP/1.1 200 OK\r\n" + head_lines;
        const size_t at = all.find("{length}");
        if (at != std::string::npos) all.replace(at, 8, std::to_string(body.size()));
        response->raw_prefix = world->keep(all + "\r\n" + body);
    };
}

constexpr uint64_t forever = UINT64_MAX;

std::vector<Row> framing_rows() {
    return {
        {"two_different_lengths", LEAT_ALERT_FRAMING,
         lines("Content-Length: {length}\r\nContent-Length: 5\r\n")},
        {"length_and_chunked", LEAT_ALERT_FRAMING,
         lines("Content-Length: {length}\r\nTransfer-Encoding: chunked\r\n")},
        {"negative_length", LEAT_ALERT_FRAMING, lines("Content-Length: -1\r\n")},
        {"signed_length", LEAT_ALERT_FRAMING, lines("Content-Length: +5\r\n")},
        {"list_of_lengths", LEAT_ALERT_FRAMING, lines("Content-Length: 5, 6\r\n")},
        {"length_over_64_bits", LEAT_ALERT_FRAMING,
         lines("Content-Length: 18446744073709551616\r\n")},
        {"length_of_2_to_63", LEAT_E_BODY_TOO_LARGE,
         lines("Content-Length: 9223372036854775807\r\n")},
        {"length_of_2_to_50", LEAT_E_BODY_TOO_LARGE, lines("Content-Length: 1125899906842624\r\n")},
        {"unknown_transfer_encoding", LEAT_ALERT_FRAMING, lines("Transfer-Encoding: xchunked\r\n")},
        {"gzip_chunked", LEAT_ALERT_FRAMING, lines("Transfer-Encoding: gzip, chunked\r\n")},
        {"chunked_identity", LEAT_ALERT_FRAMING, lines("Transfer-Encoding: chunked, identity\r\n")},
        {"chunked_twice", LEAT_ALERT_FRAMING,
         lines("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")},
        {"encoding_not_asked_for", LEAT_ALERT_ENCODING,
         lines("Content-Encoding: gzip\r\nContent-Length: {length}\r\n")},
        {"chunked_on_http_1_0", LEAT_ALERT_FRAMING,
         raw("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")},
        {"bad_chunk_size", LEAT_ALERT_CHUNK,
         raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n")},
        {"hex_prefix_in_chunk_size", LEAT_ALERT_CHUNK,
         raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n")},
        {"chunk_size_over_64_bits", LEAT_ALERT_CHUNK,
         raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n11111111111111111\r\n")},
        {"chunk_longer_than_told", LEAT_ALERT_CHUNK,
         raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\n")},
    };
}

std::vector<Row> head_rows() {
    return {
        {"http_2", LEAT_ALERT_STATUS_LINE, raw("HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n")},
        {"http_0_9", LEAT_ALERT_STATUS_LINE, raw("<html>hello</html>\r\n\r\n")},
        {"status_000", LEAT_ALERT_STATUS_LINE, raw("HTTP/1.1 000 OK\r\nContent-Length: 0\r\n\r\n")},
        {"status_of_two_digits", LEAT_ALERT_STATUS_LINE,
         raw("HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n")},
        {"status_999", LEAT_ALERT_STATUS_LINE, raw("HTTP/1.1 999 OK\r\nContent-Length: 0\r\n\r\n")},
        {"another_protocol", LEAT_ALERT_STATUS_LINE, raw("SSH-2.0-OpenSSH_9.2\r\n")},
        {"folded_header", LEAT_ALERT_HEADER, lines("X-A: b\r\n c\r\nContent-Length: {length}\r\n")},
        {"space_before_colon", LEAT_ALERT_HEADER, lines("X-A : b\r\nContent-Length: {length}\r\n")},
        {"space_in_name", LEAT_ALERT_HEADER, lines("X A: b\r\nContent-Length: {length}\r\n")},
        {"line_without_colon", LEAT_ALERT_HEADER,
         lines("nonsense\r\nContent-Length: {length}\r\n")},
        {"bare_line_feed", LEAT_ALERT_HEADER, raw("HTTP/1.1 200 OK\r\nX-A: b\nX-C: d\r\n\r\n")},
        {"endless_status_reason", LEAT_E_HEADERS_TOO_LARGE, raw("HTTP/1.1 200 ", "x", forever)},
        {"endless_header_line", LEAT_E_HEADERS_TOO_LARGE,
         raw("HTTP/1.1 200 OK\r\nX-A: ", "x", forever)},
        {"endless_headers", LEAT_E_HEADERS_TOO_LARGE,
         raw("HTTP/1.1 200 OK\r\n", "X-A: b\r\n", forever)},
        {"endless_informational", LEAT_ALERT_INFORMATIONAL,
         raw("", "HTTP/1.1 100 Continue\r\n\r\n", forever)},
    };
}

std::vector<Row> size_rows() {
    return {
        {"endless_chunk_extension", LEAT_E_HEADERS_TOO_LARGE,
         raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;", "x", forever)},
        {"endless_trailers", LEAT_E_HEADERS_TOO_LARGE,
         raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "X-A: b\r\n", forever)},
        {"chunks_of_one_byte", LEAT_ALERT_OVERHEAD,
         raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n", forever)},
        {"endless_chunked_body", LEAT_E_BODY_TOO_LARGE,
         raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
             "40\r\n0123456789012345678901234567890123456789012345678901234567890123\r\n",
             forever)},
        {"endless_body_until_close", LEAT_E_BODY_TOO_LARGE,
         raw("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", "0123456789", forever)},
        {"body_until_close_without_close", LEAT_ALERT_FRAMING,
         raw("HTTP/1.1 200 OK\r\n\r\n", "0123456789", forever)},
    };
}

std::vector<Row> end_rows() {
    return {
        {"silence_then_close", LEAT_E_CONNECTION_CLOSED,
         [](World*, leat_sim_response* response) { response->fault = LEAT_SIM_FAULT_TRUNCATE; }},
        {"reset_before_the_answer", LEAT_E_CONNECTION_RESET,
         [](World*, leat_sim_response* response) { response->fault = LEAT_SIM_FAULT_RESET; }},
        {"body_shorter_than_told", LEAT_E_CONNECTION_CLOSED,
         then_close(raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"))},
        {"missing_last_chunk", LEAT_E_CONNECTION_CLOSED,
         then_close(raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"))},
        {"half_a_head", LEAT_E_CONNECTION_CLOSED,
         then_close(raw("HTTP/1.1 200 OK\r\nContent-Len"))},
        {"never_speaks", LEAT_E_TIMEOUT_ATTEMPT,
         [](World*, leat_sim_response* response) { response->fault = LEAT_SIM_FAULT_STALL; }},
        {"one_byte_of_head_a_second", LEAT_E_TIMEOUT_ATTEMPT,
         [](World*, leat_sim_response* response) {
             response->piece_bytes = 1;
             response->gap_ns = second;
         }},
        {"body_just_inside_the_idle_limit_for_ever", LEAT_E_TIMEOUT_ATTEMPT,
         [](World* world, leat_sim_response* response) {
             response->body = world->keep(std::string(50000, 'x'));
             response->piece_bytes = 1000;
             response->gap_ns = 59 * second;
         }},
        {"no_content", LEAT_E_PARSE, raw("HTTP/1.1 204 No Content\r\n\r\n")},
    };
}

std::vector<Row> provider_rows() {
    return {
        {"page_with_200", LEAT_E_PARSE,
         [](World*, leat_sim_response* r) { r->body = LEAT_STR("<html>error</html>"); }},
        {"empty_body", LEAT_E_PARSE,
         [](World*, leat_sim_response* r) { r->body = leat_str{nullptr, 0}; }},
        {"no_choices", LEAT_E_INVALID_REQUEST,  // G25
         [](World*, leat_sim_response* r) { r->body = LEAT_STR("{}"); }},
        {"cut_json", LEAT_E_PARSE,
         [](World*, leat_sim_response* r) { r->body = LEAT_STR("{\"choices\":[{\"mess"); }},
        {"deep_json", LEAT_E_PARSE,
         [](World*, leat_sim_response* r) {
             r->body = LEAT_STR("[");
             r->body_repeat = 40000;
         }},
        {"broken_utf8", LEAT_E_PARSE,
         [](World* world, leat_sim_response* r) { r->body = world->keep(completion("\xc3\x28")); }},
        {"redirect", LEAT_E_REDIRECT,
         [](World*, leat_sim_response* r) {
             r->status = 307;
             r->headers[0] = {LEAT_STR("Location"), LEAT_STR("http://evil.test/")};
             r->headers_count = 1;
         }},
    };
}

std::vector<Row> all_rows() {
    std::vector<Row> all;
    for (const auto& rows :
         {framing_rows(), head_rows(), size_rows(), end_rows(), provider_rows()}) {
        all.insert(all.end(), rows.begin(), rows.end());
    }
    return all;
}

class Hostile : public testing::TestWithParam<std::tuple<Row, bool, leat_sim_chunks>> {};

TEST_P(Hostile, ends_in_its_status_and_harms_nobody_else) {
    const Row& row = std::get<0>(GetParam());
    const bool tls = std::get<1>(GetParam());
    const leat_sim_chunks chunks = std::get<2>(GetParam());
    Options setup;
    setup.tls = tls;
    setup.endpoint.retry.attempts_max = 1;
    setup.endpoint.max_in_flight = 1;
    World world(setup);
    leat_sim_host_link(world.host)->read_chunks = chunks;
    world.respond = [&](const leat_sim_request& request, leat_sim_response& response) {
        if (request.number == 0) row.script(&world, &response);
    };
    const uint64_t begin = world.now();
    world.open_batch();
    world.submit_all(2);
    world.run(200 * second, 3000000);
    ASSERT_EQ(world.results.size(), 2u);
    EXPECT_STREQ(leat_status_name(world.results[0].status), leat_status_name(row.status));
    EXPECT_EQ(world.results[0].outcome, LEAT_FAILED);
    EXPECT_EQ(world.results[0].text, "");
    EXPECT_STREQ(leat_status_name(world.results[1].status), "LEAT_OK");
    EXPECT_EQ(world.results[1].text, "ok");
    EXPECT_LE(world.results[0].at_ns - begin, 121 * second);
    EXPECT_LE(world.stats().item_bytes_peak, setup.config.item_bytes);
}

INSTANTIATE_TEST_SUITE_P(
    rows, Hostile,
    testing::Combine(testing::ValuesIn(all_rows()), testing::Bool(),
                     testing::Values(LEAT_SIM_WHOLE, LEAT_SIM_RANDOM)),
    [](const testing::TestParamInfo<Hostile::ParamType>& one) {
        return std::string(std::get<0>(one.param).name) +
               (std::get<1>(one.param) ? "_tls" : "_plain") +
               (std::get<2>(one.param) == LEAT_SIM_WHOLE ? "_whole" : "_cut");
    });

}  // namespace
}  // namespace sim_test
