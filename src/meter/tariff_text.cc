// meter/tariff_text.cc: see tariff_text.h. Every byte of it may be hostile.
// Depends on base. Invariant: nothing is read outside the table.
#include "meter/tariff_text.h"

#include "base/narrow.h"
#include "meter/tariff.h"

namespace leat {

namespace {

constexpr double price_max = 1e6;
constexpr int exact_power_max = 22;  // 10^22 is the last power of ten that a double holds
constexpr uint8_t no_field = 255;

enum class Kind : uint8_t { price, tokens, provider, model, currency };

struct Field {
    const char* per_token;    // or the only name
    const char* per_million;  // of prices
    Kind kind;
    size_t offset;
};

#define AT(field) offsetof(leat_tariff, field)
constexpr Field fields[] = {
    {"provider", nullptr, Kind::provider, AT(provider)},
    {"model", nullptr, Kind::model, AT(model)},
    {"input_cost_per_token", "input_per_mtok", Kind::price, AT(input)},
    {"output_cost_per_token", "output_per_mtok", Kind::price, AT(output)},
    {"cache_read_cost", "cache_read_per_mtok", Kind::price, AT(cached_input)},
    {"cache_creation_cost", "cache_write_per_mtok", Kind::price, AT(cache_write)},
    {"cache_creation_1h_cost", "cache_write_1h_per_mtok", Kind::price, AT(cache_write_1h)},
    {"batch_input_cost", "batch_input_per_mtok", Kind::price, AT(batch_input)},
    {"batch_output_cost", "batch_output_per_mtok", Kind::price, AT(batch_output)},
    {"reasoning_output_cost", "reasoning_per_mtok", Kind::price, AT(reasoning)},
    {"tier_input_cost", "tier_input_per_mtok", Kind::price, AT(tier_input)},
    {"tier_output_cost", "tier_output_per_mtok", Kind::price, AT(tier_output)},
    {"tier_cache_read_cost", "tier_cache_read_per_mtok", Kind::price, AT(tier_cached_input)},
    {"tier_threshold_tokens", nullptr, Kind::tokens, AT(tier_tokens)},
    {"currency", nullptr, Kind::currency, AT(currency)},
};
#undef AT
constexpr uint32_t fields_count = sizeof fields / sizeof fields[0];
constexpr uint32_t fields_needed = 4;  // the first ones must be there

constexpr uint8_t per_million_flag = 0x80;
constexpr uint32_t index_in(uint8_t field) { return field & ~uint32_t{per_million_flag}; }

double power_of_ten(int exponent) {
    double power = 1;
    for (; exponent > 0; --exponent) power *= 10;  // exact up to 10^22
    return power;
}

uint8_t field_of(Text title) {
    for (uint8_t i = 0; i < fields_count; ++i) {
        if (equal(title, text_of(fields[i].per_token))) return i;
        if (fields[i].per_million != nullptr && equal(title, text_of(fields[i].per_million))) {
            return i | per_million_flag;
        }
    }
    return no_field;
}

bool has_control(Text t) {
    for (size_t i = 0; i < t.size; ++i) {
        const auto byte = static_cast<unsigned char>(t.data[i]);
        if (byte < 0x20 || byte == 0x7f) return true;
    }
    return false;
}

bool is_currency(Text t) {
    if (t.size != 3) return false;
    for (size_t i = 0; i < t.size; ++i) {
        if (t.data[i] < 'A' || t.data[i] > 'Z') return false;
    }
    return true;
}

// The exponent behind an e; false when it is none.
bool read_exponent(Text t, int* exponent) {
    const bool is_negative = t.size > 0 && t.data[0] == '-';
    if (t.size > 0 && (t.data[0] == '-' || t.data[0] == '+')) t = tail(t, 1);
    uint64_t number = 0;
    if (t.size > 3 || !parse_u64(t, &number)) return false;
    *exponent = is_negative ? -static_cast<int>(number) : static_cast<int>(number);
    return true;
}

}  // namespace

bool read_decimal(Text number, int shift, double* out) {
    constexpr uint64_t mantissa_max = 1000000000000000;  // 15 digits
    uint64_t mantissa = 0;
    uint32_t digits = 0;
    int zeros = 0;  // that stand behind the last digit which is not 0
    bool in_fraction = false;
    size_t at = 0;
    for (; at < number.size; ++at) {
        const char c = number.data[at];
        if (c == '.' && !in_fraction && digits > 0) {
            in_fraction = true;
            continue;
        }
        if (!is_digit(c)) break;
        if (++digits > 64) return false;
        if (in_fraction) --shift;
        ++zeros;
        if (c == '0') continue;
        for (; zeros > 0; --zeros) {
            if (mantissa >= mantissa_max / 10) return false;
            mantissa *= 10;
        }
        mantissa += static_cast<uint64_t>(c - '0');
    }
    if (digits == 0 || number.data[at - 1] == '.') return false;
    shift += zeros;
    if (at < number.size) {
        int exponent = 0;
        if (to_lower(number.data[at]) != 'e' || !read_exponent(tail(number, at + 1), &exponent)) {
            return false;
        }
        shift += exponent;
    }
    if (mantissa == 0) shift = 0;
    if (shift > exact_power_max || shift < -exact_power_max) return false;
    const double whole = static_cast<double>(mantissa);
    *out = shift < 0 ? whole / power_of_ten(-shift) : whole * power_of_ten(shift);
    return true;
}

TariffText::TariffText(Text table) : rest_(table) {
    if (starts_with(rest_, text("\xEF\xBB\xBF"))) rest_ = tail(rest_, 3);
}

bool TariffText::tell(leat_table_fault* fault, uint32_t column, const char* reason) const {
    *fault = leat_table_fault{};
    fault->line = line_;
    fault->column = column;
    if (column > 0 && column <= columns_count_) fault->field = titles_[column - 1];
    fault->reason = reason;
    return false;
}

// The next line that is neither empty nor a comment.
bool TariffText::take_line(Text* line) {
    while (!empty(rest_)) {
        *line = take_until(&rest_, '\n');
        ++line_;
        if (line->size > 0 && line->data[line->size - 1] == '\r') --line->size;
        if (!empty(trim(*line)) && line->data[0] != '#') return true;
    }
    return false;
}

// Whether one of the first so many columns holds that field.
bool TariffText::has_field(uint32_t index, uint32_t columns) const {
    for (uint32_t c = 0; c < columns; ++c) {
        if (fields_[c] != no_field && index_in(fields_[c]) == index) return true;
    }
    return false;
}

bool TariffText::know_columns(leat_table_fault* fault) {
    for (uint32_t i = 0; i < fields_needed; ++i) {
        if (has_field(i, columns_count_)) continue;
        (void)tell(fault, 0, "there is no such column");
        fault->field = text_of(fields[i].per_token);
        return false;
    }
    return true;
}

bool TariffText::open(leat_table_fault* fault) {
    Text line{};
    if (!take_line(&line)) {
        line_ = 1;
        return tell(fault, 0, "there is no line that names the columns");
    }
    for (bool more = true; more;) {
        more = find_byte(line, ',') != not_found;
        const Text title = trim(take_until(&line, ','));
        if (columns_count_ == columns_max) return tell(fault, 0, "there are more than 64 columns");
        const uint8_t field = field_of(title);
        titles_[columns_count_] = title;
        fields_[columns_count_++] = field;
        if (field != no_field && has_field(index_in(field), columns_count_ - 1)) {
            return tell(fault, columns_count_, "another column says the same");
        }
    }
    return know_columns(fault);
}

bool TariffText::read_cell(Text cell, uint32_t column, leat_tariff* tariff,
                           leat_table_fault* fault) {
    if (find_byte(cell, '"') != not_found)
        return tell(fault, column, "quotation marks are not read");
    if (has_control(cell)) return tell(fault, column, "there is a control character");
    const uint8_t number = fields_[column - 1];
    if (number == no_field) return true;
    const Field& field = fields[index_in(number)];
    char* const place = reinterpret_cast<char*>(tariff) + field.offset;
    if (empty(cell)) {
        const bool is_needed = index_in(number) < fields_needed;
        return !is_needed || tell(fault, column, "the cell is empty");
    }
    double price = 0;
    uint64_t tokens = 0;
    switch (field.kind) {
        case Kind::price:
            if (!read_decimal(cell, (number & per_million_flag) != 0 ? 0 : 6, &price) ||
                price > price_max) {
                return tell(fault, column, "no price of 0 to 1000000 per million tokens");
            }
            memcpy(place, &price, sizeof price);
            return true;
        case Kind::tokens:
            if (!parse_u64(cell, &tokens)) return tell(fault, column, "no whole number");
            memcpy(place, &tokens, sizeof tokens);
            return true;
        case Kind::currency:
            if (!is_currency(cell)) return tell(fault, column, "no currency such as USD or BRL");
            [[fallthrough]];
        case Kind::provider:
        case Kind::model:
            memcpy(place, &cell, sizeof cell);
            return true;
    }
    return true;
}

TariffText::Next TariffText::next(leat_tariff* tariff, leat_table_fault* fault) {
    Text line{};
    if (!take_line(&line)) return Next::end;
    *tariff = unknown_tariff();
    tariff->currency = text("USD");
    tariff->source = text("the caller's table");
    uint32_t column = 0;
    for (bool more = true; more;) {
        more = find_byte(line, ',') != not_found;
        const Text cell = trim(take_until(&line, ','));
        if (column == columns_count_) {
            (void)tell(fault, 0, "there are more cells than columns");
            return Next::fault;
        }
        if (!read_cell(cell, ++column, tariff, fault)) return Next::fault;
    }
    if (column < columns_count_) {
        (void)tell(fault, 0, "there are fewer cells than columns");
        return Next::fault;
    }
    return Next::row;
}

}  // namespace leat
