// cli/image_files.cc: see image_files.h. The kind is told from the first bytes, never from the name.
// Depends on libc and base.
#include "cli/image_files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"

namespace cli {

namespace {

leat_str media_type_of(leat_str file) {
    if (leat::starts_with(file, leat::text("\x89PNG\r\n\x1a\n"))) {
        return leat::text("image/png");
    }
    if (leat::starts_with(file, leat::text("\xff\xd8\xff"))) {
        return leat::text("image/jpeg");
    }
    if (leat::starts_with(file, leat::text("GIF8"))) {
        return leat::text("image/gif");
    }
    const bool riff = leat::starts_with(file, leat::text("RIFF"));
    return riff && leat::starts_with(leat::tail(file, 8), leat::text("WEBP"))
               ? leat::text("image/webp")
               : leat_str{nullptr, 0};
}

bool map_file(const char* path, leat_str* file) {
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat facts;
    if (fd < 0) {
        return false;
    }
    void* place = MAP_FAILED;
    if (fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode) && facts.st_size > 0) {
        file->size = static_cast<size_t>(facts.st_size);
        place = mmap(nullptr, file->size, PROT_READ, MAP_PRIVATE, fd, 0);
    } else {
        errno = EINVAL;
    }
    close(fd);
    file->data = static_cast<const char*>(place);
    return place != MAP_FAILED;
}

}  // namespace

void ImageFiles::clear() {
    while (count_ > 0) {
        --count_;
        munmap(const_cast<char*>(files_[count_].data), files_[count_].size);
    }
}

bool ImageFiles::load(leat_str path, leat_str* bytes, leat_str* media_type, const char** why) {
    char name[PATH_MAX];
    if (path.size >= sizeof name || leat::find_byte(path, '\0') != leat::not_found) {
        *why = "no file has such a name";
        return false;
    }
    if (count_ == images_max) {
        *why = "too many image files on one line";
        return false;
    }
    memcpy(name, path.data, path.size);
    name[path.size] = 0;
    if (!map_file(name, bytes)) {
        *why = strerror(errno);
        return false;
    }
    files_[count_++] = *bytes;
    *media_type = media_type_of(*bytes);
    *why = "neither PNG, JPEG, GIF nor WebP";
    return !leat::empty(*media_type);
}

}  // namespace cli
