// tests/port/template_test.cc: the conformance suite has to fail on the template, in words that say
// which function is to be written. A suite that lets an empty port pass proves nothing.
// The template is compiled here, as a copy of it would be; depends on the probes and subjects.h.
// Invariant: one half of the tables under test is the template's, the other a port that works.
#include <gtest/gtest.h>

#include "end_probes.h"
#include "poller_probes.h"
#include "stream_probes.h"
#include "subjects.h"

#include "port/template/template.cc"
#include "port/template/template_tls.cc"

namespace port_test {
namespace {

std::vector<NamedProbe> every_probe() {
    std::vector<NamedProbe> all = poller_probes();
    all.insert(all.end(), stream_probes().begin(), stream_probes().end());
    all.insert(all.end(), end_probes().begin(), end_probes().end());
    return all;
}

Subject working() {
    Subject subject = {};
    leat_posix_ports(&subject.ports);
    subject.family = 4;
    subject.new_peer = socket_peer;
    return subject;
}

TEST(template_port, fails_every_probe_by_its_poller) {
    Subject subject = working();
    subject.ports.poller = &leat_template_poller;
    for (const NamedProbe& probe : every_probe()) {
        // A connect may fail at once, before any poller is asked.
        const std::string wrong = probe.run(subject);
        if (probe.run == is_told_of_the_unreachable || probe.run == refuses_an_unknown_family) {
            continue;
        }
        EXPECT_EQ(wrong, "poller.open answered LEAT_E_PORT") << probe.name;
    }
}

TEST(template_port, fails_every_stream_probe_by_its_stream) {
    Subject subject = working();
    subject.ports.stream = &leat_template_stream;
    for (const NamedProbe& probe : stream_probes()) {
        EXPECT_EQ(probe.run(subject), "stream.open answered LEAT_E_PORT") << probe.name;
    }
    for (const NamedProbe& probe : end_probes()) {
        EXPECT_EQ(probe.run(subject), "stream.open answered LEAT_E_PORT") << probe.name;
    }
}

// Tables that work but for one function: the suite has to find it and to name it.
template <typename Table>
Table broken(const Table& from, void (*mend)(Table*)) {
    Table table = from;
    mend(&table);
    return table;
}

std::string first_failure(const Subject& subject) {
    for (const NamedProbe& probe : every_probe()) {
        const std::string wrong = probe.run(subject);
        if (!wrong.empty()) return wrong;
    }
    return std::string();
}

std::string with_stream(void (*change)(leat_stream_ops*)) {
    const leat_stream_ops stream = broken(leat_posix_tcp, change);
    Subject subject = working();
    subject.ports.stream = &stream;
    return first_failure(subject);
}

std::string with_poller(const leat_poller_ops& from, void (*change)(leat_poller_ops*)) {
    const leat_poller_ops poller = broken(from, change);
    Subject subject = working();
    subject.ports.poller = &poller;
    return first_failure(subject);
}

TEST(conformance_suite, names_the_function_that_is_wrong) {
    const auto finish = [](leat_stream_ops* s) { s->finish = stream_finish; };
    EXPECT_EQ(with_stream(finish), "stream.finish answered LEAT_E_PORT");
    const auto wait = [](leat_poller_ops* p) { p->wait = poller_wait; };
    EXPECT_EQ(with_poller(leat_posix_poll, wait), "poller.wait answered LEAT_E_PORT");
    const auto add = [](leat_poller_ops* p) { p->add = poller_add; };
    EXPECT_EQ(with_poller(leat_posix_poll, add), "poller.add answered LEAT_E_PORT");
    const auto remove = [](leat_poller_ops* p) { p->remove = poller_remove; };
    EXPECT_EQ(with_poller(leat_posix_poll, remove), "poller.add found no room after a remove");
}

TEST(conformance_suite, finds_a_read_that_answers_0_at_the_end) {
    const auto zero = [](leat_stream_ops* stream) {
        stream->read = [](void* user, int64_t descriptor, void* bytes, size_t size) -> int64_t {
            const int64_t got = leat_posix_tcp.read(user, descriptor, bytes, size);
            return got == LEAT_E_CONNECTION_CLOSED ? 0 : got;
        };
    };
    EXPECT_EQ(with_stream(zero), "stream.read returned 0");
}

TEST(conformance_suite, finds_a_lost_wake_up) {
    const auto deaf = [](leat_poller_ops* poller) { poller->rearm = poller_rearm; };
    const std::string wrong = with_poller(leat_posix_poll, deaf);
    EXPECT_FALSE(wrong.empty());
}

TEST(conformance_suite, finds_a_token_cut_to_32_bits) {
    const auto cut = [](leat_poller_ops* poller) {
        poller->add = [](void* state, int64_t descriptor, uint64_t token) -> leat_status {
            return leat_posix_poll.add(state, descriptor, token & UINT32_MAX);
        };
    };
    const std::string wrong = with_poller(leat_posix_poll, cut);
    EXPECT_EQ(wrong, "poller.wait: no LEAT_READY_WRITE for a connect that ended");
}

TEST(template_port, answers_as_unwritten_in_the_small_tables) {
    uint32_t count = 1;
    leat_address address;
    EXPECT_EQ(leat_template_resolver.resolve(nullptr, LEAT_STR("::1"), 1, &address, 1, &count),
              LEAT_E_PORT);
    EXPECT_EQ(count, 0u);
    EXPECT_EQ(leat_template_clock.now_ns(nullptr), 0u);
    EXPECT_EQ(leat_template_clock.wall_ms(nullptr), 0);
    EXPECT_EQ(leat_template_entropy.fill(nullptr, &count, sizeof(count)), LEAT_E_PORT);
    leat_template_log.write(nullptr, LEAT_LOG_ERROR, LEAT_STR("nowhere"));
    leat_tls_config config = {};
    EXPECT_EQ(leat_template_tls.open(nullptr, 0, &config, nullptr), LEAT_E_PORT);
    EXPECT_EQ(leat_template_tls.handshake(nullptr, nullptr), LEAT_E_PORT);
}

}  // namespace
}  // namespace port_test
