/* mock.h as a C99 program uses it: start two servers, look, stop; nothing stays behind, whoever
 * ends first. Prints "ok" and returns 0, or says what was wrong. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mock.h"

#define EXPECT(what)                                              \
    do {                                                          \
        if (!(what)) {                                            \
            printf("line %d: not so: %s\n", __LINE__, #what);     \
            return 1;                                             \
        }                                                         \
    } while (0)

static int gone(pid_t pid) {
    for (int i = 0; i < 2000; ++i) {
        if (kill(pid, 0) != 0 && errno == ESRCH) return 1;
        usleep(1000);
    }
    return 0;
}

/* A parent that dies without stopping its server. */
static int orphan_ends(const mock_config* config) {
    int report[2];
    mock_handle handle;
    EXPECT(pipe(report) == 0);
    const pid_t parent = fork();
    if (parent == 0) {
        if (mock_start(config, &handle) != 0) _exit(1);
        if (write(report[1], &handle, sizeof handle) != (ssize_t)sizeof handle) _exit(1);
        _exit(0);
    }
    EXPECT(parent > 0);
    EXPECT(read(report[0], &handle, sizeof handle) == (ssize_t)sizeof handle);
    EXPECT(waitpid(parent, NULL, 0) == parent);
    EXPECT(gone(handle.pid));
    EXPECT(access(handle.directory, F_OK) != 0);
    close(report[0]);
    close(report[1]);
    return 0;
}

int main(void) {
    mock_config config;
    mock_handle one, two;
    char text[4096];
    mock_config_default(&config);
    config.tls_port = 0;
    config.script_text = "1 429\n*/2 500 latency=5\n";
    EXPECT(mock_start(&config, &one) == 0);
    EXPECT(mock_start(&config, &two) == 0);
    EXPECT(one.port != 0 && one.tls_port != 0 && one.port != two.port && one.pid != two.pid);
    EXPECT(access(one.ca_file, R_OK) == 0);
    EXPECT(mock_admin(&one, "GET", "/admin/stats", text, sizeof text) == 200);
    EXPECT(strstr(text, "\"requests\":0,") != NULL);
    EXPECT(mock_admin(&one, "GET", "/nowhere", text, sizeof text) == 404);
    EXPECT(mock_admin(&one, "POST", "/admin/reset", text, sizeof text) == 200);
    EXPECT(mock_admin(&two, "POST", "/admin/stop", text, sizeof text) == 200);
    mock_stop(&two);
    const pid_t pid = one.pid;
    mock_stop(&one);
    mock_stop(&one);
    EXPECT(gone(pid) && access(one.ca_file, F_OK) != 0 && access(one.directory, F_OK) != 0);
    config.script_text = "nonsense";
    EXPECT(mock_start(&config, &one) == EINVAL && one.pid == 0);
    config.script_text = NULL;
    if (orphan_ends(&config) != 0) return 1;
    printf("ok\n");
    return 0;
}
