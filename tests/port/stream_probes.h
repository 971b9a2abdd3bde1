// tests/port/stream_probes.h: what the contract promises of a stream and of its readiness, one
// probe per sentence: connecting, moving bytes, edges, and every way a stream can end.
// Depends on rig.h. A probe answers an empty text or what is wrong.
// Invariant: Rig sees every read and write, so a returned 0 fails whichever probe meets it.
#pragma once

#include "rig.h"

namespace port_test {

inline std::string connects(const Subject& subject) {
    Rig rig(subject);
    int other = -1;
    const int64_t stream = rig.connect(1, &other);
    PROBE_EXPECT(stream >= 0, "");
    PROBE_EXPECT(rig.finish(stream) == LEAT_OK, "stream.finish changed its mind");
    char byte = 0;
    PROBE_EXPECT(rig.read(stream, &byte, 1) == LEAT_E_WOULD_BLOCK,
                 "stream.read of nothing did not answer LEAT_E_WOULD_BLOCK");
    return std::string();
}

// A connect that cannot be made fails at once or once the poller has spoken, and stays failed.
inline std::string fails_to_connect(const Subject& subject, const leat_address& to) {
    Rig rig(subject);
    PROBE_EXPECT(rig.fine(), "");
    int64_t descriptor = -1;
    const leat_status status = rig.stream.open(subject.ports.stream_user, &to, &descriptor);
    if (status == LEAT_E_CONNECT) return std::string();
    PROBE_EXPECT(status == LEAT_OK, std::string("stream.open answered ") + status_name(status));
    rig.stream.close(subject.ports.stream_user, descriptor);
    descriptor = rig.open(to, 1);
    if (descriptor < 0) return std::string();
    PROBE_EXPECT(rig.await(1, LEAT_READY_WRITE | LEAT_READY_ERROR) != 0,
                 "poller.wait kept silent about a failed connect");
    PROBE_EXPECT(rig.finish(descriptor) == LEAT_E_CONNECT,
                 "stream.finish did not answer LEAT_E_CONNECT");
    PROBE_EXPECT(rig.finish(descriptor) == LEAT_E_CONNECT,
                 "stream.finish forgot that the connect had failed");
    return std::string();
}

inline std::string is_refused(const Subject& subject) {
    return fails_to_connect(subject, subject.new_peer(subject.family)->refusing());
}

inline std::string is_told_of_the_unreachable(const Subject& subject) {
    return fails_to_connect(subject, subject.new_peer(subject.family)->unreachable());
}

inline std::string refuses_an_unknown_family(const Subject& subject) {
    leat_address nowhere = {};
    nowhere.family = 5;
    nowhere.port = 80;
    return fails_to_connect(subject, nowhere);
}

inline std::string carries_bytes_both_ways(const Subject& subject) {
    Rig rig(subject);
    int other = -1;
    const int64_t stream = rig.connect(1, &other);
    PROBE_EXPECT(stream >= 0, "");
    const std::string question("\0\r\n\xff question", 13);
    PROBE_EXPECT(rig.write(stream, question.data(), question.size()) == 13,
                 "stream.write did not take a few bytes");
    PROBE_EXPECT(rig.peer->receive(other, 100) == question, "stream.write changed the bytes");
    PROBE_EXPECT(rig.peer->send(other, "answer"), "the peer could not send");
    PROBE_EXPECT((rig.await(1, LEAT_READY_READ) & LEAT_READY_READ) != 0,
                 "no LEAT_READY_READ for bytes that came");
    std::string answer;
    PROBE_EXPECT(rig.drain(stream, &answer) == LEAT_E_WOULD_BLOCK,
                 "stream.read did not end with LEAT_E_WOULD_BLOCK");
    PROBE_EXPECT(answer == "answer", "stream.read changed the bytes");
    return std::string();
}

// Writes until nothing more goes; how many bytes went.
inline size_t fill(Rig* rig, int64_t stream, size_t from) {
    std::string bytes(65536, '\0');
    size_t sent = from;
    for (;;) {
        for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>((sent + i) % 251);
        const int64_t put = rig->write(stream, bytes.data(), bytes.size());
        if (put <= 0) return sent;
        sent += static_cast<size_t>(put);
    }
}

inline std::string resumes_a_blocked_write(const Subject& subject) {
    Rig rig(subject);
    int other = -1;
    const int64_t stream = rig.connect(1, &other);
    PROBE_EXPECT(stream >= 0, "");
    size_t sent = 0;
    size_t received = 0;
    for (int round = 0; round < 3; ++round) {
        const size_t before = sent;
        sent = fill(&rig, stream, sent);
        PROBE_EXPECT(rig.fine() && sent > before, "stream.write made no progress when it could");
        while (received < sent) {
            const std::string bytes = rig.peer->receive(other, 65536);
            PROBE_EXPECT(!bytes.empty(), "the peer misses bytes that were written");
            for (char byte : bytes) {
                PROBE_EXPECT(byte == static_cast<char>(received % 251), "bytes were mixed up");
                ++received;
            }
        }
        PROBE_EXPECT((rig.await(1, LEAT_READY_WRITE) & LEAT_READY_WRITE) != 0,
                     "no LEAT_READY_WRITE after a blocked write (a lost wake-up)");
    }
    return std::string();
}

inline std::string wakes_after_each_would_block(const Subject& subject) {
    Rig rig(subject);
    int other = -1;
    const int64_t stream = rig.connect(1, &other);
    PROBE_EXPECT(stream >= 0, "");
    for (int round = 0; round < 50; ++round) {
        std::string bytes;
        PROBE_EXPECT(rig.drain(stream, &bytes) == LEAT_E_WOULD_BLOCK,
                     "stream.read of nothing did not answer LEAT_E_WOULD_BLOCK");
        if (round % 2 == 1) (void)rig.await(1, LEAT_READY_READ, 1);
        rig.peer->send(other, "edge");
        PROBE_EXPECT((rig.await(1, LEAT_READY_READ) & LEAT_READY_READ) != 0,
                     "no LEAT_READY_READ after a blocked read (a lost wake-up)");
    }
    return std::string();
}

inline std::string wakes_after_a_short_read(const Subject& subject) {
    Rig rig(subject);
    int other = -1;
    const int64_t stream = rig.connect(1, &other);
    PROBE_EXPECT(stream >= 0, "");
    for (int round = 0; round < 50; ++round) {
        rig.peer->send(other, "short");
        PROBE_EXPECT((rig.await(1, LEAT_READY_READ) & LEAT_READY_READ) != 0,
                     "no LEAT_READY_READ after a short read (a lost wake-up)");
        char bytes[100];
        PROBE_EXPECT(rig.read(stream, bytes, sizeof(bytes)) > 0, "stream.read found nothing");
    }
    return std::string();
}

inline std::string reports_what_came_before_add(const Subject& subject) {
    Rig rig(subject);
    int other = -1;
    const int64_t stream = rig.connect(1, &other);
    PROBE_EXPECT(stream >= 0, "");
    rig.remove(stream);
    rig.peer->send(other, "early");
    char byte = 0;
    int64_t got = LEAT_E_WOULD_BLOCK;
    for (int i = 0; i < 1000 && got == LEAT_E_WOULD_BLOCK; ++i) {
        got = rig.read(stream, &byte, 1);
        (void)rig.await(1, UINT32_MAX, 1);
    }
    PROBE_EXPECT(rig.poller.add(rig.state(), stream, 2) == LEAT_OK, "poller.add failed");
    PROBE_EXPECT((rig.await(2, LEAT_READY_READ) & LEAT_READY_READ) != 0,
                 "poller.add did not lead to a report of a stream that was ready before");
    return std::string();
}

inline const std::vector<NamedProbe>& stream_probes() {
    static const std::vector<NamedProbe> probes = {
        {"connects", connects},
        {"is_refused", is_refused},
        {"is_told_of_the_unreachable", is_told_of_the_unreachable},
        {"refuses_an_unknown_family", refuses_an_unknown_family},
        {"carries_bytes_both_ways", carries_bytes_both_ways},
        {"resumes_a_blocked_write", resumes_a_blocked_write},
        {"wakes_after_each_would_block", wakes_after_each_would_block},
        {"wakes_after_a_short_read", wakes_after_a_short_read},
        {"reports_what_came_before_add", reports_what_came_before_add},
    };
    return probes;
}

}  // namespace port_test
