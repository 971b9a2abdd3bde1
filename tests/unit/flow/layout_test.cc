// The plan of the block: lines add up, parts are aligned and apart, for a grid of configurations.
#include "flow/layout.h"

#include <gtest/gtest.h>
#include <leat/leat.h>

#include <set>
#include <string>
#include <vector>

namespace leat {
namespace {

// Ports of which only the sizes are asked.
struct SizePorts {
    SizePorts() {
        poller.state_bytes = [](uint32_t streams) { return size_t{streams} * 24 + 8; };
        tls.state_bytes = [](const leat_tls_config* config) {
            return size_t{config->sessions_max} * 1000 + config->tickets_max * 77 +
                   config->pool_bytes;
        };
        tls.session_bytes = [] { return size_t{1001}; };
    }
    leat_ports ports() const {
        leat_ports p{};
        p.struct_size = sizeof p;
        p.poller = &poller;
        p.stream = &stream;
        p.tls = &tls;
        p.resolver = &resolver;
        p.clock = &clock;
        p.entropy = &entropy;
        return p;
    }
    leat_poller_ops poller{};
    leat_stream_ops stream{};
    leat_tls_ops tls{};
    leat_resolver_ops resolver{};
    leat_clock_ops clock{};
    leat_entropy_ops entropy{};
};

const SizePorts size_ports;

leat_config config_of(uint32_t items, size_t item_bytes, uint32_t connections, uint8_t use_tls) {
    leat_config config;
    leat_config_init(&config);
    config.ports = size_ports.ports();
    config.items_max = items;
    config.item_bytes = item_bytes;
    config.connections_max = connections;
    config.use_tls = use_tls;
    return config;
}

std::vector<leat_config> grid() {
    std::vector<leat_config> all;
    for (const uint32_t items : {1u, 3u, 64u, 65536u}) {
        for (const size_t item_bytes : {size_t{4096}, size_t{4097}, size_t{262144}}) {
            for (const uint32_t connections : {1u, 7u, 64u}) {
                for (const uint8_t use_tls : {uint8_t{0}, uint8_t{1}}) {
                    leat_config config = config_of(items, item_bytes, connections, use_tls);
                    config.intake_bytes = items == 3 ? 0 : items * 13 + 1;
                    config.ring_entries = connections;
                    config.conversations_max = items % 3;
                    config.conversation_bytes = 1024 + connections;
                    config.conversation_messages_max = 1 + items % 5;
                    config.endpoints_max = 1 + items % 7;
                    config.batches_max = 1 + connections % 5;
                    config.contexts_max = items % 3;
                    config.events_per_step = 1 + items % 11;
                    config.staging_bytes = 4096 + connections;
                    config.receive_bytes = 4096 + items % 100;
                    all.push_back(config);
                }
            }
        }
    }
    return all;
}

TEST(LayoutTest, parts_are_aligned_follow_each_other_and_add_up) {
    for (const leat_config& config : grid()) {
        Layout layout;
        plan_layout(config, &layout);
        size_t at = 0;
        for (uint32_t i = 0; i < parts_count; ++i) {
            // The arenas begin a page of their own; what is skipped for that is charged to them.
            const bool is_arenas = i == static_cast<uint32_t>(Part::arenas);
            EXPECT_EQ(layout.offsets[i] % (is_arenas ? 4096 : 64), 0u);
            ASSERT_GE(layout.offsets[i], at);
            const size_t skipped = layout.offsets[i] - at;
            EXPECT_LT(skipped, is_arenas ? 4096u : 1u);
            const leat_memory_line& line = layout.lines[i];
            EXPECT_GE(line.bytes, skipped + line.count * line.each_bytes);
            EXPECT_LT(line.bytes, skipped + line.count * line.each_bytes + 64);
            at += line.bytes;
        }
        EXPECT_EQ(layout.end, at);
    }
}

TEST(LayoutTest, report_and_required_agree) {
    for (const leat_config& config : grid()) {
        size_t sum = 0;
        EXPECT_EQ(leat_memory_report(
                      &config,
                      [](void* user, const leat_memory_line* line) {
                          *static_cast<size_t*>(user) += line->bytes;
                      },
                      &sum),
                  LEAT_OK);
        EXPECT_EQ(leat_memory_required(&config), sum);
    }
}

TEST(LayoutTest, every_line_names_its_consumer_and_its_reason) {
    Layout layout;
    leat_config config = config_of(64, 4096, 64, 1);
    config.conversations_max = 1;
    config.contexts_max = 1;  // without one nothing is planned for it
    plan_layout(config, &layout);
    std::set<std::string> consumers;
    for (const leat_memory_line& line : layout.lines) {
        EXPECT_TRUE(consumers.insert(line.consumer).second) << line.consumer;
        EXPECT_GT(std::string(line.reason).size(), 10u) << line.consumer;
        EXPECT_GT(line.bytes, 0u) << line.consumer;
    }
}

TEST(LayoutTest, each_number_of_the_configuration_costs_what_it_should) {
    const leat_config base = config_of(64, 262144, 64, 0);
    const size_t before = leat_memory_required(&base);
    leat_config more = base;
    more.item_bytes += 64;
    EXPECT_EQ(leat_memory_required(&more), before + 64 * 64);
    more = base;
    more.staging_bytes += 4096;
    EXPECT_EQ(leat_memory_required(&more), before + 4096);
    more = base;
    more.intake_bytes += 4096;
    EXPECT_EQ(leat_memory_required(&more), before + 4096 * base.batches_max);
    more = base;
    more.contexts_max = 2;
    EXPECT_GT(leat_memory_required(&more), before + 2 * base.item_bytes) << "each has an item";
    EXPECT_LT(leat_memory_required(&more), before + 2 * base.item_bytes + 65536);
    more = base;
    more.body_bytes_max *= 2;
    EXPECT_EQ(leat_memory_required(&more), before) << "a body lives in its item's arena";
}

TEST(LayoutTest, without_TLS_nothing_is_planned_for_it) {
    Layout layout;
    plan_layout(config_of(64, 4096, 64, 0), &layout);
    EXPECT_EQ(layout.line(Part::tls).bytes, 0u);
    EXPECT_EQ(layout.line(Part::records).bytes, 0u);
    leat_config config = config_of(64, 4096, 64, 0);
    config.ports.tls = nullptr;
    EXPECT_GT(leat_memory_required(&config), 0u);
}

TEST(LayoutTest, a_sum_that_does_not_fit_a_size_t_is_refused) {
    leat_config config = config_of(64, 4096, 64, 1);
    config.tls_pool_bytes = SIZE_MAX - 70000;
    EXPECT_EQ(leat_memory_required(&config), 0u);
    EXPECT_EQ(leat_memory_report(&config, [](void*, const leat_memory_line*) {}, nullptr),
              LEAT_E_MEMORY);
}

TEST(LayoutTest, an_invalid_configuration_has_no_plan) {
    leat_config config = config_of(0, 4096, 64, 1);
    EXPECT_EQ(leat_memory_required(&config), 0u);
    EXPECT_EQ(leat_memory_report(&config, [](void*, const leat_memory_line*) {}, nullptr),
              LEAT_E_CONFIG);
    EXPECT_EQ(leat_memory_report(&config, nullptr, nullptr), LEAT_E_ARGUMENT);
    EXPECT_EQ(leat_memory_required(nullptr), 0u);
}

}  // namespace
}  // namespace leat
