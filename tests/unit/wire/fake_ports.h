// tests/unit/wire/fake_ports.h: port tables made by hand for the wire's tests. Streams answer from
// queues; what the wire asked for is written down. The TLS is a toy: a record is a byte of size and
// that many bytes; "H" ends a handshake, "t" is a ticket, everything else is application data.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "wire/connection.h"

namespace leat {

struct FakeStream {
    leat_address to{};
    bool open = true;
    std::deque<leat_status> finish;    // empty: LEAT_OK
    std::string incoming;              // what may be read now
    leat_status incoming_end = LEAT_E_WOULD_BLOCK;
    size_t write_room = SIZE_MAX;
    std::string written;
};

struct FakeSession {
    leat_tls_bio bio;
    uint32_t ticket;
    char held[256];
    size_t held_size;
    size_t held_at;
    bool wants_write;
};

class FakePorts {
public:
    FakePorts() {
        poller_.struct_size = sizeof poller_;
        poller_.add = add;
        poller_.remove = remove;
        poller_.rearm = rearm;
        stream_.struct_size = sizeof stream_;
        stream_.open = open;
        stream_.finish = finish;
        stream_.read = read;
        stream_.write = write;
        stream_.close = close;
        tls_.struct_size = sizeof tls_;
        tls_.session_bytes = [] { return sizeof(FakeSession); };
        tls_.start = tls_start;
        tls_.handshake = tls_handshake;
        tls_.read = tls_read;
        tls_.write = tls_write;
        tls_.flush = [](void*, void*) -> leat_status { return LEAT_OK; };
        tls_.stop = tls_stop;
        tls_.has_ticket = has_ticket;
        ports.struct_size = sizeof ports;
        ports.poller = &poller_;
        ports.stream = &stream_;
        ports.stream_user = this;
        ports.tls = &tls_;
    }

    static std::string record(const std::string& payload) {
        return std::string(1, static_cast<char>(payload.size())) + payload;
    }
    FakeStream& stream(int64_t descriptor) { return streams.at(descriptor); }
    FakeStream& stream(const Connection* c) { return streams.at(c->descriptor); }

    leat_ports ports{};
    leat_poller_ops poller_{};
    leat_stream_ops stream_{};
    leat_tls_ops tls_{};
    std::map<int64_t, FakeStream> streams;
    std::map<uint16_t, leat_status> open_answers;    // by the address' port; else LEAT_OK
    std::map<uint16_t, std::deque<leat_status>> finish_answers;
    leat_status add_answer = LEAT_OK;
    std::map<int64_t, uint64_t> registered;          // descriptor -> token
    std::vector<std::pair<int64_t, uint32_t>> rearmed;
    std::set<uint32_t> tickets;
    int sessions = 0;
    int reads = 0;
    int64_t next_descriptor = 100;
    bool handshake_must_write = false;               // after its "H"

private:
    static FakePorts* self(void* user) { return static_cast<FakePorts*>(user); }

    static leat_status add(void* state, int64_t descriptor, uint64_t token) {
        FakePorts* const me = self(state);
        EXPECT_TRUE(me->streams.at(descriptor).open);
        EXPECT_EQ(me->registered.count(descriptor), 0u) << "registered twice";
        if (me->add_answer == LEAT_OK) me->registered[descriptor] = token;
        return me->add_answer;
    }
    static void remove(void* state, int64_t descriptor) {
        EXPECT_TRUE(self(state)->streams.at(descriptor).open) << "removed after its close";
        self(state)->registered.erase(descriptor);
    }
    static void rearm(void* state, int64_t descriptor, uint32_t events) {
        self(state)->rearmed.emplace_back(descriptor, events);
    }
    static leat_status open(void* user, const leat_address* to, int64_t* descriptor) {
        FakePorts* const me = self(user);
        const auto answer = me->open_answers.find(to->port);
        if (answer != me->open_answers.end() && answer->second != LEAT_OK) return answer->second;
        *descriptor = me->next_descriptor++;
        FakeStream& stream = me->streams[*descriptor];
        stream.to = *to;
        stream.finish = me->finish_answers[to->port];
        return LEAT_OK;
    }
    static leat_status finish(void* user, int64_t descriptor) {
        FakeStream& stream = self(user)->streams.at(descriptor);
        EXPECT_TRUE(stream.open);
        if (stream.finish.empty()) return LEAT_OK;
        const leat_status status = stream.finish.front();
        stream.finish.pop_front();
        return status;
    }
    static int64_t read(void* user, int64_t descriptor, void* bytes, size_t size) {
        FakeStream& stream = self(user)->streams.at(descriptor);
        EXPECT_TRUE(stream.open);
        ++self(user)->reads;
        if (stream.incoming.empty()) return stream.incoming_end;
        const size_t part = stream.incoming.copy(static_cast<char*>(bytes), size);
        stream.incoming.erase(0, part);
        return static_cast<int64_t>(part);
    }
    static int64_t write(void* user, int64_t descriptor, const void* bytes, size_t size) {
        FakeStream& stream = self(user)->streams.at(descriptor);
        EXPECT_TRUE(stream.open);
        const size_t part = size < stream.write_room ? size : stream.write_room;
        if (part == 0) return LEAT_E_WOULD_BLOCK;
        stream.written.append(static_cast<const char*>(bytes), part);
        if (stream.write_room != SIZE_MAX) stream.write_room -= part;
        return static_cast<int64_t>(part);
    }
    static void close(void* user, int64_t descriptor) {
        FakeStream& stream = self(user)->streams.at(descriptor);
        EXPECT_TRUE(stream.open) << "closed twice";
        EXPECT_EQ(self(user)->registered.count(descriptor), 0u) << "closed while registered";
        stream.open = false;
    }

    static leat_status tls_start(void* state, void* session, uint32_t ticket, leat_str,
                                 const leat_tls_bio* bio) {
        ++self(state)->sessions;
        FakeSession* const s = static_cast<FakeSession*>(session);
        *s = FakeSession{};
        s->bio = *bio;
        s->ticket = ticket;
        return LEAT_OK;
    }
    // The next whole record, its size byte first; 0 when there is one.
    static int64_t take_record(FakeSession* s) {
        for (;;) {
            const size_t wanted =
                s->held_size == 0 ? 1 : 1 + static_cast<unsigned char>(s->held[0]);
            if (s->held_size > 0 && s->held_size == wanted) return 0;
            const int64_t got =
                s->bio.read(s->bio.user, s->held + s->held_size, wanted - s->held_size);
            if (got < 0) return got;
            s->held_size += static_cast<size_t>(got);
        }
    }
    static leat_status tls_handshake(void* state, void* session) {
        FakeSession* const s = static_cast<FakeSession*>(session);
        if (s->wants_write) {
            const int64_t put = s->bio.write(s->bio.user, "F", 1);
            if (put < 0) return static_cast<leat_status>(put);
            s->wants_write = false;
            return LEAT_OK;
        }
        for (;;) {
            const int64_t got = take_record(s);
            if (got < 0) return static_cast<leat_status>(got);
            const char kind = s->held[1];
            s->held_size = 0;
            if (kind == 't') self(state)->tickets.insert(s->ticket);
            if (kind != 'H') continue;
            if (!self(state)->handshake_must_write) return LEAT_OK;
            s->wants_write = true;
            return tls_handshake(state, session);
        }
    }
    static int64_t tls_read(void* state, void* session, void* bytes, size_t size) {
        FakeSession* const s = static_cast<FakeSession*>(session);
        for (;;) {
            if (s->held_at == 0) {
                const int64_t got = take_record(s);
                if (got < 0) return got;
                s->held_at = 1;
                if (s->held[1] == 't') {
                    self(state)->tickets.insert(s->ticket);
                    s->held_at = s->held_size = 0;
                    continue;
                }
            }
            const size_t left = s->held_size - s->held_at;
            const size_t part = left < size ? left : size;
            memcpy(bytes, s->held + s->held_at, part);
            s->held_at += part;
            if (s->held_at == s->held_size) s->held_at = s->held_size = 0;
            return static_cast<int64_t>(part);
        }
    }
    static int64_t tls_write(void*, void* session, const void* bytes, size_t size) {
        FakeSession* const s = static_cast<FakeSession*>(session);
        return s->bio.write(s->bio.user, bytes, size);
    }
    static void tls_stop(void* state, void*) { --self(state)->sessions; }
    static int32_t has_ticket(void* state, uint32_t index) {
        return self(state)->tickets.count(index) != 0 ? 1 : 0;
    }
};

// A wire over these ports, and an origin with three addresses (ports 1, 2, 3).
class WireFixture : public testing::Test {
protected:
    static constexpr uint32_t connections_max = 4;
    static constexpr size_t cipher_bytes = 64;

    WireFixture() {
        const size_t each = Wire::connection_bytes(fake_.ports, true);
        memory_.resize(each * connections_max + 16);
        char* const base = memory_.data() + (16 - reinterpret_cast<uintptr_t>(memory_.data()) % 16);
        wire_.open(&fake_.ports, true, &fake_, &fake_, base, connections_max, cipher_,
                   cipher_bytes);
        fill(&plain_, false);
        fill(&secure_, true);
    }
    static void fill(Origin* origin, bool is_tls) {
        origin->host = text("api.test");
        origin->is_tls = is_tls;
        origin->keepalive_ns = 1000;
        origin->address_count = 3;
        for (uint16_t i = 0; i < 3; ++i) {
            origin->addresses[i].family = 4;
            origin->addresses[i].port = static_cast<uint16_t>(i + 1);
        }
    }
    // A connection past its connect, or past its handshake.
    Connection* ready(Origin* origin) {
        Connection* const connection = wire_.take_free();
        EXPECT_NE(connection, nullptr);
        EXPECT_EQ(wire_.connect(connection, origin, 0), LEAT_OK);
        if (origin->is_tls) fake_.stream(connection).incoming = FakePorts::record("H");
        EXPECT_EQ(wire_.advance(connection), LEAT_OK);
        EXPECT_EQ(connection->state, ConnectionState::ready);
        return connection;
    }

    FakePorts fake_;
    std::vector<char> memory_;
    char cipher_[cipher_bytes];
    Wire wire_;
    Origin plain_;
    Origin secure_;
};

}  // namespace leat
