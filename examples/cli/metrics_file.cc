// cli/metrics_file.cc: see metrics_file.h. Depends on the system's files.
// rename() puts a file in the place of another at once; that is all that is needed, so nothing is synced.
#include "cli/metrics_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

namespace cli {

namespace {

constexpr uint64_t every_ms = 5000;

leat_status to_file(void* user, leat_str piece) {
    FILE* const file = static_cast<FILE*>(user);
    return fwrite(piece.data, 1, piece.size, file) == piece.size ? LEAT_OK : LEAT_E_IO;
}

}  // namespace

bool MetricsFile::write_file(const leat_client* client) {
    FILE* const file = fopen(beside_, "we");
    bool good = file != nullptr;
    if (good) {
        good = write_(client, to_file, file) == LEAT_OK;
        good = fclose(file) == 0 && good;
        good = good && rename(beside_, path_) == 0;
    }
    if (!good && !failed_) {
        failed_ = true;
        fprintf(stderr, "leat run: --%s %s: %s\n", option_, path_, strerror(errno));
    }
    return good;
}

bool MetricsFile::open(const char* option, const char* path, Write write,
                       const leat_client* client) {
    if (path == nullptr) {
        return true;
    }
    option_ = option;
    path_ = path;
    write_ = write;
    const int size = snprintf(beside_, sizeof beside_, "%s.new", path);
    if (size < 0 || static_cast<size_t>(size) >= sizeof beside_) {
        fprintf(stderr, "leat run: --%s: the path is too long\n", option);
        return false;
    }
    return write_file(client);
}

void MetricsFile::tick(const leat_client* client, uint64_t now_ms) {
    if (path_ == nullptr || now_ms < next_ms_) {
        return;
    }
    next_ms_ = now_ms + every_ms;
    (void)write_file(client);
}

void MetricsFile::finish(const leat_client* client) {
    if (path_ != nullptr) {
        (void)write_file(client);
    }
}

}  // namespace cli
