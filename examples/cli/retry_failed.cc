// cli/retry_failed.cc: `leat retry-failed`: a run over a finished output that does only what failed there,
// one request at a time unless told otherwise (M10). Its options are those of run.
// Depends on run.h; what is special about such a run is in run_again.cc.
#include <stddef.h>
#include <stdio.h>

#include "cli/run.h"
#include "cli/tables.h"

namespace cli {

namespace {

struct RetrySettings {
    Settings run;  // first: the options of run are fields of it
    uint64_t in_flight;
};

static_assert(offsetof(RetrySettings, run) == 0, "the options of run are fields of Settings");

constexpr Option own_options[] = {
    {"status", 0, Kind::families, "LIST", nullptr, offsetof(RetrySettings, run.only_status), 1, 0,
     "only failures of these families (all): rate_limit,timeout,server ..."},
    {"max-in-flight", 'j', Kind::count, "N|auto", "1", offsetof(RetrySettings, in_flight), 1, 16384,
     "requests on the wire, never more", LEAT_AUTO},
};

constexpr OptionGroup own_groups[] = {option_group("Retry", own_options)};
constexpr OptionTable own_table = {"retry-failed", own_groups, 1};

// All that are taken.
const OptionTable& all_options() {
    static const RunOptionsToo all("retry-failed", own_groups[0]);
    return all.table;
}

}  // namespace

void print_retry_failed_help() {
    puts(
        "leat retry-failed IN -o OUT [options of run]\n"
        "\n"
        "Sends those items of IN again whose record in OUT is a failure; OUT was made by `leat "
        "run` with\n"
        "the same IN and the same settings (--force: with others). The new records take the place "
        "of the\n"
        "old ones, so that OUT has each id once. An old record stays until the new one is written: "
        "after\n"
        "Ctrl-C or a crash the same command, or `leat run --resume`, goes on. Items without a "
        "record are\n"
        "left to --resume.\n"
        "\n"
        "  leat retry-failed in.jsonl -o out.jsonl --status rate_limit,timeout --max-attempts 5");
    print_options(own_table);
    puts(
        "\nAll options of run are taken as well (`leat help run`).\n"
        "Exit: as run: 0 all of them succeeded now, 1 some failed again, 2 bad usage or "
        "configuration,\n"
        "3 stopped early, 130 interrupted.");
}

int run_retry_failed(int argc, char** argv) {
    RetrySettings settings{};
    if (!parse_options(all_options(), argc, argv, &settings, &settings.run.input)) {
        return exit_usage;
    }
    if (settings.run.help) {
        print_retry_failed_help();
        return exit_good;
    }
    if (settings.run.input == nullptr || settings.run.output == nullptr) {
        fprintf(stderr,
                "leat retry-failed: which files? leat retry-failed in.jsonl -o out.jsonl\n");
        return exit_usage;
    }
    settings.run.max_in_flight = settings.in_flight;
    settings.run.only_failed = true;
    settings.run.resume = true;
    Run run(settings.run);
    return run.run();
}

}  // namespace cli
