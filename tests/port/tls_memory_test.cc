// tests/port/tls_memory_test.cc: the TLS pool used up at every point of a connection's life: no
// success after a failed allocation, nothing left behind, and the next connection works.
#include <gtest/gtest.h>

#include "tls_world.h"

namespace leat::tls::testing {
namespace {

// One connection with the n-th allocation failing; tells the status and whether it failed.
struct Outcome {
    leat_status status;
    bool injected;
};

Outcome connect_failing(World* world, uint64_t n, bool for_ever) {
    Pool& pool = world->pool();
    const uint64_t failures = pool.failures();
    pool.fail_after(n, for_ever);
    leat_status status;
    {
        Link link(world);
        status = link.start("api.test");
        if (status == LEAT_OK) status = link.handshake();
        if (status == LEAT_OK) status = link.send("question");
        if (status == LEAT_OK) {
            link.server_write("answer");
            std::string answer;
            status = link.receive(6, &answer);
        }
        if (pool.failures() != failures) {
            EXPECT_NE(status, LEAT_OK) << "success after failed allocation " << n;
            EXPECT_EQ(link.received, "") << n;
        }
    }
    const bool injected = pool.failures() != failures;
    pool.fail_after(0, false);
    return Outcome{status, injected};
}

#if defined(__SANITIZE_ADDRESS__)
constexpr bool is_slow_build = true;
#elif defined(__has_feature)
constexpr bool is_slow_build = __has_feature(address_sanitizer);
#else
constexpr bool is_slow_build = false;
#endif

// Allocation numbers to try: all of the first ones, then a stride that no pattern repeats.
uint64_t next_number(uint64_t n) {
    if (is_slow_build) return n < 100 ? n + 1 : n + 397;
    return n < 600 ? n + 1 : n + 37;
}

void fail_everywhere(bool for_ever, bool resumed) {
    World world{CertificateSpec{}};
    ASSERT_EQ(world.open_client(), LEAT_OK);
    const size_t start = world.pool().used();
    for (uint64_t n = 1;; n = next_number(n)) {
        if (resumed) {
            ASSERT_EQ(connect_failing(&world, 0, false).status, LEAT_OK);
            ASSERT_EQ(leat_mbedtls.has_ticket(world.state(), 0), 1);
        }
        const Outcome outcome = connect_failing(&world, n, for_ever);
        if (!outcome.injected) {
            EXPECT_EQ(outcome.status, LEAT_OK);
            EXPECT_GT(n, resumed ? 15u : 5000u) << "a handshake takes that many at least";
            break;
        }
        EXPECT_EQ(outcome.status, LEAT_E_TLS_MEMORY) << n;
        ASSERT_TRUE(world.pool().is_sound()) << n;
        const PoolScope scope(&world.pool());
        ticket_forget(ticket_of(static_cast<Context*>(world.state()), 0));
        ASSERT_EQ(world.pool().used(), start) << "leak after allocation " << n;
    }
    EXPECT_EQ(connect_failing(&world, 0, false).status, LEAT_OK);
}

TEST(TlsMemory, every_allocation_fails_once) { fail_everywhere(false, false); }
TEST(TlsMemory, every_allocation_fails_for_ever) { fail_everywhere(true, false); }
TEST(TlsMemory, every_allocation_of_a_resumption_fails_once) { fail_everywhere(false, true); }
TEST(TlsMemory, every_allocation_of_a_resumption_fails_for_ever) { fail_everywhere(true, true); }

TEST(TlsMemory, opening_fails_cleanly_at_every_allocation) {
    World world{CertificateSpec{}};
    size_t needed = 0;
    for (size_t bytes = 1024; bytes < 64 * 1024 && needed == 0; bytes += 256) {
        world.config.pool_bytes = bytes;
        const leat_status status = world.open_client();
        if (status == LEAT_OK) {
            needed = bytes;
        } else {
            ASSERT_EQ(status, LEAT_E_TLS_MEMORY) << bytes;
        }
    }
    EXPECT_GT(needed, 16u * 1024) << "the window to read the file through";
}

TEST(TlsMemory, one_session_too_many_leaves_the_others_alone) {
    World world(CertificateSpec{}, 170 * 1024);
    ASSERT_EQ(world.open_client(), LEAT_OK);
    std::vector<std::unique_ptr<Link>> links;
    leat_status status = LEAT_OK;
    while (links.size() < 10) {
        auto link = std::make_unique<Link>(&world);
        status = link->start("api.test");
        if (status == LEAT_OK) status = link->handshake();
        if (status != LEAT_OK) break;
        links.push_back(std::move(link));
    }
    EXPECT_EQ(status, LEAT_E_TLS_MEMORY);
    EXPECT_GE(links.size(), 3u);
    for (const auto& link : links) {
        EXPECT_EQ(link->send("still here"), LEAT_OK);
        EXPECT_EQ(link->received, "still here");
    }
}

// What the memory plan in leat/mbedtls.h is made of. Bounds, so that a change is seen.
TEST(TlsMemory, measured_sizes_stay_within_the_plan) {
    World world{CertificateSpec{}};
    ASSERT_EQ(world.open_client(), LEAT_OK);
    Pool& pool = world.pool();
    const size_t start = pool.used();
    const char* const titles[] = {"full", "resumed"};
    for (const char* title : titles) {
        const size_t before = pool.used();
        const uint64_t takes = pool.takes();
        pool.restart_peak();
        Link link(&world);
        ASSERT_EQ(link.start("api.test"), LEAT_OK);
        const size_t set_up = pool.used() - before;
        ASSERT_EQ(link.handshake(), LEAT_OK);
        const uint64_t handshake_takes = pool.takes() - takes;
        const size_t peak = pool.peak() - before;
        const size_t steady = pool.used() - before;
        ASSERT_EQ(link.send("question"), LEAT_OK);
        EXPECT_EQ(pool.takes() - takes, handshake_takes) << "no allocation in transfer";
        printf("%s: set-up %zu peak %zu steady %zu bytes, %llu allocations\n", title, set_up, peak,
               steady, static_cast<unsigned long long>(handshake_takes));
        EXPECT_LE(peak, 48u * 1024);
        EXPECT_LE(steady, 40u * 1024);
    }
    printf("ticket kept: %zu bytes in the pool, %zu fixed; session %zu fixed\n",
           pool.used() - start, sizeof(Ticket), leat_mbedtls.session_bytes());
    EXPECT_LE(pool.used() - start, 2048u);
}

}  // namespace
}  // namespace leat::tls::testing
