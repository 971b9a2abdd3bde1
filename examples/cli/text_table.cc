// cli/text_table.cc: see text_table.h.
// Prints to stdout.
#include "cli/text_table.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

namespace cli {

namespace {

constexpr int margin = 2;
constexpr int gap = 2;

}  // namespace

void TextTable::column(const char* title, int importance, bool left) {
    if (columns_count_ == table_columns_max) {
        return;
    }
    Column& column = columns_[columns_count_++];
    snprintf(column.title, sizeof column.title, "%s", title);
    column.importance = importance;
    column.left = left;
    column.shown = true;
    column.width = static_cast<int>(strlen(column.title));
}

void TextTable::row(const char* mark, const char* colour) {
    if (rows_count_ == table_rows_max) {
        return;
    }
    Row& row = rows_[rows_count_++];
    row.mark = mark;
    row.colour = colour;
    row.cells_count = 0;
}

void TextTable::cell(const char* format, ...) {
    Row& row = rows_[rows_count_ - 1];
    if (row.cells_count == columns_count_) {
        return;
    }
    Column& column = columns_[row.cells_count];
    char* const cell = row.cells[row.cells_count++];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(cell, table_cell_bytes, format, arguments);
    va_end(arguments);
    const int size = static_cast<int>(strlen(cell));
    column.width = size > column.width ? size : column.width;
}

int TextTable::total_width() const {
    int sum = margin;
    for (uint32_t c = 0; c < columns_count_; ++c) {
        sum += columns_[c].shown ? columns_[c].width + gap : 0;
    }
    return sum;
}

// The most important of those left out that is narrow enough comes back.
void TextTable::show_what_fits(int width) {
    for (uint32_t turn = 0; turn < columns_count_; ++turn) {
        Column* most = nullptr;
        for (uint32_t c = 0; c < columns_count_; ++c) {
            Column& column = columns_[c];
            if (!column.shown && total_width() + column.width + gap <= width &&
                (most == nullptr || column.importance > most->importance)) {
                most = &column;
            }
        }
        if (most == nullptr) {
            return;
        }
        most->shown = true;
    }
}

void TextTable::hide_until_it_fits(int width) {
    while (total_width() > width) {
        Column* least = nullptr;
        for (uint32_t c = 0; c < columns_count_; ++c) {
            Column& column = columns_[c];
            if (column.shown && (least == nullptr || column.importance < least->importance)) {
                least = &column;
            }
        }
        if (least == nullptr) {
            return;
        }
        least->shown = false;
    }
}

void TextTable::print_cell(const Column& column, const char* text, bool last) const {
    if (column.left) {
        printf("%*s%-*s", gap, "", last ? 0 : column.width, text);
    } else {
        printf("%*s%*s", gap, "", column.width, text);
    }
}

void TextTable::print(const Terminal& terminal, int width) {
    hide_until_it_fits(width);
    show_what_fits(width);
    uint32_t last = 0;
    for (uint32_t c = 0; c < columns_count_; ++c) {
        last = columns_[c].shown ? c : last;
    }
    printf("%s%*s", terminal.dim(), margin, "");
    for (uint32_t c = 0; c < columns_count_; ++c) {
        if (columns_[c].shown) {
            print_cell(columns_[c], columns_[c].title, c == last);
        }
    }
    printf("%s\n", terminal.plain());
    for (uint32_t r = 0; r < rows_count_; ++r) {
        const Row& row = rows_[r];
        printf("%s%*s%s", row.colour, margin - 1, "", row.mark);
        for (uint32_t c = 0; c < row.cells_count; ++c) {
            if (columns_[c].shown) {
                print_cell(columns_[c], row.cells[c], c == last);
            }
        }
        printf("%s\n", row.colour[0] != 0 ? terminal.plain() : "");
    }
}

}  // namespace cli
