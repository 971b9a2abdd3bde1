// Opening, accepting, waiting, dispatching. See server.h.
// Listeners are bound to 127.0.0.1 and ::1, and nowhere else.
#include "server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <ctime>
#include <new>

namespace mock {
namespace {

constexpr int kBacklog = 4096;
constexpr int kAcceptMax = 64;  // per wake of a listener
constexpr int kEventMax = 256;
constexpr uint64_t kTagMax = 16;  // tags below are not connections
constexpr size_t kScratchBytes = 64 * 1024;
constexpr uint64_t kTagSignal = 8;
constexpr uint64_t kTagLifeline = 9;

uint64_t read_ns(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return static_cast<uint64_t>(now.tv_sec) * 1000000000U + static_cast<uint64_t>(now.tv_nsec);
}

void raise_descriptor_limit() {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

bool Server::fail(const char* what, const char* why) {
    std::snprintf(error_, sizeof error_, "%s: %s", what, why);
    return false;
}

bool Server::open(const mock_config& config, int lifeline) {
    config_ = config;
    raise_descriptor_limit();
    read_clock();
    id_salt_ = mix64(now_ns_ ^ (now_s_ << 20) ^ static_cast<uint64_t>(getpid()));
    limiter_.open(config_, now_ns_);
    if (!injector_.open(config_)) return fail("script", injector_.error());
    if (!log_.open(config_.log)) return fail("log", std::strerror(errno));
    if (config_.tls_port >= 0 && tls_.open(config_) != 0)
        return fail("tls", "cannot make a certificate");
    scratch_ = static_cast<char*>(std::malloc(kScratchBytes));
    if (scratch_ == nullptr) return fail("memory", "none left");
    spare_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    if (epoll_ < 0) return fail("epoll", std::strerror(errno));
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, nullptr);
    signals_ = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (signals_ < 0 || !watch(signals_, Source::Signal))
        return fail("signals", std::strerror(errno));
    if (lifeline >= 0 && !watch(lifeline, Source::Lifeline))
        return fail("lifeline", std::strerror(errno));
    if (config_.port >= 0 && !listen_on(config_.port, Source::Plain, &port_)) return false;
    return config_.tls_port < 0 || listen_on(config_.tls_port, Source::Tls, &tls_port_);
}

bool Server::watch(int fd, Source source) {
    struct epoll_event event = {};
    event.events = EPOLLIN;
    event.data.u64 = source == Source::Signal     ? kTagSignal
                     : source == Source::Lifeline ? kTagLifeline
                                                  : listener_count_;
    return epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) == 0;
}

bool Server::listen_on(int32_t wanted, Source source, uint16_t* bound) {
    if (!listen_one(AF_INET, static_cast<uint16_t>(wanted), source, bound))
        return fail("listen", std::strerror(errno));
    uint16_t same = 0;
    // "localhost" may mean ::1 first; where there is no IPv6, do without.
    static_cast<void>(listen_one(AF_INET6, *bound, source, &same));
    return true;
}

bool Server::listen_one(int family, uint16_t port, Source source, uint16_t* bound) {
    const int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return false;
    const int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } address = {};
    socklen_t size = sizeof address.v4;
    if (family == AF_INET) {
        address.v4.sin_family = AF_INET;
        address.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.v4.sin_port = htons(port);
    } else {
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
        size = sizeof address.v6;
        address.v6.sin6_family = AF_INET6;
        address.v6.sin6_addr = in6addr_loopback;
        address.v6.sin6_port = htons(port);
    }
    if (bind(fd, &address.any, size) != 0 || listen(fd, kBacklog) != 0 ||
        getsockname(fd, &address.any, &size) != 0 || !watch(fd, source)) {
        const int error = errno;
        ::close(fd);
        errno = error;
        return false;
    }
    *bound = ntohs(family == AF_INET ? address.v4.sin_port : address.v6.sin6_port);
    listener_source_[listener_count_] = source;
    listeners_[listener_count_++] = fd;
    return true;
}

void Server::read_clock() {
    now_ns_ = read_ns(CLOCK_MONOTONIC);
    now_s_ = read_ns(CLOCK_REALTIME_COARSE) / 1000000000U;
}

int Server::wait_ms() const {
    if (turn_count_ != 0) return 0;
    const uint64_t next = timers_.next_ns();
    if (next == kNever) return -1;
    if (next <= now_ns_) return 0;
    const uint64_t ms = (next - now_ns_ + 999999) / 1000000;
    return ms > 60000 ? 60000 : static_cast<int>(ms);
}

void Server::run() {
    struct epoll_event events[kEventMax];
    while (!stopping_) {
        const int count = epoll_wait(epoll_, events, kEventMax, wait_ms());
        if (count < 0 && errno != EINTR) return;
        read_clock();
        for (int i = 0; i < count; ++i) dispatch(events[i].data.u64, events[i].events);
        for (TimerNode* node = timers_.pop_due(now_ns_); node != nullptr;
             node = timers_.pop_due(now_ns_)) {
            on_timer(static_cast<Conn&>(*node));
        }
        for (size_t left = turn_count_; left != 0; --left) {
            Conn& conn = *turns_[0];
            std::memmove(turns_, turns_ + 1, --turn_count_ * sizeof *turns_);
            conn.queued = false;
            advance(conn);
        }
        recycle_closed();
    }
}

void Server::dispatch(uint64_t tag, uint32_t events) {
    if (tag < kListenerMax) return accept_some(static_cast<unsigned>(tag));
    if (tag < kTagMax) {
        stopping_ = true;
        return;
    }
    Conn& conn = *reinterpret_cast<Conn*>(tag);
    if (conn.phase == Phase::Closed) return;
    if ((events & EPOLLERR) != 0) return abandon(conn);
    if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP)) != 0) conn.socket.readable = true;
    if ((events & (EPOLLRDHUP | EPOLLHUP)) != 0) conn.socket.peer_ended = true;
    if ((events & EPOLLOUT) != 0) conn.socket.writable = true;
    advance(conn);
}

void Server::accept_some(unsigned index) {
    for (int i = 0; i < kAcceptMax; ++i) {
        const int fd = accept4(listeners_[index], nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            add_connection(fd, listener_source_[index] == Source::Tls);
        } else if (errno == EMFILE || errno == ENFILE) {
            return shed_one(listeners_[index]);
        } else if (errno != ECONNABORTED && errno != EINTR) {
            return;
        }
    }
}

// Out of descriptors: take one connection and drop it, rather than spin on a listener that stays
// readable.
void Server::shed_one(int listener) {
    ::close(spare_);
    const int fd = accept(listener, nullptr, nullptr);
    if (fd >= 0) ::close(fd);
    spare_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

void Server::add_connection(int fd, bool encrypted) {
    Conn* conn = free_;
    if (conn != nullptr) {
        free_ = conn->next;
    } else {
        void* memory = std::malloc(sizeof(Conn));
        if (memory == nullptr) out_of_memory();
        conn = new (memory) Conn;
        if (connection_count_ == connection_capacity_) {
            connection_capacity_ = connection_capacity_ == 0 ? 256 : connection_capacity_ * 2;
            void* all = std::realloc(connections_, connection_capacity_ * sizeof *connections_);
            void* turns = std::realloc(turns_, connection_capacity_ * sizeof *turns_);
            if (all == nullptr || turns == nullptr) out_of_memory();
            connections_ = static_cast<Conn**>(all);
            turns_ = static_cast<Conn**>(turns);
        }
        connections_[connection_count_++] = conn;
    }
    ++stats_.connections_accepted;
    ++stats_.connections_open;
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    conn->socket = Socket{fd, false, true, false};
    conn->served = 0;
    conn->tls = encrypted ? tls_.begin(conn->socket, stats_) : nullptr;
    conn->phase = encrypted ? Phase::Handshake : Phase::Reading;
    parser_begin(*conn);
    arm_idle(*conn);
    struct epoll_event event = {};
    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.u64 = reinterpret_cast<uint64_t>(conn);
    const bool watched = epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) == 0;
    if (!watched || (encrypted && conn->tls == nullptr)) close_connection(*conn, true);
}

void Server::recycle_closed() {
    while (closed_ != nullptr) {
        Conn* conn = closed_;
        closed_ = conn->next;
        conn->next = free_;
        free_ = conn;
    }
}

Server::~Server() {
    for (size_t i = 0; i < connection_count_; ++i) {
        Conn* conn = connections_[i];
        if (conn->socket.fd >= 0) close_connection(*conn, false);
        conn->~Conn();
        std::free(conn);
    }
    std::free(connections_);
    std::free(turns_);
    std::free(scratch_);
    for (unsigned i = 0; i < listener_count_; ++i) ::close(listeners_[i]);
    if (spare_ >= 0) ::close(spare_);
    if (signals_ >= 0) ::close(signals_);
    if (epoll_ >= 0) ::close(epoll_);
}

}  // namespace mock
