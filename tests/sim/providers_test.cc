// tests/sim/providers_test.cc: every wire format through the whole engine, whole and streamed, in pieces
// of any size and broken at any byte. Depends on sim_world.h and provider_formats.h. Rules: the result
// does not depend on how the bytes came; a broken answer is tried again and never mixes with the next.
#include "sim/provider_formats.h"
#include "sim/sim_world.h"

namespace sim_test {
namespace {

// What one item's result and its pieces were.
struct Got {
    leat_status status = LEAT_OK;
    uint32_t results = 0;
    uint32_t attempts = 0;
    uint8_t partial = 0;
    std::string text, name, arguments, message;
    std::string heard, heard_arguments;  // of the last attempt
    uint32_t heard_attempt = 0;
    leat_finish finish = LEAT_FINISH_UNKNOWN;
    leat_usage usage{};
};

class FormatWorld : public World {
public:
    FormatWorld(const ProviderFormat& format, bool streams, Options with = Options())
        : World(adapted(format, with)), format_(format), streams_(streams) {
        whole_ = format.whole;
        stream_ = format.stream();
        on_each_result = [this](const leat_result* result) { return keep_result(*result); };
        open();
        leat_batch_config config = batch_config();
        config.on_token = on_token;
        config.user = static_cast<World*>(this);
        (void)open_batch(config);
        respond = [this](const leat_sim_request& request, leat_sim_response& response) {
            const uint32_t item = item_of(copy(request.body));
            fill(&response);
            if (adjust) adjust(item, tries_[item]++, response);
        };
    }
    void items(uint32_t count) {
        for (uint32_t i = 0; i < count; ++i) {
            const std::string prompt = "item " + std::to_string(i) + "!";
            const auto set = [this](leat_request* r) { r->stream = streams_ ? LEAT_ON : LEAT_OFF; };
            ASSERT_EQ(submit(prompt, set), LEAT_OK);
        }
        leat_batch_finish(batch);
        run(3600 * 24 * second, 10000000);
        EXPECT_EQ(got.size(), count);
    }
    // It is the answer that the format tells, and what was heard is it.
    void expect_answer(uint32_t item) {
        const Got& one = got[item];
        EXPECT_EQ(one.results, 1u) << item;
        EXPECT_STREQ(leat_status_name(one.status), "LEAT_OK") << item << " " << one.message;
        EXPECT_EQ(one.text, provider_text) << item;
        EXPECT_EQ(one.name, "f") << item;
        EXPECT_EQ(one.arguments, provider_arguments) << item;
        EXPECT_EQ(one.finish, LEAT_FINISH_TOOL_CALLS) << item;
        EXPECT_EQ(one.usage.input_tokens, 3) << item;
        EXPECT_EQ(one.usage.output_tokens, 2) << item;
        EXPECT_EQ(one.usage.total_tokens, 5) << item;
        EXPECT_EQ(one.partial, 0) << item;
        if (!streams_) return;
        EXPECT_EQ(one.heard, provider_text) << item;
        EXPECT_EQ(one.heard_arguments, provider_arguments) << item;
        EXPECT_EQ(one.heard_attempt, one.attempts) << item;
    }
    const std::string& body() const { return streams_ ? stream_ : whole_; }

    std::function<void(uint32_t item, uint32_t earlier, leat_sim_response&)> adjust;
    std::map<uint64_t, Got> got;

private:
    static Options adapted(const ProviderFormat& format, Options options) {
        options.endpoint.provider = {format.provider, strlen(format.provider)};
        options.endpoint.max_in_flight = 1;
        options.config.ring_entries = 4096;
        return options;
    }
    // "item N!" as it stands in the request's body.
    static uint32_t item_of(const std::string& body) {
        const size_t at = body.find("item ");
        return at == std::string::npos ? 0 : static_cast<uint32_t>(atoi(body.c_str() + at + 5));
    }
    void fill(leat_sim_response* response) {
        const char* const type = streams_ ? format_.stream_type : "application/json";
        response->headers[0] = {LEAT_STR("Content-Type"), {type, strlen(type)}};
        response->headers_count = 1;
        response->framing = LEAT_SIM_CHUNKED;
        response->body = view(body());
    }
    leat_keep keep_result(const leat_result& result) {
        Got& one = got[result.index];
        ++one.results;
        one.status = result.status;
        one.attempts = result.attempts;
        one.partial = result.partial;
        one.text = copy(result.text);
        one.message = copy(result.error_message);
        one.finish = result.finish;
        one.usage = result.usage;
        if (result.tool_calls_count != 1) return LEAT_RELEASE;
        one.name = copy(result.tool_calls[0].name);
        one.arguments = copy(result.tool_calls[0].arguments_json);
        return LEAT_RELEASE;
    }
    static void on_token(void* user, const leat_token* token) {
        FormatWorld* const self = static_cast<FormatWorld*>(static_cast<World*>(user));
        Got& one = self->got[token->index];
        if (one.heard_attempt != token->attempt) {
            one.heard.clear();
            one.heard_arguments.clear();
        }
        one.heard_attempt = token->attempt;
        if (token->delta == LEAT_DELTA_TEXT) one.heard += copy(token->piece);
        if (token->delta == LEAT_DELTA_TOOL_ARGUMENTS) one.heard_arguments += copy(token->piece);
    }

    const ProviderFormat& format_;
    bool streams_;
    std::string whole_, stream_;
    std::map<uint32_t, uint32_t> tries_;
};

class Providers : public testing::TestWithParam<std::tuple<ProviderFormat, bool>> {
protected:
    const ProviderFormat& format() const { return std::get<0>(GetParam()); }
    bool streams() const { return std::get<1>(GetParam()); }
};

TEST_P(Providers, the_result_does_not_depend_on_how_the_bytes_came) {
    for (const bool tls : {false, true}) {
        Options options;
        options.tls = tls;
        for (const uint32_t piece : {0u, 1u, 7u, 64u}) {
            FormatWorld world(format(), streams(), options);
            world.adjust = [&](uint32_t item, uint32_t, leat_sim_response& response) {
                response.piece_bytes = piece;
                response.gap_ns = piece > 0 ? ms : 0;
                response.chunk_bytes = item == 0 ? 0 : piece;
                if (item == 2) response.framing = LEAT_SIM_CONTENT_LENGTH;
                if (item != 3) return;
                response.framing = LEAT_SIM_UNTIL_CLOSE;
                response.close = 1;
            };
            world.items(4);
            for (uint32_t i = 0; i < 4; ++i) {
                world.expect_answer(i);
                EXPECT_EQ(world.got[i].attempts, 1u) << piece;
            }
        }
    }
}

// The first try of each item breaks at a byte of its own, the second is well. Up to where the answer
// has come whole two attempts are needed; from there on one.
void expect_two_attempts_then_one(FormatWorld* world, uint32_t count, const char* what) {
    uint32_t singles = 0;
    for (uint32_t i = 0; i < count; ++i) {
        world->expect_answer(i);
        const uint32_t attempts = world->got[i].attempts;
        EXPECT_TRUE(attempts == 2 || attempts == 1) << what << " " << i << ": " << attempts;
        if (attempts == 1) ++singles;
        if (singles > 0) {
            EXPECT_EQ(attempts, 1u) << what << " " << i;
        }
        if (testing::Test::HasFailure()) return;
    }
    EXPECT_LT(singles, count / 2) << what;
    EXPECT_GT(singles, 0u) << what << ": no place was behind the end";
}

TEST_P(Providers, broken_at_any_byte_it_is_tried_again) {
    const struct {
        leat_sim_fault fault;
        const char* name;
    } faults[] = {{LEAT_SIM_FAULT_RESET, "reset"},
                  {LEAT_SIM_FAULT_TRUNCATE, "truncate"},
                  {LEAT_SIM_FAULT_STALL, "stall"}};
    constexpr uint32_t stride = 3;
    for (const auto& fault : faults) {
        FormatWorld world(format(), streams());
        const uint32_t head_at_most = 200;
        const uint32_t count =
            static_cast<uint32_t>(world.body().size() + head_at_most) / stride;
        world.adjust = [&](uint32_t item, uint32_t earlier, leat_sim_response& response) {
            if (earlier > 0) return;
            response.fault = fault.fault;
            response.fault_at = 1 + uint64_t{item} * stride;
            // One that falls silent right behind its answer would take a next request for pipelined.
            response.close = 1;
        };
        world.items(count);
        expect_two_attempts_then_one(&world, count, fault.name);
        if (HasFailure()) return;
    }
}

TEST_P(Providers, ended_in_order_but_too_early_it_is_tried_again) {
    FormatWorld world(format(), streams());
    const uint32_t count = static_cast<uint32_t>(world.body().size()) + 1;
    world.adjust = [&](uint32_t item, uint32_t earlier, leat_sim_response& response) {
        if (earlier == 0) response.body.size = item;
    };
    world.items(count);
    // Some streams are whole once they told why they ended; the counts may be behind that.
    uint32_t singles = 0;
    for (uint32_t i = 0; i < count; ++i) {
        const bool is_single = world.got[i].attempts == 1;
        if (is_single && world.got[i].usage.total_tokens < 0) world.got[i].usage = {3, 2, 0, 0, 0, 5};
        world.expect_answer(i);
        EXPECT_LE(world.got[i].attempts, 2u) << i;
        if (is_single) ++singles;
        if (HasFailure()) FAIL() << "cut at " << i << ": " << world.body().substr(0, i);
    }
    EXPECT_GT(singles, 0u);
    EXPECT_LT(singles, count / 2);
}

TEST_P(Providers, a_failure_for_good_keeps_what_had_come) {
    FormatWorld world(format(), streams());
    const size_t half = world.body().find("there") + 40;
    world.adjust = [&](uint32_t, uint32_t, leat_sim_response& response) {
        response.body.size = half;
    };
    world.items(1);
    EXPECT_EQ(world.got[0].results, 1u);
    EXPECT_EQ(world.got[0].attempts, 3u);
    EXPECT_NE(world.got[0].status, LEAT_OK);
    EXPECT_EQ(world.got[0].partial, streams() ? 1 : 0);
    EXPECT_EQ(world.got[0].text.substr(0, 5), streams() ? "Hello" : "");
    EXPECT_EQ(world.got[0].text, world.got[0].heard);
}

TEST_P(Providers, an_error_in_its_midst_is_tried_again) {
    FormatWorld world(format(), streams());
    const std::string broken =
        streams() ? format().events[0] + format().events[1] + format().events[2] +
                        format().events[3] + format().error_event
                  : format().error_body;
    world.adjust = [&](uint32_t item, uint32_t earlier, leat_sim_response& response) {
        if (item == 0 && earlier > 0) return;
        response.body = view(broken);
        if (!streams()) response.status = 503;
    };
    world.items(2);
    world.expect_answer(0);
    EXPECT_EQ(world.got[0].attempts, 2u);
    EXPECT_EQ(world.got[1].attempts, 3u);
    EXPECT_EQ(world.got[1].message.substr(0, 4), "boom");
    const leat_status status = world.got[1].status;
    EXPECT_TRUE(status == LEAT_E_OVERLOADED || status == LEAT_E_SERVER) << status;
}

TEST_P(Providers, a_redirect_is_one_whatever_its_body_says) {
    FormatWorld world(format(), streams());
    world.adjust = [&](uint32_t, uint32_t, leat_sim_response& response) {
        response.status = 302;
        response.headers[0] = {LEAT_STR("Location"), LEAT_STR("http://other.test/")};
        response.body = view(format().error_body);
    };
    world.items(1);
    EXPECT_STREQ(leat_status_name(world.got[0].status), "LEAT_E_REDIRECT");
    EXPECT_EQ(world.got[0].attempts, 1u);
}

INSTANTIATE_TEST_SUITE_P(formats, Providers,
                         testing::Combine(testing::ValuesIn(provider_formats()), testing::Bool()),
                         [](const testing::TestParamInfo<Providers::ParamType>& one) {
                             std::string name = std::get<0>(one.param).provider;
                             for (char& c : name) c = c == '-' ? '_' : c;
                             return name + (std::get<1>(one.param) ? "_streamed" : "_whole");
                         });

}  // namespace
}  // namespace sim_test
