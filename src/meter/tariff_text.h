// meter/tariff_text.h: a table of prices as text, line by line, where it lies: the form of
// leat/meter.h. Depends on the public types and base; owns nothing.
// Invariant: a tariff that next() gives has a provider, a model, a currency, and a price of input and
// output; a line that is not so is a fault that names line, column and reason.
#pragma once

#include <leat/meter.h>

#include "base/bytes.h"

namespace leat {

class TariffText {
public:
    enum class Next : uint8_t { row, fault, end };

    static constexpr uint32_t columns_max = 64;

    explicit TariffText(Text table);

    // Reads the line that names the columns. False: *fault says why, and there is nothing to read.
    bool open(leat_table_fault* fault);
    // The next line with prices, or what is wrong with it; the one behind it can be read all the same.
    Next next(leat_tariff* tariff, leat_table_fault* fault);

private:
    bool take_line(Text* line);
    bool has_field(uint32_t index, uint32_t columns) const;
    bool know_columns(leat_table_fault* fault);
    bool read_cell(Text cell, uint32_t column, leat_tariff* tariff, leat_table_fault* fault);
    bool tell(leat_table_fault* fault, uint32_t column, const char* reason) const;

    Text rest_;
    uint64_t line_ = 0;
    uint32_t columns_count_ = 0;
    Text titles_[columns_max] = {};
    uint8_t fields_[columns_max] = {};  // index in the list of fields, or none
};

// A decimal number of up to 15 digits without a sign ("0.000003", "3e-06"), times 10^shift: the nearest
// double. False on anything else and on what is beyond 10^22 or below 10^-22.
bool read_decimal(Text number, int shift, double* out);

}  // namespace leat
