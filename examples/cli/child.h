// cli/child.h: commands of this machine with pipes to them. Children have a process group of their own, so
// that a Ctrl-C meant for the run does not reach them, and all that they start ends with them.
// Depends on POSIX. Invariant: a descriptor here is open, or -1.
#pragma once

#include <sys/types.h>

namespace cli {

void close_end(int* fd);

// argv ends in NULL. *in and *out are the ends of its stdin and stdout that are ours; neither waits, and
// no other child has them. 0, or the errno: then both are -1 and there is no child.
int start_child(char* const* argv, int* in, int* out, pid_t* pid);

}  // namespace cli
