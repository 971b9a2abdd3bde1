// cli/options.cc: the parser that runs over the option table.
// Accepts --name value, --name=value, -x value; `--` ends the options. Names may not be cut short.
// Invariant: a message is printed exactly once for each refusal.
#include "cli/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "codec/number.h"

namespace cli {

namespace {

constexpr size_t names_max = 96;

void* field(Settings* settings, const Option& option) {
    return reinterpret_cast<char*>(settings) + option.offset;
}

bool refuse(const Option& option, const char* value, const char* wanted) {
    fprintf(stderr, "leat run: --%s: '%s' is not %s\n", option.name, value, wanted);
    return false;
}

bool refuse_range(const Option& option, const char* value, uint64_t unit, const char* suffix) {
    const unsigned long long least = option.least / unit;
    if (option.most == UINT64_MAX) {
        fprintf(stderr, "leat run: --%s: '%s' is less than %llu\n", option.name, value, least);
        return false;
    }
    const unsigned long long most = option.most / unit;
    fprintf(stderr, "leat run: --%s: '%s' is not within %llu to %llu%s\n", option.name, value,
            least, most, suffix);
    return false;
}

bool read_count(const Option& option, const char* value, uint64_t* out) {
    if (!leat::parse_u64(leat::text(value, strlen(value)), out)) {
        return refuse(option, value, "a whole number");
    }
    if (*out < option.least || *out > option.most) {
        return refuse_range(option, value, 1, "");
    }
    return true;
}

bool read_bytes(const Option& option, const char* value, uint64_t* out) {
    size_t size = strlen(value);
    uint64_t unit = 1;
    if (size > 0) {
        switch (leat::to_lower(value[size - 1])) {
            case 'k': unit = 1ull << 10; break;
            case 'm': unit = 1ull << 20; break;
            case 'g': unit = 1ull << 30; break;
            default: break;
        }
        size -= unit > 1 ? 1 : 0;
    }
    uint64_t number = 0;
    if (!leat::parse_u64(leat::text(value, size), &number)) {
        return refuse(option, value, "a size such as 65536, 256K or 16M");
    }
    if (__builtin_mul_overflow(number, unit, out) || *out < option.least || *out > option.most) {
        return refuse_range(option, value, 1, " bytes");
    }
    return true;
}

bool read_number(const Option& option, const char* value, double* out) {
    if (!leat::parse_double(leat::text(value, strlen(value)), out)) {
        return refuse(option, value, "a number");
    }
    return true;
}

bool read_seconds(const Option& option, const char* value, uint64_t* out) {
    double seconds = 0;
    if (!read_number(option, value, &seconds)) {
        return false;
    }
    if (seconds * 1000 < static_cast<double>(option.least) ||
        seconds * 1000 > static_cast<double>(option.most)) {
        return refuse_range(option, value, 1000, " seconds");
    }
    *out = static_cast<uint64_t>(seconds * 1000 + 0.5);
    return true;
}

bool read_leat_number(const Option& option, const char* value, leat_number* out) {
    int64_t whole = 0;
    const leat::Text text = leat::text(value, strlen(value));
    if (option.kind == Kind::whole && !leat::parse_int(text, &whole)) {
        return refuse(option, value, "a whole number");
    }
    if (!read_number(option, value, &out->value)) {
        return false;
    }
    if (out->value < static_cast<double>(option.least) ||
        out->value > static_cast<double>(option.most)) {
        return refuse_range(option, value, 1, "");
    }
    out->is_set = 1;
    return true;
}

bool read_choice(const Option& option, const char* value, int32_t* out) {
    leat::Text rest = leat::text(option.argument, strlen(option.argument));
    const leat::Text wanted = leat::text(value, strlen(value));
    for (int32_t index = 0; !leat::empty(rest); ++index) {
        if (leat::equal(leat::take_until(&rest, '|'), wanted)) {
            *out = index;
            return true;
        }
    }
    char words[128];
    snprintf(words, sizeof words, "one of %s", option.argument);
    return refuse(option, value, words);
}

bool read_list(const Option& option, const char* value, TextList* list) {
    if (list->count == list_max) {
        fprintf(stderr, "leat run: --%s: at most %u of them\n", option.name, list_max);
        return false;
    }
    list->items[list->count++] = value;
    return true;
}

bool set_option(Settings* settings, const Option& option, const char* value) {
    void* at = field(settings, option);
    switch (option.kind) {
        case Kind::flag: *static_cast<bool*>(at) = true; return true;
        case Kind::text: *static_cast<const char**>(at) = value; return true;
        case Kind::count: return read_count(option, value, static_cast<uint64_t*>(at));
        case Kind::bytes: return read_bytes(option, value, static_cast<uint64_t*>(at));
        case Kind::seconds: return read_seconds(option, value, static_cast<uint64_t*>(at));
        case Kind::number:
        case Kind::whole: return read_leat_number(option, value, static_cast<leat_number*>(at));
        case Kind::choice: return read_choice(option, value, static_cast<int32_t*>(at));
        case Kind::list: return read_list(option, value, static_cast<TextList*>(at));
    }
    return false;
}

const Option* find_option(const char* name, size_t size, char letter) {
    size_t groups_count = 0;
    const OptionGroup* groups = run_option_groups(&groups_count);
    for (size_t g = 0; g < groups_count; ++g) {
        for (size_t i = 0; i < groups[g].count; ++i) {
            const Option& option = groups[g].options[i];
            const bool same = name != nullptr && strlen(option.name) == size &&
                              memcmp(option.name, name, size) == 0;
            if (same || (letter != 0 && option.letter == letter)) {
                return &option;
            }
        }
    }
    return nullptr;
}

bool refuse_unknown(const char* argument) {
    const char* names[names_max];
    size_t count = 0;
    size_t groups_count = 0;
    const OptionGroup* groups = run_option_groups(&groups_count);
    for (size_t g = 0; g < groups_count; ++g) {
        for (size_t i = 0; i < groups[g].count && count < names_max; ++i) {
            names[count++] = groups[g].options[i].name;
        }
    }
    char word[64];
    snprintf(word, sizeof word, "%s", argument + strspn(argument, "-"));
    word[strcspn(word, "=")] = 0;
    const char* near = nearest_name(word, names, count);
    if (near != nullptr) {
        fprintf(stderr, "leat run: unknown option '%s'; did you mean --%s?\n", argument, near);
    } else {
        fprintf(stderr, "leat run: unknown option '%s'; `leat help run` lists them\n", argument);
    }
    return false;
}

// Reads the option at argv[*at]; *at moves on when its value is the next argument.
bool parse_option(int argc, char** argv, int* at, Settings* settings) {
    const char* argument = argv[*at];
    const char* value = nullptr;
    const Option* option = nullptr;
    if (argument[1] == '-') {
        const char* equals = strchr(argument, '=');
        const size_t size = equals != nullptr ? static_cast<size_t>(equals - argument) - 2
                                              : strlen(argument) - 2;
        option = find_option(argument + 2, size, 0);
        value = equals != nullptr ? equals + 1 : nullptr;
    } else {
        option = find_option(nullptr, 0, argument[1]);
        value = argument[2] != 0 ? argument + 2 : nullptr;
    }
    if (option == nullptr) {
        return refuse_unknown(argument);
    }
    if (option->kind == Kind::flag) {
        if (value != nullptr) {
            fprintf(stderr, "leat run: --%s takes no value\n", option->name);
            return false;
        }
        return set_option(settings, *option, nullptr);
    }
    if (value == nullptr && *at + 1 < argc) {
        value = argv[++*at];
    }
    if (value == nullptr) {
        fprintf(stderr, "leat run: --%s wants a value: %s\n", option->name, option->argument);
        return false;
    }
    return set_option(settings, *option, value);
}

bool set_defaults(Settings* settings) {
    *settings = Settings{};
    size_t groups_count = 0;
    const OptionGroup* groups = run_option_groups(&groups_count);
    for (size_t g = 0; g < groups_count; ++g) {
        for (size_t i = 0; i < groups[g].count; ++i) {
            const Option& option = groups[g].options[i];
            if (option.initial != nullptr && !set_option(settings, option, option.initial)) {
                return false;
            }
        }
    }
    return true;
}

}  // namespace

bool parse_run(int argc, char** argv, Settings* settings) {
    if (!set_defaults(settings)) {
        return false;
    }
    bool options_end = false;
    for (int at = 0; at < argc; ++at) {
        const char* argument = argv[at];
        if (!options_end && strcmp(argument, "--") == 0) {
            options_end = true;
        } else if (!options_end && argument[0] == '-' && argument[1] != 0) {
            if (!parse_option(argc, argv, &at, settings)) {
                return false;
            }
        } else if (settings->input != nullptr) {
            fprintf(stderr, "leat run: one input file, but '%s' follows '%s'\n", argument,
                    settings->input);
            return false;
        } else {
            settings->input = argument;
        }
    }
    if (settings->input == nullptr && !settings->help) {
        fprintf(stderr, "leat run: which file? (- is stdin): leat run prompts.jsonl -o out.jsonl\n");
        return false;
    }
    return true;
}

const char* nearest_name(const char* word, const char* const* names, size_t count) {
    constexpr size_t width = 32;
    const size_t size = strlen(word);
    const char* best = nullptr;
    size_t best_distance = 4;
    for (size_t n = 0; n < count && size < width; ++n) {
        const size_t name_size = strlen(names[n]);
        if (size >= 3 && strncmp(word, names[n], size) == 0) {
            return names[n];
        }
        size_t row[width + 1];
        for (size_t j = 0; j <= width; ++j) {
            row[j] = j;
        }
        for (size_t i = 1; i <= name_size; ++i) {
            size_t corner = row[0];
            row[0] = i;
            for (size_t j = 1; j <= size; ++j) {
                const size_t change = corner + (names[n][i - 1] == word[j - 1] ? 0 : 1);
                corner = row[j];
                size_t least = corner < row[j - 1] ? corner + 1 : row[j - 1] + 1;
                row[j] = change < least ? change : least;
            }
        }
        if (row[size] < best_distance && row[size] * 2 <= name_size) {
            best_distance = row[size];
            best = names[n];
        }
    }
    return best;
}

}  // namespace cli
