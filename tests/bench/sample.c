/* tests/bench/sample.c: what a program that does not tell costs per request, once it is warm. Runs
 * it, looks at its CPU clock and at the bytes it has read FROM and TO seconds after its start, and
 * tells the difference; at the end also wall time, CPU and peak memory of the whole process.
 *
 * sample FROM TO COMMAND [ARGUMENT...]     TO = 0: no window, only the whole process.
 * The command keeps standard output; the one line of key=value pairs goes to standard error.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct moment {
    double wall_s;
    double cpu_s;
    unsigned long long read_bytes;
};

static double seconds(clockid_t clock) {
    struct timespec now = {0, 0};
    (void)clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double seconds_of(struct timeval t) { return (double)t.tv_sec + (double)t.tv_usec / 1e6; }

static void sleep_until(double at_s) {
    struct timespec at;
    at.tv_sec = (time_t)at_s;
    at.tv_nsec = (long)((at_s - (double)at.tv_sec) * 1e9);
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR) {
    }
}

static struct moment look(pid_t process) {
    struct moment moment = {0, 0, 0};
    char path[64];
    clockid_t clock;
    if (clock_getcpuclockid(process, &clock) == 0) moment.cpu_s = seconds(clock);
    moment.wall_s = seconds(CLOCK_MONOTONIC);
    snprintf(path, sizeof path, "/proc/%ld/io", (long)process);
    FILE *const file = fopen(path, "r");
    if (file == NULL) return moment;
    (void)!fscanf(file, "rchar: %llu", &moment.read_bytes);
    fclose(file);
    return moment;
}

int main(int argc, char **argv) {
    if (argc < 4) {
        fprintf(stderr, "usage: sample FROM TO COMMAND [ARGUMENT...]\n");
        return 2;
    }
    const double from_s = strtod(argv[1], NULL);
    const double to_s = strtod(argv[2], NULL);
    const double begin_s = seconds(CLOCK_MONOTONIC);
    const pid_t process = fork();
    if (process < 0) return 2;
    if (process == 0) {
        execvp(argv[3], argv + 3);
        _exit(127);
    }
    struct moment first = {0, 0, 0};
    struct moment last = {0, 0, 0};
    if (to_s > from_s) {
        sleep_until(begin_s + from_s);
        first = look(process);
        sleep_until(begin_s + to_s);
        last = look(process);
    }
    int status = 0;
    struct rusage usage;
    while (wait4(process, &status, 0, &usage) < 0 && errno == EINTR) {
    }
    fprintf(stderr, "wall_s=%.4f cpu_s=%.4f rss_kib=%ld window_s=%.4f window_cpu_s=%.4f "
                    "window_bytes=%llu\n",
            seconds(CLOCK_MONOTONIC) - begin_s,
            seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime), usage.ru_maxrss,
            last.wall_s - first.wall_s, last.cpu_s - first.cpu_s,
            last.read_bytes - first.read_bytes);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
