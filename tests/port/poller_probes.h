// tests/port/poller_probes.h: what the contract promises of a poller, one probe per sentence.
// Depends on rig.h. A probe answers an empty text or what is wrong.
// Invariant: no probe asserts an upper bound on time, and none relies on a report that the
// contract leaves open.
#pragma once

#include <set>

#include "rig.h"

namespace port_test {

inline std::string states_its_bytes(const Subject& subject) {
    Rig rig(subject);
    PROBE_EXPECT(rig.fine(), "");
    PROBE_EXPECT(rig.poller.struct_size == sizeof(leat_poller_ops), "poller.struct_size is wrong");
    PROBE_EXPECT(rig.poller.name != nullptr && rig.poller.name[0] != '\0', "poller.name is empty");
    size_t before = 0;
    for (uint32_t streams_max : {0u, 1u, 2u, 100u, 1000u, 100000u}) {
        const size_t bytes = rig.poller.state_bytes(streams_max);
        PROBE_EXPECT(bytes >= before, "poller.state_bytes shrinks for more streams");
        before = bytes;
    }
    return std::string();
}

inline std::string waits_at_least_the_timeout(const Subject& subject) {
    Rig rig(subject);
    PROBE_EXPECT(rig.fine(), "");
    for (int64_t timeout_ns : {int64_t{0}, int64_t{1}, int64_t{300000}, int64_t{30000000}}) {
        leat_ready ready[4];
        const auto begin = std::chrono::steady_clock::now();
        const int32_t count = rig.poller.wait(rig.state(), timeout_ns, ready, 4);
        const auto waited = std::chrono::steady_clock::now() - begin;
        PROBE_EXPECT(count >= 0, std::string("poller.wait answered ") + status_name(count));
        PROBE_EXPECT(count == 0, "poller.wait reported something with nothing added");
        PROBE_EXPECT(waited >= std::chrono::nanoseconds(timeout_ns),
                     "poller.wait ended before its timeout");
    }
    return std::string();
}

inline std::string keeps_streams_max(const Subject& subject) {
    Rig rig(subject, 3);
    int64_t streams[4] = {-1, -1, -1, -1};
    for (uint64_t i = 0; i < 3; ++i) streams[i] = rig.open(rig.address, i);
    PROBE_EXPECT(rig.fine(), "");
    leat_status status = rig.stream.open(subject.ports.stream_user, &rig.address, &streams[3]);
    PROBE_EXPECT(status == LEAT_OK, "stream.open failed");
    status = rig.poller.add(rig.state(), streams[3], 3);
    const bool refused = status == LEAT_E_TOO_MANY;
    rig.remove(streams[1]);
    status = rig.poller.add(rig.state(), streams[3], 3);
    rig.remove(streams[3]);
    rig.stream.close(subject.ports.stream_user, streams[3]);
    PROBE_EXPECT(refused, "poller.add past streams_max did not answer LEAT_E_TOO_MANY");
    PROBE_EXPECT(status == LEAT_OK, "poller.add found no room after a remove");
    return std::string();
}

inline std::string keeps_every_bit_of_a_token(const Subject& subject) {
    for (uint64_t token : {uint64_t{0}, uint64_t{1}, UINT64_C(0x0123456789abcdef), UINT64_MAX}) {
        Rig rig(subject);
        int other = -1;
        PROBE_EXPECT(rig.connect(token, &other) >= 0, "poller.wait changed a token");
    }
    return std::string();
}

inline std::string ignores_unknown_descriptors(const Subject& subject) {
    Rig rig(subject);
    int other = -1;
    const int64_t stream = rig.connect(1, &other);
    PROBE_EXPECT(stream >= 0, "");
    for (int64_t unknown : {int64_t{-1}, int64_t{9999}, INT64_MAX, INT64_MIN}) {
        rig.remove(unknown);
        if (rig.poller.rearm != nullptr) rig.poller.rearm(rig.state(), unknown, LEAT_READY_READ);
    }
    rig.peer->send(other, "x");
    PROBE_EXPECT(rig.await(1, LEAT_READY_READ) != 0, "removing an unknown stream took another out");
    rig.remove(stream);
    rig.remove(stream);
    return std::string();
}

inline std::string is_silent_after_remove(const Subject& subject) {
    Rig rig(subject);
    int other = -1;
    const int64_t stream = rig.connect(7, &other);
    PROBE_EXPECT(stream >= 0, "");
    rig.peer->send(other, "unread");
    PROBE_EXPECT(rig.await(7, LEAT_READY_READ) != 0, "no LEAT_READY_READ for bytes that came");
    rig.remove(stream);
    rig.peer->send(other, "more");
    rig.peer->reset(other);
    PROBE_EXPECT(rig.await(7, UINT32_MAX, 60) == 0, "poller.wait reported a removed stream");
    return std::string();
}

// What one wait has found but not reported is gone with the stream.
inline std::string forgets_a_stream_closed_within_a_batch(const Subject& subject) {
    Rig rig(subject);
    int others[3];
    int64_t streams[3];
    for (uint64_t i = 0; i < 3; ++i) {
        streams[i] = rig.connect(i, &others[i]);
        PROBE_EXPECT(streams[i] >= 0, "");
    }
    for (int other : others) rig.peer->send(other, "ready");
    leat_ready ready[1] = {};
    int32_t count = 0;
    for (int i = 0; i < 100 && count == 0; ++i) {
        count = rig.poller.wait(rig.state(), 20000000, ready, 1);
    }
    PROBE_EXPECT(count == 1, "poller.wait did not fill the one entry that it got");
    const uint64_t seen = ready[0].token;
    PROBE_EXPECT(seen < 3, "poller.wait made up a token");
    const uint64_t gone = (seen + 1) % 3;
    const uint64_t stays = (seen + 2) % 3;
    rig.remove(streams[gone]);
    rig.close(streams[gone]);
    bool stays_seen = false;
    for (int i = 0; i < 10; ++i) {
        count = rig.poller.wait(rig.state(), 5000000, ready, 1);
        if (count == 0) continue;
        PROBE_EXPECT(ready[0].token != gone, "poller.wait reported a stream that was closed");
        stays_seen = stays_seen || ready[0].token == stays;
    }
    PROBE_EXPECT(stays_seen, "poller.wait lost a stream when another was removed");
    return std::string();
}

// Systems give a closed descriptor's number out again at once.
inline std::string tells_a_reused_descriptor_apart(const Subject& subject) {
    Rig rig(subject);
    for (uint64_t token = 1; token < 20; ++token) {
        int other = -1;
        const int64_t stream = rig.connect(token, &other);
        PROBE_EXPECT(stream >= 0, "a reused descriptor was not reported");
        rig.peer->send(other, "late");
        rig.remove(stream);
        rig.close(stream);
        PROBE_EXPECT(rig.await(token, UINT32_MAX, 1) == 0, "an old token came back");
    }
    return std::string();
}

// With few entries per wait every stream still gets its turn.
inline std::string starves_nobody_among_1000_streams(const Subject& subject) {
    constexpr uint64_t streams_count = 1000;
    Rig rig(subject, streams_count);
    std::vector<int> others(streams_count);
    std::vector<int64_t> streams(streams_count);
    for (uint64_t i = 0; i < streams_count; ++i) {
        streams[i] = rig.connect(i, &others[i]);
        PROBE_EXPECT(streams[i] >= 0, "not every stream was connected");
    }
    for (int other : others) rig.peer->send(other, "!");
    std::set<uint64_t> heard;
    for (int turn = 0; turn < 5000 && heard.size() < streams_count; ++turn) {
        leat_ready ready[7];
        const int32_t count = rig.poller.wait(rig.state(), 1000000, ready, 7);
        PROBE_EXPECT(count >= 0 && count <= 7, "poller.wait filled more than ready_max");
        for (int32_t i = 0; i < count; ++i) {
            PROBE_EXPECT(ready[i].token < streams_count, "poller.wait made up a token");
            char byte = 0;
            if (rig.read(streams[ready[i].token], &byte, 1) == 1) heard.insert(ready[i].token);
        }
    }
    PROBE_EXPECT(heard.size() == streams_count, "some of 1000 streams were never reported");
    for (uint64_t i = 0; i < streams_count; i += 2) rig.remove(streams[i]);
    for (uint64_t i = 0; i < streams_count; ++i) {
        char byte = 0;
        (void)rig.read(streams[i], &byte, 1);
        rig.peer->send(others[i], "?");
    }
    PROBE_EXPECT(rig.await(501, LEAT_READY_READ) != 0, "removing many streams lost others");
    return std::string();
}

inline const std::vector<NamedProbe>& poller_probes() {
    static const std::vector<NamedProbe> probes = {
        {"states_its_bytes", states_its_bytes},
        {"waits_at_least_the_timeout", waits_at_least_the_timeout},
        {"keeps_streams_max", keeps_streams_max},
        {"keeps_every_bit_of_a_token", keeps_every_bit_of_a_token},
        {"ignores_unknown_descriptors", ignores_unknown_descriptors},
        {"is_silent_after_remove", is_silent_after_remove},
        {"forgets_a_stream_closed_within_a_batch", forgets_a_stream_closed_within_a_batch},
        {"tells_a_reused_descriptor_apart", tells_a_reused_descriptor_apart},
        {"starves_nobody_among_1000_streams", starves_nobody_among_1000_streams},
    };
    return probes;
}

}  // namespace port_test
