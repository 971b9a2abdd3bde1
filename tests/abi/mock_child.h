/* Runs leat-mock as a process of its own, for the C tests. It is found beside the test in the
 * build folder. The child dies with its parent; every wait here is bounded.
 * Depends on POSIX and Linux (prctl). Invariant: between mock_child_start and mock_child_stop
 * nothing here is called, so nothing here counts for the heap interposer. */
#ifndef LEAT_TESTS_MOCK_CHILD_H
#define LEAT_TESTS_MOCK_CHILD_H

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct mock_child {
    pid_t pid;
    char plain[64]; /* http://127.0.0.1:PORT/v1, empty when it did not come up */
    char tls[64];   /* https://localhost:PORT/v1 */
    unsigned tls_port;
    char ca_file[256];
} mock_child;

/* The build folder's leat-mock: ../examples/mock beside this program's folder. */
static int mock_child_path(char* path, size_t size) {
    char self[512];
    char* slash = NULL;
    const ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length <= 0) return 0;
    self[length] = '\0';
    slash = strrchr(self, '/');
    if (slash == NULL) return 0;
    *slash = '\0';
    return snprintf(path, size, "%s/../examples/mock/leat-mock", self) < (int)size &&
           access(path, X_OK) == 0;
}

/* Reads until both "listening" lines are there, at most ten seconds. */
static int mock_child_listen(mock_child* child, int from) {
    char said[1024];
    size_t size = 0;
    struct pollfd wait = {0, POLLIN, 0};
    unsigned plain = 0;
    wait.fd = from;
    while (size + 1 < sizeof said && poll(&wait, 1, 10000) == 1) {
        const char* line = NULL;
        const ssize_t got = read(from, said + size, sizeof said - 1 - size);
        if (got <= 0) return 0;
        size += (size_t)got;
        said[size] = '\0';
        line = strstr(said, "http://127.0.0.1:");
        if (line != NULL) (void)sscanf(line, "http://127.0.0.1:%u\n", &plain);
        line = strstr(said, "https://localhost:");
        if (line != NULL) (void)sscanf(line, "https://localhost:%u ", &child->tls_port);
        if (plain != 0 && child->tls_port != 0 && said[size - 1] == '\n') break;
    }
    if (plain == 0 || child->tls_port == 0) return 0;
    (void)snprintf(child->plain, sizeof child->plain, "http://127.0.0.1:%u/v1", plain);
    (void)snprintf(child->tls, sizeof child->tls, "https://localhost:%u/v1", child->tls_port);
    return 1;
}

/* options: more arguments of leat-mock, NULL at the end. 1 when it listens. */
static int mock_child_start(mock_child* child, const char* const* options) {
    const char* arguments[24] = {"leat-mock", "--port", "0", "--tls-port", "0", "--ca-out"};
    char path[1024];
    int ends[2];
    size_t count = 6;
    memset(child, 0, sizeof *child);
    if (!mock_child_path(path, sizeof path) || pipe(ends) != 0) return 0;
    (void)snprintf(child->ca_file, sizeof child->ca_file, "/tmp/leat-abi-%ld.pem", (long)getpid());
    arguments[count++] = child->ca_file;
    while (*options != NULL && count + 1 < sizeof arguments / sizeof arguments[0]) {
        arguments[count++] = *options++;
    }
    arguments[count] = NULL;
    child->pid = fork();
    if (child->pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        (void)dup2(ends[1], STDOUT_FILENO);
        (void)close(ends[0]);
        (void)close(ends[1]);
        (void)execv(path, (char* const*)(size_t)arguments);
        _exit(127);
    }
    (void)close(ends[1]);
    if (child->pid < 0 || !mock_child_listen(child, ends[0])) return 0;
    (void)close(ends[0]);
    return 1;
}

static void mock_child_stop(mock_child* child) {
    if (child->pid <= 0) return;
    (void)kill(child->pid, SIGKILL);
    (void)waitpid(child->pid, NULL, 0);
    (void)unlink(child->ca_file);
    child->pid = 0;
}

#endif
