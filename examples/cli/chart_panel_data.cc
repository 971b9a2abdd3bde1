// cli/chart_panel_data.cc: see chart_panel.h: bins and axes, before anything is drawn.
// A setting that takes many times as long as the best one is cut: otherwise the others would be too
// narrow to read.
#include "cli/chart_panel.h"

namespace cli {

namespace {

constexpr double longest_of_best = 4;
constexpr double bins_wanted = 120;

double capacity_rate(const Bin& at) {
    return at.capacity_ms > 0 ? at.capacity / at.capacity_ms * 60000 : 0;
}

// The panel that is loaded goes to the end of the axis.
void find_pace(const Panel& panel, Pace* pace) {
    pace->count = 0;
    pace->last = 0;
    for (uint32_t b = 0; panel.row->sustained_rpm > 0 && b < panel.count; ++b) {
        const double rate = capacity_rate(panel.series.bin(b));
        pace->steps[pace->count++] = Step{panel.from_ms(b), panel.from_ms(b + 1), rate};
        pace->last = rate > 0 ? rate : pace->last;
    }
}

}  // namespace

void load_panel(const Row& row, const Axes& axes, Panel* panel) {
    panel->row = &row;
    panel->series = row.series;
    panel->series.set_width(axes.time.most / bins_wanted);
    panel->count = 0;
    while (panel->count < panel->series.size() && panel->from_ms(panel->count) < axes.time.most) {
        ++panel->count;
    }
}

void find_axes(const Comparison& comparison, Panel* panel, Axes* axes) {
    double longest_ms = 0;
    uint32_t longest = 0;
    const double best_ms = comparison.rows[comparison.best].time_ms;
    double in_flight = 1;
    for (uint32_t i = 0; i < comparison.count; ++i) {
        const Row& row = comparison.rows[i];
        if (row.time_ms > longest_ms) {
            longest_ms = row.time_ms;
            longest = i;
        }
        // Where leat finds the number itself its peak is a moment's, which no bin shows.
        const double peak = row.is_auto() ? 1 : row.in_flight_peak;
        in_flight = peak > in_flight ? peak : in_flight;
    }
    const bool cut = best_ms > 0 && longest_ms > best_ms * longest_of_best;
    axes->time.most = cut ? best_ms * longest_of_best : longest_ms;
    load_panel(comparison.rows[longest], *axes, panel);
    find_pace(*panel, &axes->pace);
    double rate = 1;
    for (uint32_t b = 0; b < axes->pace.count; ++b) {
        rate = axes->pace.steps[b].value > rate ? axes->pace.steps[b].value : rate;
    }
    for (uint32_t i = 0; i < comparison.count; ++i) {
        load_panel(comparison.rows[i], *axes, panel);
        for (uint32_t b = 0; b < panel->count; ++b) {
            const double admitted = panel->rate(b, panel->series.bin(b).admitted);
            rate = admitted > rate ? admitted : rate;
            const double mean = panel->series.bin(b).in_flight();
            in_flight = mean > in_flight ? mean : in_flight;
        }
    }
    axes->times = time_ticks(axes->time.most, 7);
    axes->in_flights = count_ticks(in_flight, 4);
    axes->rates = count_ticks(rate, 4);
    axes->in_flight.most = axes->in_flights.at[axes->in_flights.count - 1];
    axes->rate.most = axes->rates.at[axes->rates.count - 1];
}

}  // namespace cli
