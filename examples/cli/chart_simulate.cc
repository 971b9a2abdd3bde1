// cli/chart_simulate.cc: the page of `leat simulate`: what came out, the table, a panel for each
// setting. Depends on chart_page.h and chart_panel.h.
// The headline says what was found; everything below shows why.
#include <stdio.h>

#include "cli/chart_page.h"
#include "cli/chart_panel.h"
#include "cli/simulate.h"
#include "cli/terminal.h"

namespace cli {

namespace {

void put_paragraph(FILE* file, const char* classes, const char* text) {
    fprintf(file, "<p class=\"%s\">", classes);
    put_escaped(file, text);
    fputs("</p>\n", file);
}

void put_headline(FILE* file, const SimulateSettings& settings, const Comparison& comparison) {
    const Row& best = comparison.rows[comparison.best];
    char flags[flags_bytes];
    write_flags(best, flags);
    fputs("<p class=\"over\">leat simulate</p>\n<h1>", file);
    if (best.stopped != LEAT_OK || best.tally.succeeded == 0) {
        fprintf(file, "%s items do not get through", count_words(settings.items).text);
    } else if (!comparison.best_is_clean()) {
        fprintf(file, "%s items are refused too often", count_words(settings.items).text);
    } else {
        fprintf(file,
                "%s items in <span class=\"keep\">%s</span>, with <span class=\"keep\">%s</span>",
                count_words(settings.items).text, time_words(best.time_ms).text, flags);
    }
    fputs("</h1>\n", file);
    char words[scene_bytes];
    write_batch_words(settings, words);
    put_paragraph(file, "scene", words);
    write_provider_words(settings, words);
    words[0] = 'A';
    put_paragraph(file, "scene", words);
    char advice[advice_bytes];
    write_advice(settings, comparison, advice);
    put_paragraph(file, "", advice);
    if (comparison.has_good()) {
        char run_flags[run_flags_bytes];
        write_run_flags(settings, best, run_flags);
        fputs("<code class=\"command\">leat run IN -o OUT ", file);
        put_escaped(file, run_flags);
        fputs("</code>\n", file);
    }
}

void put_head(FILE* file, const char* text, const char* classes) {
    fprintf(file, "<th class=\"%s\">%s</th>", classes, text);
}

void put_cell(FILE* file, const char* text, const char* classes) {
    fprintf(file, "<td class=\"%s\">", classes);
    put_escaped(file, text);
    fputs("</td>", file);
}

void put_row(FILE* file, const SimulateSettings& settings, const Comparison& comparison,
             uint32_t index) {
    const Row& row = comparison.rows[index];
    const bool best = comparison.is_best(index);
    char text[flags_bytes];
    write_flags(row, text);
    fprintf(file, "<tr%s><td class=\"left\">", best ? " class=\"best\"" : "");
    put_escaped(file, text);
    fprintf(file, "%s%s</td>", best ? "<span class=\"tag\">best</span>" : "",
            row.suggested ? "<span class=\"tag more\">added</span>" : "");
    put_cell(file, time_words(row.time_ms).text, "");
    put_cell(file, count_words(static_cast<uint64_t>(row.per_minute() + 0.5)).text, "wide");
    snprintf(text, sizeof text, row.capacity > 0 ? "%.0f %%" : "-", row.capacity_share() * 100);
    put_cell(file, text, "wide");
    put_cell(file, count_words(row.refused).text, row.is_clean() ? "" : "bad");
    snprintf(text, sizeof text, "%.1f %%", row.refused_share() * 100);
    put_cell(file, text, "wide");
    put_cell(file, count_words(row.retries).text, "wide");
    const uint64_t failed = settings.items - row.tally.succeeded;
    put_cell(file, count_words(failed).text, failed > 0 ? "bad" : "wide");
    put_cell(file, time_words(row.item_ms.quantile(.5)).text, "wide");
    put_cell(file, time_words(row.item_ms.quantile(.95)).text, "wide");
    if (settings.price.is_set) {
        put_cell(file, cost_words(settings, row).text, "");
    }
    const leat_limiter limiter = static_cast<leat_limiter>(row.main_limiter());
    snprintf(text, sizeof text, "%s %.0f %%", leat_limiter_name(limiter),
             row.limiter_share(limiter) * 100);
    put_cell(file, text, "left wide");
    fputs("</tr>\n", file);
}

void put_table(FILE* file, const SimulateSettings& settings, const Comparison& comparison) {
    fputs("<div class=\"scroll\"><table>\n<thead><tr>", file);
    put_head(file, "setting", "left");
    put_head(file, "time", "");
    put_head(file, "req/min", "wide");
    put_head(file, "of max", "wide");
    put_head(file, "429s", "");
    put_head(file, "429 share", "wide");
    put_head(file, "retries", "wide");
    bool failed = false;
    for (uint32_t i = 0; i < comparison.count; ++i) {
        failed = failed || comparison.rows[i].tally.succeeded < settings.items;
    }
    put_head(file, "failed", failed ? "" : "wide");
    put_head(file, "p50", "wide");
    put_head(file, "p95", "wide");
    if (settings.price.is_set) {
        put_head(file, "cost", "");
    }
    put_head(file, "limited by", "left wide");
    fputs("</tr></thead>\n<tbody>\n", file);
    for (uint32_t i = 0; i < comparison.count; ++i) {
        put_row(file, settings, comparison, i);
    }
    fputs("</tbody>\n</table></div>\n", file);
}

}  // namespace

bool write_chart(const SimulateSettings& settings, const Comparison& comparison) {
    FILE* const file = fopen(settings.chart, "w");
    if (file == nullptr) {
        return false;
    }
    begin_page(file, "leat simulate", "");
    put_headline(file, settings, comparison);
    put_table(file, settings, comparison);
    put_panels(file, comparison);
    fprintf(file,
            "<footer>Simulated by leat %s in virtual time, seed %.0f: the same seed gives the same "
            "page. Of max: of what the provider could have served meanwhile, its burst included. "
            "p50 and "
            "p95: from an item&#8217;s acceptance to its result.</footer>\n",
            leat_version(), settings.run.seed.value);
    end_page(file);
    const bool good = ferror(file) == 0;
    return fclose(file) == 0 && good;
}

}  // namespace cli
