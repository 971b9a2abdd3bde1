// tests/sim/metrics_test.cc: metrics are the sum of what happened, and their two text forms say the same
// (B9, B51-B53). The Prometheus text is read by a strict reader of the format 0.0.4.
#include <cmath>

#include "sim/exposition.h"
#include "sim/observer.h"

namespace sim_test {
namespace {

std::string labels_of(const leat_metric& metric) {
    std::string out;
    for (uint32_t i = 0; i < metric.labels_count; ++i) {
        out += "|" + copy(metric.labels[i].name) + "=" + copy(metric.labels[i].value);
    }
    return out;
}

// Every value by name and labels; of histograms _count and _sum, and each bucket cumulated.
std::map<std::string, double> dictionary(const leat_client* client) {
    std::map<std::string, double> out;
    leat_metric metric;
    leat_metric_init(&metric);
    for (uint32_t i = 0; leat_metric_at(client, i, &metric) == LEAT_OK; ++i) {
        const std::string name = copy(metric.name);
        const std::string labels = labels_of(metric);
        if (metric.kind != LEAT_METRIC_HISTOGRAM) {
            EXPECT_EQ(out.count(name + labels), 0u) << name << labels;
            out[name + labels] = metric.value;
            continue;
        }
        double below = 0;
        for (uint32_t k = 0; k <= metric.buckets_count; ++k) {
            below += static_cast<double>(metric.counts[k]);
            const double bound = k < metric.buckets_count ? metric.bounds[k] : INFINITY;
            out[name + "_bucket" + labels + "|le=" + std::to_string(bound)] = below;
        }
        EXPECT_EQ(below, static_cast<double>(metric.count));
        out[name + "_count" + labels] = static_cast<double>(metric.count);
        out[name + "_sum" + labels] = metric.sum;
    }
    return out;
}

using Write = leat_status (*)(const leat_client*, leat_text_sink, void*);

std::string written(Write write, const leat_client* client) {
    std::string out;
    EXPECT_EQ(write(
                  client,
                  [](void* user, leat_str piece) {
                      static_cast<std::string*>(user)->append(piece.data, piece.size);
                      return leat_status(LEAT_OK);
                  },
                  &out),
              LEAT_OK);
    return out;
}

// Forty items with some of each fate.
void run_mixed(World* world) {
    world->setup.endpoint.price = {1.0, -1.0, 2.0};
    world->setup.endpoint.retry.backoff_initial_ms = 10;
    world->setup.endpoint.cooldown.initial_ms = 1000;
    world->setup.config.items_max = 64;
    world->respond = [world](const leat_sim_request& request, leat_sim_response& response) {
        const std::string body = copy(request.body);
        response.delay_ns = 30 * ms;
        response.body = LEAT_STR("{}");
        if (world->requests.size() == 7) {
            response.status = 429;
        } else if (body.find("bad") != std::string::npos) {
            response.status = 400;
        } else if (body.find("down") != std::string::npos) {
            response.status = 500;
        } else {
            response.body = world->keep(completion("ok", 10));
        }
    };
    world->open_batch();
    for (int i = 0; i < 40; ++i) {
        const char* const kind = i % 10 == 3 ? "bad" : i % 10 == 6 ? "down" : "good";
        ASSERT_EQ(world->submit(kind + std::to_string(i)), LEAT_OK);
    }
    EXPECT_EQ(leat_item_cancel(world->batch, 39), LEAT_OK);
    leat_batch_finish(world->batch);
    world->run();
}

TEST(Metrics, B9_B51_are_the_sum_of_the_results) {
    World world;
    run_mixed(&world);
    std::map<std::string, double> all = dictionary(world.client);
    const leat_summary sum = world.summary();
    double item_seconds = 0;
    std::map<std::string, double> errors;
    for (const Result& result : world.results) {
        const leat_timing& timing = result.timing;
        if (timing.queued_ms >= 0) item_seconds += (timing.item_ms - timing.queued_ms) / 1e3;
        if (result.outcome == LEAT_FAILED) ++errors[leat_status_word(result.status)];
    }
    EXPECT_EQ(all["batch_llm_items_processed"], 40.0);
    EXPECT_EQ(all["batch_llm_items_succeeded"], static_cast<double>(sum.succeeded));
    EXPECT_EQ(all["batch_llm_items_failed"], static_cast<double>(sum.failed));
    EXPECT_EQ(all["leat_items_cancelled_total"], static_cast<double>(sum.cancelled));
    EXPECT_EQ(sum.cancelled, 1u);
    EXPECT_EQ(all["batch_llm_rate_limits_hit"], static_cast<double>(sum.rate_limited));
    EXPECT_EQ(all["batch_llm_errors_total|error_type=invalid_request"], errors["invalid_request"]);
    EXPECT_EQ(all["batch_llm_errors_total|error_type=server"], errors["server"]);
    EXPECT_EQ(errors["invalid_request"], 4.0);
    EXPECT_NEAR(all["batch_llm_avg_processing_time"], sum.mean_item_ms / 1e3, 1e-9);
    EXPECT_NEAR(all["batch_llm_success_rate"], sum.success_share, 1e-12);
    EXPECT_NEAR(all["leat_item_seconds_sum"], item_seconds, 1e-9);
    EXPECT_NEAR(all["leat_cost_usd_total"], sum.cost_usd, 1e-12);
    EXPECT_EQ(all["leat_tokens_total|type=input"], static_cast<double>(sum.usage.input_tokens));
    EXPECT_EQ(all["leat_tokens_total|type=output"], static_cast<double>(sum.usage.output_tokens));
    EXPECT_EQ(all["leat_calls_total"], static_cast<double>(world.requests.size()));
    EXPECT_EQ(all["leat_calls_total"], static_cast<double>(world.stats().requests_sent));
    EXPECT_EQ(all["leat_in_flight"], 0.0);
    EXPECT_EQ(all["leat_batches_open"], 0.0);
    const std::string otel =
        "|gen_ai_operation_name=chat|gen_ai_provider_name=openai|gen_ai_request_model=m"
        "|server_address=api.test";
    EXPECT_EQ(all["gen_ai_client_operation_duration_seconds_count" + otel],
              static_cast<double>(sum.succeeded));
    EXPECT_EQ(all["gen_ai_client_token_usage_sum" + otel + "|gen_ai_token_type=output"],
              static_cast<double>(sum.usage.output_tokens));
    EXPECT_EQ(all["leat_attempt_errors_total|error_type=server"],
              all["gen_ai_client_operation_duration_seconds_count" + otel + "|error_type=_OTHER"] -
                  all["leat_attempt_errors_total|error_type=invalid_request"] -
                  all["leat_attempt_errors_total|error_type=rate_limit"]);
}

TEST(Metrics, B51_total_cooldown_time_is_what_was_paused_also_while_it_lasts) {
    World world;
    world.setup.endpoint.cooldown.initial_ms = 4000;
    world.respond = [&](const leat_sim_request&, leat_sim_response& response) {
        response.headers[0] = {LEAT_STR("retry-after"), LEAT_STR("20")};
        response.headers_count = world.requests.size() <= 1 ? 1 : 0;
        response.status = world.requests.size() <= 1 ? 429 : 200;
        response.body = world.keep(completion("ok"));
    };
    Watcher watcher(&world, LEAT_OBSERVED_BIT(LEAT_OBSERVED_COOLDOWN_STARTED));
    world.open_batch();
    world.submit_all(1);
    const uint64_t begun = world.now();
    world.run_until(begun + 10 * second);
    EXPECT_NEAR(dictionary(world.client)["batch_llm_total_cooldown_time"], 10.0, 0.2);
    leat_metrics_reset(world.client);
    EXPECT_EQ(dictionary(world.client)["batch_llm_total_cooldown_time"], 0.0);
    world.run();
    const double whole = watcher.first(LEAT_OBSERVED_COOLDOWN_STARTED).duration_ms / 1e3;
    EXPECT_NEAR(dictionary(world.client)["batch_llm_total_cooldown_time"], whole - 10.0, 0.2);
}

TEST(Metrics, B51_of_nothing_mean_and_rate_are_0_and_reset_leads_back_there) {
    World world;
    world.open();
    std::map<std::string, double> fresh = dictionary(world.client);
    EXPECT_EQ(fresh["batch_llm_avg_processing_time"], 0.0);
    EXPECT_EQ(fresh["batch_llm_success_rate"], 0.0);
    world.exchange(3);
    EXPECT_EQ(dictionary(world.client)["batch_llm_success_rate"], 1.0);
    leat_metrics_reset(world.client);
    for (const auto& [name, value] : dictionary(world.client)) EXPECT_EQ(value, 0.0) << name;
}

TEST(Metrics, B52_json_is_indented_by_two_and_counts_samples_instead_of_listing_them) {
    World world;
    run_mixed(&world);
    const std::string json = written(leat_metrics_json, world.client);
    EXPECT_EQ(json.rfind("{\n  \"items_processed\": 40,\n  \"items_succeeded\": ", 0), 0u) << json;
    EXPECT_NE(json.find("\n  \"processing_times_count\": 40,\n"), std::string::npos);
    EXPECT_EQ(json.find("\"processing_times\""), std::string::npos);
    EXPECT_NE(json.find("\n  \"error_counts\": {\n    \"server\": "), std::string::npos) << json;
    EXPECT_EQ(json.substr(json.size() - 6), "  ]\n}\n");
    // Its own checker of JSON, and the schema that any object satisfies.
    const leat_str schema = LEAT_STR(
        "{\"type\":\"object\",\"required\":[\"items_failed\",\"rate_limits_hit\","
        "\"total_cooldown_time\",\"avg_processing_time\",\"success_rate\","
        "\"metrics\"]}");
    EXPECT_EQ(leat_schema_check(schema, view(json), nullptr), LEAT_OK);
    World empty;
    empty.open();
    const std::string none = written(leat_metrics_json, empty.client);
    EXPECT_NE(none.find("\n  \"error_counts\": {},\n"), std::string::npos);
    EXPECT_EQ(leat_schema_check(schema, view(none), nullptr), LEAT_OK);
}

TEST(Metrics, B53_prometheus_text_says_what_the_dictionary_says) {
    World world;
    run_mixed(&world);
    Exposition read(written(leat_metrics_prometheus, world.client));
    std::map<std::string, double> all = dictionary(world.client);
    ASSERT_EQ(read.values.size(), all.size());
    for (const auto& [name, value] : all) {
        ASSERT_EQ(read.values.count(name), 1u) << name;
        EXPECT_EQ(read.values[name], value) << name;
    }
    for (const char* name : {"items_processed", "items_succeeded", "items_failed",
                             "rate_limits_hit", "errors_total"}) {
        EXPECT_EQ(read.types[std::string("batch_llm_") + name], "counter");
    }
    for (const char* name : {"avg_processing_time", "success_rate", "total_cooldown_time"}) {
        EXPECT_EQ(read.types[std::string("batch_llm_") + name], "gauge");
    }
}

TEST(Metrics, B53_backslash_quote_and_newline_in_a_label_are_escaped) {
    World world;
    ASSERT_EQ(world.submit("x", [](leat_request* r) { r->model = LEAT_STR("a\\b\"c\nd\xC3\xA9"); }),
              LEAT_OK);
    leat_batch_finish(world.batch);
    world.run();
    const std::string text = written(leat_metrics_prometheus, world.client);
    EXPECT_NE(text.find("gen_ai_request_model=\"a\\\\b\\\"c\\nd\xC3\xA9\""), std::string::npos);
    Exposition read(text);  // and it reads back
    size_t found = 0;
    for (const auto& [name, value] : read.values) {
        found += name.find("model=a\\b\"c\nd\xC3\xA9") != std::string::npos ? size_t{1} : size_t{0};
    }
    EXPECT_GT(found, 4u);
    EXPECT_EQ(
        leat_schema_check(LEAT_STR("{}"), view(written(leat_metrics_json, world.client)), nullptr),
        LEAT_OK);
}

TEST(Metrics, a_sink_that_refuses_ends_the_writing_and_a_buffer_says_what_it_lacks) {
    World world;
    world.open();
    int pieces = 0;
    const auto refuse = [](void* user, leat_str) {
        ++*static_cast<int*>(user);
        return leat_status(LEAT_E_IO);
    };
    EXPECT_EQ(leat_metrics_prometheus(world.client, refuse, &pieces), LEAT_E_IO);
    EXPECT_EQ(pieces, 1);
    EXPECT_EQ(leat_metrics_json(world.client, nullptr, nullptr), LEAT_E_ARGUMENT);
    EXPECT_EQ(leat_metrics_prometheus(nullptr, refuse, &pieces), LEAT_E_ARGUMENT);
    const std::string whole = written(leat_metrics_prometheus, world.client);
    for (const size_t capacity : {size_t{0}, whole.size() - 1, whole.size(), whole.size() + 1}) {
        std::string room(capacity + 8, '#');
        leat_text_buffer buffer = {room.data(), capacity, 0};
        EXPECT_EQ(leat_metrics_prometheus(world.client, leat_text_to_buffer, &buffer), LEAT_OK);
        EXPECT_EQ(buffer.size, whole.size());
        const size_t filled = std::min(capacity, whole.size());
        EXPECT_EQ(room.substr(0, filled), whole.substr(0, filled));
        EXPECT_EQ(room.substr(filled, 8), "########");
    }
}

TEST(Metrics, M16_quantiles_lie_in_their_bucket_in_proportion) {
    const double bounds[] = {1, 2, 4};
    const uint64_t counts[] = {0, 10, 5, 5};
    leat_metric metric;
    leat_metric_init(&metric);
    EXPECT_EQ(leat_metric_quantile(&metric, 0.5), -1.0);  // no histogram
    metric.kind = LEAT_METRIC_HISTOGRAM;
    metric.buckets_count = 3;
    metric.bounds = bounds;
    metric.counts = counts;
    EXPECT_EQ(leat_metric_quantile(&metric, 0.5), -1.0);  // no samples
    metric.count = 20;
    EXPECT_EQ(leat_metric_quantile(&metric, 0.0), 1.0);
    EXPECT_EQ(leat_metric_quantile(&metric, 0.25), 1.5);
    EXPECT_EQ(leat_metric_quantile(&metric, 0.5), 2.0);
    EXPECT_EQ(leat_metric_quantile(&metric, 0.75), 4.0);
    EXPECT_EQ(leat_metric_quantile(&metric, 0.99), 4.0);
    EXPECT_EQ(leat_metric_quantile(&metric, 1.5), -1.0);
    EXPECT_EQ(leat_metric_quantile(nullptr, 0.5), -1.0);
}

TEST(Metrics, metric_at_ends_and_refuses_what_is_wrong) {
    World world;
    world.open();
    leat_metric metric;
    leat_metric_init(&metric);
    EXPECT_EQ(leat_metric_at(nullptr, 0, &metric), LEAT_E_ARGUMENT);
    EXPECT_EQ(leat_metric_at(world.client, 0, nullptr), LEAT_E_ARGUMENT);
    EXPECT_EQ(leat_metric_at(world.client, UINT32_MAX, &metric), LEAT_E_DONE);
    metric.struct_size = 4;
    EXPECT_EQ(leat_metric_at(world.client, 0, &metric), LEAT_E_STRUCT_SIZE);
}

}  // namespace
}  // namespace sim_test
