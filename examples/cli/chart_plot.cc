// cli/chart_plot.cc: see chart_plot.h.
// Numbers in SVG have two decimals at most: a hundredth of a per cent is less than a pixel.
#include "cli/chart_plot.h"

#include "cli/chart_page.h"

namespace cli {

namespace {

constexpr int stretch = 1000;  // width of the nested SVG in its own units
constexpr int label_height = 11;

}  // namespace

void Plot::begin(const Ticks& values, const Ticks& times, const char* label) {
    fprintf(file_, "<div class=\"strip\"><svg width=\"100%%\" height=\"%d\" aria-hidden=\"true\">",
            height_);
    for (uint32_t i = 0; i < values.count; ++i) {
        fprintf(file_, "<text x=\"100%%\" dx=\"-8\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
                down(values.at[i]) + 4, tick_count_words(values.at[i]).text);
    }
    fprintf(file_, "</svg>\n<svg width=\"100%%\" height=\"%d\" role=\"img\" aria-label=\"",
            height_);
    put_escaped(file_, label);
    fputs("\">\n", file_);
    for (uint32_t i = 0; i < times.count; ++i) {
        fprintf(file_, "<line class=\"grid\" x1=\"%.2f%%\" x2=\"%.2f%%\" y1=\"0\" y2=\"%d\"/>",
                across(times.at[i]), across(times.at[i]), height_);
    }
    for (uint32_t i = 0; i < values.count; ++i) {
        fprintf(file_, "<line class=\"%s\" x1=\"0\" x2=\"100%%\" y1=\"%.1f\" y2=\"%.1f\"/>",
                i == 0 ? "base" : "grid", down(values.at[i]), down(values.at[i]));
    }
    fputc('\n', file_);
}

void Plot::end() { fputs("</svg></div>\n", file_); }

void Plot::begin_paths() {
    fprintf(
        file_,
        "<svg width=\"100%%\" height=\"%d\" viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\">",
        height_, stretch, height_);
}

void Plot::end_paths() { fputs("</svg>\n", file_); }

void Plot::area(const char* classes, const Step* steps, uint32_t count) {
    if (count == 0) {
        return;
    }
    fprintf(file_, "<path class=\"area %s\" d=\"M%.2f %d", classes,
            time_.share(steps[0].from_ms) * stretch, height_);
    for (uint32_t i = 0; i < count; ++i) {
        fprintf(file_, "V%.1fH%.2f", down(steps[i].value), time_.share(steps[i].to_ms) * stretch);
    }
    fprintf(file_, "V%dZ\"/>", height_);
}

void Plot::line(const char* classes, const Step* steps, uint32_t count) {
    if (count == 0) {
        return;
    }
    fprintf(file_, "<path class=\"line %s\" d=\"M%.2f %.1f", classes,
            time_.share(steps[0].from_ms) * stretch, down(steps[0].value));
    for (uint32_t i = 0; i < count; ++i) {
        fprintf(file_, "V%.1fH%.2f", down(steps[i].value), time_.share(steps[i].to_ms) * stretch);
    }
    fputs("\"/>", file_);
}

void Plot::right_label(double value, const char* text) {
    const double line = down(value);
    const double base = line < label_height + 6 ? line + label_height + 3 : line - 5;
    fprintf(file_, "<text class=\"on\" x=\"100%%\" dx=\"-4\" y=\"%.1f\" text-anchor=\"end\">",
            base);
    put_escaped(file_, text);
    fputs("</text>\n", file_);
}

void Plot::block(const char* classes, double from_ms, double to_ms, int top, int height,
                 const char* title) {
    fprintf(file_,
            "<rect class=\"%s\" x=\"%.2f%%\" width=\"%.2f%%\" y=\"%d\" height=\"%d\"><title>",
            classes, across(from_ms), across(to_ms) - across(from_ms), top, height);
    put_escaped(file_, title);
    fputs("</title></rect>\n", file_);
}

void Plot::mark(const char* classes, double at_ms, int top, int height, const char* title) {
    fprintf(file_,
            "<rect class=\"%s\" x=\"%.2f%%\" width=\"2.5\" y=\"%d\" height=\"%d\" rx=\"1\"><title>",
            classes, across(at_ms), top, height);
    put_escaped(file_, title);
    fputs("</title></rect>\n", file_);
}

void put_time_axis(FILE* file, const Scale& time, const Ticks& times) {
    fputs(
        "<div class=\"strip\"><span></span><svg width=\"100%\" height=\"18\" "
        "aria-hidden=\"true\">",
        file);
    for (uint32_t i = 0; i < times.count; ++i) {
        const double share = time.share(times.at[i]);
        const char* const anchor = i == 0 ? "start" : (share > 0.97 ? "end" : "middle");
        fprintf(file, "<text x=\"%.2f%%\" y=\"13\" text-anchor=\"%s\">%s</text>", share * 100,
                anchor, tick_time_words(times.at[i]).text);
    }
    fputs("</svg></div>\n", file);
}

}  // namespace cli
