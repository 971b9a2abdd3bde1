// cli/simulate_text.cc: the comparison for people: what was simulated, a line for each setting, and
// what follows from it. Prints to stdout; without a terminal it is as wide as 120 columns.
// Columns that would say the same in every row (no retry, no failure, no --rpm) are left out.
#include <stdio.h>
#include <string.h>

#include "cli/simulate.h"
#include "cli/terminal.h"
#include "cli/text_table.h"

namespace cli {

namespace {

constexpr int width_elsewhere = 120;
constexpr int words_per_line_max = 96;  // longer lines are hard to read

struct Shown {
    bool rpm;
    bool capacity;
    bool retries;
    bool failed;
};

Shown find_shown(const Comparison& comparison) {
    Shown shown{};
    for (uint32_t i = 0; i < comparison.count; ++i) {
        const Row& row = comparison.rows[i];
        shown.rpm = shown.rpm || row.rpm > 0;
        shown.capacity = shown.capacity || row.capacity > 0;
        shown.retries = shown.retries || row.retries > 0;
        shown.failed =
            shown.failed || row.tally.succeeded < row.tally.finished() || row.stopped != LEAT_OK;
    }
    return shown;
}

void add_columns(const SimulateSettings& settings, const Shown& shown, TextTable* table) {
    table->column("-j", 100);
    if (shown.rpm) {
        table->column("--rpm", 99);
    }
    table->column("time", 98);
    table->column("req/min", 90);
    if (shown.capacity) {
        table->column("of max", 80);
    }
    table->column("429s", 97);
    table->column("429 %", 70);
    if (shown.retries) {
        table->column("retries", 40);
    }
    if (shown.failed) {
        table->column("failed", 95);
    }
    table->column("p50", 45);
    table->column("p95", 50);
    table->column("tokens", 20);
    if (settings.price.is_set) {
        table->column("cost", 96);
    }
    table->column("limited by", 75, true);
}

void add_row(const SimulateSettings& settings, const Shown& shown, const Row& row,
             TextTable* table) {
    table->cell("%s", row.is_auto() ? "auto" : count_words(row.in_flight).text);
    if (shown.rpm) {
        table->cell("%s", row.rpm > 0 ? count_words(row.rpm).text : "-");
    }
    table->cell("%s%s", row.stopped != LEAT_OK ? "> " : "", time_words(row.time_ms).text);
    table->cell("%s", row.per_minute() < 10000
                          ? count_words(static_cast<uint64_t>(row.per_minute() + 0.5)).text
                          : short_count(row.per_minute()).text);
    if (shown.capacity) {
        table->cell("%.0f %%", row.capacity_share() * 100);
    }
    table->cell("%s", count_words(row.refused).text);
    table->cell("%.1f", row.refused_share() * 100);
    if (shown.retries) {
        table->cell("%s", count_words(row.retries).text);
    }
    if (shown.failed) {
        table->cell("%s", count_words(settings.items - row.tally.succeeded).text);
    }
    const bool timed = row.item_ms.count() > 0;
    table->cell("%s", timed ? time_words(row.item_ms.quantile(.5)).text : "-");
    table->cell("%s", timed ? time_words(row.item_ms.quantile(.95)).text : "-");
    table->cell(
        "%s",
        short_count(static_cast<double>(row.tally.input_tokens + row.tally.output_tokens)).text);
    if (settings.price.is_set) {
        table->cell("%s", cost_words(settings, row).text);
    }
    const int limiter = row.main_limiter();
    table->cell("%s %.0f %%", leat_limiter_name(static_cast<leat_limiter>(limiter)),
                row.limiter_share(limiter) * 100);
}

// Text in lines that end between words.
void print_wrapped(const char* text, int width) {
    const int room = (width < words_per_line_max ? width : words_per_line_max) - 4;
    while (*text != 0) {
        int size = static_cast<int>(strlen(text));
        if (size > room) {
            size = room;
            while (size > 0 && text[size] != ' ') {
                --size;
            }
            size = size > 0 ? size : room;
        }
        printf("  %.*s\n", size, text);
        text += size;
        text += strspn(text, " ");
    }
}

}  // namespace

void print_comparison(const SimulateSettings& settings, const Comparison& comparison) {
    static TextTable table;  // too large for a stack
    const Terminal terminal = Terminal::of_stdout();
    const int width = terminal.is_tty ? Terminal::width() : width_elsewhere;
    const Shown shown = find_shown(comparison);
    char words[scene_bytes];
    write_batch_words(settings, words);
    printf("\n");
    print_wrapped(words, width);
    write_provider_words(settings, words);
    print_wrapped(words, width);
    printf("\n");
    add_columns(settings, shown, &table);
    const bool many = comparison.count > 1;
    for (uint32_t i = 0; i < comparison.count; ++i) {
        const Row& row = comparison.rows[i];
        const bool best = many && comparison.is_best(i);
        const bool poor = !row.is_clean();
        const char* const mark = terminal.unicode ? "\u25b8" : ">";
        table.row(best ? mark : (row.suggested ? "+" : " "),
                  best ? terminal.green() : (poor ? terminal.yellow() : ""));
        add_row(settings, shown, row, &table);
    }
    table.print(terminal, width);
    char advice[advice_bytes];
    write_advice(settings, comparison, advice);
    printf("\n");
    print_wrapped(advice, width);
    const Row& best = comparison.rows[comparison.best];
    if (comparison.has_good()) {
        char flags[run_flags_bytes];
        write_run_flags(settings, best, flags);
        printf("\n    %sleat run IN -o OUT %s%s\n\n", terminal.bold(), flags, terminal.plain());
    } else {
        printf("\n");
    }
}

}  // namespace cli
