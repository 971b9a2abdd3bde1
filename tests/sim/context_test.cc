// tests/sim/context_test.cc: context caches that many items share: made once, renewed once, made good once,
// never waited for with a permit. Depends on context_world.h.
#include "sim/context_world.h"

namespace sim_test {
namespace {

const leat_header tags[] = {{LEAT_STR("doc"), LEAT_STR("a")}, {LEAT_STR("v"), LEAT_STR("1")}};

void tag(ContextWorld* world) {
    world->config.tags = tags;
    world->config.tags_count = 2;
}

Cache tagged(const char* name, const char* display_name, int64_t left_ms) {
    Cache cache;
    cache.name = name;
    cache.display_name = display_name;
    cache.create_ms = wall_start_ms - 1000;
    cache.expire_ms = wall_start_ms + left_ms;
    return cache;
}

constexpr const char* both_tags = R"(abl-tags:{\"doc\":\"a\",\"v\":\"1\"})";

TEST(Context, B16_B17_one_cache_is_made_for_a_hundred_items) {
    ContextWorld world;
    world.open_shared_batch();
    world.submit_all(100);
    uint32_t waited_in_flight = 0;
    world.after_step = [&] {
        if (world.info().state == LEAT_CONTEXT_SOUGHT) {
            waited_in_flight = std::max(waited_in_flight, world.stats().in_flight);
        }
    };
    world.run();
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 100u);
    EXPECT_EQ(world.creates(), 1u);
    EXPECT_EQ(world.lists(), 0u) << "without tags nothing could be found";
    EXPECT_EQ(world.chats(), 100u);
    EXPECT_EQ(world.bodies_with("\"cachedContent\":\"cachedContents/c1\""), 100u);
    EXPECT_EQ(world.bodies_with("a long document"), 0u);
    EXPECT_EQ(world.bodies_with("be brief"), 0u);
    EXPECT_EQ(waited_in_flight, 1u) << "items that wait hold no permit";
    EXPECT_EQ(world.summary().usage.cached_input_tokens, 100 * 5000);
    const leat_context_info info = world.info();
    EXPECT_EQ(info.state, LEAT_CONTEXT_READY);
    EXPECT_EQ(copy(info.name), "cachedContents/c1");
    EXPECT_EQ(info.created, 1u);
    EXPECT_EQ(info.tokens, 5000);
    for (const Result& result : world.results) EXPECT_EQ(result.attempts, 1u);
}

TEST(Context, B23_what_is_made_holds_the_shared_part) {
    ContextWorld world;
    tag(&world);
    world.config.ttl_s = 600;
    world.open_shared_batch();
    world.submit_all(1);
    world.run();
    ASSERT_EQ(world.creates(), 1u);
    for (const Request& request : world.requests) {
        if (request.head.rfind("POST /v1/cachedContents ", 0) != 0) continue;
        EXPECT_EQ(request.body,
                  R"({"model":"models/gemini-x","displayName":"abl-tags:{\"doc\":\"a\",\"v\":\"1\"}",)"
                  R"("ttl":"600s","systemInstruction":{"parts":[{"text":"be brief"}]},)"
                  R"("contents":[{"role":"user","parts":[{"text":"a long document"}]}]})");
    }
}

TEST(Context, B24_it_is_renewed_once_while_many_items_run) {
    // Built as they are sent, or long before.
    for (const uint32_t items : {8u, 128u}) {
        ContextWorld world;
        world.setup.config.items_max = items;
        world.ttl_ms = 600000;
        world.config.ttl_s = 600;
        world.config.renew_before_s = 300;
        world.chat_ns = 20 * second;
        world.open_shared_batch(5);
        world.submit_all(100);  // twenty rounds of 20 s: 400 s
        world.run();
        EXPECT_EQ(world.count(LEAT_SUCCEEDED), 100u);
        EXPECT_EQ(world.creates(), 1u);
        EXPECT_EQ(world.renewals(), 1u);
        EXPECT_EQ(world.info().renewed, 1u);
        EXPECT_EQ(world.bodies_with("\"cachedContent\":\"cachedContents/c1\""), 100u);
    }
}

TEST(Context, B23_a_share_of_its_life_can_be_the_threshold) {
    for (const uint32_t percent : {10u, 50u}) {
        ContextWorld world;
        world.ttl_ms = 600000;
        world.config.ttl_s = 600;
        world.config.renew_before_s = 0;
        world.config.renew_percent = percent;
        world.chat_ns = 20 * second;
        world.open_shared_batch(5);
        world.submit_all(100);
        world.run();
        EXPECT_EQ(world.renewals(), percent == 50 ? 1u : 0u);
    }
}

TEST(Context, B24_without_renewal_it_expires_and_another_is_made) {
    ContextWorld world;
    world.ttl_ms = 100000;
    world.config.ttl_s = 100;
    world.config.renew_before_s = 30;
    world.config.renew = 0;
    world.chat_ns = 20 * second;
    world.open_shared_batch(5);
    world.submit_all(40);  // 160 s
    world.run();
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 40u);
    EXPECT_EQ(world.creates(), 2u);
    EXPECT_EQ(world.renewals(), 0u);
}

TEST(Context, B24_a_renewal_that_fails_leads_to_another_cache) {
    ContextWorld world;
    world.ttl_ms = 600000;
    world.config.ttl_s = 600;
    world.renew_status = 400;
    world.chat_ns = 20 * second;
    world.open_shared_batch(5);
    world.submit_all(100);
    world.run();
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 100u);
    EXPECT_EQ(world.renewals(), 1u);
    EXPECT_EQ(world.creates(), 2u);
    EXPECT_GT(world.bodies_with("cachedContents/c2"), 0u);
    EXPECT_EQ(world.bodies_with("cachedContents/c1") + world.bodies_with("cachedContents/c2"), 100u);
    EXPECT_EQ(world.info().lost, 0u);
}

// Items in flight, and those that were built, all find it gone: one new one serves them all.
TEST(Context, B24_a_cache_that_is_gone_is_made_good_once_for_all_items) {
    ContextWorld world;
    world.open_shared_batch(5);
    world.submit_all(50);
    bool gone = false;
    world.after_step = [&] {
        if (gone || world.results.size() < 10) return;
        gone = true;
        world.caches[0].expire_ms = 0;
    };
    world.run();
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 50u);
    EXPECT_EQ(world.creates(), 2u);
    EXPECT_EQ(world.info().lost, 1u);
    EXPECT_EQ(world.info().created, 2u);
    for (const Result& result : world.results) EXPECT_EQ(result.attempts, 1u);
}

TEST(Context, a_lost_cache_is_made_good_once_for_an_item_and_no_more) {
    ContextWorld world;
    world.open_shared_batch(1);
    world.submit_all(1);
    world.after_step = [&] {
        for (Cache& cache : world.caches) cache.foreign = true;
    };
    world.run();
    EXPECT_EQ(world.only().status, LEAT_E_PERMISSION);
    EXPECT_EQ(world.creates(), 2u);
    EXPECT_EQ(world.chats(), 2u);
}

TEST(Context, an_item_whose_cache_is_lost_can_send_the_shared_part_itself) {
    ContextWorld world;
    world.config.recreate = 0;
    world.open_shared_batch(1);
    world.submit_all(1);
    world.after_step = [&] {
        for (Cache& cache : world.caches) cache.foreign = true;
    };
    world.run();
    EXPECT_EQ(world.only().outcome, LEAT_SUCCEEDED);
    EXPECT_EQ(world.creates(), 1u);
    EXPECT_EQ(world.bodies_with("a long document"), 1u);
}

TEST(Context, B24_one_that_has_all_the_tags_is_taken_over) {
    ContextWorld world;
    tag(&world);
    Cache other = tagged("cachedContents/other", both_tags, 3600000);
    other.model = "models/gemini-y";
    Cache suffix = tagged("cachedContents/suffix", both_tags, 3600000);
    suffix.model = "models/agemini-x";
    world.caches = {
        tagged("cachedContents/none", "", 3600000),
        tagged("cachedContents/one", R"(abl-tags:{\"doc\":\"a\"})", 3600000),
        tagged("cachedContents/wrong", R"(abl-tags:{\"doc\":\"a\",\"v\":\"2\"})", 3600000),
        other,
        suffix,
        tagged("cachedContents/late", both_tags, 300000),
        tagged("cachedContents/more", R"(abl-tags:{\"a\":\"b\",\"doc\":\"a\",\"v\":\"1\"})", 301000),
        tagged("cachedContents/next", both_tags, 3600000),
    };
    world.config.renew = 0;
    world.open_shared_batch();
    world.submit_all(20);
    world.run();
    EXPECT_EQ(world.creates(), 0u);
    EXPECT_EQ(world.lists(), 4u) << "page by page, until one suits";
    EXPECT_EQ(world.bodies_with("\"cachedContent\":\"cachedContents/more\""), 20u);
    EXPECT_EQ(world.info().found, 1u);
    EXPECT_NEAR(static_cast<double>(world.info().expires_in_ms), 301000, 1000) << "its own times hold";
}

TEST(Context, B24_a_search_that_fails_or_finds_nothing_ends_in_a_new_cache) {
    for (const int32_t status : {200, 400, 403, 500}) {
        ContextWorld world;
        tag(&world);
        world.list_status = status;
        world.caches.push_back(tagged("cachedContents/none", "", 3600000));
        world.open_shared_batch();
        world.submit_all(20);
        world.run();
        EXPECT_EQ(world.count(LEAT_SUCCEEDED), 20u) << status;
        EXPECT_EQ(world.creates(), 1u) << status;
        EXPECT_EQ(world.info().created, 1u) << status;
    }
}

TEST(Context, B24_one_that_is_not_ours_is_not_taken_over_twice) {
    ContextWorld world;
    tag(&world);
    world.caches.push_back(tagged("cachedContents/theirs", both_tags, 3600000));
    world.caches.back().foreign = true;
    world.open_shared_batch();
    world.submit_all(20);
    world.run();
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 20u);
    EXPECT_EQ(world.info().found, 1u);
    EXPECT_EQ(world.info().lost, 1u);
    EXPECT_EQ(world.creates(), 1u);
}

TEST(Context, no_more_than_twenty_pages_are_asked_for) {
    for (const size_t pages : {20u, 21u}) {
        ContextWorld world;
        tag(&world);
        world.page_size = 1;
        for (size_t i = 1; i < pages; ++i) {
            world.caches.push_back(tagged("cachedContents/none", "", 3600000));
        }
        world.caches.push_back(tagged("cachedContents/last", both_tags, 3600000));
        world.open_shared_batch();
        world.submit_all(1);
        world.run();
        EXPECT_EQ(world.lists(), 20u) << pages;
        EXPECT_EQ(world.info().found, pages == 20 ? 1u : 0u);
        EXPECT_EQ(world.creates(), pages == 20 ? 0u : 1u);
    }
}

TEST(Context, one_that_cannot_be_made_is_not_asked_for_again_soon) {
    ContextWorld world;
    world.create_status = 400;
    world.chat_ns = 10 * second;
    world.setup.config.items_max = 2;
    world.open_shared_batch(1);
    world.submit_all(30);  // 300 s: tried again after one minute, then after two more
    world.run(4000 * second);
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 30u);
    EXPECT_EQ(world.creates(), 3u);
    EXPECT_EQ(world.bodies_with("a long document"), 30u);
    EXPECT_EQ(world.bodies_with("\"systemInstruction\":{\"parts\":[{\"text\":\"be brief\"}]}"), 30u);
    EXPECT_EQ(world.bodies_with("cachedContent"), 0u);
    EXPECT_EQ(world.info().state, LEAT_CONTEXT_FAILED);
    EXPECT_EQ(world.info().status, LEAT_E_INVALID_REQUEST);
    EXPECT_EQ(copy(world.info().error_message), "Cached content is too small.");
}

TEST(Context, B16_items_fail_with_its_reason_and_no_retry_where_that_is_asked_for) {
    ContextWorld world;
    world.create_status = 400;
    world.config.send_inline = 0;
    world.open_shared_batch();
    world.submit_all(30);
    world.run();
    EXPECT_EQ(world.count(LEAT_FAILED), 30u);
    EXPECT_EQ(world.creates(), 1u);
    EXPECT_EQ(world.chats(), 0u);
    for (const Result& result : world.results) {
        EXPECT_EQ(result.status, LEAT_E_INVALID_REQUEST);
        EXPECT_EQ(result.stage, LEAT_STAGE_BUILD);
    }
}

TEST(Context, one_that_has_no_life_is_none) {
    ContextWorld world;
    world.ttl_ms = 0;
    world.open_shared_batch();
    world.submit_all(5);
    world.run();
    EXPECT_EQ(world.creates(), 1u);
    EXPECT_EQ(world.bodies_with("a long document"), 5u);
    EXPECT_EQ(world.info().status, LEAT_E_PARSE);
}

TEST(Context, its_calls_are_retried_as_every_request_is) {
    ContextWorld world;
    world.create_status = 500;
    world.open_shared_batch();
    world.submit_all(5);
    world.after_step = [&] {
        if (world.creates() == 1) world.create_status = 200;
    };
    world.run();
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 5u);
    EXPECT_EQ(world.creates(), 2u);
    EXPECT_EQ(world.info().status, LEAT_OK);
}

TEST(Context, a_rate_limit_of_its_calls_pauses_all_of_the_endpoint) {
    ContextWorld world;
    world.create_status = 429;
    world.setup.endpoint.cooldown.initial_ms = 5000;
    world.open_shared_batch();
    world.submit_all(5);
    world.after_step = [&] {
        if (world.creates() == 1) world.create_status = 200;
    };
    world.run();
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 5u);
    EXPECT_EQ(world.creates(), 2u);
    EXPECT_EQ(world.stats().rate_limited, 1u);
    ASSERT_GE(world.requests.size(), 2u);
    EXPECT_GE(world.requests[1].at_ns - world.requests[0].at_ns, 1000 * ms);
}

}  // namespace
}  // namespace sim_test
