// cli/price_file.cc: see price_file.h. The file is read into memory, so that it may change meanwhile.
// Depends on the system's files.
#include "cli/price_file.h"

#include <errno.h>
#include <leat/meter.h>
#include <stdio.h>
#include <string.h>

namespace cli {

namespace {

constexpr size_t file_bytes_max = 16 << 20;

bool refuse(const char* command, const char* path, const char* why) {
    fprintf(stderr, "leat %s: --prices %s: %s\n", command, path, why);
    return false;
}

}  // namespace

bool PriceFile::open(const char* command, const char* path) {
    if (path == nullptr) {
        return true;
    }
    FILE* const file = fopen(path, "rb");
    if (file == nullptr) {
        return refuse(command, path, strerror(errno));
    }
    // Pages beyond the file's size are never touched.
    const bool has_room = block_.map(file_bytes_max);
    size_ = has_room ? fread(block_.data(), 1, file_bytes_max, file) : 0;
    const bool is_whole = ferror(file) == 0 && size_ < file_bytes_max;
    fclose(file);
    if (!has_room || !is_whole) {
        return refuse(command, path, "it cannot be read, or has more than 16 MiB");
    }
    leat_table_fault fault;
    if (leat_table_check(text(), &fault) == LEAT_OK) {
        return true;
    }
    char where[64] = "";
    if (fault.column > 0) {
        snprintf(where, sizeof where, ", column %u", fault.column);
    }
    const int shown = static_cast<int>(fault.field.size < 60 ? fault.field.size : 60);
    fprintf(stderr, "leat %s: --prices %s: line %llu%s%s%.*s: %s\n", command, path,
            static_cast<unsigned long long>(fault.line), where, shown > 0 ? ", " : "", shown,
            fault.field.data != nullptr ? fault.field.data : "", fault.reason);
    size_ = 0;
    return false;
}

}  // namespace cli
