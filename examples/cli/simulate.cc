// cli/simulate.cc: `leat simulate`: every setting in turn, then the table, the files and the advice.
// Depends on simulate.h. What goes to stdout and into files follows from the options and the seed
// alone; a line that tells how far it is goes to stderr, on a terminal only.
#include "cli/simulate.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/tables.h"
#include "cli/terminal.h"

namespace cli {

namespace {

constexpr int exit_good = 0;
constexpr int exit_usage = 2;

// Says on stderr which setting is under way, and how far.
struct Meter {
    const SimulateSettings& settings;
    const Comparison& comparison;
    const Terminal& terminal;

    static void told(void* user, uint64_t done) { static_cast<Meter*>(user)->show(done); }
    void show(uint64_t done) const {
        char flags[flags_bytes];
        write_flags(comparison.rows[comparison.count], flags);
        fprintf(stderr, "\r\033[K%ssimulating %s: %.0f %%%s", terminal.dim(), flags,
                100.0 * static_cast<double>(done) / static_cast<double>(settings.items),
                terminal.plain());
    }
    void clear() const {
        if (terminal.is_tty) {
            fprintf(stderr, "\r\033[K");
        }
    }
};

bool simulate_next(const SimulateSettings& settings, Comparison* comparison, Meter* meter) {
    Row* const row = &comparison->rows[comparison->count];
    const bool told = meter->terminal.is_tty;
    const bool good = simulate_row(settings, row, told ? Meter::told : nullptr, meter);
    meter->clear();
    comparison->count += good ? 1 : 0;
    return good;
}

bool simulate_all(const SimulateSettings& settings, Comparison* comparison) {
    const Terminal terminal = Terminal::of_stderr();
    Meter meter{settings, *comparison, terminal};
    for (uint32_t j = 0; j < settings.in_flight.count; ++j) {
        for (uint32_t r = 0; r < settings.rpm.count; ++r) {
            Row* const row = &comparison->rows[comparison->count];
            row->in_flight = settings.in_flight.items[j];
            row->rpm = settings.rpm.items[r];
            if (!simulate_next(settings, comparison, &meter)) {
                return false;
            }
        }
    }
    choose_best(comparison);
    if (suggest_row(settings, comparison)) {
        if (!simulate_next(settings, comparison, &meter)) {
            return false;
        }
        choose_best(comparison);
    }
    return true;
}

bool written(const char* name, bool good) {
    if (!good) {
        fprintf(stderr, "leat simulate: %s: %s\n", name, strerror(errno));
    }
    return good;
}

}  // namespace

void print_simulate_help() {
    puts(
        "leat simulate [options]\n"
        "\n"
        "Says how long a batch takes, how many 429s it meets and what it costs, for one or more\n"
        "settings of `leat run`, without sending anything: the library itself runs the batch over\n"
        "a simulated network, in virtual time, against a provider with the limits you name. A\n"
        "hundred thousand items take seconds. The row marked is the one that is over first with\n"
        "fewer than 0.5 % of 429s. Where all settings lose their time to 429s, one is added (+)\n"
        "that the provider can keep up.\n"
        "\n"
        "  leat simulate -n 5000 --provider-rpm 500 -j 10,20,40 --price 0.15/0.60\n"
        "  leat simulate --provider-tpm 200000 --headers openai -j 50 --rpm 0,300,600 \\\n"
        "                --chart pace.html");
    print_options(simulate_options());
    puts(
        "\n429 %: share of all requests. of max: share of what the provider could have served\n"
        "meanwhile, its burst included. p50, p95: from an item's acceptance to its result, waits\n"
        "and new tries included. limited by: what held leat back for longest.\n"
        "\n"
        "Exit: 0, or 2 for bad usage.");
}

int run_simulate(int argc, char** argv) {
    static Comparison comparison;  // 2 MiB, of which one row in use is 40 KiB
    SimulateSettings settings;
    if (!parse_simulate(argc, argv, &settings)) {
        return exit_usage;
    }
    if (settings.run.help) {
        print_simulate_help();
        return exit_good;
    }
    if (!simulate_all(settings, &comparison)) {
        return exit_usage;
    }
    const bool csv_printed = settings.csv != nullptr && strcmp(settings.csv, "-") == 0;
    if (settings.csv != nullptr && !written(settings.csv, write_csv(settings, comparison))) {
        return exit_usage;
    }
    if (settings.chart != nullptr && !written(settings.chart, write_chart(settings, comparison))) {
        return exit_usage;
    }
    if (settings.json) {
        return written("stdout", write_json(settings, comparison)) ? exit_good : exit_usage;
    }
    if (!csv_printed) {
        print_comparison(settings, comparison);
    }
    return exit_good;
}

}  // namespace cli
