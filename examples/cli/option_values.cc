// cli/option_values.cc: see option_values.h. One reader for each kind of option.
// Depends on the number parser and the families of statuses.
#include "cli/option_values.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "codec/number.h"

namespace cli {

namespace {

// A value on its way into its field, and whose it is.
struct Value {
    const char* command;
    const Option& option;
    leat_str text;

    bool refuse(const char* wanted) const {
        fprintf(stderr, "leat %s: --%s: '%.*s' is not %s\n", command, option.name, size(),
                text.data, wanted);
        return false;
    }
    bool refuse_range(uint64_t unit, const char* suffix) const {
        const unsigned long long least = option.least / unit;
        const unsigned long long most = option.most / unit;
        if (option.most == UINT64_MAX) {
            fprintf(stderr, "leat %s: --%s: '%.*s' is less than %llu\n", command, option.name,
                    size(), text.data, least);
        } else {
            fprintf(stderr, "leat %s: --%s: '%.*s' is not within %llu to %llu%s\n", command,
                    option.name, size(), text.data, least, most, suffix);
        }
        return false;
    }
    int size() const { return static_cast<int>(text.size); }
};

bool read_count(const Value& value, uint64_t* out) {
    const bool takes_word = value.option.automatic != 0;
    if (takes_word && leat::equal(value.text, leat::text("auto"))) {
        *out = value.option.automatic;
        return true;
    }
    if (!leat::parse_u64(value.text, out)) {
        return value.refuse(takes_word ? "a whole number or auto" : "a whole number");
    }
    if (*out < value.option.least || *out > value.option.most) {
        return value.refuse_range(1, "");
    }
    return true;
}

bool read_counts(const Value& value, CountList* list) {
    leat_str rest = value.text;
    list->count = 0;
    do {
        if (list->count == counts_max) {
            fprintf(stderr, "leat %s: --%s: at most %u of them\n", value.command,
                    value.option.name, counts_max);
            return false;
        }
        const Value one{value.command, value.option, leat::take_until(&rest, ',')};
        if (!read_count(one, &list->items[list->count++])) {
            return false;
        }
    } while (!leat::empty(rest));
    return true;
}

struct Family {
    const char* word;
    uint32_t bit;
};

constexpr Family families[] = {
    {"rate_limit", LEAT_ON_RATE_LIMIT},
    {"overloaded", LEAT_ON_OVERLOADED},
    {"server", LEAT_ON_SERVER},
    {"network", LEAT_ON_NETWORK},
    {"timeout", LEAT_ON_TIMEOUT},
    {"authentication", LEAT_ON_AUTHENTICATION},
    {"permission", LEAT_ON_PERMISSION},
    {"quota", LEAT_ON_QUOTA},
    {"invalid_request", LEAT_ON_INVALID_REQUEST},
    {"context_length", LEAT_ON_CONTEXT_LENGTH},
    {"content_filter", LEAT_ON_CONTENT_FILTER},
    {"model", LEAT_ON_MODEL},
    {"parse", LEAT_ON_PARSE},
    {"schema", LEAT_ON_SCHEMA},
    {"any", LEAT_ON_ANY},
};

uint32_t find_family(leat_str word) {
    for (const Family& family : families) {
        if (leat::equal(word, leat_str{family.word, strlen(family.word)})) {
            return family.bit;
        }
    }
    return 0;
}

bool refuse_family(const Value& value, leat_str word, bool takes_none) {
    fprintf(stderr, "leat %s: --%s: '%.*s' is not one of%s", value.command, value.option.name,
            static_cast<int>(word.size), word.data, takes_none ? " none," : "");
    const char* comma = "";
    for (const Family& family : families) {
        fprintf(stderr, "%s %s", comma, family.word);
        comma = ",";
    }
    fprintf(stderr, "\n");
    return false;
}

bool read_families(const Value& value, uint64_t* out) {
    const bool takes_none = value.option.least == 0;
    *out = 0;
    if (takes_none && leat::equal(value.text, leat::text("none"))) {
        return true;
    }
    leat_str rest = value.text;
    do {
        const leat_str word = leat::trim(leat::take_until(&rest, ','));
        const uint32_t bit = find_family(word);
        if (bit == 0) {
            return refuse_family(value, word, takes_none);
        }
        *out |= bit;
    } while (!leat::empty(rest));
    return true;
}

bool read_bytes(const Value& value, uint64_t* out) {
    leat_str digits = value.text;
    uint64_t unit = 1;
    if (digits.size > 0) {
        switch (leat::to_lower(digits.data[digits.size - 1])) {
            case 'k': unit = 1ull << 10; break;
            case 'm': unit = 1ull << 20; break;
            case 'g': unit = 1ull << 30; break;
            default: break;
        }
        digits.size -= unit > 1 ? 1 : 0;
    }
    uint64_t number = 0;
    if (!leat::parse_u64(digits, &number)) {
        return value.refuse("a size such as 65536, 256K or 16M");
    }
    if (__builtin_mul_overflow(number, unit, out) || *out < value.option.least ||
        *out > value.option.most) {
        return value.refuse_range(1, " bytes");
    }
    return true;
}

bool read_seconds(const Value& value, uint64_t* out) {
    double seconds = 0;
    if (!leat::parse_double(value.text, &seconds)) {
        return value.refuse("a number");
    }
    if (seconds * 1000 < static_cast<double>(value.option.least) ||
        seconds * 1000 > static_cast<double>(value.option.most)) {
        return value.refuse_range(1000, " seconds");
    }
    *out = static_cast<uint64_t>(seconds * 1000 + 0.5);
    return true;
}

bool read_leat_number(const Value& value, leat_number* out) {
    int64_t whole = 0;
    if (value.option.kind == Kind::whole && !leat::parse_int(value.text, &whole)) {
        return value.refuse("a whole number");
    }
    if (!leat::parse_double(value.text, &out->value)) {
        return value.refuse("a number");
    }
    if (out->value < static_cast<double>(value.option.least) ||
        out->value > static_cast<double>(value.option.most)) {
        return value.refuse_range(1, "");
    }
    out->is_set = 1;
    return true;
}

bool read_pair(const Value& value, NumberPair* out) {
    leat_str rest = value.text;
    const leat_str first = leat::take_until(&rest, '/');
    if (!leat::parse_double(first, &out->first) || !leat::parse_double(rest, &out->second) ||
        out->first < 0 || out->second < 0) {
        char words[96];
        snprintf(words, sizeof words, "two numbers, %s", value.option.argument);
        return value.refuse(words);
    }
    out->is_set = true;
    return true;
}

bool read_choice(const Value& value, int32_t* out) {
    leat_str rest = leat::text(value.option.argument, strlen(value.option.argument));
    for (int32_t index = 0; !leat::empty(rest); ++index) {
        if (leat::equal(leat::take_until(&rest, '|'), value.text)) {
            *out = index;
            return true;
        }
    }
    char words[128];
    snprintf(words, sizeof words, "one of %s", value.option.argument);
    return value.refuse(words);
}

bool read_list(const Value& value, TextList* list) {
    if (list->count == list_max) {
        fprintf(stderr, "leat %s: --%s: at most %u of them\n", value.command, value.option.name,
                list_max);
        return false;
    }
    list->items[list->count++] = value.text.data;
    return true;
}

}  // namespace

bool read_option_value(const char* command, const Option& option, const char* text, void* field) {
    const Value value{command, option, leat_str{text, text != nullptr ? strlen(text) : 0}};
    switch (option.kind) {
        case Kind::flag: *static_cast<bool*>(field) = true; return true;
        case Kind::text: *static_cast<const char**>(field) = text; return true;
        case Kind::count: return read_count(value, static_cast<uint64_t*>(field));
        case Kind::bytes: return read_bytes(value, static_cast<uint64_t*>(field));
        case Kind::seconds: return read_seconds(value, static_cast<uint64_t*>(field));
        case Kind::number:
        case Kind::whole: return read_leat_number(value, static_cast<leat_number*>(field));
        case Kind::choice: return read_choice(value, static_cast<int32_t*>(field));
        case Kind::list: return read_list(value, static_cast<TextList*>(field));
        case Kind::counts: return read_counts(value, static_cast<CountList*>(field));
        case Kind::families: return read_families(value, static_cast<uint64_t*>(field));
        case Kind::pair: return read_pair(value, static_cast<NumberPair*>(field));
    }
    return false;
}

}  // namespace cli
