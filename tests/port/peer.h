// tests/port/peer.h: the other end of a stream, as the conformance suite needs it, and its form
// over real sockets on loopback. A simulated port brings a Peer of its own.
// Depends on <leat/port.h> and the system. Invariant: a peer's calls may wait, but never for longer
// than peer_patience_ms; -1 and empty texts mean that it was in vain.
#pragma once

#include <arpa/inet.h>
#include <leat/port.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace port_test {

constexpr int peer_patience_ms = 5000;

class Peer {
public:
    virtual ~Peer() = default;
    // Where streams can be opened to from now on; family 0 when there is no such family here.
    virtual leat_address listen() = 0;
    // An address that answers, but has nobody listening.
    virtual leat_address refusing() = 0;
    // An address that no packet can be sent to.
    virtual leat_address unreachable() = 0;
    // The next stream that was opened to listen(), or -1.
    virtual int accept() = 0;
    virtual bool send(int stream, const std::string& bytes) = 0;
    // Between one and size bytes; empty at the end of the stream.
    virtual std::string receive(int stream, size_t size) = 0;
    virtual void finish(int stream) = 0;  // ends its sending side, in order
    virtual void close(int stream) = 0;   // in order, if everything was received
    virtual void reset(int stream) = 0;
};

class SocketPeer final : public Peer {
public:
    explicit SocketPeer(int family) : family_(family) {}
    ~SocketPeer() override {
        for (int stream : open_) ::close(stream);
        if (listener_ >= 0) ::close(listener_);
    }

    leat_address listen() override {
        listener_ = bound_socket();
        if (listener_ < 0 || ::listen(listener_, 1024) != 0) return leat_address{};
        return loopback(bound_port(listener_));
    }

    leat_address refusing() override {
        const int closed = bound_socket();  // its port is free again, and was free a moment ago
        const uint16_t port = bound_port(closed);
        if (closed >= 0) ::close(closed);
        return loopback(port);
    }

    leat_address unreachable() override {
        leat_address group = loopback(9);  // TCP to a multicast group fails before any packet
        memset(group.bytes, 0, sizeof(group.bytes));
        group.bytes[0] = family_ == 4 ? 224 : 0xff;
        group.bytes[1] = family_ == 4 ? 0 : 0x02;
        group.bytes[family_ == 4 ? 3 : 15] = 1;
        return group;
    }

    int accept() override {
        if (!readable(listener_)) return -1;
        const int stream = ::accept(listener_, nullptr, nullptr);
        if (stream >= 0) open_.push_back(stream);
        return stream;
    }

    bool send(int stream, const std::string& bytes) override {
        size_t sent = 0;
        while (sent < bytes.size()) {
            const ssize_t n = ::send(stream, bytes.data() + sent, bytes.size() - sent, quiet);
            if (n <= 0) return false;
            sent += static_cast<size_t>(n);
        }
        return true;
    }

    std::string receive(int stream, size_t size) override {
        std::string bytes(size, '\0');
        if (!readable(stream)) return std::string();
        const ssize_t n = ::recv(stream, bytes.data(), size, 0);
        bytes.resize(n > 0 ? static_cast<size_t>(n) : 0);
        return bytes;
    }

    void finish(int stream) override { ::shutdown(stream, SHUT_WR); }

    void close(int stream) override {
        for (size_t i = 0; i < open_.size(); ++i) {
            if (open_[i] == stream) {
                open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(i));
                break;
            }
        }
        ::close(stream);
    }

    void reset(int stream) override {
        const linger at_once = {1, 0};
        ::setsockopt(stream, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
        close(stream);
    }

private:
#if defined(MSG_NOSIGNAL)
    static constexpr int quiet = MSG_NOSIGNAL;
#else
    static constexpr int quiet = 0;
#endif

    static bool readable(int descriptor) {
        pollfd look = {descriptor, POLLIN, 0};
        return ::poll(&look, 1, peer_patience_ms) > 0;
    }

    leat_address loopback(uint16_t port) const {
        leat_address address = {};
        address.family = static_cast<uint8_t>(family_);
        address.port = port;
        if (family_ == 4) address.bytes[0] = 127;
        address.bytes[family_ == 4 ? 3 : 15] = 1;
        return address;
    }

    int bound_socket() const {
        sockaddr_storage storage = {};
        socklen_t size = 0;
        const leat_address address = loopback(0);
        if (family_ == 4) {
            sockaddr_in* const v4 = reinterpret_cast<sockaddr_in*>(&storage);
            v4->sin_family = AF_INET;
            memcpy(&v4->sin_addr, address.bytes, 4);
            size = sizeof(*v4);
        } else {
            sockaddr_in6* const v6 = reinterpret_cast<sockaddr_in6*>(&storage);
            v6->sin6_family = AF_INET6;
            memcpy(&v6->sin6_addr, address.bytes, 16);
            size = sizeof(*v6);
        }
        const int bound = ::socket(storage.ss_family, SOCK_STREAM, 0);
        if (bound < 0) return -1;
        if (::bind(bound, reinterpret_cast<const sockaddr*>(&storage), size) == 0) return bound;
        ::close(bound);
        return -1;
    }

    static uint16_t bound_port(int bound) {
        sockaddr_storage storage = {};
        socklen_t size = sizeof(storage);
        if (::getsockname(bound, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return 0;
        if (storage.ss_family == AF_INET) {
            return ntohs(reinterpret_cast<const sockaddr_in*>(&storage)->sin_port);
        }
        return ntohs(reinterpret_cast<const sockaddr_in6*>(&storage)->sin6_port);
    }

    int family_;
    int listener_ = -1;
    std::vector<int> open_;
};

}  // namespace port_test
