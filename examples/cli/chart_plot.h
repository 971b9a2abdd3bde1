// cli/chart_plot.h: one strip of a chart as inline SVG: a gutter with the numbers of the vertical
// axis, and a plot that is as wide as the page lets it be.
// Depends on chart_scale.h. Lengths across are percentages, so that text and lines keep their size
// at any width; paths lie in a nested SVG that is stretched. Time runs from left to right.
#pragma once

#include <stdio.h>

#include "cli/chart_scale.h"

namespace cli {

// From one moment to the next the value is the same.
struct Step {
    double from_ms;
    double to_ms;
    double value;
};

class Plot {
public:
    // What is outside of the scales is drawn on their edge.
    Plot(FILE* file, int height, Scale time, Scale value)
        : file_(file), height_(height), time_(time), value_(value) {}

    void begin(const Ticks& values, const Ticks& times, const char* label);
    void end();
    void begin_paths();  // areas and lines go between
    void area(const char* classes, const Step* steps, uint32_t count);
    void line(const char* classes, const Step* steps, uint32_t count);
    void end_paths();
    // A word on the plot's right edge, at a height; beside a line that is drawn there.
    void right_label(double value, const char* text);
    // A coloured stretch, at a distance from the top; title: what a pointer on it shows.
    void block(const char* classes, double from_ms, double to_ms, int top, int height,
               const char* title);
    // A mark at a moment, as wide at any scale.
    void mark(const char* classes, double at_ms, int top, int height, const char* title);

private:
    double across(double ms) const { return time_.share(ms) * 100; }
    double down(double value) const { return (1 - value_.share(value)) * height_; }

    FILE* file_;
    int height_;
    Scale time_;
    Scale value_;
};

// The numbers of the time axis, below the strips.
void put_time_axis(FILE* file, const Scale& time, const Ticks& times);

}  // namespace cli
