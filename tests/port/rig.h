// tests/port/rig.h: a poller and a stream table on the test bench, driven as leat's core drives
// them: a stream is added once, and rearm follows each would-block and each short transfer.
// Depends on peer.h. Invariant: the first broken promise is kept in `wrong`, in words that name
// the table and the function; a probe ends with it.
#pragma once

#include <leat/status.h>

#include <chrono>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>

#include "peer.h"

namespace port_test {

// The name of a status, without asking the library: these tests need public headers only.
inline const char* status_name(int64_t status) {
#define PORT_TEST_STATUS_NAME(name, number, class_name, hint) \
    if (status == (number)) return #name;
    LEAT_STATUS_LIST(PORT_TEST_STATUS_NAME)
#undef PORT_TEST_STATUS_NAME
    return status > 0 ? "a byte count" : "an unknown status";
}

// One set of tables to be examined.
struct Subject {
    std::string name;
    leat_ports ports;
    int family;
    std::unique_ptr<Peer> (*new_peer)(int family);
};

// A promise of the contract: empty when it is kept, else what is wrong.
using Probe = std::string (*)(const Subject&);
struct NamedProbe {
    const char* name;
    Probe run;
};

#define PROBE_EXPECT(condition, words)                                         \
    do {                                                                       \
        if (!(condition)) return rig.wrong.empty() ? std::string(words) : rig.wrong; \
    } while (false)

class Rig {
public:
    explicit Rig(const Subject& subject, uint32_t streams_max = 16)
        : poller(*subject.ports.poller), stream(*subject.ports.stream),
          user_(subject.ports.stream_user), peer(subject.new_peer(subject.family)) {
        const size_t bytes = poller.state_bytes(streams_max);
        const size_t rounded = (bytes + 15) / 16 * 16 + 16;
        state_.reset(std::aligned_alloc(16, rounded));
        memset(state_.get(), 0, rounded);
        const leat_status status =
            poller.open(state_.get(), streams_max, subject.ports.poller_user);
        is_open_ = status == LEAT_OK;
        if (!is_open_) say("poller.open", status);
        address = peer->listen();
        if (address.family == 0) wrong = "no loopback address of this family";
    }
    ~Rig() {
        for (const auto& [descriptor, token] : streams_) {
            if (is_open_) poller.remove(state(), descriptor);
            stream.close(user_, descriptor);
        }
        if (is_open_) poller.close(state());
    }
    Rig(const Rig&) = delete;
    Rig& operator=(const Rig&) = delete;

    void* state() { return state_.get(); }
    bool fine() const { return wrong.empty(); }

    // Opens a stream and adds it; -1 and `wrong` when one of the two fails.
    int64_t open(const leat_address& to, uint64_t token) {
        int64_t descriptor = -1;
        if (!fine()) return -1;
        const leat_status status = stream.open(user_, &to, &descriptor);
        if (status != LEAT_OK) return say("stream.open", status);
        streams_[descriptor] = token;
        const leat_status added = poller.add(state(), descriptor, token);
        return added == LEAT_OK ? descriptor : say("poller.add", added);
    }

    // A connected stream and the peer's end of it.
    int64_t connect(uint64_t token, int* other) {
        const int64_t descriptor = open(address, token);
        if (descriptor < 0) return -1;
        if ((await(token, LEAT_READY_WRITE) & LEAT_READY_WRITE) == 0) {
            return say("poller.wait: no LEAT_READY_WRITE for a connect that ended", LEAT_OK);
        }
        const leat_status status = stream.finish(user_, descriptor);
        if (status != LEAT_OK) return say("stream.finish", status);
        *other = peer->accept();
        return *other >= 0 ? descriptor : say("the peer saw no stream", LEAT_OK);
    }

    leat_status finish(int64_t descriptor) { return stream.finish(user_, descriptor); }

    // Everything reported for token until one of `events` is among it; 0 after `timeout_ms`.
    uint32_t await(uint64_t token, uint32_t events, int timeout_ms = peer_patience_ms) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
        uint32_t seen = 0;
        do {
            leat_ready ready[16];
            const int32_t count = poller.wait(state(), 20 * 1000000, ready, 16);
            if (count < 0) {
                say("poller.wait", count);
                return 0;
            }
            for (int32_t i = 0; i < count; ++i) {
                if (ready[i].token == token) seen |= ready[i].events;
            }
            if ((seen & events) != 0) return seen;
        } while (std::chrono::steady_clock::now() < end);
        return 0;
    }

    int64_t read(int64_t descriptor, void* bytes, size_t size) {
        const int64_t got = stream.read(user_, descriptor, bytes, size);
        return moved("stream.read", descriptor, got, size, LEAT_READY_READ);
    }
    int64_t write(int64_t descriptor, const void* bytes, size_t size) {
        const int64_t put = stream.write(user_, descriptor, bytes, size);
        return moved("stream.write", descriptor, put, size, LEAT_READY_WRITE);
    }

    // Reads until something other than bytes is answered, and returns that.
    int64_t drain(int64_t descriptor, std::string* into) {
        char bytes[4096];
        for (;;) {
            const int64_t got = read(descriptor, bytes, sizeof(bytes));
            if (got <= 0) return got;
            into->append(bytes, static_cast<size_t>(got));
        }
    }

    // Reads, waiting where need be, until the answer is neither bytes nor would-block.
    int64_t read_to_end(int64_t descriptor, uint64_t token, std::string* into) {
        for (;;) {
            const int64_t end = drain(descriptor, into);
            if (end != LEAT_E_WOULD_BLOCK) return end;
            if (await(token, LEAT_READY_READ | LEAT_READY_ERROR) == 0) return end;
        }
    }

    void remove(int64_t descriptor) { poller.remove(state(), descriptor); }
    void close(int64_t descriptor) {
        stream.close(user_, descriptor);
        streams_.erase(descriptor);
    }

    const leat_poller_ops& poller;
    const leat_stream_ops& stream;

private:
    struct Free {
        void operator()(void* memory) const { std::free(memory); }
    };

    int64_t say(const char* function, int64_t status) {
        if (!wrong.empty()) return -1;
        wrong = function;
        if (status != LEAT_OK) {
            wrong += " answered ";
            wrong += status_name(status);
        }
        return -1;
    }

    int64_t moved(const char* function, int64_t descriptor, int64_t count, size_t size,
                  uint32_t event) {
        if (count == 0) say((std::string(function) + " returned 0").c_str(), LEAT_OK);
        if (count > static_cast<int64_t>(size)) say("more bytes moved than asked", LEAT_OK);
        const bool is_short = count > 0 && count < static_cast<int64_t>(size);
        if ((count == LEAT_E_WOULD_BLOCK || is_short) && poller.rearm != nullptr) {
            poller.rearm(state(), descriptor, event);
        }
        return count;
    }

    void* user_;
    std::unique_ptr<void, Free> state_;
    bool is_open_ = false;
    std::map<int64_t, uint64_t> streams_;

public:
    std::unique_ptr<Peer> peer;
    leat_address address;
    std::string wrong;
};

}  // namespace port_test
