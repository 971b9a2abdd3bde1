// cli/text_table.h: a table for a terminal: columns as wide as their cells, numbers to the right;
// where the terminal is too narrow, the columns of least importance are left out.
// Depends on terminal.h. Fixed size; texts are copied and cut. ASCII cells, so bytes are columns.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "cli/terminal.h"

namespace cli {

constexpr uint32_t table_columns_max = 16;
constexpr uint32_t table_rows_max = 64;
constexpr size_t table_cell_bytes = 32;

class TextTable {
public:
    // importance: the least important column goes first; left: text, not a number.
    void column(const char* title, int importance, bool left = false);
    void row(const char* mark, const char* colour);
    void cell(const char* format, ...) __attribute__((format(printf, 2, 3)));
    // Prints what fits into width.
    void print(const Terminal& terminal, int width);

private:
    struct Column {
        char title[table_cell_bytes];
        int importance;
        int width;
        bool left;
        bool shown;
    };
    struct Row {
        const char* mark;
        const char* colour;
        uint32_t cells_count;
        char cells[table_columns_max][table_cell_bytes];
    };

    int total_width() const;
    void show_what_fits(int width);
    void hide_until_it_fits(int width);
    void print_cell(const Column& column, const char* text, bool last) const;

    Column columns_[table_columns_max];
    uint32_t columns_count_ = 0;
    Row rows_[table_rows_max];
    uint32_t rows_count_ = 0;
};

}  // namespace cli
