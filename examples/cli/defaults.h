// cli/defaults.h: what the options ask of every item that does not say otherwise: the batch's
// default request, with the files that --schema and --tools name.
// Invariant: its texts lie in argv or in mapped files, and stay until the object ends.
#pragma once

#include <leat/request.h>

#include "cli/options.h"
#include "cli/tools.h"

namespace cli {

constexpr uint32_t choices_max = 256;

class Defaults {
public:
    Defaults() = default;
    Defaults(const Defaults&) = delete;
    Defaults& operator=(const Defaults&) = delete;
    ~Defaults();

    // False after it has said why.
    bool open(const Settings& settings);

    const leat_request& request() const { return request_; }
    bool checks() const { return checks_; }
    leat_str schema() const { return schema_.text(); }
    leat_str tools_file() const { return tools_file_.text(); }
    ToolList* tools() { return &tools_; }

private:
    // A whole file in memory that may be written to; the file is not.
    struct File {
        char* data = nullptr;
        size_t size = 0;
        leat_str text() const { return leat_str{data, size}; }
    };
    bool map(const char* option, const char* path, File* file);
    bool read_format(const Settings& settings);
    bool read_schema(const Settings& settings);
    bool read_tools_file(const Settings& settings);
    bool read_choices(const char* list);

    bool checks_ = true;
    leat_request request_{};
    leat_format format_{};
    leat_str choices_[choices_max];
    ToolList tools_{};
    File schema_;
    File tools_file_;
};

// "on", "off" or a number of tokens, as --thinking and a line's "thinking" have it.
bool read_thinking(leat_str word, leat_request* request);

}  // namespace cli
