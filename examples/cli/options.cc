// cli/options.cc: the parser that runs over a command's option table.
// Accepts --name value, --name=value, -x value; `--` ends the options. Names may not be cut short.
// Invariant: a message is printed exactly once for each refusal.
#include "cli/options.h"

#include <stdio.h>
#include <string.h>

#include "cli/option_values.h"

namespace cli {

namespace {

constexpr size_t names_max = 128;

struct Parser {
    const OptionTable& table;
    void* settings;

    bool set(const Option& option, const char* value) const {
        void* const field = static_cast<char*>(settings) + option.offset;
        return read_option_value(table.command, option, value, field);
    }
    bool set_defaults() const;
    bool parse_option(int argc, char** argv, int* at) const;
    bool refuse_unknown(const char* argument) const;
};

bool Parser::refuse_unknown(const char* argument) const {
    const char* names[names_max];
    size_t count = 0;
    for (size_t g = 0; g < table.count; ++g) {
        for (size_t i = 0; i < table.groups[g].count && count < names_max; ++i) {
            names[count++] = table.groups[g].options[i].name;
        }
    }
    char word[64];
    snprintf(word, sizeof word, "%s", argument + strspn(argument, "-"));
    word[strcspn(word, "=")] = 0;
    const char* near = nearest_name(word, names, count);
    if (near != nullptr) {
        fprintf(stderr, "leat %s: unknown option '%s'; did you mean --%s?\n", table.command,
                argument, near);
    } else {
        fprintf(stderr, "leat %s: unknown option '%s'; `leat help %s` lists them\n", table.command,
                argument, table.command);
    }
    return false;
}

// Reads the option at argv[*at]; *at moves on when its value is the next argument.
bool Parser::parse_option(int argc, char** argv, int* at) const {
    const char* argument = argv[*at];
    const char* value = nullptr;
    const Option* option = nullptr;
    if (argument[1] == '-') {
        const char* equals = strchr(argument, '=');
        const size_t size =
            equals != nullptr ? static_cast<size_t>(equals - argument) - 2 : strlen(argument) - 2;
        option = table.find(argument + 2, size, 0);
        value = equals != nullptr ? equals + 1 : nullptr;
    } else {
        option = table.find(nullptr, 0, argument[1]);
        value = argument[2] != 0 ? argument + 2 : nullptr;
    }
    if (option == nullptr) {
        return refuse_unknown(argument);
    }
    if (option->kind == Kind::flag) {
        if (value != nullptr) {
            fprintf(stderr, "leat %s: --%s takes no value\n", table.command, option->name);
            return false;
        }
        return set(*option, nullptr);
    }
    if (value == nullptr && *at + 1 < argc) {
        value = argv[++*at];
    }
    if (value == nullptr) {
        fprintf(stderr, "leat %s: --%s wants a value: %s\n", table.command, option->name,
                option->argument);
        return false;
    }
    return set(*option, value);
}

bool Parser::set_defaults() const {
    for (size_t g = 0; g < table.count; ++g) {
        for (size_t i = 0; i < table.groups[g].count; ++i) {
            const Option& option = table.groups[g].options[i];
            if (option.initial != nullptr && !set(option, option.initial)) {
                return false;
            }
        }
    }
    return true;
}

}  // namespace

const Option* OptionTable::find(const char* name, size_t size, char letter) const {
    for (size_t g = 0; g < count; ++g) {
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

bool OptionTable::hides(const Option& option) const {
    return find(option.name, strlen(option.name), 0) != &option;
}

bool parse_options(const OptionTable& table, int argc, char** argv, void* settings,
                   const char** input) {
    const Parser parser{table, settings};
    if (!parser.set_defaults()) {
        return false;
    }
    bool options_end = false;
    for (int at = 0; at < argc; ++at) {
        const char* argument = argv[at];
        if (!options_end && strcmp(argument, "--") == 0) {
            options_end = true;
        } else if (!options_end && argument[0] == '-' && argument[1] != 0) {
            if (!parser.parse_option(argc, argv, &at)) {
                return false;
            }
        } else if (input == nullptr) {
            fprintf(stderr, "leat %s: takes options only, but there is '%s'\n", table.command,
                    argument);
            return false;
        } else if (*input != nullptr) {
            fprintf(stderr, "leat %s: one input file, but '%s' follows '%s'\n", table.command,
                    argument, *input);
            return false;
        } else {
            *input = argument;
        }
    }
    return true;
}

bool parse_run(int argc, char** argv, Settings* settings) {
    *settings = Settings{};
    if (!parse_options(run_options(), argc, argv, settings, &settings->input)) {
        return false;
    }
    if (settings->input == nullptr && !settings->help) {
        fprintf(stderr,
                "leat run: which file? (- is stdin): leat run prompts.jsonl -o out.jsonl\n");
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
