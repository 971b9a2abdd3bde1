// cli/image_files.h: the images that one line names by path, mapped until the next line.
// Only files that begin as a PNG, JPEG, GIF or WebP are taken, so that a line from elsewhere cannot
// have some other file of this machine sent away.
#pragma once

#include <leat/types.h>

namespace cli {

constexpr uint32_t images_max = 64;

class ImageFiles {
public:
    ImageFiles() = default;
    ImageFiles(const ImageFiles&) = delete;
    ImageFiles& operator=(const ImageFiles&) = delete;
    ~ImageFiles() { clear(); }

    void clear();
    // The file's bytes and media type; false: *why says why not, in a few words.
    bool load(leat_str path, leat_str* bytes, leat_str* media_type, const char** why);

private:
    leat_str files_[images_max];
    uint32_t count_ = 0;
};

}  // namespace cli
