// cli/report.cc: `leat report`: an output, line by line, into sums; then the page. The file is only
// read, and may still be growing: a last line that is not whole is left out, and said.
#include "cli/report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/options.h"
#include "cli/reader.h"
#include "cli/tables.h"

namespace cli {

namespace {

struct ReportSettings {
    const char* input;
    const char* output;
    uint64_t line_bytes;
    bool help;
};

constexpr Option own_options[] = {
    {"output", 'o', Kind::text, "FILE", "report.html", offsetof(ReportSettings, output), 0, 0,
     "where the page goes; - is stdout"},
    {"max-line-bytes", 0, Kind::bytes, "SIZE", "256M", offsetof(ReportSettings, line_bytes), 1024,
     1ull << 30, "longest record; a longer one counts as a line that cannot be read"},
    {"help", 'h', Kind::flag, nullptr, nullptr, offsetof(ReportSettings, help), 0, 0, "this text"},
};

const OptionTable& report_options() {
    static const OptionGroup groups[] = {option_group("Options", own_options)};
    static const OptionTable table = {"report", groups, 1};
    return table;
}

Report report;  // static: too large for a stack

void take_line(const Line& line) {
    RecordFacts facts;
    const RecordLine kind = read_record(line, &facts);
    report.last_is_broken = kind == RecordLine::broken;
    switch (kind) {
        case RecordLine::record:
            report.take(facts);
            break;
        case RecordLine::settings:
            report.settings.set(facts.settings);
            break;
        case RecordLine::broken:
            ++report.broken_lines;
            break;
    }
}

bool read_lines(LineReader* reader) {
    for (;;) {
        Line line{};
        switch (reader->await(&line)) {
            case LineReader::Answer::wait:
            case LineReader::Answer::end:
                return true;
            case LineReader::Answer::error:
                return false;
            case LineReader::Answer::too_long:
                ++report.broken_lines;
                report.last_is_broken = false;
                break;
            case LineReader::Answer::line:
                if (!is_blank_line(line.data, line.size)) {
                    take_line(line);
                }
                break;
        }
    }
}

bool fail(const char* command, const char* name) {
    fprintf(stderr, "leat %s: %s: %s\n", command, name, strerror(errno));
    return false;
}

}  // namespace

bool check_report(const char* command, const char* input, const char* output) {
    struct stat page;
    struct stat file;
    if (stat(output, &page) == 0 && stat(input, &file) == 0 && page.st_dev == file.st_dev &&
        page.st_ino == file.st_ino) {
        fprintf(stderr, "leat %s: the page would overwrite %s\n", command, input);
        return false;
    }
    return true;
}

bool write_report(const char* command, const char* input, const char* output, size_t line_bytes) {
    LineReader reader;
    report = Report();
    if (!reader.open(input, line_bytes) || !read_lines(&reader)) {
        return fail(command, input);
    }
    const bool to_stdout = strcmp(output, "-") == 0;
    FILE* const file = to_stdout ? stdout : fopen(output, "w");
    if (file == nullptr) {
        return fail(command, output);
    }
    put_report(file, strcmp(input, "-") == 0 ? "stdin" : input, &report);
    const bool flushed = fflush(file) == 0 && ferror(file) == 0;
    const bool closed = to_stdout || fclose(file) == 0;
    return (flushed && closed) || fail(command, output);
}

void print_report_help() {
    puts(
        "leat report OUT [-o report.html]\n"
        "\n"
        "Writes one HTML page about an output of `leat run` (- is stdin): what came of the items, "
        "how\n"
        "long they took, what happened when, tokens and money by model, what failed and why. The\n"
        "page needs neither a network nor a script. OUT is only read, may have any size, and may\n"
        "still be growing. `leat run --report FILE` writes the same page at the end of a run. Of an id\n"
        "with two records (a retry-failed that was killed) both count.");
    print_options(report_options());
    puts("\nExit: 0; 2 when OUT cannot be read or the page cannot be written.");
}

int run_report(int argc, char** argv) {
    ReportSettings settings{};
    if (!parse_options(report_options(), argc, argv, &settings, &settings.input)) {
        return 2;
    }
    if (settings.help) {
        print_report_help();
        return 0;
    }
    if (settings.input == nullptr) {
        fprintf(stderr, "leat report: which file? leat report out.jsonl -o report.html\n");
        return 2;
    }
    if (!check_report("report", settings.input, settings.output) ||
        !write_report("report", settings.input, settings.output, settings.line_bytes)) {
        return 2;
    }
    return 0;
}

}  // namespace cli
