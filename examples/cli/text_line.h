// cli/text_line.h: text that grows piece by piece in the caller's buffer.
// Depends on libc only. Invariant: it is whole and ends in NUL; what does not fit is cut.
#pragma once

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

namespace cli {

class TextLine {
public:
    TextLine(char* out, size_t size) : out_(out), size_(size) { out_[0] = 0; }

    void add(const char* format, ...) __attribute__((format(printf, 2, 3))) {
        va_list arguments;
        va_start(arguments, format);
        const int put = vsnprintf(out_ + at_, size_ - at_, format, arguments);
        va_end(arguments);
        if (put > 0) {
            at_ += static_cast<size_t>(put);
            at_ = at_ < size_ ? at_ : size_ - 1;
        }
    }

private:
    char* out_;
    size_t size_;
    size_t at_ = 0;
};

}  // namespace cli
