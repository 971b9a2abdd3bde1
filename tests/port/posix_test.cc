// tests/port/posix_test.cc: the tables of the POSIX port that are no streams or pollers: clock,
// entropy, log, and the helpers around them; and what happens when descriptors run out.
// Depends on rig.h and <leat/posix.h>.
// Invariant: every limit and variable that a test changes is put back.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <cerrno>

#include "subjects.h"

namespace port_test {
namespace {

std::string text_of(leat_str view) { return std::string(view.data, view.size); }

TEST(posix_ports, fills_every_required_table_and_no_tls) {
    leat_ports ports;
    memset(&ports, 0xaa, sizeof(ports));
    leat_posix_ports(&ports);
    EXPECT_EQ(ports.struct_size, sizeof(ports));
    EXPECT_EQ(ports.reserved, 0u);
    EXPECT_NE(ports.poller, nullptr);
    EXPECT_EQ(ports.stream, &leat_posix_tcp);
    EXPECT_EQ(ports.resolver, &leat_posix_resolver);
    EXPECT_EQ(ports.clock, &leat_posix_clock);
    EXPECT_EQ(ports.entropy, &leat_posix_entropy);
    EXPECT_EQ(ports.log, &leat_posix_log);
    EXPECT_EQ(ports.tls, nullptr);
    EXPECT_EQ(ports.tls_user, nullptr);
    EXPECT_EQ(ports.log_user, nullptr);
}

TEST(posix_clock, goes_forward_and_knows_the_date) {
    uint64_t before = leat_posix_clock.now_ns(nullptr);
    EXPECT_GT(before, 0u);
    for (int i = 0; i < 1000; ++i) {
        const uint64_t now = leat_posix_clock.now_ns(nullptr);
        ASSERT_GE(now, before);
        before = now;
    }
    EXPECT_GT(leat_posix_clock.wall_ms(nullptr), INT64_C(1704067200000));  // 2024
}

TEST(posix_entropy, fills_every_byte_and_no_more) {
    constexpr size_t size = 1000;  // several pieces
    bool changed[size] = {};
    for (int round = 0; round < 12; ++round) {
        unsigned char bytes[size + 1] = {};
        bytes[size] = 0x5a;
        ASSERT_EQ(leat_posix_entropy.fill(nullptr, bytes, size), LEAT_OK);
        ASSERT_EQ(bytes[size], 0x5a);
        for (size_t i = 0; i < size; ++i) changed[i] = changed[i] || bytes[i] != 0;
    }
    for (size_t i = 0; i < size; ++i) EXPECT_TRUE(changed[i]) << "byte " << i << " stayed 0";
    EXPECT_EQ(leat_posix_entropy.fill(nullptr, nullptr, 0), LEAT_OK);
}

// What the log writes into a pipe.
std::string logged(leat_log_level level_max, leat_log_level level, const std::string& line) {
    int ends[2];
    if (pipe(ends) != 0) return "no pipe";
    leat_posix_log_options options = {ends[1], level_max};
    leat_posix_log.write(&options, level, leat_str{line.data(), line.size()});
    ::close(ends[1]);
    std::string text(4096, '\0');
    const ssize_t size = ::read(ends[0], text.data(), text.size());
    ::close(ends[0]);
    text.resize(size > 0 ? static_cast<size_t>(size) : 0);
    return text;
}

TEST(posix_log, writes_a_line_with_its_level) {
    EXPECT_EQ(logged(LEAT_LOG_DEBUG, LEAT_LOG_ERROR, "a"), "leat error: a\n");
    EXPECT_EQ(logged(LEAT_LOG_DEBUG, LEAT_LOG_WARNING, "b"), "leat warning: b\n");
    EXPECT_EQ(logged(LEAT_LOG_DEBUG, LEAT_LOG_INFO, "c"), "leat info: c\n");
    EXPECT_EQ(logged(LEAT_LOG_DEBUG, LEAT_LOG_DEBUG, ""), "leat debug: \n");
}

TEST(posix_log, is_silent_above_its_level) {
    EXPECT_EQ(logged(LEAT_LOG_WARNING, LEAT_LOG_INFO, "no"), "");
    EXPECT_EQ(logged(LEAT_LOG_ERROR, LEAT_LOG_WARNING, "no"), "");
}

TEST(posix_log, cuts_a_line_at_its_limit_and_not_before) {
    const size_t room = LEAT_POSIX_LOG_LINE_BYTES_MAX - strlen("leat info: ") - 1;
    const std::string fits(room, 'f');
    EXPECT_EQ(logged(LEAT_LOG_INFO, LEAT_LOG_INFO, fits), "leat info: " + fits + "\n");
    const std::string long_line(room + 1, 'l');
    const std::string cut = "leat info: " + long_line.substr(0, room - 3) + "...\n";
    EXPECT_EQ(logged(LEAT_LOG_INFO, LEAT_LOG_INFO, long_line), cut);
    EXPECT_EQ(cut.size(), static_cast<size_t>(LEAT_POSIX_LOG_LINE_BYTES_MAX));
}

TEST(posix_log, lets_no_control_byte_through) {
    const std::string forged = std::string("a\nleat error: b\r\x1b[31m\x7f\0c\td\xc3\xa9", 28);
    EXPECT_EQ(logged(LEAT_LOG_INFO, LEAT_LOG_INFO, forged),
              "leat info: a?leat error: b??[31m??c\td\xc3\xa9\n");
}

TEST(posix_log, survives_a_closed_descriptor) {
    leat_posix_log_options nowhere = {-1, LEAT_LOG_DEBUG};
    errno = 42;
    leat_posix_log.write(&nowhere, LEAT_LOG_ERROR, LEAT_STR("lost"));
    EXPECT_EQ(errno, 42);
}

TEST(posix_map, gives_zeroed_pages_that_cost_nothing_until_touched) {
    void* block = nullptr;
    const size_t bytes = (size_t{1} << 28) + 1;
    ASSERT_EQ(leat_posix_map(bytes, &block), LEAT_OK);
    char* const at = static_cast<char*>(block);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(block) % 4096, 0u);
    EXPECT_EQ(at[0], 0);
    at[bytes - 1] = 1;
    leat_posix_unmap(block, bytes);
    leat_posix_unmap(nullptr, 1);
}

TEST(posix_map, refuses_what_cannot_be) {
    void* block = &block;
    EXPECT_EQ(leat_posix_map(0, &block), LEAT_E_ARGUMENT);
    EXPECT_EQ(leat_posix_map(1, nullptr), LEAT_E_ARGUMENT);
    EXPECT_EQ(leat_posix_map(SIZE_MAX / 2, &block), LEAT_E_MEMORY);
    EXPECT_EQ(block, nullptr);
}

TEST(posix_environment, shows_what_is_set) {
    ASSERT_EQ(setenv("LEAT_TEST_VARIABLE", "a value", 1), 0);
    EXPECT_EQ(text_of(leat_posix_environment("LEAT_TEST_VARIABLE")), "a value");
    ASSERT_EQ(unsetenv("LEAT_TEST_VARIABLE"), 0);
    EXPECT_EQ(leat_posix_environment("LEAT_TEST_VARIABLE").data, nullptr);
    EXPECT_EQ(leat_posix_environment(nullptr).size, 0u);
}

TEST(posix_descriptors, run_out_with_their_own_status) {
    rlimit before = {};
    ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
    SocketPeer peer(4);
    const leat_address to = peer.listen();
    alignas(16) char state[65536] = {};
    const int next = dup(0);  // the lowest free descriptor
    ASSERT_GE(next, 0);
    ::close(next);
    rlimit low = before;
    low.rlim_cur = static_cast<rlim_t>(next);
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &low), 0);
    int64_t descriptor = 0;
    EXPECT_EQ(leat_posix_tcp.open(nullptr, &to, &descriptor), LEAT_E_DESCRIPTORS);
    EXPECT_EQ(descriptor, -1);
#if LEAT_POSIX_HAS_EPOLL
    EXPECT_EQ(leat_posix_epoll.open(state, 16, nullptr), LEAT_E_DESCRIPTORS);
#endif
    EXPECT_EQ(leat_posix_raise_descriptor_limit(),
              before.rlim_max == RLIM_INFINITY ? UINT64_MAX : uint64_t{before.rlim_max});
    EXPECT_EQ(leat_posix_tcp.open(nullptr, &to, &descriptor), LEAT_OK);
    leat_posix_tcp.close(nullptr, descriptor);
    EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
}

TEST(posix_tcp, closes_on_exec_and_never_waits) {
    SocketPeer peer(4);
    const leat_address to = peer.listen();
    int64_t descriptor = -1;
    ASSERT_EQ(leat_posix_tcp.open(nullptr, &to, &descriptor), LEAT_OK);
    EXPECT_NE(fcntl(static_cast<int>(descriptor), F_GETFD) & FD_CLOEXEC, 0);
    EXPECT_NE(fcntl(static_cast<int>(descriptor), F_GETFL) & O_NONBLOCK, 0);
    char byte = 0;
    EXPECT_EQ(leat_posix_tcp.read(nullptr, descriptor, &byte, 0), LEAT_E_IO);
    EXPECT_EQ(leat_posix_tcp.write(nullptr, descriptor, &byte, 0), LEAT_E_IO);
    EXPECT_EQ(leat_posix_tcp.read(nullptr, -1, &byte, 1), LEAT_E_IO);
    leat_posix_tcp.close(nullptr, descriptor);
    leat_posix_tcp.close(nullptr, -1);
}

}  // namespace
}  // namespace port_test
