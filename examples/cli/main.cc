// cli/main.cc: the `leat` command: picks the subcommand, nothing else.
// Exit codes are those of design and help: 0, 1, 2, 3, 130.
#include <stdio.h>
#include <string.h>

#include "cli/tables.h"

namespace {

int run_version(int, char**) {
    printf("leat %s\n", leat_version());
    return 0;
}

struct Command {
    const char* name;
    int (*run)(int argc, char** argv);
    bool keeps_name;  // argv[0] is the command's own name
};

constexpr Command commands[] = {
    {"run", cli::run_batch, false},         {"estimate", cli::run_estimate, false},
    {"simulate", cli::run_simulate, false}, {"mock", cli::run_mock, true},
    {"limits", cli::run_limits, false},     {"providers", cli::run_providers, false},
    {"prices", cli::run_prices, false},     {"footprint", cli::run_footprint, false},
    {"report", cli::run_report, false},     {"retry-failed", cli::run_retry_failed, false},
    {"help", cli::run_help, false},         {"version", run_version, false},
    {"--help", cli::run_help, false},       {"-h", cli::run_help, false},
    {"--version", run_version, false},
};
constexpr size_t commands_named = 12;

int refuse(const char* word) {
    const char* names[commands_named];
    for (size_t i = 0; i < commands_named; ++i) {
        names[i] = commands[i].name;
    }
    const char* near = cli::nearest_name(word, names, commands_named);
    if (near != nullptr) {
        fprintf(stderr, "leat: no command '%s'; did you mean `leat %s`?\n", word, near);
    } else {
        fprintf(stderr, "leat: no command '%s'; `leat help` lists them\n", word);
    }
    return 2;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        cli::print_overview();
        return 2;
    }
    for (const Command& command : commands) {
        if (strcmp(argv[1], command.name) == 0) {
            const int skip = command.keeps_name ? 1 : 2;
            return command.run(argc - skip, argv + skip);
        }
    }
    return refuse(argv[1]);
}
