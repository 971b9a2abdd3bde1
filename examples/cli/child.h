// cli/child.h: commands of this machine with pipes to them. Children have a process group of their own, so
// that a Ctrl-C meant for the run does not reach them, and all that they start ends with them.
// Depends on POSIX. Invariant: a descriptor here is open, or -1.
#pragma once

#include <sys/types.h>

namespace cli {

void close_end(int* fd);

// Neither end is for other children; the one that is ours (0 reads, 1 writes) never waits.
bool open_pipe(int (&ends)[2], int own);

// argv ends in NULL; in and out become its stdin and stdout. 0, or the errno.
int spawn_child(char* const* argv, int in, int out, pid_t* pid);

}  // namespace cli
