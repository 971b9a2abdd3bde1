// cli/defaults.cc: see defaults.h. What leat cannot use is refused here, before anything is sent.
// Depends on leat's schema check and the JSON scanner.
#include "cli/defaults.h"

#include <errno.h>
#include <fcntl.h>
#include <leat/schema.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "codec/number.h"

namespace cli {

namespace {

constexpr off_t file_bytes_max = 64 << 20;

bool refuse(const char* option, const char* path, const char* why) {
    fprintf(stderr, "leat run: --%s %s: %s\n", option, path, why);
    return false;
}

}  // namespace

Defaults::~Defaults() {
    const File files[] = {schema_, tools_file_};
    for (const File& file : files) {
        if (file.data != nullptr) {
            munmap(file.data, file.size);
        }
    }
}

bool Defaults::map(const char* option, const char* path, File* file) {
    const int fd = ::open(path, O_RDONLY | O_CLOEXEC);
    struct stat facts;
    if (fd < 0 || fstat(fd, &facts) != 0) {
        const char* const why = strerror(errno);
        if (fd >= 0) {
            close(fd);
        }
        return refuse(option, path, why);
    }
    if (!S_ISREG(facts.st_mode) || facts.st_size == 0 || facts.st_size > file_bytes_max) {
        close(fd);
        return refuse(option, path, "it must be a file of 1 byte to 64 MiB");
    }
    file->size = static_cast<size_t>(facts.st_size);
    void* const place = mmap(nullptr, file->size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    close(fd);
    if (place == MAP_FAILED) {
        return refuse(option, path, strerror(errno));
    }
    file->data = static_cast<char*>(place);
    return true;
}

bool Defaults::read_schema(const Settings& settings) {
    if (!map("schema", settings.schema, &schema_)) {
        return false;
    }
    leat_schema_fault fault;
    const leat_status status = leat_schema_validate(schema_.text(), &fault);
    if (status != LEAT_OK && !settings.no_check) {
        fprintf(stderr, "leat run: --schema %s: %s%s%s (--no-check sends it all the same)\n",
                settings.schema, fault.path, fault.path_size > 0 ? ": " : "",
                fault.detail_size > 0 ? fault.detail : leat_status_hint(status));
        return false;
    }
    size_t offset = 0;
    if (leat::json_validate(schema_.text(), leat::json_depth_max, &offset) != LEAT_OK) {
        return refuse("schema", settings.schema, "it is no JSON");
    }
    format_.kind = LEAT_FORMAT_JSON_SCHEMA;
    format_.schema_json = schema_.text();
    return true;
}

bool Defaults::read_choices(const char* list) {
    leat_str rest = view(list);
    format_.kind = LEAT_FORMAT_CHOICE;
    format_.choices = choices_;
    while (!leat::empty(rest)) {
        const leat_str choice = leat::trim(leat::take_until(&rest, ','));
        if (leat::empty(choice) || format_.choices_count == choices_max) {
            fprintf(stderr, "leat run: --choices wants 1 to %u words with commas between\n",
                    choices_max);
            return false;
        }
        choices_[format_.choices_count++] = choice;
    }
    return format_.choices_count > 0 || refuse("choices", "''", "there is none");
}

bool Defaults::read_format(const Settings& settings) {
    const int asked = (settings.schema != nullptr ? 1 : 0) + (settings.json ? 1 : 0) +
                      (settings.choices != nullptr ? 1 : 0);
    if (asked > 1) {
        fprintf(stderr, "leat run: --schema, --json and --choices exclude each other\n");
        return false;
    }
    if (asked == 0) {
        return true;
    }
    request_.format = &format_;
    format_.plain_retry = settings.plain_retry ? 1 : 0;
    // Telling which choice it is harms nobody.
    format_.unchecked = settings.no_check && settings.choices == nullptr ? 1 : 0;
    if (settings.json) {
        format_.kind = LEAT_FORMAT_JSON;
        return true;
    }
    return settings.schema != nullptr ? read_schema(settings) : read_choices(settings.choices);
}

bool Defaults::read_tools_file(const Settings& settings) {
    if (settings.tools == nullptr) {
        if (settings.tool_choice != nullptr) {
            return refuse("tool-choice", settings.tool_choice, "there is no --tools to choose from");
        }
        return true;
    }
    if (!map("tools", settings.tools, &tools_file_)) {
        return false;
    }
    size_t offset = 0;
    leat::JsonCursor at(tools_file_.text());
    if (leat::json_validate(tools_file_.text(), leat::json_depth_max, &offset) != LEAT_OK ||
        at.peek() != leat::JsonType::array) {
        return refuse("tools", settings.tools, "it is no JSON array");
    }
    switch (read_tools(tools_file_.text(), &tools_)) {
        case ToolsRead::good:
            request_.tools = &tools_.tools;
            tools_.tools.rounds_max = static_cast<uint32_t>(settings.tool_rounds);
            tools_.tools.timeout_ms = static_cast<uint32_t>(settings.tool_timeout_ms);
            tools_.tools.together = settings.tools_together ? 1 : 0;
            tools_.tools.last_answer = settings.tools_last_answer ? 1 : 0;
            break;
        case ToolsRead::too_many: return refuse("tools", settings.tools, "more than 128 tools");
        case ToolsRead::foreign:
            return refuse("tools", settings.tools,
                          "each element must be an object with a \"name\", or OpenAI's form");
    }
    if (settings.tool_choice != nullptr) {
        leat::JsonValue word;
        word.type = leat::JsonType::string;
        word.raw = view(settings.tool_choice);
        (void)read_tool_choice(word, &tools_.tools);
    }
    return true;
}

bool Defaults::open(const Settings& settings) {
    leat_request_init(&request_);
    checks_ = !settings.no_check;
    request_.system = view(settings.system);
    request_.temperature = settings.temperature;
    request_.top_p = settings.top_p;
    request_.top_k = settings.top_k;
    request_.seed = settings.seed;
    request_.max_output_tokens = static_cast<uint32_t>(settings.max_tokens);
    request_.reasoning_effort = view(settings.reasoning_effort);
    request_.cached_content = view(settings.cached_content);
    request_.stream = settings.stream ? LEAT_ON : LEAT_UNSET;
    if (settings.thinking != nullptr && !read_thinking(view(settings.thinking), &request_)) {
        return refuse("thinking", settings.thinking, "not on, off or a number of tokens");
    }
    return read_format(settings) && read_tools_file(settings);
}

bool read_thinking(leat_str word, leat_request* request) {
    uint64_t tokens = 0;
    if (leat::equal(word, leat::text("on"))) {
        request->thinking = LEAT_ON;
    } else if (leat::equal(word, leat::text("off"))) {
        request->thinking = LEAT_OFF;
    } else if (leat::parse_u64(word, &tokens) && tokens <= UINT32_MAX) {
        request->thinking = tokens > 0 ? LEAT_ON : LEAT_OFF;
        if (tokens > 0) {
            request->thinking_budget_tokens = leat_number{static_cast<double>(tokens), 1, {}};
        }
    } else {
        return false;
    }
    return true;
}

}  // namespace cli
