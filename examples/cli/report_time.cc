// cli/report_time.cc: what happened over the time of the run: strips below each other with one time axis.
// Depends on chart_plot.h and report_bins.h.
// Titles show where a pointer is; sums stand beside the names.
#include <stdio.h>

#include "cli/chart_page.h"
#include "cli/chart_plot.h"
#include "cli/report.h"
#include "cli/text_line.h"

namespace cli {

namespace {

constexpr int strip_height = 88;
constexpr int rug_height = 16;
constexpr int band_height = 16;

// The run's bins against its time axis.
struct OverTime {
    const ReportBins& bins;
    Scale time;
    Ticks times;
    double unit_ms;  // answers are counted per so much
    const char* unit;
    Step steps[bins_max];

    double from_ms(uint32_t bin) const { return bin * bins.width_ms(); }
    double to_ms(uint32_t bin) const {
        const double to = from_ms(bin + 1);
        return to < time.most ? to : time.most;
    }
    double covered_ms(uint32_t bin) const {
        const double covered = to_ms(bin) - from_ms(bin);
        return covered > bins.width_ms() / 4 ? covered : bins.width_ms() / 4;
    }
    double rate(uint32_t bin) const {
        return static_cast<double>(bins.bin(bin).succeeded) / covered_ms(bin) * unit_ms;
    }
    double in_flight(uint32_t bin) const { return bins.bin(bin).in_flight_ms / covered_ms(bin); }
    int limiter(uint32_t bin) const { return longest_limiter(bins.bin(bin).limited_ms); }
};

Words moment_words(double ms) { return ms < 0.005 ? Words{"0"} : time_words(ms); }

bool was_limited(const OverTime& over, uint32_t bin) {
    return over.bins.bin(bin).limited_ms[over.limiter(bin)] > 0;
}

void put_hits(Plot* plot, const OverTime& over) {
    for (uint32_t b = 0; b < over.bins.size(); ++b) {
        const ReportBin& bin = over.bins.bin(b);
        char title[240];
        TextLine line(title, sizeof title);
        line.add("%s: %.3g answers/%s, %.1f in flight", moment_words(over.from_ms(b)).text,
                 over.rate(b), over.unit, over.in_flight(b));
        if (bin.refused > 0) {
            line.add(", %s x 429", count_words(bin.refused).text);
        }
        if (bin.retried > 0) {
            line.add(", %s retries", count_words(bin.retried).text);
        }
        if (bin.failed > 0) {
            line.add(", %s failed", count_words(bin.failed).text);
        }
        if (was_limited(over, b)) {
            line.add("; limit: %s", limiter_words(static_cast<leat_limiter>(over.limiter(b))));
        }
        plot->block("hit", over.from_ms(b), over.to_ms(b), 0, strip_height, title);
    }
}

void put_breaks(Plot* plot, const Report& report) {
    for (uint32_t i = 0; i < report.clock.breaks_count(); ++i) {
        plot->mark("break", report.clock.break_ms(i) - report.bins.begin_ms(), 0, strip_height,
                   "a longer time without any item is left out here");
    }
}

void put_strip(FILE* file, const Report& report, OverTime* over, const char* classes,
               const char* name, double (OverTime::*value)(uint32_t) const) {
    double most = 0;
    const uint32_t count = over->bins.size();
    for (uint32_t b = 0; b < count; ++b) {
        over->steps[b] = Step{over->from_ms(b), over->to_ms(b), (over->*value)(b)};
        most = over->steps[b].value > most ? over->steps[b].value : most;
    }
    const Ticks values = count_ticks(most > 0 ? most : 1, 4);
    fprintf(file, "<div class=\"name\"><i class=\"%s\"></i>%s</div>\n", classes, name);
    Plot plot(file, strip_height, over->time, Scale{values.at[values.count - 1]});
    plot.begin(values, over->times, name);
    plot.begin_paths();
    plot.area(classes, over->steps, count);
    plot.line(classes, over->steps, count);
    plot.end_paths();
    put_breaks(&plot, report);
    put_hits(&plot, *over);
    plot.end();
}

// A mark for each bin in which it happened, the higher the more often.
void put_rug(FILE* file, const OverTime& over, const char* legend, const char* classes,
             const char* name, uint64_t ReportBin::*count) {
    uint64_t sum = 0;
    uint64_t most = 1;
    for (uint32_t b = 0; b < over.bins.size(); ++b) {
        const uint64_t here = over.bins.bin(b).*count;
        sum += here;
        most = here > most ? here : most;
    }
    if (sum == 0) {
        return;
    }
    fprintf(file, "<div class=\"name\"><i class=\"%s\"></i>%s: %s</div>\n", legend, name,
            count_words(sum).text);
    Plot plot(file, rug_height, over.time, Scale{1});
    plot.begin(Ticks{}, over.times, name);
    for (uint32_t b = 0; b < over.bins.size(); ++b) {
        const uint64_t here = over.bins.bin(b).*count;
        if (here > 0) {
            char title[80];
            snprintf(title, sizeof title, "%s: %s", moment_words(over.from_ms(b)).text,
                     count_words(here).text);
            const double share = static_cast<double>(here) / static_cast<double>(most);
            const int height = 4 + static_cast<int>(share * (rug_height - 4));
            plot.mark(classes, over.from_ms(b), rug_height - height, height, title);
        }
    }
    plot.end();
}

// Neighbours with the same limiter are one block.
void put_limiters(FILE* file, const OverTime& over) {
    fputs("<div class=\"name\">what held the run back</div>\n", file);
    Plot plot(file, band_height, over.time, Scale{1});
    plot.begin(Ticks{}, Ticks{}, "what held the run back over time");
    for (uint32_t b = 0; b < over.bins.size();) {
        const uint32_t first = b;
        const int limiter = over.limiter(b);
        const bool known = was_limited(over, b);
        while (b < over.bins.size() && over.limiter(b) == limiter &&
               was_limited(over, b) == known) {
            ++b;
        }
        if (known) {
            const leat_limiter which = static_cast<leat_limiter>(limiter);
            plot.block(limiter_class(which), over.from_ms(first), over.to_ms(b - 1), 0, band_height,
                       limiter_words(which));
        }
    }
    plot.end();
}

void put_legend(FILE* file, const double (&limited_ms)[limiters_count]) {
    const double sum = limited_sum(limited_ms);
    bool told[limiters_count] = {};
    fputs("<ul class=\"legend\">", file);
    for (int n = 0; n < limiters_count; ++n) {
        int most = -1;
        for (int i = 0; i < limiters_count; ++i) {
            most = !told[i] && (most < 0 || limited_ms[i] > limited_ms[most]) ? i : most;
        }
        told[most] = true;
        if (limited_ms[most] / sum >= 0.005) {
            const leat_limiter which = static_cast<leat_limiter>(most);
            fprintf(file, "<li><i class=\"%s\"></i>%s %.0f %%</li>", limiter_class(which),
                    limiter_words(which), limited_ms[most] / sum * 100);
        }
    }
    fputs("</ul>\n", file);
}

// Answers per second, minute or hour: so that the axis has whole numbers.
void choose_unit(const Report& report, OverTime* over) {
    struct Unit {
        double ms;
        const char* name;
    };
    constexpr Unit units[] = {{1000, "second"}, {60000, "minute"}, {3600000, "hour"}};
    for (const Unit& unit : units) {
        over->unit_ms = unit.ms;
        over->unit = unit.name;
        if (static_cast<double>(report.timed) / over->time.most * unit.ms >= 2) {
            break;
        }
    }
}

}  // namespace

void put_over_time(FILE* file, Report* report) {
    const double wall_ms = report->clock.wall_ms();
    if (report->timed < 2 || wall_ms <= 0) {
        return;
    }
    // Ten items in a bin say something; fewer are noise.
    const uint64_t wanted = report->timed / 10;
    report->bins.fit(wanted < 30 ? 30 : wanted > 120 ? 120 : static_cast<uint32_t>(wanted));
    OverTime over{report->bins, {}, {}, 0, "", {}};
    const double end_ms = report->clock.earliest_ms() + wall_ms - report->bins.begin_ms();
    over.time.most = end_ms > 0 ? end_ms : wall_ms;
    over.times = time_ticks(over.time.most, 7);
    choose_unit(*report, &over);
    char name[40];
    snprintf(name, sizeof name, "answers per %s", over.unit);
    fputs("<h2>Over time</h2>\n<figure class=\"panel\">\n", file);
    put_strip(file, *report, &over, "flight", name, &OverTime::rate);
    put_strip(file, *report, &over, "flight", "requests in flight", &OverTime::in_flight);
    put_rug(file, over, "refusals", "refuse", "429s", &ReportBin::refused);
    put_rug(file, over, "retries", "retry", "retries", &ReportBin::retried);
    put_rug(file, over, "refusals", "refuse", "failed items", &ReportBin::failed);
    const bool held_back = limited_sum(report->limited_ms) > 0;
    if (held_back) {
        put_limiters(file, over);
    }
    put_time_axis(file, over.time, over.times);
    if (held_back) {
        put_legend(file, report->limited_ms);
    }
    fputs("</figure>\n", file);
}

}  // namespace cli
