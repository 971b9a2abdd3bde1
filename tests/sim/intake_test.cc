// tests/sim/intake_test.cc: how work comes in: the ring and its end, copied text, sources that
// wait and wake, and what a callback may do. Depends on sim_world.h.
#include "sim/sim_world.h"

namespace sim_test {
namespace {

TEST(Intake, B6_full_ring_answers_would_block_and_writable_follows) {
    World world;
    world.setup.config.ring_entries = 4;
    static int writable;
    writable = 0;
    world.open();
    leat_batch_config config = world.batch_config();
    config.on_writable = [](void* user, leat_batch* batch) {
        World* const self = static_cast<World*>(user);
        EXPECT_EQ(batch, self->batch);
        ++writable;
        while (self->accepted[batch] < 100 && self->submit("more") == LEAT_OK) {
        }
        if (self->accepted[batch] == 100) leat_batch_finish(batch);
    };
    world.open_batch(config);
    for (int i = 0; i < 4; ++i) EXPECT_EQ(world.submit("first"), LEAT_OK);
    EXPECT_EQ(world.submit("fifth"), LEAT_E_WOULD_BLOCK);
    world.run();
    EXPECT_EQ(world.results.size(), 100u);
    EXPECT_GT(writable, 1);
}

TEST(Intake, writable_is_silent_when_nobody_was_refused) {
    World world;
    static int writable;
    writable = 0;
    world.open();
    leat_batch_config config = world.batch_config();
    config.on_writable = [](void*, leat_batch*) { ++writable; };
    world.open_batch(config);
    world.exchange(10);
    EXPECT_EQ(writable, 0);
}

TEST(Intake, copied_text_may_die_at_once) {
    World world;
    world.setup.config.intake_bytes = 4096;
    world.open_batch();
    uint64_t sent = 0;
    for (int n = 0; n < 10000 && sent < 300; ++n) {
        std::string prompt = "copied " + std::to_string(sent) + std::string(500, 'x');
        leat_request request;
        leat_request_init(&request);
        request.prompt = view(prompt);
        request.flags = LEAT_COPY;
        const leat_status status = leat_submit(world.batch, &request, nullptr);
        std::fill(prompt.begin(), prompt.end(), '!');
        if (status == LEAT_OK) {
            ++sent;
            ++world.accepted[world.batch];
        } else {
            ASSERT_EQ(status, LEAT_E_WOULD_BLOCK);
            world.step(world.now() + second);
        }
    }
    leat_batch_finish(world.batch);
    world.run();
    ASSERT_EQ(world.requests.size(), 300u);
    for (const Request& request : world.requests) {
        EXPECT_NE(request.body.find("copied "), std::string::npos);
        EXPECT_EQ(request.body.find("!!!"), std::string::npos);
    }
}

TEST(Intake, copied_text_that_never_fits_is_refused) {
    World world;
    world.setup.config.intake_bytes = 4096;
    world.open_batch();
    const std::string large(5000, 'x');
    leat_request request;
    leat_request_init(&request);
    request.prompt = view(large);
    request.flags = LEAT_COPY;
    EXPECT_EQ(leat_submit(world.batch, &request, nullptr), LEAT_E_TOO_LARGE);
}

TEST(Intake, an_item_larger_than_item_bytes_fails_with_its_own_status) {
    World world;
    world.setup.config.item_bytes = 4096;
    world.open();
    leat_batch_config config = world.batch_config();
    static std::string large(20000, 'x');
    config.source = [](void* user, leat_request* request) {
        World* const self = static_cast<World*>(user);
        if (self->accepted[self->batch] == 2) return static_cast<leat_status>(LEAT_E_DONE);
        const bool first = self->accepted[self->batch]++ == 0;
        request->prompt = first ? view(large) : LEAT_STR("small");
        request->flags = LEAT_COPY;
        return static_cast<leat_status>(LEAT_OK);
    };
    world.open_batch(config);
    world.run();
    ASSERT_EQ(world.results.size(), 2u);
    EXPECT_EQ(world.results[0].status, LEAT_E_ITEM_MEMORY);
    EXPECT_EQ(world.results[0].outcome, LEAT_FAILED);
    EXPECT_EQ(world.results[1].status, LEAT_OK);
}

struct Feed {
    World* world;
    int given = 0;
    int available = 0;
    int total = 0;
    int asked = 0;
};
Feed feed;

leat_status pull(void*, leat_request* request) {
    ++feed.asked;
    if (feed.given == feed.total) return LEAT_E_DONE;
    if (feed.given == feed.available) return LEAT_E_WOULD_BLOCK;
    EXPECT_EQ(request->struct_size, sizeof(leat_request));
    ++feed.given;
    request->prompt = LEAT_STR("pulled");
    ++feed.world->accepted[feed.world->batch];
    return LEAT_OK;
}

TEST(Intake, S10_source_is_pulled_until_done_and_only_as_there_is_room) {
    World world;
    feed = {&world, 0, 1000, 1000, 0};
    world.open();
    leat_batch_config config = world.batch_config();
    config.source = pull;
    world.open_batch(config);
    world.after_step = [&] {
        EXPECT_LE(static_cast<size_t>(feed.given), world.results.size() + 16);
    };
    world.run();
    EXPECT_EQ(world.results.size(), 1000u);
    EXPECT_EQ(world.summary().total, 1000u);
}

TEST(Intake, source_that_would_block_is_asked_again_only_after_wake) {
    World world;
    feed = {&world, 0, 3, 10, 0};
    world.open();
    leat_batch_config config = world.batch_config();
    config.source = pull;
    world.open_batch(config);
    world.run_until(world.now() + 5 * second);
    EXPECT_EQ(world.results.size(), 3u);
    EXPECT_EQ(leat_endpoint_limiter(world.client, world.endpoint), LEAT_LIMITER_SOURCE);
    const int asked = feed.asked;
    world.run_until(world.now() + 5 * second);
    EXPECT_EQ(feed.asked, asked);
    feed.available = 10;
    EXPECT_EQ(leat_batch_wake(world.batch), LEAT_OK);
    world.run();
    EXPECT_EQ(world.results.size(), 10u);
}

// An item is used again and again: what a request that is refused leaves behind is its own.
TEST(Intake, a_refused_request_has_nothing_of_the_one_before_in_its_slot) {
    World world;
    world.setup.config.items_max = 1;
    static int given;
    given = 0;
    world.open();
    leat_batch_config config = world.batch_config();
    config.source = [](void* user, leat_request* request) -> leat_status {
        World* const self = static_cast<World*>(user);
        if (given == 6) return LEAT_E_DONE;
        ++self->accepted[self->batch];
        if (given++ % 2 != 0) return LEAT_OK;  // neither prompt nor body
        request->id = LEAT_STR("good");
        request->prompt = LEAT_STR("pulled");
        return LEAT_OK;
    };
    world.open_batch(config);
    world.run();
    ASSERT_EQ(world.results.size(), 6u);
    for (size_t i = 0; i < 6; ++i) {
        const bool good = i % 2 == 0;
        EXPECT_EQ(world.results[i].id, good ? "good" : "");
        EXPECT_EQ(world.results[i].status, good ? LEAT_OK : LEAT_E_ARGUMENT);
    }
}

// An endpoint keeps its path joined when its texts leave room for that; it is the same without.
TEST(Intake, path_is_the_same_however_full_the_texts_of_the_endpoint_are) {
    size_t opened = 0;
    size_t refused = 0;
    // From well below: under ASan every text is followed by a red zone.
    for (size_t size = 7300; size < 8200; size += 5) {
        World world;
        const std::string value(size, 'v');
        const leat_header header = {LEAT_STR("X-Long"), view(value)};
        world.setup.endpoint.headers = &header;
        world.setup.endpoint.headers_count = 1;
        if (world.open_client() != LEAT_OK) {
            ++refused;
            continue;
        }
        ++opened;
        world.exchange(2);
        ASSERT_EQ(world.requests.size(), 2u);
        for (const Request& request : world.requests) {
            EXPECT_EQ(request.head.rfind("POST /v1/chat/completions HTTP/1.1\r\n", 0), 0u);
        }
    }
    EXPECT_GT(opened, 20u);
    EXPECT_GT(refused, 0u);
}

TEST(Intake, callback_may_submit) {
    World world;
    world.on_each_result = [&](const leat_result*) {
        if (world.accepted[world.batch] < 50) {
            EXPECT_EQ(world.submit("again"), LEAT_OK);
        } else {
            leat_batch_finish(world.batch);
        }
        return LEAT_RELEASE;
    };
    world.open_batch();
    EXPECT_EQ(world.submit("first"), LEAT_OK);
    world.run();
    EXPECT_EQ(world.results.size(), 50u);
}

TEST(Intake, P17_step_in_a_callback_is_an_error_and_harmless) {
    World world;
    int refused = 0;
    world.on_each_result = [&](const leat_result*) {
        if (leat_step(world.client, 0) == LEAT_E_REENTRANT) ++refused;
        if (leat_batch_run(world.batch) == LEAT_E_REENTRANT) ++refused;
        leat_close(world.client);  // does nothing from here
        return LEAT_RELEASE;
    };
    world.exchange(10);
    EXPECT_EQ(refused, 20);
    EXPECT_EQ(world.results.size(), 10u);
}

TEST(Intake, step_without_work_says_done_and_does_not_wait) {
    World world;
    world.open_batch();
    leat_batch_finish(world.batch);
    const uint64_t before = world.now();
    EXPECT_EQ(leat_step(world.client, 1000), LEAT_E_DONE);
    EXPECT_EQ(world.now(), before);
    EXPECT_EQ(leat_batch_done(world.batch), 1);
}

TEST(Intake, batches_share_an_endpoint_fairly) {
    World world;
    world.open();
    leat_batch* batches[3];
    for (leat_batch*& one : batches) one = world.open_batch(world.batch_config());
    for (leat_batch* one : batches) {
        world.batch = one;
        world.submit_all(60);
    }
    std::map<std::string, int> finished;
    world.run_until(world.now() + 20 * ms);
    for (leat_batch* one : batches) {
        leat_summary sum;
        leat_batch_summary(one, &sum);
        EXPECT_GT(sum.succeeded, 5u);
    }
    for (leat_batch* one : batches) {
        world.batch = one;
        world.run();
    }
    EXPECT_EQ(world.results.size(), 180u);
}

}  // namespace
}  // namespace sim_test
