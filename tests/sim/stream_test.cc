// tests/sim/stream_test.cc: answers that come as events: what reaches on_token and the result, and
// what becomes of streams that break. Depends on sim_world.h. Rule: a streamed answer equals the
// same answer whole; a broken one is retried, and what had come stays on a failure.
#include "sim/sim_world.h"

namespace sim_test {
namespace {

std::string chunk(const std::string& delta, const std::string& more = "") {
    return "data: {\"id\":\"r1\",\"model\":\"m-1\",\"choices\":[{\"index\":0,\"delta\":{" + delta +
           "}" + more + "}]}\n\n";
}

std::string tool(const std::string& call, const std::string& function) {
    return chunk("\"tool_calls\":[{" + call + ",\"function\":{" + function + "}}]");
}

const std::string greeting = chunk("\"role\":\"assistant\",\"content\":\"\"") +
                             chunk("\"content\":\"Hel\"") + ": keep-alive\n\n" +
                             chunk("\"content\":\"lo \\u00e9\"");
const std::string stop = chunk("", ",\"finish_reason\":\"stop\"");
const std::string usage =
    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}\n\n";
const std::string done = "data: [DONE]\n\n";

// What a stream's items left behind.
struct Seen {
    std::vector<std::string> pieces;  // "attempt/delta: piece"
    std::string text, thinking, body, model, message;
    leat_result last{};
};

class StreamWorld : public World {
public:
    explicit StreamWorld(const Options& with = Options()) : World(with) {
        on_each_result = [this](const leat_result* result) {
            seen.last = *result;
            seen.text = copy(result->text);
            seen.thinking = copy(result->thinking);
            seen.body = copy(result->body);
            seen.model = copy(result->model);
            seen.message = copy(result->error_message);
            for (uint32_t i = 0; i < result->tool_calls_count; ++i) {
                calls.push_back(copy(result->tool_calls[i].name) +
                                copy(result->tool_calls[i].arguments_json));
            }
            return LEAT_RELEASE;
        };
        open();
        leat_batch_config config = batch_config();
        config.on_token = [](void* user, const leat_token* token) {
            StreamWorld* const self = static_cast<StreamWorld*>(user);
            self->seen.pieces.push_back(std::to_string(token->attempt) + "/" +
                                        std::to_string(token->delta) + ": " + copy(token->piece));
            if (self->on_piece) self->on_piece(*token);
        };
        config.user = static_cast<World*>(this);
        (void)open_batch(config);
    }
    // Every request gets this stream, in pieces of so many bytes with a millisecond between.
    void answer(const std::string& stream, uint32_t piece_bytes = 0) {
        answers({stream}, piece_bytes);
    }
    void answers(const std::vector<std::string>& streams, uint32_t piece_bytes = 0) {
        for (const std::string& s : streams) kept_.push_back(s);
        respond = [this, piece_bytes](const leat_sim_request& request, leat_sim_response& response) {
            const size_t n = std::min<size_t>(request.number, kept_.size() - 1);
            response.headers[0] = {LEAT_STR("Content-Type"), LEAT_STR("text/event-stream")};
            response.headers_count = 1;
            response.framing = LEAT_SIM_CHUNKED;
            response.body = view(kept_[n]);
            response.piece_bytes = piece_bytes;
            response.gap_ns = piece_bytes > 0 ? ms : 0;
            if (adjust) adjust(request, response);
        };
    }
    void one(std::function<void(leat_request*)> with = {}) {
        EXPECT_EQ(submit("hello", with), LEAT_OK);
        leat_batch_finish(batch);
        run();
    }
    std::string heard() const {
        std::string text;
        for (const std::string& piece : seen.pieces) text += piece.substr(piece.find(": ") + 2);
        return text;
    }
    Seen seen;
    std::vector<std::string> calls;
    std::function<void(const leat_token&)> on_piece;
    std::function<void(const leat_sim_request&, leat_sim_response&)> adjust;

private:
    std::deque<std::string> kept_;
};

TEST(Stream, pieces_reach_on_token_and_the_result_holds_the_whole) {
    StreamWorld world;
    world.answer(greeting + stop + usage + done);
    world.one();
    EXPECT_EQ(world.only().status, LEAT_OK);
    EXPECT_EQ(world.seen.text, "Hello \xC3\xA9");
    EXPECT_EQ(world.seen.pieces, (std::vector<std::string>{"1/0: Hel", "1/0: lo \xC3\xA9"}));
    EXPECT_EQ(world.seen.model, "m-1");
    EXPECT_EQ(world.seen.last.finish, LEAT_FINISH_STOP);
    EXPECT_EQ(world.seen.last.streamed, 1);
    EXPECT_EQ(world.seen.last.partial, 0);
    EXPECT_EQ(world.seen.last.usage.total_tokens, 5);
    EXPECT_EQ(world.seen.body, "") << "kept only on request";
    EXPECT_NE(world.requests[0].body.find("\"stream\":true"), std::string::npos);
    EXPECT_NE(world.requests[0].body.find("\"include_usage\":true"), std::string::npos);
}

TEST(Stream, the_result_does_not_depend_on_how_the_bytes_came) {
    for (const uint32_t piece : {1u, 2u, 7u, 64u}) {
        StreamWorld world;
        world.answer(greeting + stop + usage + done, piece);
        world.one();
        EXPECT_EQ(world.only().status, LEAT_OK);
        EXPECT_EQ(world.seen.text, "Hello \xC3\xA9") << piece;
        EXPECT_EQ(world.heard(), "Hello \xC3\xA9") << piece;
        EXPECT_EQ(world.seen.last.usage.total_tokens, 5);
    }
}

TEST(Stream, time_to_first_token_is_measured) {
    StreamWorld world;
    world.answer(chunk("\"role\":\"assistant\"") + greeting + stop + done, 64);
    world.adjust = [](const leat_sim_request&, leat_sim_response& response) {
        response.delay_ns = 20 * ms;
    };
    world.one();
    const leat_timing& timing = world.seen.last.timing;
    EXPECT_GE(timing.first_byte_ms, 20.0);
    EXPECT_GT(timing.first_token_ms, timing.first_byte_ms);
    EXPECT_GT(timing.total_ms, timing.first_token_ms);
}

TEST(Stream, thinking_and_tool_arguments_come_apart_from_text) {
    StreamWorld world;
    world.answer(
        chunk("\"reasoning_content\":\"hm\"") + chunk("\"content\":\"a\"") +
        tool("\"index\":0,\"id\":\"c0\"", "\"name\":\"f\",\"arguments\":\"\"") +
        tool("\"index\":1,\"id\":\"c1\"", "\"name\":\"g\",\"arguments\":\"{}\"") +
        tool("\"index\":0", "\"arguments\":\"{\\\"x\\\":1}\"") +
        chunk("", ",\"finish_reason\":\"tool_calls\"") + done);
    world.one();
    EXPECT_EQ(world.only().status, LEAT_OK);
    EXPECT_EQ(world.seen.thinking, "hm");
    EXPECT_EQ(world.calls, (std::vector<std::string>{"f{\"x\":1}", "g{}"}));
    EXPECT_EQ(world.seen.last.finish, LEAT_FINISH_TOOL_CALLS);
    EXPECT_EQ(world.seen.pieces,
              (std::vector<std::string>{"1/2: hm", "1/0: a", "1/4: f", "1/4: g", "1/3: {}",
                                        "1/3: {\"x\":1}"}));
}

TEST(Stream, a_request_may_refuse_and_a_service_may_answer_whole) {
    StreamWorld world;  // the default answer is a plain completion
    EXPECT_EQ(world.submit("a", [](leat_request* r) { r->stream = LEAT_OFF; }), LEAT_OK);
    EXPECT_EQ(world.submit("b"), LEAT_OK);
    leat_batch_finish(world.batch);
    world.run();
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 2u);
    EXPECT_EQ(world.requests[0].body.find("\"stream\""), std::string::npos);
    EXPECT_NE(world.requests[1].body.find("\"stream\":true"), std::string::npos);
    EXPECT_TRUE(world.seen.pieces.empty());
    EXPECT_EQ(world.seen.last.streamed, 0);
}

TEST(Stream, an_end_marker_or_a_finish_reason_makes_it_whole) {
    for (const std::string& stream : {greeting + done, greeting + stop, greeting + stop + done}) {
        StreamWorld world;
        world.answer(stream);
        world.one();
        EXPECT_EQ(world.only().status, LEAT_OK);
        EXPECT_EQ(world.seen.text, "Hello \xC3\xA9");
    }
}

TEST(Stream, one_that_ends_too_early_is_retried_and_begins_anew) {
    StreamWorld world;
    world.answers({greeting, greeting + stop + done});
    world.one();
    EXPECT_EQ(world.only().status, LEAT_OK);
    EXPECT_EQ(world.only().attempts, 2u);
    EXPECT_EQ(world.seen.text, "Hello \xC3\xA9");
    EXPECT_EQ(world.seen.pieces.back(), "2/0: lo \xC3\xA9");
    EXPECT_EQ(world.seen.last.partial, 0);
}

TEST(Stream, what_had_come_stays_on_the_last_failure) {
    const struct {
        leat_sim_fault fault;
        leat_status status;
    } cases[] = {{LEAT_SIM_FAULT_NONE, LEAT_E_STREAM_CUT},
                 {LEAT_SIM_FAULT_TRUNCATE, LEAT_E_CONNECTION_CLOSED},
                 {LEAT_SIM_FAULT_RESET, LEAT_E_CONNECTION_RESET},
                 {LEAT_SIM_FAULT_STALL, LEAT_E_TIMEOUT_IDLE}};
    for (const auto& one : cases) {
        StreamWorld world;
        world.answer(greeting);
        world.adjust = [&](const leat_sim_request&, leat_sim_response& response) {
            response.fault = one.fault;
            response.fault_at = response.body.size + 60;  // the head has more: inside the body
        };
        world.one();
        EXPECT_EQ(world.only().status, one.status);
        EXPECT_EQ(world.only().outcome, LEAT_FAILED);
        EXPECT_EQ(world.only().attempts, 3u);
        EXPECT_EQ(world.seen.last.partial, 1);
        EXPECT_EQ(world.seen.text.substr(0, 3), "Hel");
    }
}

TEST(Stream, an_error_after_200_is_an_error) {
    const struct {
        std::string event;
        leat_status status;
        uint32_t attempts;
    } cases[] = {
        {"data: {\"error\":{\"message\":\"boom\",\"type\":\"server_error\"}}\n\n", LEAT_E_SERVER, 3},
        {"event: error\ndata: {\"error\":{\"message\":\"boom\",\"code\":\"invalid_api_key\"}}\n\n",
         LEAT_E_AUTHENTICATION, 1},
        {"data: {\"error\":{\"message\":\"boom\",\"code\":400}}\n\n", LEAT_E_INVALID_REQUEST, 1},
    };
    for (const auto& one : cases) {
        StreamWorld world;
        world.answer(greeting + one.event + done);
        world.one();
        EXPECT_EQ(world.only().status, one.status);
        EXPECT_EQ(world.only().attempts, one.attempts);
        EXPECT_EQ(world.only().http_status, 200);
        EXPECT_EQ(world.seen.message, "boom");
        EXPECT_EQ(world.seen.last.partial, 1);
        EXPECT_EQ(world.seen.text, "Hello \xC3\xA9");
    }
}

TEST(Stream, broken_json_in_an_event_is_retried) {
    StreamWorld world;
    world.answers({greeting + "data: {\"choices\":[\n\n", greeting + stop + done});
    world.one();
    EXPECT_EQ(world.only().status, LEAT_OK);
    EXPECT_EQ(world.only().attempts, 2u);
}

TEST(Stream, behind_the_end_marker_the_connection_may_do_what_it_likes) {
    for (const leat_sim_fault fault : {LEAT_SIM_FAULT_STALL, LEAT_SIM_FAULT_RESET,
                                       LEAT_SIM_FAULT_TRUNCATE}) {
        StreamWorld world;
        const std::string stream = greeting + stop + done;
        world.answer(stream + std::string(64, '\n'));
        world.adjust = [&](const leat_sim_request&, leat_sim_response& response) {
            response.fault = fault;
            response.framing = LEAT_SIM_CONTENT_LENGTH;
            response.fault_at = stream.size() + 120;
        };
        world.one();
        EXPECT_EQ(world.only().status, LEAT_OK);
        EXPECT_EQ(world.only().attempts, 1u);
        EXPECT_EQ(world.seen.text, "Hello \xC3\xA9");
    }
}

TEST(Stream, its_bytes_are_kept_when_asked_for) {
    StreamWorld world;
    const std::string stream = greeting + stop + usage + done;
    world.answer(stream, 50);
    world.one([](leat_request* r) { r->flags |= LEAT_KEEP_STREAM; });
    EXPECT_EQ(world.seen.body, stream);
    EXPECT_EQ(world.seen.text, "Hello \xC3\xA9");
}

TEST(Stream, an_answer_larger_than_the_item_fails_and_is_not_retried) {
    Options options;
    options.config.item_bytes = 8 * 1024;
    StreamWorld world(options);
    std::string stream;
    for (int i = 0; i < 400; ++i) stream += chunk("\"content\":\"0123456789012345678901234567890\"");
    world.answer(stream + stop + done);
    world.one();
    EXPECT_EQ(world.only().status, LEAT_E_ITEM_MEMORY);
    EXPECT_EQ(world.only().attempts, 1u);
}

TEST(Stream, an_item_cancelled_by_on_token_ends_with_what_had_come) {
    StreamWorld world;
    world.answer(greeting + stop + done, 40);
    world.on_piece = [&](const leat_token& token) {
        EXPECT_EQ(leat_item_cancel(world.batch, token.index), LEAT_OK);
    };
    world.one();
    EXPECT_EQ(world.only().status, LEAT_E_CANCELLED);
    EXPECT_EQ(world.seen.text.substr(0, 3), "Hel");
    EXPECT_EQ(world.seen.last.partial, 1);
}

TEST(Stream, connections_are_kept_between_streams) {
    StreamWorld world;
    world.answer(greeting + stop + done);
    world.submit_all(8);
    world.run();
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 8u);
    EXPECT_GT(world.stats().connections_reused, 0u);
}

TEST(Stream, runs_through_tls_in_records_of_any_size) {
    Options options;
    options.tls = true;
    for (const uint32_t piece : {1u, 33u, 0u}) {
        StreamWorld world(options);
        world.answer(greeting + stop + usage + done, piece);
        world.one();
        EXPECT_EQ(world.only().status, LEAT_OK);
        EXPECT_EQ(world.seen.text, "Hello \xC3\xA9");
    }
}

}  // namespace
}  // namespace sim_test
