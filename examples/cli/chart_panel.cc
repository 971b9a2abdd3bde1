// cli/chart_panel.cc: see chart_panel.h.
// Four strips below each other: lines, lines, marks, a band. Titles show where a pointer is.
#include "cli/chart_panel.h"


#include "cli/chart_page.h"
#include "cli/chart_plot.h"
#include "cli/text_line.h"

namespace cli {

namespace {

constexpr int strip_height = 88;
constexpr int rug_height = 12;
constexpr int band_height = 16;
Panel panel;  // static: too large for a stack
Axes axes;

void put_caption(FILE* file, bool best) {
    const Row& row = *panel.row;
    char flags[flags_bytes];
    write_flags(row, flags);
    fprintf(file, "<figcaption><b>%s</b>", flags);
    if (best) {
        fputs("<span class=\"tag\">best</span>", file);
    }
    if (row.suggested) {
        fputs("<span class=\"tag more\">added</span>", file);
    }
    fprintf(file, "<span>%s</span><span>%s requests/min</span><span>429s: %s</span>",
            time_words(row.time_ms).text,
            count_words(static_cast<uint64_t>(row.per_minute() + 0.5)).text,
            count_words(row.refused).text);
    if (row.time_ms > axes.time.most * 1.001) {
        fprintf(file, "<span>cut here, goes on until %s</span>", time_words(row.time_ms).text);
    }
    fputs("</figcaption>\n", file);
}

void put_name(FILE* file, const char* classes, const char* text) {
    fprintf(file, "<div class=\"name\"><i class=\"%s\"></i>%s</div>\n", classes, text);
}

// Invisible until pointed at: each tells what happened in its bin.
void put_hits(Plot* plot) {
    for (uint32_t b = 0; b < panel.count; ++b) {
        const Bin& bin = panel.series.bin(b);
        char title[200];
        TextLine line(title, sizeof title);
        line.add("%s: %.1f in flight, %.0f admitted/min", tick_time_words(panel.from_ms(b)).text,
                 bin.in_flight(), panel.rate(b, bin.admitted));
        if (bin.refused > 0) {
            line.add(", %u x 429", bin.refused);
        }
        if (bin.failed > 0) {
            line.add(", %u errors", bin.failed);
        }
        line.add("; limit: %s", limiter_words(static_cast<leat_limiter>(bin.main_limiter())));
        plot->block("hit", panel.from_ms(b), panel.to_ms(b), 0, strip_height, title);
    }
}

void put_in_flight(FILE* file) {
    put_name(file, "flight",
             panel.row->is_auto() ? "requests in flight, and the limit that leat found (dashed)"
                                  : "requests in flight");
    Plot plot(file, strip_height, axes.time, axes.in_flight);
    plot.begin(axes.in_flights, axes.times, "requests in flight over time");
    for (uint32_t b = 0; b < panel.count; ++b) {
        panel.steps[b] = Step{panel.from_ms(b), panel.to_ms(b), panel.series.bin(b).in_flight()};
    }
    const double limit = static_cast<double>(panel.row->in_flight);
    const Step level{0, axes.time.most, limit};
    plot.begin_paths();
    plot.area("flight", panel.steps, panel.count);
    plot.line("flight", panel.steps, panel.count);
    const bool shown = !panel.row->is_auto() && limit <= axes.in_flight.most;
    if (shown) {
        plot.line("limit dashed", &level, 1);
    }
    if (panel.row->is_auto()) {
        // What leat found; where that is more than there is room for, the line runs along the top.
        for (uint32_t b = 0; b < panel.count; ++b) {
            const double found = panel.series.bin(b).in_flight_limit();
            panel.steps[b].value = found < axes.in_flight.most ? found : axes.in_flight.most;
        }
        plot.line("limit dashed", panel.steps, panel.count);
    }
    plot.end_paths();
    if (shown) {
        char words[48];
        snprintf(words, sizeof words, "-j %s", count_words(panel.row->in_flight).text);
        plot.right_label(limit, words);
    }
    put_hits(&plot);
    plot.end();
}

void put_rate(FILE* file) {
    put_name(file, "admit", "requests admitted, a minute");
    Plot plot(file, strip_height, axes.time, axes.rate);
    plot.begin(axes.rates, axes.times, "requests admitted by the provider, a minute");
    for (uint32_t b = 0; b < panel.count; ++b) {
        const double rate = panel.rate(b, panel.series.bin(b).admitted);
        panel.steps[b] = Step{panel.from_ms(b), panel.to_ms(b), rate};
    }
    plot.begin_paths();
    plot.area("admit", panel.steps, panel.count);
    plot.line("admit", panel.steps, panel.count);
    plot.line("limit dashed", axes.pace.steps, axes.pace.count);
    plot.end_paths();
    if (axes.pace.count > 0) {
        char words[64];
        snprintf(words, sizeof words, "the provider keeps up %s",
                 count_words(static_cast<uint64_t>(axes.pace.last + 0.5)).text);
        plot.right_label(axes.pace.last, words);
    }
    put_hits(&plot);
    plot.end();
}

// A mark for each bin that met 429s.
void put_refusals(FILE* file) {
    if (panel.row->refused == 0) {
        return;
    }
    fputs("<div class=\"name\"><i class=\"refusals\"></i>429s</div>\n", file);
    Plot plot(file, rug_height, axes.time, Scale{1});
    plot.begin(Ticks{}, axes.times, "when the provider answered 429");
    for (uint32_t b = 0; b < panel.count; ++b) {
        const uint32_t refused = panel.series.bin(b).refused;
        if (refused > 0) {
            char title[64];
            snprintf(title, sizeof title, "%s: %u x 429", tick_time_words(panel.from_ms(b)).text,
                     refused);
            plot.mark("refuse", panel.from_ms(b), 0, rug_height, title);
        }
    }
    plot.end();
}

// Neighbours with the same limiter are one block.
void put_limiters(FILE* file) {
    fputs("<div class=\"name\">what held leat back</div>\n", file);
    Plot plot(file, band_height, axes.time, Scale{1});
    plot.begin(Ticks{}, Ticks{}, "what held leat back over time");
    for (uint32_t b = 0; b < panel.count;) {
        const int limiter = panel.series.bin(b).main_limiter();
        const uint32_t first = b;
        while (b < panel.count && panel.series.bin(b).main_limiter() == limiter) {
            ++b;
        }
        const leat_limiter which = static_cast<leat_limiter>(limiter);
        const double from_ms = panel.from_ms(first);
        const double to_ms = panel.to_ms(b - 1);
        char title[120];
        snprintf(title, sizeof title, "%s, from %s to %s", limiter_words(which),
                 from_ms > 0 ? time_words(from_ms).text : "0", time_words(to_ms).text);
        plot.block(limiter_class(which), from_ms, to_ms, 0, band_height, title);
    }
    plot.end();
}

// The shares of time, the largest first.
void put_legend(FILE* file) {
    bool told[limiters_count] = {};
    fputs("<ul class=\"legend\">", file);
    for (int n = 0; n < limiters_count; ++n) {
        int most = -1;
        for (int i = 0; i < limiters_count; ++i) {
            if (!told[i] && (most < 0 || panel.row->limiter_ms[i] > panel.row->limiter_ms[most])) {
                most = i;
            }
        }
        told[most] = true;
        const double share = panel.row->limiter_share(most) * 100;
        if (share >= 0.5) {
            const leat_limiter limiter = static_cast<leat_limiter>(most);
            fprintf(file, "<li><i class=\"%s\"></i>%s %.0f %%</li>", limiter_class(limiter),
                    limiter_words(limiter), share);
        }
    }
    fputs("</ul>\n", file);
}

}  // namespace

void put_panels(FILE* file, const Comparison& comparison) {
    find_axes(comparison, &panel, &axes);
    fputs(
        "<h2>Over time</h2>\n<p class=\"note\">All panels have the same axes. What goes "
        "above the dashed line of the provider comes out of its burst.</p>\n",
        file);
    fprintf(file, "<div class=\"panels%s\">\n", comparison.count > 3 ? " many" : "");
    for (uint32_t i = 0; i < comparison.count; ++i) {
        load_panel(comparison.rows[i], axes, &panel);
        fputs("<figure class=\"panel\">\n", file);
        put_caption(file, comparison.is_best(i));
        put_in_flight(file);
        put_rate(file);
        put_refusals(file);
        put_limiters(file);
        put_time_axis(file, axes.time, axes.times);
        put_legend(file);
        fputs("</figure>\n", file);
    }
    fputs("</div>\n", file);
}

}  // namespace cli
