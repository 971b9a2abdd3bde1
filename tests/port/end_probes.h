// tests/port/end_probes.h: what the contract promises about the end of a stream, one probe per way
// to end: in order, by halves, by reset, and while nobody was looking.
// Depends on rig.h. A probe answers an empty text or what is wrong.
// Invariant: an end that was once answered is answered again.
#pragma once

#include "rig.h"

namespace port_test {

inline std::string reads_up_to_the_end(const Subject& subject) {
    Rig rig(subject);
    int other = -1;
    const int64_t stream = rig.connect(1, &other);
    PROBE_EXPECT(stream >= 0, "");
    rig.peer->send(other, std::string(100000, 'z'));
    rig.peer->close(other);
    std::string bytes;
    const int64_t end = rig.read_to_end(stream, 1, &bytes);
    PROBE_EXPECT(bytes.size() == 100000, "stream.read lost bytes before the end");
    PROBE_EXPECT(end == LEAT_E_CONNECTION_CLOSED,
                 std::string("the end in order was answered as ") + status_name(end));
    PROBE_EXPECT(rig.drain(stream, &bytes) == LEAT_E_CONNECTION_CLOSED,
                 "stream.read forgot that the stream had ended");
    return std::string();
}

inline std::string is_told_when_an_idle_stream_ends(const Subject& subject) {
    Rig rig(subject);
    int other = -1;
    const int64_t stream = rig.connect(1, &other);
    PROBE_EXPECT(stream >= 0, "");
    char bytes[100];
    PROBE_EXPECT(rig.read(stream, bytes, sizeof(bytes)) == LEAT_E_WOULD_BLOCK,
                 "stream.read of nothing did not answer LEAT_E_WOULD_BLOCK");
    rig.peer->close(other);
    PROBE_EXPECT(rig.await(1, LEAT_READY_READ | LEAT_READY_ERROR) != 0,
                 "poller.wait kept silent about the end of an idle stream");
    return std::string();
}

// Bytes and the end may come in one report; then ERROR says that a short read is not all.
inline std::string hears_the_end_behind_a_short_read(const Subject& subject) {
    for (int round = 0; round < 50; ++round) {
        Rig rig(subject);
        int other = -1;
        const int64_t stream = rig.connect(1, &other);
        PROBE_EXPECT(stream >= 0, "");
        rig.peer->send(other, "last words");
        if (round % 2 == 0) rig.peer->close(other);
        uint32_t seen = rig.await(1, LEAT_READY_READ);
        char bytes[100];
        PROBE_EXPECT(rig.read(stream, bytes, sizeof(bytes)) == 10, "bytes were lost");
        if (round % 2 == 1) rig.peer->close(other);
        if ((seen & LEAT_READY_ERROR) == 0) {
            seen = rig.await(1, LEAT_READY_READ | LEAT_READY_ERROR);
            PROBE_EXPECT(seen != 0, "the end behind a short read was never reported");
        }
        PROBE_EXPECT(rig.read(stream, bytes, sizeof(bytes)) == LEAT_E_CONNECTION_CLOSED,
                     "stream.read did not answer LEAT_E_CONNECTION_CLOSED");
    }
    return std::string();
}

inline std::string writes_to_a_half_closed_peer(const Subject& subject) {
    Rig rig(subject);
    int other = -1;
    const int64_t stream = rig.connect(1, &other);
    PROBE_EXPECT(stream >= 0, "");
    rig.peer->finish(other);
    std::string bytes;
    PROBE_EXPECT(rig.read_to_end(stream, 1, &bytes) == LEAT_E_CONNECTION_CLOSED,
                 "a half close was not answered as LEAT_E_CONNECTION_CLOSED");
    PROBE_EXPECT(rig.write(stream, "still here", 10) == 10,
                 "stream.write failed though only the peer's side had ended");
    PROBE_EXPECT(rig.peer->receive(other, 100) == "still here", "the peer missed bytes");
    return std::string();
}

inline std::string tells_a_reset_from_an_end(const Subject& subject) {
    Rig rig(subject);
    int other = -1;
    const int64_t stream = rig.connect(1, &other);
    PROBE_EXPECT(stream >= 0, "");
    rig.peer->reset(other);
    PROBE_EXPECT(rig.await(1, LEAT_READY_READ | LEAT_READY_ERROR) != 0,
                 "poller.wait kept silent about a reset");
    std::string bytes;
    const int64_t end = rig.read_to_end(stream, 1, &bytes);
    PROBE_EXPECT(end == LEAT_E_CONNECTION_RESET,
                 std::string("a reset was answered as ") + status_name(end));
    return std::string();
}

inline std::string writes_to_a_closed_peer_without_a_signal(const Subject& subject) {
    Rig rig(subject);
    int other = -1;
    const int64_t stream = rig.connect(1, &other);
    PROBE_EXPECT(stream >= 0, "");
    rig.peer->reset(other);
    PROBE_EXPECT(rig.await(1, LEAT_READY_READ | LEAT_READY_ERROR) != 0,
                 "poller.wait kept silent about a reset");
    int64_t put = 1;
    for (int i = 0; i < 100 && put > 0; ++i) put = rig.write(stream, "anyone?", 7);
    PROBE_EXPECT(put == LEAT_E_CONNECTION_RESET,
                 std::string("a write after a reset was answered as ") + status_name(put));
    put = rig.write(stream, "anyone?", 7);
    PROBE_EXPECT(put == LEAT_E_CONNECTION_RESET,
                 std::string("a second write after a reset was answered as ") + status_name(put));
    return std::string();
}

inline std::string wakes_a_blocked_write_on_reset(const Subject& subject) {
    Rig rig(subject);
    int other = -1;
    const int64_t stream = rig.connect(1, &other);
    PROBE_EXPECT(stream >= 0, "");
    const std::string bytes(65536, 'w');
    int64_t put = 1;
    while (put > 0) put = rig.write(stream, bytes.data(), bytes.size());
    PROBE_EXPECT(put == LEAT_E_WOULD_BLOCK, "stream.write never blocked");
    rig.peer->reset(other);
    PROBE_EXPECT(rig.await(1, LEAT_READY_WRITE | LEAT_READY_ERROR) != 0,
                 "poller.wait kept silent though a blocked write can only fail now");
    put = rig.write(stream, bytes.data(), bytes.size());
    PROBE_EXPECT(put == LEAT_E_CONNECTION_RESET,
                 std::string("a blocked write met a reset as ") + status_name(put));
    return std::string();
}

inline const std::vector<NamedProbe>& end_probes() {
    static const std::vector<NamedProbe> probes = {
        {"reads_up_to_the_end", reads_up_to_the_end},
        {"is_told_when_an_idle_stream_ends", is_told_when_an_idle_stream_ends},
        {"hears_the_end_behind_a_short_read", hears_the_end_behind_a_short_read},
        {"writes_to_a_half_closed_peer", writes_to_a_half_closed_peer},
        {"tells_a_reset_from_an_end", tells_a_reset_from_an_end},
        {"writes_to_a_closed_peer_without_a_signal", writes_to_a_closed_peer_without_a_signal},
        {"wakes_a_blocked_write_on_reset", wakes_a_blocked_write_on_reset},
    };
    return probes;
}

}  // namespace port_test
