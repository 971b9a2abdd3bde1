// Serving in this process (mock_main) and in a forked child (mock_start, mock_stop). See mock.h.
//
// Invariant: the child holds none of its parent's descriptors but the two pipes and 0-2, so it
// keeps nobody's socket open; whoever ends it, its CA file and folder go with it.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>

#include "options.h"
#include "server.h"

namespace {

constexpr int kStart_ms = 10000;
constexpr int kStop_ms = 2000;

// What the child tells its parent.
struct Started {
    uint16_t port;
    uint16_t tls_port;
    char error[256];  // empty: it serves
};

bool write_file(const char* path, const char* text) {
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0) return false;
    const size_t size = std::strlen(text);
    const bool whole = write(fd, text, size) == static_cast<ssize_t>(size);
    return close(fd) == 0 && whole;
}

bool prepare(mock::Server& server, const mock_config& config, int lifeline, char* error,
             size_t error_bytes) {
    if (!server.open(config, lifeline)) {
        std::snprintf(error, error_bytes, "%s", server.error());
        return false;
    }
    if (config.tls_port >= 0 && config.ca_out != nullptr &&
        !write_file(config.ca_out, server.authority_pem())) {
        std::snprintf(error, error_bytes, "cannot write %s", config.ca_out);
        return false;
    }
    return true;
}

void remove_files(const mock_handle& handle) {
    if (!handle.owns_directory) return;
    unlink(handle.ca_file);
    rmdir(handle.directory);
}

// Keeps 0-2 and the two pipes, moved to 3 and 4.
void close_inherited(int* lifeline, int* report) {
    const int high_lifeline = fcntl(*lifeline, F_DUPFD, 64);
    const int high_report = fcntl(*report, F_DUPFD, 64);
    *lifeline = dup2(high_lifeline, 3);
    *report = dup2(high_report, 4);
    close_range(5, ~0U, 0);
    fcntl(3, F_SETFD, FD_CLOEXEC);
    fcntl(4, F_SETFD, FD_CLOEXEC);
}

[[noreturn]] void run_child(const mock_config& config, const mock_handle& handle, int lifeline,
                            int report, pid_t parent) {
    // Held back until the server listens for it, so that an early end cleans up too.
    sigset_t term;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_BLOCK, &term, nullptr);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) {  // it died before the line above
        remove_files(handle);
        _exit(0);
    }
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGCHLD, SIGALRM, SIGUSR1, SIGUSR2})
        signal(number, SIG_DFL);
    signal(SIGPIPE, SIG_IGN);
    close_inherited(&lifeline, &report);
    Started started = {};
    {
        mock::Server server;
        const bool ok = prepare(server, config, lifeline, started.error, sizeof started.error);
        started.port = server.port();
        started.tls_port = server.tls_port();
        const bool told =
            write(report, &started, sizeof started) == static_cast<ssize_t>(sizeof started);
        close(report);
        if (ok && told) server.run();
    }
    remove_files(handle);
    _exit(0);
}

bool make_directory(mock_handle* handle, mock_config* config) {
    if (config->tls_port < 0) return true;
    if (config->ca_out != nullptr) {
        return std::snprintf(handle->ca_file, sizeof handle->ca_file, "%s", config->ca_out) <
               MOCK_PATH_MAX;
    }
    const char* base = std::getenv("TMPDIR");
    if (base == nullptr || std::strlen(base) > 180) base = "/tmp";
    std::snprintf(handle->directory, sizeof handle->directory, "%s/leat-mock-XXXXXX", base);
    if (mkdtemp(handle->directory) == nullptr) return false;
    handle->owns_directory = 1;
    const size_t size = std::strlen(handle->directory);
    std::memcpy(handle->ca_file, handle->directory, size);
    std::memcpy(handle->ca_file + size, "/ca.pem", 8);
    config->ca_out = handle->ca_file;
    return true;
}

// 0, or why the child does not serve.
int await_start(int report, Started* started) {
    struct pollfd wait = {report, POLLIN, 0};
    if (poll(&wait, 1, kStart_ms) != 1) return ETIMEDOUT;
    if (read(report, started, sizeof *started) != static_cast<ssize_t>(sizeof *started)) return EIO;
    if (started->error[0] == '\0') return 0;
    std::fprintf(stderr, "mock: %s\n", started->error);
    return EINVAL;
}

void print_addresses(const mock::Server& server, const mock_config& config) {
    if (config.quiet) return;
    if (server.port() != 0) std::printf("listening http://127.0.0.1:%u\n", server.port());
    if (server.tls_port() != 0)
        std::printf("listening https://localhost:%u ca=%s\n", server.tls_port(), config.ca_out);
    std::fflush(stdout);
}

int connect_loopback(uint16_t port) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    const struct timeval patience = {2, 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    struct sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    if (connect(fd, reinterpret_cast<struct sockaddr*>(&address), sizeof address) == 0) return fd;
    close(fd);
    return -1;
}

}  // namespace

int mock_main(int argc, char** argv) {
    mock_config config;
    switch (mock::parse_options(argc, argv, &config)) {
        case mock::ParseResult::Error:
            return 2;
        case mock::ParseResult::Help:
            mock::print_help();
            return 0;
        case mock::ParseResult::Run:
            break;
    }
    char error[256];
    mock::Server server;
    if (!prepare(server, config, -1, error, sizeof error)) {
        std::fprintf(stderr, "leat-mock: %s\n", error);
        return 1;
    }
    print_addresses(server, config);
    server.run();
    return 0;
}

int mock_start(const mock_config* config, mock_handle* handle) {
    std::memset(handle, 0, sizeof *handle);
    handle->lifeline = -1;
    mock_config own = *config;
    if (!make_directory(handle, &own)) return errno != 0 ? errno : ENAMETOOLONG;
    int lifeline[2];
    int report[2];
    if (pipe2(lifeline, O_CLOEXEC) != 0) return errno;
    if (pipe2(report, O_CLOEXEC) != 0) {
        const int error = errno;
        close(lifeline[0]);
        close(lifeline[1]);
        remove_files(*handle);
        return error;
    }
    const pid_t parent = getpid();
    const pid_t pid = fork();
    if (pid == 0) run_child(own, *handle, lifeline[0], report[1], parent);
    const int fork_error = pid < 0 ? errno : 0;
    close(lifeline[0]);
    close(report[1]);
    handle->lifeline = lifeline[1];
    handle->pid = pid < 0 ? 0 : pid;
    Started started = {};
    const int status = fork_error != 0 ? fork_error : await_start(report[0], &started);
    close(report[0]);
    handle->port = started.port;
    handle->tls_port = started.tls_port;
    if (status != 0) mock_stop(handle);
    return status;
}

void mock_stop(mock_handle* handle) {
    if (handle->lifeline >= 0) close(handle->lifeline);
    handle->lifeline = -1;
    if (handle->pid > 0) {
        kill(handle->pid, SIGTERM);
        int waited_ms = 0;
        while (waitpid(handle->pid, nullptr, WNOHANG) == 0) {
            if (waited_ms++ == kStop_ms) kill(handle->pid, SIGKILL);
            usleep(1000);
        }
    }
    handle->pid = 0;
    remove_files(*handle);
    handle->owns_directory = 0;
}

int mock_admin(const mock_handle* handle, const char* method, const char* path, char* out,
               size_t out_bytes) {
    if (out_bytes == 0 || handle->port == 0) return -1;
    out[0] = '\0';
    char text[16384];
    const int request = std::snprintf(text, sizeof text,
                                      "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                                      "Content-Length: 0\r\n\r\n",
                                      method, path);
    const int fd = connect_loopback(handle->port);
    if (fd < 0) return -1;
    size_t size = 0;
    if (send(fd, text, static_cast<size_t>(request), MSG_NOSIGNAL) == request) {
        ssize_t count = 0;
        while (size < sizeof text - 1 &&
               (count = recv(fd, text + size, sizeof text - 1 - size, 0)) > 0) {
            size += static_cast<size_t>(count);
        }
    }
    close(fd);
    text[size] = '\0';
    const char* body = std::strstr(text, "\r\n\r\n");
    int status = -1;
    if (body == nullptr || std::sscanf(text, "HTTP/1.1 %d", &status) != 1) return -1;
    std::snprintf(out, out_bytes, "%s", body + 4);
    return status;
}
