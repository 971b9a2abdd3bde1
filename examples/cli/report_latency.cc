// cli/report_latency.cc: how long answers took, as bars over a logarithmic axis that all of the page share,
// and in numbers. Depends on chart_page.h and chart_scale.h.
// Titles show where a pointer is; what matters is written beside what it is about.
#include <math.h>
#include <stdio.h>

#include "cli/chart_page.h"
#include "cli/chart_scale.h"
#include "cli/report.h"

namespace cli {

namespace {

constexpr int bars_top = 46;  // room for the names of the places
constexpr int bars_height = 92;

// Octaves above the first bucket, which all distributions of the page share.
struct Octaves {
    int first;   // bucket
    int last;    // bucket behind the end
    int factor;  // buckets in a bar

    double share(double ms) const {
        const double at = log2(ms / Latencies::bucket_ms(0)) * Latencies::per_octave;
        const double part = (at - first) / (last - first);
        return part < 0 ? 0 : (part > 1 ? 1 : part);
    }
};

void widen(const Distribution& distribution, Octaves* octaves) {
    for (int i = 0; i < Latencies::buckets_count; ++i) {
        if (distribution.latencies.bucket(i) > 0) {
            octaves->first = i < octaves->first ? i : octaves->first;
            octaves->last = i >= octaves->last ? i + 1 : octaves->last;
        }
    }
}

// One that would look the same as the other is not drawn.
bool is_apart(const Distribution& first, const Distribution& whole) {
    return first.count() > 0 && first.latencies.quantile(.5) < 0.95 * whole.latencies.quantile(.5);
}

// other: nullptr: there is but one.
Octaves find_octaves(const Distribution& one, const Distribution* other) {
    Octaves octaves{Latencies::buckets_count, 0, 1};
    widen(one, &octaves);
    if (other != nullptr) {
        widen(*other, &octaves);
    }
    const uint64_t count = one.count();
    const int bars_most = count < 200 ? 28 : 56;
    constexpr int least = 2 * Latencies::per_octave;  // a single item is a bar, not a wall
    while (octaves.last - octaves.first < least) {
        octaves.first -= 2;
        octaves.last += 2;
    }
    // Room for the word beside the last place.
    while (octaves.share(one.latencies.quantile(.99)) > 0.78) {
        octaves.last += 1;
    }
    while ((octaves.last - octaves.first) / octaves.factor > bars_most) {
        octaves.factor *= 2;
    }
    octaves.first = static_cast<int>(floor(static_cast<double>(octaves.first) / octaves.factor)) *
                    octaves.factor;
    octaves.last = (octaves.last + octaves.factor - 1) / octaves.factor * octaves.factor;
    return octaves;
}

uint64_t bar_of(const Distribution& distribution, const Octaves& octaves, int from) {
    uint64_t sum = 0;
    for (int i = from; i < from + octaves.factor; ++i) {
        sum += i >= 0 && i < Latencies::buckets_count ? distribution.latencies.bucket(i) : 0;
    }
    return sum;
}

void put_bars(FILE* file, const Distribution& distribution, const Octaves& octaves) {
    uint64_t most = 1;
    for (int i = octaves.first; i < octaves.last; i += octaves.factor) {
        const uint64_t bar = bar_of(distribution, octaves, i);
        most = bar > most ? bar : most;
    }
    const double width = 100.0 * octaves.factor / (octaves.last - octaves.first);
    for (int i = octaves.first; i < octaves.last; i += octaves.factor) {
        const uint64_t bar = bar_of(distribution, octaves, i);
        if (bar == 0) {
            continue;
        }
        const double full = static_cast<double>(bar) / static_cast<double>(most) * bars_height;
        const double height = full < 1.5 ? 1.5 : full;
        fprintf(
            file,
            "<rect class=\"bars\" x=\"%.2f%%\" width=\"%.2f%%\" y=\"%.1f\" height=\"%.1f\"><title>"
            "%s to %s: %s</title></rect>\n",
            width * (i - octaves.first) / octaves.factor, width, bars_top + bars_height - height,
            height, time_words(Latencies::bucket_ms(i)).text,
            time_words(Latencies::bucket_ms(i + octaves.factor)).text, count_words(bar).text);
    }
}

// p50, p95 and p99, each on a line of its own, so that they never meet.
void put_places(FILE* file, const Distribution& distribution, const Octaves& octaves) {
    struct Place {
        const char* name;
        double share;
    };
    constexpr Place places[] = {{"p50", .5}, {"p95", .95}, {"p99", .99}};
    int line = 0;
    for (const Place& place : places) {
        if (line > 0 && distribution.count() < 20) {
            break;  // a few items have no tail
        }
        const double ms = distribution.latencies.quantile(place.share);
        const double x = octaves.share(ms) * 100;
        const int top = 4 + 14 * line++;
        fprintf(
            file,
            "<line class=\"place\" x1=\"%.2f%%\" x2=\"%.2f%%\" y1=\"%d\" y2=\"%d\"/>"
            "<text class=\"point\" x=\"%.2f%%\" dx=\"5\" y=\"%d\"><tspan>%s</tspan> %s</text>\n",
            x, x, top, bars_top + bars_height, x, top + 9, place.name, time_words(ms).text);
    }
}

// 1, 2 and 5 times the powers of ten that lie inside; fewer where there are many.
void put_octave_axis(FILE* file, const Octaves& octaves, int height, bool words) {
    constexpr double factors[] = {1, 2, 5};
    const bool wide = octaves.last - octaves.first > 8 * Latencies::per_octave;
    for (int power = -2; power <= 9; ++power) {
        for (const double factor : factors) {
            const double ms = factor * pow(10, power);
            const double x = octaves.share(ms) * 100;
            if (x <= 0 || x >= 100 || (wide && factor != 1)) {
                continue;
            }
            if (words) {
                fprintf(file, "<text x=\"%.2f%%\" y=\"13\" text-anchor=\"%s\">%s</text>", x,
                        x > 96  ? "end"
                        : x < 4 ? "start"
                                : "middle",
                        ms < 1 ? time_words(ms).text : tick_time_words(ms).text);
            } else {
                fprintf(file,
                        "<line class=\"grid\" x1=\"%.2f%%\" x2=\"%.2f%%\" y1=\"%d\" y2=\"%d\"/>", x,
                        x, bars_top, height);
            }
        }
    }
}

void put_distribution(FILE* file, const char* name, const Distribution& distribution,
                      const Octaves& octaves) {
    constexpr int height = bars_top + bars_height;
    fprintf(
        file,
        "<div class=\"name\" style=\"margin-left:0\">%s</div>\n<svg width=\"100%%\" height=\"%d\" "
        "role=\"img\" aria-label=\"%s\">\n",
        name, height + 1, name);
    put_octave_axis(file, octaves, height, false);
    put_bars(file, distribution, octaves);
    fprintf(file, "<line class=\"base\" x1=\"0\" x2=\"100%%\" y1=\"%d\" y2=\"%d\"/>\n", height,
            height);
    put_places(file, distribution, octaves);
    fputs("</svg>\n", file);
}

void put_place_row(FILE* file, const char* name, const Distribution& distribution) {
    if (distribution.count() == 0) {
        return;
    }
    const Latencies& all = distribution.latencies;
    fprintf(file, "<tr><td class=\"left\">%s</td><td class=\"wide\">%s</td>", name,
            count_words(distribution.count()).text);
    fprintf(file, "<td>%s</td><td>%s</td>", time_words(all.quantile(.5)).text,
            time_words(all.quantile(.95)).text);
    fprintf(file, "<td>%s</td><td>%s</td>", time_words(all.quantile(.99)).text,
            time_words(distribution.most_ms).text);
    fprintf(file, "<td class=\"wide\">%s</td></tr>\n", time_words(all.mean()).text);
}

}  // namespace

void put_distributions(FILE* file, const Report& report) {
    if (report.item.count() + report.total.count() == 0) {
        return;
    }
    const bool streamed = report.first_token.count() > 0;
    const Distribution& first = streamed ? report.first_token : report.first_byte;
    const char* const first_name = streamed ? "first token" : "first byte";
    const bool apart = report.total.count() > 0 && is_apart(first, report.total);
    const bool late = report.retries + report.refused > 0;
    fprintf(file,
            "<h2>How long it took</h2>\n<p class=\"note\">Since the request was sent, of the tries "
            "that "
            "succeeded%s.</p>\n<figure>\n",
            late ? "; the last line has all tries of each item, and the waits between" : "");
    if (report.total.count() > 0) {
        const Octaves octaves = find_octaves(report.total, apart ? &first : nullptr);
        if (apart) {
            put_distribution(file, first_name, first, octaves);
        }
        put_distribution(file, "whole answer", report.total, octaves);
        fputs("<svg width=\"100%\" height=\"18\" aria-hidden=\"true\">", file);
        put_octave_axis(file, octaves, 0, true);
        fputs("</svg>\n", file);
    }
    if (report.items > 1) {
        fputs(
            "<div class=\"scroll places\"><table>\n<thead><tr><th class=\"left\"></th>"
            "<th class=\"wide\">items</th><th>p50</th><th>p95</th><th>p99</th><th>longest</th>"
            "<th class=\"wide\">mean</th></tr></thead>\n<tbody>\n",
            file);
        if (apart) {
            put_place_row(file, first_name, first);
        }
        put_place_row(file, "whole answer", report.total);
        if (late) {
            put_place_row(file, "with retries", report.item);
        }
        fputs("</tbody>\n</table></div>\n", file);
    }
    fputs("</figure>\n", file);
}

}  // namespace cli
