// tests/sim/prepare_test.cc: the life cycle of an adapter's table: prepared once before all items, cleaned
// up once behind them. Depends on sim_world.h.
#include "sim/sim_world.h"

namespace sim_test {
namespace {

struct Table {
    std::function<leat_status(leat_prepare*)> on_prepare;
    leat_status cleanup_status = LEAT_OK;
    int prepared = 0;
    int cleaned = 0;
    int started = 0;
    leat_prepare* open = nullptr;
};

Table* table_of(const void* context) {
    return const_cast<Table*>(static_cast<const Table*>(context));
}

leat_status prepare(const void* context, leat_prepare* handle) {
    Table* const table = table_of(context);
    EXPECT_EQ(table->prepared, table->cleaned) << "they alternate";
    ++table->prepared;
    table->open = handle;
    return table->on_prepare ? table->on_prepare(handle) : leat_prepare_complete(handle, LEAT_OK, nullptr);
}

leat_status cleanup(const void* context) {
    ++table_of(context)->cleaned;
    return table_of(context)->cleanup_status;
}

leat_status start(const leat_build* build, leat_call* call) {
    Table* const table = table_of(build->context);
    EXPECT_EQ(table->prepared, table->cleaned + 1) << "no item without its table";
    ++table->started;
    leat_answer answer{};
    answer.text = LEAT_STR("ok");
    answer.usage = {-1, -1, -1, -1, -1, -1};
    return leat_call_complete(call, &answer);
}

class PreparedWorld : public World {
public:
    PreparedWorld() {
        adapter_.struct_size = sizeof(leat_adapter);
        adapter_.name = "local";
        adapter_.context = &table;
        adapter_.start = start;
        adapter_.cancel = [](leat_call*) {};
        adapter_.prepare = prepare;
        adapter_.cleanup = cleanup;
        setup.endpoint.adapter = &adapter_;
    }
    ~PreparedWorld() { close(); }  // while the table is there
    Table table;

private:
    leat_adapter adapter_{};
};

TEST(Prepare, B16_B17_it_runs_once_for_all_items_of_all_batches_at_once) {
    PreparedWorld world;
    world.exchange(100);
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 100u);
    EXPECT_EQ(world.table.started, 100);
    EXPECT_EQ(world.table.prepared, 1);
    EXPECT_EQ(world.table.cleaned, 1) << "the batch has ended";
    world.batch = nullptr;
    world.exchange(5);
    EXPECT_EQ(world.table.prepared, 2) << "the next one begins anew";
    EXPECT_EQ(world.table.cleaned, 2);
}

TEST(Prepare, B17_endpoints_that_share_the_table_share_its_life) {
    PreparedWorld world;
    world.open();
    leat_endpoint other = 0;
    ASSERT_EQ(leat_endpoint_add(world.client, &world.setup.endpoint, &other), LEAT_OK);
    leat_batch* const first = world.open_batch();
    leat_batch_config config = world.batch_config();
    config.endpoint = other;
    leat_batch* const second = world.open_batch(config);
    for (leat_batch* const one : {first, second}) {
        world.batch = one;
        ASSERT_EQ(world.submit("x"), LEAT_OK);
    }
    leat_batch_finish(second);
    world.run();
    EXPECT_EQ(world.table.prepared, 1);
    EXPECT_EQ(world.table.cleaned, 0) << "the first batch may have more";
    leat_batch_finish(first);
    world.batch = first;
    world.run();
    EXPECT_EQ(world.table.prepared, 1);
    EXPECT_EQ(world.table.cleaned, 1);
}

TEST(Prepare, B16_items_wait_for_it_and_hold_no_permit) {
    PreparedWorld world;
    world.table.on_prepare = [](leat_prepare*) { return LEAT_OK; };
    world.open_batch();
    world.submit_all(10);
    for (int i = 0; i < 20; ++i) {
        (void)leat_step(world.client, 0);
        EXPECT_EQ(world.stats().in_flight, 0u);
    }
    EXPECT_EQ(world.table.started, 0);
    EXPECT_EQ(world.stats().items_alive, 10u);
    EXPECT_EQ(leat_prepare_complete(world.table.open, static_cast<leat_status>(1), nullptr), LEAT_E_ARGUMENT);
    EXPECT_EQ(leat_prepare_complete(world.table.open, LEAT_OK, nullptr), LEAT_OK);
    EXPECT_EQ(leat_prepare_complete(world.table.open, LEAT_OK, nullptr), LEAT_E_ARGUMENT) << "it is over";
    world.run();
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 10u);
}

TEST(Prepare, B16_its_failure_fails_the_items_without_a_retry) {
    for (const bool at_once : {true, false}) {
        PreparedWorld world;
        world.table.on_prepare = [&](leat_prepare* handle) {
            if (at_once) return LEAT_E_SERVER;
            leat_fault fault{};
            fault.status = LEAT_E_SERVER;
            fault.message = LEAT_STR("no model here");
            fault.code = LEAT_STR("none");
            fault.retryable = 1;
            EXPECT_EQ(leat_prepare_complete(handle, LEAT_E_SERVER, &fault), LEAT_OK);
            return LEAT_OK;
        };
        world.exchange(20);
        EXPECT_EQ(world.count(LEAT_FAILED), 20u);
        EXPECT_EQ(world.table.prepared, 1);
        EXPECT_EQ(world.table.started, 0);
        EXPECT_EQ(world.table.cleaned, 1);
        for (const Result& result : world.results) {
            EXPECT_EQ(result.status, LEAT_E_SERVER);
            EXPECT_EQ(result.stage, LEAT_STAGE_BUILD);
            EXPECT_EQ(result.attempts, 0u);
            EXPECT_EQ(result.error_code, at_once ? "" : "none");
        }
    }
}

TEST(Prepare, B16_a_cleanup_that_fails_is_only_logged) {
    PreparedWorld world;
    world.table.cleanup_status = LEAT_E_SERVER;
    world.exchange(3);
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 3u);
    EXPECT_NE(copy(leat_sim_log(world.sim)).find("cleanup failed"), std::string::npos);
}

TEST(Prepare, a_batch_may_be_cancelled_meanwhile) {
    PreparedWorld world;
    world.table.on_prepare = [](leat_prepare*) { return LEAT_OK; };
    world.open_batch();
    world.submit_all(10);
    (void)leat_step(world.client, 0);
    EXPECT_EQ(leat_batch_cancel(world.batch, LEAT_CANCEL_HARD), LEAT_OK);
    world.run();
    EXPECT_EQ(world.count(LEAT_CANCELLED), 10u);
    EXPECT_EQ(world.table.cleaned, 0) << "it is under way";
    EXPECT_EQ(leat_prepare_complete(world.table.open, LEAT_OK, nullptr), LEAT_OK);
    EXPECT_EQ(world.table.cleaned, 1) << "and of no use any more";
}

TEST(Prepare, closing_the_client_cleans_up_what_is_in_use) {
    PreparedWorld world;
    world.open_batch();
    ASSERT_EQ(world.submit("x"), LEAT_OK);
    while (world.results.empty()) (void)leat_step(world.client, 0);
    EXPECT_EQ(world.table.cleaned, 0);
    world.close();
    EXPECT_EQ(world.table.cleaned, 1);
}

TEST(Prepare, results_that_are_taken_one_by_one_end_the_batch_as_well) {
    PreparedWorld world;
    world.open();
    leat_batch_config config = world.batch_config();
    config.on_result = nullptr;
    leat_batch* const batch = world.open_batch(config);
    ASSERT_EQ(world.submit("x"), LEAT_OK);
    leat_batch_finish(batch);
    EXPECT_EQ(leat_batch_run(batch), LEAT_OK);
    const leat_result* result = nullptr;
    ASSERT_EQ(leat_batch_next(batch, &result), LEAT_OK);
    EXPECT_EQ(world.table.cleaned, 1);
    leat_result_release(batch, result);
}

TEST(Prepare, an_item_goes_to_a_fallback_when_its_table_is_not_to_be_had) {
    PreparedWorld world;
    world.table.on_prepare = [](leat_prepare*) { return LEAT_E_SERVER; };
    world.open();
    leat_endpoint_config other = world.setup.endpoint;
    other.adapter = nullptr;
    leat_target targets[2] = {};
    targets[0].endpoint = world.endpoint;
    targets[1].rank = 1;
    ASSERT_EQ(leat_endpoint_add(world.client, &other, &targets[1].endpoint), LEAT_OK);
    leat_batch_config config = world.batch_config();
    config.targets = targets;
    config.targets_count = 2;
    world.open_batch(config);
    world.submit_all(5);
    world.run();
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 5u);
    EXPECT_EQ(world.http.requests, 5u);
    EXPECT_EQ(world.table.cleaned, 1);
}

}  // namespace
}  // namespace sim_test
