// cli/report_page.cc: the page of `leat report` from top to bottom: what came out in one line, the
// numbers behind it, the outcome as a bar; then the parts that the other report_*.cc draw.
// Depends on chart_page.h. A part that has nothing to say is left out.
#include <stdio.h>
#include <time.h>

#include "cli/chart_page.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "cli/text_line.h"

namespace cli {

namespace {

constexpr const char* style = R"(
h1 { margin-bottom: 6px; } .scene { margin-bottom: 2px; max-width: 110ch; }
.facts { display: grid; grid-template-columns: repeat(5, minmax(0, 1fr));
  gap: 20px; margin: 28px 0 26px; }
.facts dt { color: var(--soft); font-size: 12.5px; } .facts dd { margin: 0; font-size: 21px;
  line-height: 1.3; font-weight: 600; letter-spacing: -.01em; }
.facts small { display: block; font-size: 12.5px; font-weight: 400; letter-spacing: 0;
  color: var(--soft); }
.outcome { display: flex; gap: 2px; height: 22px; border-radius: 5px; overflow: hidden; }
.outcome i { display: block; min-width: 3px; }
.o-good { background: var(--flight); } .o-late { background: var(--flight); opacity: .5; }
.o-cached { background: var(--l-none); } .o-bad { background: var(--refuse); }
.outcomes { margin: 8px 0 0; } .outcomes b { color: var(--ink); font-weight: 600; }
.bars { fill: var(--flight); fill-opacity: .75; stroke: var(--card); stroke-width: 1px; }
.bars:hover { fill-opacity: 1; }
.place { stroke: var(--ink); stroke-width: 1; stroke-opacity: .55; }
svg text.point { fill: var(--ink); font-size: 11.5px; } svg text.point tspan { fill: var(--soft); }
td:first-child, th:first-child { padding-left: 0; } td:last-child, th:last-child { padding-right: 0; }
.places { margin-top: 14px; } .places td { padding-top: 6px; padding-bottom: 6px; }
.places tr:last-child td { border-bottom: 0; } h2 + figure, h2 + .scroll { margin-top: 12px; }
.scroll + .scroll { margin-top: 22px; }
sub { line-height: 0; }
.retry { fill: var(--l-slow); } .name i.retries { width: 3px; height: 10px; margin-bottom: -1px;
  border: 0; border-radius: 1px; background: var(--l-slow); }
.break { fill: var(--soft); fill-opacity: .6; }
.name { margin-top: 12px; } figure > .name:first-child { margin-top: 0; }
td.bar { width: 22%; min-width: 60px; padding-right: 0; }
.bar i { display: block; height: 8px; border-radius: 2px; background: var(--flight);
  min-width: 1px; opacity: .75; }
.bar i.bad { background: var(--refuse); }
td.name-cell { max-width: 340px; overflow: hidden; text-overflow: ellipsis; }
.faults { list-style: none; margin: 12px 0 0; padding: 0; border-top: 1px solid var(--rule); }
.faults li { padding: 10px 0 11px; border-bottom: 1px solid var(--grid); }
.faults .head { display: flex; flex-wrap: wrap; gap: 0 14px; align-items: baseline; }
.faults .head b { font-weight: 600; overflow-wrap: anywhere; }
.faults .head span { color: var(--soft); font-size: 13px; }
.faults .head span.word { color: var(--refuse); font-weight: 600; }
.faults p { margin: 2px 0 0; font-size: 13.5px; max-width: 100ch; overflow-wrap: anywhere; }
.faults p.hint { color: var(--soft); }
.kinds .head { display: grid; grid-template-columns: minmax(0, 190px) 70px minmax(0, 1fr); }
.kinds .head em { font-style: normal; text-align: right; }
summary { cursor: pointer; color: var(--soft); font-size: 13.5px; padding: 10px 0; }
.settings { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 3px 24px;
  margin: 12px 0 0; font-size: 14px; }
.settings dt { color: var(--soft); } .settings dd { margin: 0; overflow-wrap: anywhere; }
h3 { margin: 26px 0 6px; font-size: 14px; font-weight: 600; }
bdi { unicode-bidi: isolate; }
@media (max-width: 640px) { .facts { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 14px; }
  .kinds .head { grid-template-columns: minmax(0, 130px) 44px minmax(0, 1fr); }
  .settings { grid-template-columns: minmax(0, 1fr); } .settings dd { margin-bottom: 6px; }
  td.name-cell { max-width: 150px; } }
)";

const char* plural(uint64_t count) { return count == 1 ? "" : "s"; }

void put_title(FILE* file, const Report& report) {
    const bool timed = report.timed > 0;
    char time[80] = "";
    if (timed) {
        snprintf(time, sizeof time, " in <span class=\"keep\">%s</span>",
                 time_words(report.clock.wall_ms()).text);
    }
    fputs("<h1>", file);
    if (report.items == 0) {
        fputs("No records yet", file);
    } else if (report.succeeded == 0) {
        fprintf(
            file,
            report.items == 1 ? "The only item was not answered" : "None of %s items was answered",
            count_words(report.items).text);
    } else if (report.failed == 0) {
        fprintf(file, "%s item%s answered%s", count_words(report.items).text, plural(report.items),
                time);
    } else {
        fprintf(file, "%s of %s items answered%s", count_words(report.succeeded).text,
                count_words(report.items).text, time);
    }
    fputs("</h1>\n", file);
}

void add_sentence(TextLine* line, uint64_t count, const char* one, const char* many) {
    if (count > 0) {
        line->add("%s %s ", count_words(count).text, count == 1 ? one : many);
    }
}

void put_scene(FILE* file, const Report& report) {
    char words[400];
    TextLine line(words, sizeof words);
    if (report.timed > 0) {
        const time_t when = static_cast<time_t>(report.clock.first_ms() / 1000);
        struct tm parts;
        char date[40];
        if (gmtime_r(&when, &parts) != nullptr &&
            strftime(date, sizeof date, "%Y-%m-%d %H:%M UTC", &parts) > 0) {
            line.add("Begun %s. ", date);
        }
    }
    add_sentence(&line, report.failed, "item failed.", "items failed.");
    add_sentence(&line, report.refused, "try was answered 429.", "tries were answered 429.");
    add_sentence(&line, report.retries, "retry for other reasons.", "retries for other reasons.");
    const int limiter = longest_limiter(report.limited_ms);
    if (limiter != LEAT_LIMITER_NONE && report.limited_ms[limiter] > 0) {
        line.add("What held it back most: %s, %.0f %% of the time. ",
                 limiter_words(static_cast<leat_limiter>(limiter)),
                 report.limited_ms[limiter] / limited_sum(report.limited_ms) * 100);
    }
    if (report.clock.cut_ms() > 0) {
        line.add("%s without any item are left out.", time_words(report.clock.cut_ms()).text);
    }
    if (words[0] != 0) {
        fprintf(file, "<p class=\"scene\">%s</p>\n", words);
    }
    if (report.broken_lines > 0) {
        fprintf(file, "<p class=\"scene\">%s line%s %s no record%s and not counted.</p>\n",
                count_words(report.broken_lines).text, plural(report.broken_lines),
                report.broken_lines == 1 ? "is" : "are",
                report.last_is_broken ? " (the last one seems to be cut)" : "");
    }
}

void put_fact(FILE* file, const char* name, const char* value, const char* more,
              const char* classes = "") {
    fprintf(file, "<div><dt>%s</dt><dd class=\"%s\">%s<small>%s</small></dd></div>\n", name,
            classes, value, more);
}

// 1.2 m, 3.4, 5.6 k of a unit.
Words scaled_words(double value, const char* unit) {
    Words words;
    const bool small = value < 0.1;
    const bool large = value >= 1000;
    snprintf(words.text, sizeof words.text, "%.3g %s%s",
             small   ? value * 1000
             : large ? value / 1000
                     : value,
             small   ? "m"
             : large ? "k"
                     : "",
             unit);
    return words;
}

void put_share(FILE* file, const char* name, uint64_t part, uint64_t whole, const char* classes) {
    const double share = static_cast<double>(part) / static_cast<double>(whole) * 100;
    char more[40] = "";
    if (part == whole) {
        snprintf(more, sizeof more, "100 %%");
    } else if (part > 0) {  // neither all nor nothing shows as such
        snprintf(more, sizeof more, "%.*f %%", share > 99.9 || share < 0.1 ? 3 : 1, share);
    }
    put_fact(file, name, count_words(part).text, more, classes);
}

// All digits while there is room for them.
Words token_words(uint64_t count) {
    return count < 10000000 ? count_words(count) : short_count(static_cast<double>(count));
}

void put_tokens(FILE* file, const Report& report) {
    char more[80] = "";
    put_fact(file, "tokens in", token_words(report.input_tokens).text, "");
    if (report.untold > 0) {
        snprintf(more, sizeof more, "%s answer%s not told", count_words(report.untold).text,
                 plural(report.untold));
    }
    put_fact(file, "tokens out", token_words(report.output_tokens).text, more);
}

void put_cost(FILE* file, const Report& report) {
    char more[80] = "";
    if (report.priced > 0) {
        if (report.priced < report.succeeded) {
            snprintf(more, sizeof more, "of %s with a price", count_words(report.priced).text);
        }
        put_fact(file, "cost", money_words(report.cost_usd).text, more);
    }
    if (report.footprints > 0) {
        put_fact(file, "energy", scaled_words(report.energy_kwh * 1000, "Wh").text, "estimated");
        put_fact(file, "CO<sub>2</sub>eq", scaled_words(report.gwp_kgco2eq * 1000, "g").text,
                 "estimated");
    }
}

void put_facts(FILE* file, const Report& report) {
    fputs("<dl class=\"facts\">\n", file);
    put_fact(file, "items", count_words(report.items).text, "");
    put_share(file, "answered", report.succeeded, report.items, "");
    put_share(file, "failed", report.failed, report.items, report.failed > 0 ? "bad" : "");
    const double wall_ms = report.clock.wall_ms();
    if (report.timed > 0 && wall_ms > 0) {
        put_fact(file, "wall time", time_words(wall_ms).text, "");
    }
    if (report.timed > 1 && wall_ms > 0) {
        const double rate = static_cast<double>(report.timed) / wall_ms * 1000;
        char words[40];
        snprintf(words, sizeof words, "%.3g", rate * 60);
        if (rate >= 0.5) {
            put_fact(file, "items per second", rate_words(rate).text, "");
        } else {
            put_fact(file, "items per minute", words, "");
        }
    }
    put_tokens(file, report);
    put_cost(file, report);
    fputs("</dl>\n", file);
}

struct Outcome {
    const char* classes;
    const char* words;
    uint64_t items;
};

void put_outcome(FILE* file, const Report& report) {
    const Outcome outcomes[] = {
        {"o-good", "at the first try", report.succeeded - report.succeeded_late - report.cached},
        {"o-late", "after more tries", report.succeeded_late},
        {"o-cached", "from the cache", report.cached},
        {"o-bad", "failed", report.failed},
    };
    fputs("<div class=\"outcome\">", file);
    for (const Outcome& one : outcomes) {
        if (one.items > 0) {
            fprintf(file, "<i class=\"%s\" style=\"flex-grow:%llu\" title=\"%s %s\"></i>",
                    one.classes, static_cast<unsigned long long>(one.items),
                    count_words(one.items).text, one.words);
        }
    }
    fputs("</div>\n<ul class=\"legend outcomes\" style=\"margin-left:0\">", file);
    for (const Outcome& one : outcomes) {
        if (one.items > 0) {
            fprintf(file, "<li><i class=\"%s\"></i><b>%s</b> %s</li>", one.classes,
                    count_words(one.items).text, one.words);
        }
    }
    fputs("</ul>\n", file);
}

}  // namespace

void put_report(FILE* file, const char* name, Report* report) {
    begin_page(file, "leat report", style);
    fputs("<p class=\"over\">leat report, <bdi>", file);
    put_escaped(file, name);
    fputs("</bdi></p>\n", file);
    put_title(file, *report);
    put_scene(file, *report);
    if (report->items > 0) {
        put_facts(file, *report);
        put_outcome(file, *report);
        put_distributions(file, *report);
        put_over_time(file, report);
        put_names(file, *report);
        put_failures(file, *report);
        put_slowest(file, *report);
    }
    put_settings(file, *report);
    fprintf(
        file, "<footer>Written by leat %s.%s</footer>\n", leat_version(),
        report->items == 0
            ? ""
            : " p50, p95 and p99 are exact to 5 %: they come from buckets. In flight are the last "
              "tries of items; of one with more than two, the moments of those between are "
              "estimates.");
    end_page(file);
}

}  // namespace cli
