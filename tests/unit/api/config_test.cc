// Defaults are the numbers that include/leat/config.h writes behind each field, and every limit
// holds at -1, 0 and +1, with the field's own name in the error.
#include <gtest/gtest.h>
#include <leat/leat.h>

#include <cmath>
#include <fstream>
#include <functional>
#include <regex>
#include <sstream>
#include <string>

namespace {
struct Ports {
    leat_poller_ops poller{};
    leat_stream_ops stream{};
    leat_tls_ops tls{};
    leat_resolver_ops resolver{};
    leat_clock_ops clock{};
    leat_entropy_ops entropy{};
};

Ports ports;

leat_config valid_config() {
    leat_config config;
    leat_config_init(&config);
    config.ports.struct_size = sizeof config.ports;
    config.ports.poller = &ports.poller;
    config.ports.stream = &ports.stream;
    config.ports.tls = &ports.tls;
    config.ports.resolver = &ports.resolver;
    config.ports.clock = &ports.clock;
    config.ports.entropy = &ports.entropy;
    return config;
}

leat_endpoint_config valid_endpoint() {
    leat_endpoint_config config;
    leat_endpoint_config_init(&config);
    return config;
}

std::string header() {
    std::ifstream file(std::string(LEAT_TESTS_DIR) + "/../include/leat/config.h");
    std::stringstream all;
    all << file.rdbuf();
    return all.str();
}

// The number at the start of a field's comment, with its unit.
double documented(const std::string& struct_name, const std::string& field) {
    static const std::string text = header();
    const size_t begin = text.find("typedef struct " + struct_name + " {");
    const size_t end = text.find("} " + struct_name + ";");
    EXPECT_NE(begin, std::string::npos) << struct_name;
    const std::string body = text.substr(begin, end - begin);
    std::smatch match;
    const std::regex line("\\b" + field + ";\\s*/\\* ([0-9.]+)( KiB| MiB)?");
    if (!std::regex_search(body, match, line)) return -1;
    const double unit = match[2] == " KiB" ? 1024 : match[2] == " MiB" ? 1024 * 1024 : 1;
    return std::stod(match[1]) * unit;
}

#define EXPECT_DOCUMENTED(type, object, field) \
    EXPECT_EQ(static_cast<double>((object).field), documented(#type, #field)) << #field

TEST(ConfigDefaultsTest, are_the_numbers_of_the_header_B10_B27_B36_B38) {
    const leat_config client = valid_config();
    EXPECT_DOCUMENTED(leat_config, client, items_max);
    EXPECT_DOCUMENTED(leat_config, client, item_bytes);
    EXPECT_DOCUMENTED(leat_config, client, connections_max);
    EXPECT_DOCUMENTED(leat_config, client, endpoints_max);
    EXPECT_DOCUMENTED(leat_config, client, batches_max);
    EXPECT_DOCUMENTED(leat_config, client, contexts_max);
    EXPECT_DOCUMENTED(leat_config, client, ring_entries);
    EXPECT_DOCUMENTED(leat_config, client, intake_bytes);
    EXPECT_DOCUMENTED(leat_config, client, header_bytes_max);
    EXPECT_DOCUMENTED(leat_config, client, events_per_step);
    EXPECT_DOCUMENTED(leat_config, client, body_bytes_max);
    EXPECT_DOCUMENTED(leat_config, client, staging_bytes);
    EXPECT_DOCUMENTED(leat_config, client, receive_bytes);
    EXPECT_DOCUMENTED(leat_config, client, tls_pool_bytes);
    EXPECT_DOCUMENTED(leat_config, client, use_tls);
    EXPECT_DOCUMENTED(leat_config, client, seed);
    EXPECT_DOCUMENTED(leat_config, client, conversations_max);
    EXPECT_DOCUMENTED(leat_config, client, conversation_messages_max);
    EXPECT_DOCUMENTED(leat_config, client, conversation_bytes);
    EXPECT_EQ(client.log_level, LEAT_LOG_WARNING);
    const leat_endpoint_config endpoint = valid_endpoint();
    EXPECT_EQ(endpoint.max_in_flight, LEAT_AUTO);
    EXPECT_DOCUMENTED(leat_endpoint_config, endpoint, requests_per_minute);
    EXPECT_DOCUMENTED(leat_endpoint_config, endpoint, tokens_per_minute);
    EXPECT_DOCUMENTED(leat_endpoint_config, endpoint, request_burst);
    EXPECT_DOCUMENTED(leat_endpoint_config, endpoint, output_estimate_tokens);
    EXPECT_DOCUMENTED(leat_endpoint_config, endpoint, keepalive_ms);
    EXPECT_DOCUMENTED(leat_endpoint_config, endpoint, allow_plain_http);
    EXPECT_DOCUMENTED(leat_timeouts, endpoint.timeouts, connect_ms);
    EXPECT_DOCUMENTED(leat_timeouts, endpoint.timeouts, first_byte_ms);
    EXPECT_DOCUMENTED(leat_timeouts, endpoint.timeouts, idle_ms);
    EXPECT_DOCUMENTED(leat_timeouts, endpoint.timeouts, attempt_ms);
    EXPECT_DOCUMENTED(leat_retry, endpoint.retry, attempts_max);
    EXPECT_DOCUMENTED(leat_retry, endpoint.retry, backoff_initial_ms);
    EXPECT_DOCUMENTED(leat_retry, endpoint.retry, backoff_max_ms);
    EXPECT_DOCUMENTED(leat_retry, endpoint.retry, backoff_base);
    EXPECT_DOCUMENTED(leat_retry, endpoint.retry, jitter_min);
    EXPECT_DOCUMENTED(leat_cooldown, endpoint.cooldown, retries_max);
    EXPECT_DOCUMENTED(leat_cooldown, endpoint.cooldown, initial_ms);
    EXPECT_DOCUMENTED(leat_cooldown, endpoint.cooldown, max_ms);
    EXPECT_DOCUMENTED(leat_cooldown, endpoint.cooldown, retry_after_max_ms);
    EXPECT_DOCUMENTED(leat_cooldown, endpoint.cooldown, multiplier);
    EXPECT_DOCUMENTED(leat_cooldown, endpoint.cooldown, slow_start_items);
    EXPECT_DOCUMENTED(leat_cooldown, endpoint.cooldown, slow_start_initial_ms);
    EXPECT_DOCUMENTED(leat_cooldown, endpoint.cooldown, slow_start_final_ms);
    EXPECT_DOCUMENTED(leat_cooldown, endpoint.cooldown, overload_max_ms);
    EXPECT_DOCUMENTED(leat_cooldown, endpoint.cooldown, retry_after_is_floor);
}

TEST(ConfigDefaultsTest, of_pace_are_the_numbers_of_the_header) {
    const leat_endpoint_config endpoint = valid_endpoint();
    EXPECT_DOCUMENTED(leat_retry, endpoint.retry, quota);
    EXPECT_DOCUMENTED(leat_retry, endpoint.retry, quota_cost);
    EXPECT_DOCUMENTED(leat_retry, endpoint.retry, quota_cost_timeout);
    EXPECT_DOCUMENTED(leat_adaptive, endpoint.adaptive, enabled);
    EXPECT_DOCUMENTED(leat_adaptive, endpoint.adaptive, min_in_flight);
    EXPECT_DOCUMENTED(leat_adaptive, endpoint.adaptive, ramp_ms);
    EXPECT_DOCUMENTED(leat_adaptive, endpoint.adaptive, decrease);
    EXPECT_DOCUMENTED(leat_adaptive, endpoint.adaptive, latency_factor);
    EXPECT_DOCUMENTED(leat_endpoint_config, endpoint, input_tokens_per_minute);
    EXPECT_DOCUMENTED(leat_endpoint_config, endpoint, output_tokens_per_minute);
    EXPECT_DOCUMENTED(leat_endpoint_config, endpoint, requests_per_day);
    EXPECT_DOCUMENTED(leat_endpoint_config, endpoint, tokens_per_day);
    EXPECT_DOCUMENTED(leat_endpoint_config, endpoint, ignore_told);
    EXPECT_DOCUMENTED(leat_endpoint_config, endpoint, ignore_learned);
    EXPECT_EQ(endpoint.price.input, -1.0);
    EXPECT_EQ(endpoint.price.cached_input, -1.0);
    EXPECT_EQ(endpoint.price.output, -1.0);
    EXPECT_EQ(endpoint.abort_on, uint32_t{LEAT_ON_AUTHENTICATION | LEAT_ON_QUOTA});
    EXPECT_EQ(endpoint.pacing, nullptr);
    leat_cooldown reference = endpoint.cooldown;
    leat_cooldown_batch_llm(&reference);
    EXPECT_EQ(reference.initial_ms, 300000u) << "B36";
    EXPECT_EQ(reference.multiplier, 1.5);
    EXPECT_EQ(reference.max_ms, 600000u);
    EXPECT_EQ(reference.retry_after_is_floor, 1u) << "B37";
}

TEST(ConfigDefaultsTest, are_valid_once_the_ports_are_set) {
    leat_config config = valid_config();
    EXPECT_STREQ(leat_config_error(&config), "");
    const leat_endpoint_config endpoint = valid_endpoint();
    EXPECT_STREQ(leat_endpoint_config_error(&endpoint), "");
    leat_config bare;
    leat_config_init(&bare);
    EXPECT_STRNE(leat_config_error(&bare), "");
}

TEST(ConfigDefaultsTest, init_ignores_NULL) {
    leat_config_init(nullptr);
    leat_endpoint_config_init(nullptr);
    leat_batch_config_init(nullptr);
    leat_request_init(nullptr);
    EXPECT_STRNE(leat_config_error(nullptr), "");
    EXPECT_STRNE(leat_endpoint_config_error(nullptr), "");
}

// ---- limits -----------------------------------------------------------------------------------

struct Limit {
    const char* field;
    uint64_t least;
    uint64_t most;
    std::function<void(leat_config*, uint64_t)> set;
};

#define LIMIT(field, least, most)                                      \
    {#field, least, most, [](leat_config* config, uint64_t value) {    \
         config->field = static_cast<decltype(config->field)>(value);  \
     }}

TEST(ConfigErrorTest, names_each_field_at_one_below_and_one_above_its_range) {
    constexpr uint64_t kib = 1024;
    const Limit limits[] = {
        LIMIT(items_max, 1, 65536),
        LIMIT(item_bytes, 4 * kib, kib * kib * kib),
        LIMIT(connections_max, 1, 65536),
        LIMIT(endpoints_max, 1, 256),
        LIMIT(batches_max, 1, 256),
        LIMIT(conversations_max, 0, 65536),
        LIMIT(conversation_messages_max, 1, 65536),
        LIMIT(conversation_bytes, kib, kib * kib * kib),
        LIMIT(contexts_max, 0, 256),
        LIMIT(ring_entries, 1, 1048576),
        LIMIT(intake_bytes, 0, kib * kib * kib),
        LIMIT(header_bytes_max, kib, kib * kib),
        LIMIT(events_per_step, 1, 4096),
        LIMIT(body_bytes_max, 1, UINT64_MAX),
        LIMIT(staging_bytes, 4 * kib, kib * kib),
        LIMIT(receive_bytes, 4 * kib, kib * kib),
        LIMIT(use_tls, 0, 1),
        LIMIT(reserved32, 0, 0),
        LIMIT(reserved32b, 0, 0),
    };
    for (const Limit& limit : limits) {
        const auto error_at = [&](uint64_t value) {
            leat_config config = valid_config();
            limit.set(&config, value);
            return std::string(leat_config_error(&config));
        };
        EXPECT_EQ(error_at(limit.least), "") << limit.field;
        EXPECT_EQ(error_at(limit.most), "") << limit.field;
        if (limit.least > 0) {
            EXPECT_EQ(error_at(limit.least - 1).rfind(std::string(limit.field) + " ", 0), 0u)
                << limit.field << ": " << error_at(limit.least - 1);
            EXPECT_EQ(error_at(limit.least + 1), "") << limit.field;
        }
        if (limit.most < UINT64_MAX) {
            EXPECT_EQ(error_at(limit.most + 1).rfind(std::string(limit.field) + " ", 0), 0u)
                << limit.field << ": " << error_at(limit.most + 1);
        }
        if (limit.most > limit.least) {
            EXPECT_EQ(error_at(limit.most - 1), "") << limit.field;
        }
    }
}

TEST(ConfigErrorTest, names_each_port_that_is_missing) {
    const struct {
        const char* name;
        std::function<void(leat_ports*)> drop;
    } rows[] = {
        {"ports.poller", [](leat_ports* p) { p->poller = nullptr; }},
        {"ports.stream", [](leat_ports* p) { p->stream = nullptr; }},
        {"ports.tls", [](leat_ports* p) { p->tls = nullptr; }},
        {"ports.resolver", [](leat_ports* p) { p->resolver = nullptr; }},
        {"ports.clock", [](leat_ports* p) { p->clock = nullptr; }},
        {"ports.entropy", [](leat_ports* p) { p->entropy = nullptr; }},
        {"ports.struct_size", [](leat_ports* p) { p->struct_size -= 1; }},
    };
    for (const auto& row : rows) {
        leat_config config = valid_config();
        row.drop(&config.ports);
        EXPECT_EQ(std::string(leat_config_error(&config)).rfind(row.name, 0), 0u) << row.name;
    }
    leat_config plain = valid_config();
    plain.ports.tls = nullptr;
    plain.use_tls = 0;
    EXPECT_STREQ(leat_config_error(&plain), "");
}

TEST(ConfigErrorTest, an_unknown_size_is_refused) {
    leat_config config = valid_config();
    config.struct_size = sizeof config + 8;
    EXPECT_STREQ(leat_config_error(&config), "struct_size is not set");
    leat_endpoint_config endpoint = valid_endpoint();
    endpoint.struct_size = 0;
    EXPECT_STREQ(leat_endpoint_config_error(&endpoint), "struct_size is not set");
}

struct FieldRow {
    const char* field;  // "" where the value is good
    std::function<void(leat_endpoint_config*)> set;
};

void expect_rows(const std::vector<FieldRow>& rows) {
    for (size_t i = 0; i < rows.size(); ++i) {
        leat_endpoint_config config = valid_endpoint();
        rows[i].set(&config);
        const std::string error = leat_endpoint_config_error(&config);
        if (rows[i].field[0] == '\0') {
            EXPECT_EQ(error, "") << "row " << i;
        } else {
            const std::string named = std::string(rows[i].field) + " ";
            EXPECT_EQ(error.rfind(named, 0), 0u) << "row " << i << ": " << error;
        }
    }
}

TEST(EndpointConfigErrorTest, names_each_field_at_its_limits_B27) {
    static const leat_header headers[40] = {};
    expect_rows({
        {"max_in_flight", [](leat_endpoint_config* c) { c->max_in_flight = 0; }},
        {"", [](leat_endpoint_config* c) { c->max_in_flight = 1; }},
        {"", [](leat_endpoint_config* c) { c->max_in_flight = 65536; }},
        {"max_in_flight", [](leat_endpoint_config* c) { c->max_in_flight = 65537; }},
        {"", [](leat_endpoint_config* c) { c->headers = headers; c->headers_count = 32; }},
        {"headers_count", [](leat_endpoint_config* c) { c->headers = headers; c->headers_count = 33; }},
        {"headers", [](leat_endpoint_config* c) { c->headers_count = 1; }},
        {"resolve", [](leat_endpoint_config* c) { c->resolve_count = 1; }},
        {"timeouts.attempt_ms", [](leat_endpoint_config* c) { c->timeouts.attempt_ms = 0; }},
        {"", [](leat_endpoint_config* c) { c->timeouts = leat_timeouts{0, 0, 0, 1}; }},
        {"allow_plain_http", [](leat_endpoint_config* c) { c->allow_plain_http = 2; }},
        {"", [](leat_endpoint_config* c) { c->allow_plain_http = 1; }},
        {"retry.attempts_max", [](leat_endpoint_config* c) { c->retry.attempts_max = 0; }},
        {"", [](leat_endpoint_config* c) { c->retry.attempts_max = 1; }},
        {"", [](leat_endpoint_config* c) { c->retry.attempts_max = 1000; }},
        {"retry.attempts_max", [](leat_endpoint_config* c) { c->retry.attempts_max = 1001; }},
        {"retry.backoff_initial_ms", [](leat_endpoint_config* c) { c->retry.backoff_initial_ms = 0; }},
        {"", [](leat_endpoint_config* c) { c->retry.backoff_initial_ms = 60000; }},
        {"retry.backoff_max_ms", [](leat_endpoint_config* c) { c->retry.backoff_initial_ms = 60001; }},
        {"", [](leat_endpoint_config* c) { c->retry.backoff_base = 1.0; }},
        {"retry.backoff_base", [](leat_endpoint_config* c) { c->retry.backoff_base = 0.999; }},
        {"retry.backoff_base", [](leat_endpoint_config* c) { c->retry.backoff_base = NAN; }},
        {"", [](leat_endpoint_config* c) { c->retry.backoff_base = 1000.0; }},
        {"retry.backoff_base", [](leat_endpoint_config* c) { c->retry.backoff_base = 1000.1; }},
        {"", [](leat_endpoint_config* c) { c->retry.jitter_min = 0.0; }},
        {"", [](leat_endpoint_config* c) { c->retry.jitter_min = 1.0; }},
        {"retry.jitter_min", [](leat_endpoint_config* c) { c->retry.jitter_min = -0.001; }},
        {"retry.jitter_min", [](leat_endpoint_config* c) { c->retry.jitter_min = 1.001; }},
        {"retry.jitter_min", [](leat_endpoint_config* c) { c->retry.jitter_min = NAN; }},
        {"", [](leat_endpoint_config* c) { c->cooldown.initial_ms = 600000; }},
        {"cooldown.max_ms", [](leat_endpoint_config* c) { c->cooldown.initial_ms = 600001; }},
        {"", [](leat_endpoint_config* c) { c->cooldown.slow_start_final_ms = 2000; }},
        {"cooldown.slow_start_initial_ms",
         [](leat_endpoint_config* c) { c->cooldown.slow_start_final_ms = 2001; }},
        {"", [](leat_endpoint_config* c) { c->cooldown.retry_after_is_floor = 1; }},
        {"cooldown.retry_after_is_floor",
         [](leat_endpoint_config* c) { c->cooldown.retry_after_is_floor = 2; }},
        {"", [](leat_endpoint_config* c) { c->cooldown.multiplier = 1.0; }},
        {"cooldown.multiplier", [](leat_endpoint_config* c) { c->cooldown.multiplier = 0.999; }},
        {"cooldown.multiplier", [](leat_endpoint_config* c) { c->cooldown.multiplier = NAN; }},
        {"", [](leat_endpoint_config* c) { c->cooldown.retries_max = 0; }},
    });
}

TEST(EndpointConfigErrorTest, names_each_field_of_pace_at_its_limits_B11) {
    expect_rows({
        {"", [](leat_endpoint_config* c) { c->max_in_flight = LEAT_AUTO; }},
        {"max_in_flight", [](leat_endpoint_config* c) { c->max_in_flight = LEAT_AUTO - 1; }},
        {"", [](leat_endpoint_config* c) { c->retry.quota_cost = 500; }},
        {"retry.quota_cost", [](leat_endpoint_config* c) { c->retry.quota_cost = 501; }},
        {"", [](leat_endpoint_config* c) { c->retry.quota_cost_timeout = 500; }},
        {"retry.quota_cost_timeout",
         [](leat_endpoint_config* c) { c->retry.quota_cost_timeout = 501; }},
        {"", [](leat_endpoint_config* c) { c->retry.quota = 0; c->retry.quota_cost = 501; }},
        {"", [](leat_endpoint_config* c) { c->adaptive.enabled = 0; }},
        {"adaptive.enabled", [](leat_endpoint_config* c) { c->adaptive.enabled = 2; }},
        {"adaptive.min_in_flight", [](leat_endpoint_config* c) { c->adaptive.min_in_flight = 0; }},
        {"", [](leat_endpoint_config* c) { c->max_in_flight = 7; c->adaptive.min_in_flight = 7; }},
        {"adaptive.min_in_flight",
         [](leat_endpoint_config* c) { c->max_in_flight = 7; c->adaptive.min_in_flight = 8; }},
        {"", [](leat_endpoint_config* c) { c->adaptive.decrease = 0.1; }},
        {"adaptive.decrease", [](leat_endpoint_config* c) { c->adaptive.decrease = 0.0999; }},
        {"", [](leat_endpoint_config* c) { c->adaptive.decrease = 0.99; }},
        {"adaptive.decrease", [](leat_endpoint_config* c) { c->adaptive.decrease = 0.9901; }},
        {"adaptive.decrease", [](leat_endpoint_config* c) { c->adaptive.decrease = NAN; }},
        {"", [](leat_endpoint_config* c) { c->adaptive.latency_factor = 1.001; }},
        {"adaptive.latency_factor",
         [](leat_endpoint_config* c) { c->adaptive.latency_factor = 1.0; }},
        {"adaptive.latency_factor",
         [](leat_endpoint_config* c) { c->adaptive.latency_factor = -1.0; }},
        {"adaptive.latency_factor",
         [](leat_endpoint_config* c) { c->adaptive.latency_factor = NAN; }},
        {"", [](leat_endpoint_config* c) { c->pacing = leat_pacing_linear(); }},
        {"pacing", [](leat_endpoint_config* c) { static leat_pacing holes = *leat_pacing_linear();
                                                 holes.backoff_ns = nullptr; c->pacing = &holes; }},
        {"pacing.struct_size",
         [](leat_endpoint_config* c) { static leat_pacing odd = *leat_pacing_linear();
                                       odd.struct_size = 1; c->pacing = &odd; }},
        {"", [](leat_endpoint_config* c) { c->price = leat_price{0.0, 0.0, 1e6}; }},
        {"price", [](leat_endpoint_config* c) { c->price.output = 1000000.1; }},
        {"price", [](leat_endpoint_config* c) { c->price.input = NAN; }},
        {"", [](leat_endpoint_config* c) { c->abort_on = LEAT_ON_ANY; }},
        {"abort_on", [](leat_endpoint_config* c) { c->abort_on = LEAT_ON_ANY + 1; }},
        {"ignore_told", [](leat_endpoint_config* c) { c->ignore_told = 2; }},
        {"ignore_learned", [](leat_endpoint_config* c) { c->ignore_learned = 2; }},
    });
}

std::vector<std::string> warnings_of(const leat_endpoint_config& config) {
    std::vector<std::string> out;
    for (uint32_t i = 0; const char* const text = leat_endpoint_config_warning(&config, i); ++i) {
        out.emplace_back(text);
    }
    return out;
}

TEST(EndpointConfigWarningTest, tells_what_is_hardly_meant_B11) {
    leat_endpoint_config config = valid_endpoint();
    EXPECT_TRUE(warnings_of(config).empty());
    config.timeouts.attempt_ms = 1000;
    EXPECT_TRUE(warnings_of(config).size() == 1u) << "half of 1 s + 2 s is more";
    config.timeouts.attempt_ms = 1500;
    EXPECT_TRUE(warnings_of(config).empty());
    config.timeouts.attempt_ms = 999;
    EXPECT_EQ(warnings_of(config).size(), 2u);
    config = valid_endpoint();
    config.requests_per_minute = 299;
    config.max_in_flight = 5;
    ASSERT_EQ(warnings_of(config).size(), 1u);
    EXPECT_EQ(warnings_of(config)[0].rfind("requests_per_minute ", 0), 0u);
    config.requests_per_minute = 300;
    EXPECT_TRUE(warnings_of(config).empty());
    config.requests_per_minute = 1;
    config.max_in_flight = LEAT_AUTO;
    EXPECT_TRUE(warnings_of(config).empty());
    EXPECT_EQ(leat_endpoint_config_warning(nullptr, 0), nullptr);
}

}  // namespace
