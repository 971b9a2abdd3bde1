// tests/port/poller_test.cc: what the POSIX pollers do beyond the contract's sentences: signals,
// nesting in a host's loop, and not spinning on a stream that stays writable.
// Depends on rig.h and subjects.h.
// Invariant: signal handlers and limits are put back as they were.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/time.h>

#include "subjects.h"

namespace port_test {
namespace {

class PosixPoller : public testing::TestWithParam<const leat_poller_ops*> {
protected:
    Subject subject() const {
        Subject subject = {};
        leat_posix_ports(&subject.ports);
        subject.ports.poller = GetParam();
        subject.family = 4;
        subject.new_peer = socket_peer;
        return subject;
    }
};

volatile sig_atomic_t signals_seen = 0;
void count_signal(int) { signals_seen = signals_seen + 1; }

// SIGALRM again and again, so that one comes after wait has begun, however slow the machine is.
class Alarm {
public:
    Alarm() {
        struct sigaction action = {};
        action.sa_handler = count_signal;
        action.sa_flags = SA_RESTART;  // even then the wait has to end
        sigaction(SIGALRM, &action, &before_);
        const itimerval every = {{0, 20000}, {0, 20000}};
        setitimer(ITIMER_REAL, &every, nullptr);
    }
    ~Alarm() {
        const itimerval never = {};
        setitimer(ITIMER_REAL, &never, nullptr);
        sigaction(SIGALRM, &before_, nullptr);
    }

private:
    struct sigaction before_ = {};
};

TEST_P(PosixPoller, ends_an_endless_wait_on_a_signal) {
    Rig rig(subject());
    ASSERT_EQ(rig.wrong, "");
    const Alarm alarm;
    leat_ready ready[1];
    EXPECT_EQ(rig.poller.wait(rig.state(), -1, ready, 1), 0);
    EXPECT_GT(signals_seen, 0);
}

TEST_P(PosixPoller, moves_bytes_under_a_rain_of_signals) {
    Rig rig(subject());
    int other = -1;
    const int64_t stream = rig.connect(1, &other);
    ASSERT_EQ(rig.wrong, "");
    const Alarm alarm;
    for (int i = 0; i < 200; ++i) {
        rig.peer->send(other, "drop");
        ASSERT_NE(rig.await(1, LEAT_READY_READ), 0u);
        std::string bytes;
        ASSERT_EQ(rig.drain(stream, &bytes), LEAT_E_WOULD_BLOCK);
        ASSERT_EQ(bytes, "drop");
    }
}

// A stream is writable nearly always; a wait that reports that again and again burns a core.
TEST_P(PosixPoller, sleeps_beside_a_writable_stream) {
    Rig rig(subject());
    int other = -1;
    const int64_t stream = rig.connect(1, &other);
    ASSERT_EQ(rig.wrong, "");
    char byte = 0;
    ASSERT_EQ(rig.read(stream, &byte, 1), LEAT_E_WOULD_BLOCK);
    EXPECT_EQ(rig.await(1, UINT32_MAX, 100), 0u);
    ASSERT_EQ(rig.write(stream, "x", 1), 1);
    EXPECT_EQ(rig.await(1, UINT32_MAX, 100), 0u);
}

// A failed stream that nobody reads must not spin either.
TEST_P(PosixPoller, reports_a_failure_once) {
    Rig rig(subject());
    int other = -1;
    ASSERT_GE(rig.connect(1, &other), 0) << rig.wrong;
    rig.peer->reset(other);
    EXPECT_NE(rig.await(1, LEAT_READY_ERROR), 0u);
    (void)rig.await(1, UINT32_MAX, 50);
    EXPECT_EQ(rig.await(1, UINT32_MAX, 100), 0u);
}

TEST_P(PosixPoller, nests_in_the_loop_of_a_host) {
    Rig rig(subject());
    int other = -1;
    const int64_t stream = rig.connect(1, &other);
    ASSERT_EQ(rig.wrong, "");
    const int32_t inner = rig.poller.pollable(rig.state());
    if (inner < 0) GTEST_SKIP() << GetParam()->name << " has no descriptor of its own";
    Rig host(subject());
    ASSERT_EQ(host.wrong, "");
    ASSERT_EQ(host.poller.add(host.state(), inner, 99), LEAT_OK);
    std::string bytes;
    for (int round = 0; round < 3; ++round) {
        (void)rig.drain(stream, &bytes);
        leat_ready ready[4];
        while (rig.poller.wait(rig.state(), 0, ready, 4) > 0) {
        }
        (void)host.await(99, LEAT_READY_READ, 1);
        rig.peer->send(other, "wake");
        EXPECT_NE(host.await(99, LEAT_READY_READ), 0u) << "round " << round;
    }
    host.remove(inner);
}

TEST_P(PosixPoller, refuses_a_bad_descriptor) {
    Rig rig(subject());
    ASSERT_EQ(rig.wrong, "");
    EXPECT_EQ(rig.poller.add(rig.state(), -1, 1), LEAT_E_PORT);
    EXPECT_EQ(rig.poller.add(rig.state(), INT64_MAX, 1), LEAT_E_PORT);
    leat_ready ready[1];
    EXPECT_EQ(rig.poller.wait(rig.state(), 0, ready, 0), LEAT_E_ARGUMENT);
}

std::string poller_name(const testing::TestParamInfo<const leat_poller_ops*>& info) {
    return info.param->name;
}

INSTANTIATE_TEST_SUITE_P(each, PosixPoller, testing::ValuesIn(posix_pollers()), poller_name);

}  // namespace
}  // namespace port_test
