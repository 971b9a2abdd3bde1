// cli/chart_panel.h: a panel for each setting of a comparison, all with the same axes: what was in
// flight, what the provider admitted against what it keeps up, 429s, and what held leat back.
// Depends on simulate.h. Invariant: bins are as wide in all panels, save those that are coarser.
#pragma once

#include <stdio.h>

#include "cli/chart_plot.h"
#include "cli/chart_scale.h"
#include "cli/simulate.h"

namespace cli {

// What the provider keeps up, over the whole axis: of the run that took longest, all having the same
// provider.
struct Pace {
    Step steps[bins_max];
    uint32_t count;
    double last;  // that is not an overload's nothing
};

// What all panels share.
struct Axes {
    Scale time;
    Scale in_flight;
    Scale rate;
    Ticks times;
    Ticks in_flights;
    Ticks rates;
    Pace pace;
};

// One setting, ready to be drawn. Too large for a stack.
struct Panel {
    const Row* row;
    Series series;
    Step steps[bins_max];
    uint32_t count;

    double from_ms(uint32_t bin) const { return bin * series.width_ms(); }
    double to_ms(uint32_t bin) const { return from_ms(bin) + series.bin(bin).covered_ms; }
    // Per minute, of a count in a bin. The last bin may be too short to say much.
    double rate(uint32_t bin, double requests) const {
        const double covered_ms = series.bin(bin).covered_ms;
        const double least_ms = series.width_ms() / 4;
        return requests / (covered_ms > least_ms ? covered_ms : least_ms) * 60000;
    }
};

// chart_panel_data.cc
void load_panel(const Row& row, const Axes& axes, Panel* panel);
// panel: room to work in.
void find_axes(const Comparison& comparison, Panel* panel, Axes* axes);

// chart_panel.cc: writes all of them.
void put_panels(FILE* file, const Comparison& comparison);

}  // namespace cli
