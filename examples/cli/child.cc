// cli/child.cc: see child.h. What the run has changed about its own signals is put back for a child; pipes
// are closed in it but for the two that become its stdin and stdout.
#include "cli/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

extern char** environ;

namespace cli {

namespace {

// The child's signals are as at the start of a program.
void plain_signals(posix_spawnattr_t* attributes) {
    sigset_t all;
    sigemptyset(&all);
    sigaddset(&all, SIGPIPE);
    sigaddset(&all, SIGINT);
    sigaddset(&all, SIGTERM);
    posix_spawnattr_setsigdefault(attributes, &all);
    posix_spawnattr_setpgroup(attributes, 0);
    posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
}

// Neither end is for other children; the one that is ours (0 reads, 1 writes) never waits.
bool open_pipe(int (&ends)[2], int own) {
    if (pipe(ends) != 0) {
        return false;
    }
    for (const int fd : ends) {
        fcntl(fd, F_SETFD, FD_CLOEXEC);
    }
    fcntl(ends[own], F_SETFL, O_NONBLOCK);
    return true;
}

// in and out become its stdin and stdout. 0, or the errno.
int spawn(char* const* argv, int in, int out, pid_t* pid) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    plain_signals(&attributes);
    posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    const int error = posix_spawnp(pid, argv[0], &actions, &attributes, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return error;
}

}  // namespace

void close_end(int* fd) {
    if (*fd >= 0) {
        close(*fd);
    }
    *fd = -1;
}

int start_child(char* const* argv, int* in, int* out, pid_t* pid) {
    int to_child[2] = {-1, -1};
    int from_child[2] = {-1, -1};
    const bool has_pipes = open_pipe(to_child, 1) && open_pipe(from_child, 0);
    const int error = has_pipes ? spawn(argv, to_child[0], from_child[1], pid) : errno;
    close_end(&to_child[0]);
    close_end(&from_child[1]);
    if (error != 0) {
        close_end(&to_child[1]);
        close_end(&from_child[0]);
    }
    *in = to_child[1];
    *out = from_child[0];
    return error;
}

}  // namespace cli
