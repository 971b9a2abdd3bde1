// cli/help.cc: what `leat help` says. Options come from the tables of their commands.
// Writes to stdout only.
#include <stdio.h>
#include <string.h>

#include "cli/tables.h"

namespace cli {

namespace {

constexpr size_t columns_max = 120;

void print_option(const Option& option) {
    char left[64];
    char letter[8] = "    ";
    if (option.letter != 0) {
        snprintf(letter, sizeof letter, "-%c, ", option.letter);
    }
    const bool choice = option.kind == Kind::choice;
    const char* const argument = choice ? "WORD" : option.argument;
    snprintf(left, sizeof left, "%s--%s%s%s", letter, option.name, argument != nullptr ? " " : "",
             argument != nullptr ? argument : "");
    printf("  %-30s %s", left, option.text);
    if (option.initial != nullptr) {
        const bool fits = 33 + strlen(option.text) + strlen(option.initial) + 3 <= columns_max;
        printf("%s[%s]", fits ? " " : "\n                                   ", option.initial);
    }
    printf("\n");
    if (choice) {
        printf("  %-30s   WORD: %s\n", "", option.argument);
    }
}

}  // namespace

void print_options(const OptionTable& table) {
    for (size_t g = 0; g < table.count; ++g) {
        printf("\n%s\n", table.groups[g].title);
        for (size_t i = 0; i < table.groups[g].count; ++i) {
            const Option& option = table.groups[g].options[i];
            if (!table.hides(option)) {
                print_option(option);
            }
        }
    }
}

void print_overview() {
    puts("leat brings a file of prompts to a language model and every answer back.\n"
         "\n"
         "  leat run IN -o OUT    send each line of IN, append one record a line to OUT\n"
         "  leat retry-failed     of a run's OUT, what failed there once more\n"
         "  leat estimate IN      tokens, money, energy and time of IN; nothing is sent\n"
         "  leat simulate         time, 429s and cost of settings, before money is spent\n"
         "  leat mock             a loopback server that speaks six providers' formats\n"
         "  leat limits           what the options of run cost in memory\n"
         "  leat providers        services that --provider knows\n"
         "  leat prices           what models cost, as far as leat knows\n"
         "  leat footprint        energy, carbon and water of one request\n"
         "  leat cache FILE       what a cache of answers holds; --clear, --expire\n"
         "  leat report OUT       a page about an output: what came, when, for how much, what failed\n"
         "  leat help [COMMAND]   this text, or a command's options\n"
         "  leat version\n"
         "\n"
         "Try it without a key:  leat run prompts.jsonl -o out.jsonl");
}

void print_run_help() {
    puts("leat run IN [-o OUT] [options]\n"
         "\n"
         "Sends every line of IN (- is stdin) and appends one record a line to OUT as answers\n"
         "come. A line is {\"id\",\"prompt\"|\"messages\",...}, the same for every provider, or\n"
         "OpenAI's batch form {\"custom_id\",\"method\",\"url\",\"body\"}; with the method GET, PUT,\n"
         "PATCH or DELETE it is a call of another resource. OUT begins with a line that\n"
         "names the settings ({\"leat_journal\":1,...}); all others are records. A line that is no\n"
         "good item gets an error record and the rest runs on. Ctrl-C once finishes what is on\n"
         "the wire, twice stops at once; --resume goes on from there.\n"
         "\n"
         "Members of a line beside id, prompt and messages (parts, tool_calls and tool turns as\n"
         "OpenAI writes them): system model temperature top_p top_k max_tokens stop seed n\n"
         "presence_penalty frequency_penalty reasoning_effort thinking (true, false, tokens)\n"
         "stream images (addresses, data: URLs, files) tools tool_choice schema choices\n"
         "response_format cached_content headers extra_body timeout_s deadline_s metadata. What a\n"
         "line says goes before the option of that name.\n"
         "\n"
         "What a record's \"leat\" says of time: started_ms, when the item was accepted (Unix clock);\n"
         "timing_ms, of its last try, save queued (until its first one) and item (all of it);\n"
         "attempts, and rate_limited: tries that ended in a 429; limited_ms: what held the run back\n"
         "since the record before, null when nothing was measured. `leat report` draws it.");
    print_options(run_options());
    puts("\nWHO is a PROVIDER, a PROVIDER/MODEL, or a MODEL of the same service; where it lives elsewhere,\n"
         "with @URL behind it; or a URL alone, which gets neither key nor -H. Each service keeps to the\n"
         "limits of its own, and to the pace options; -j N holds for all together.\n"
         "\n"
         "The key comes from the environment (OPENAI_API_KEY for openai; `leat providers` has all),\n"
         "never from the command line. With --base-url alone no key is sent, unless --provider or\n"
         "--api-key-env is given as well. HTTPS_PROXY, HTTP_PROXY and NO_PROXY are honoured.\n"
         "\n"
         "An option that the provider or the model has not got is left out, and said: once here,\n"
         "and as \"ignored\" in each record. An answer that is not of the form asked for is asked\n"
         "for again, --max-attempts times in all, and told what was wrong; the last one stays in\n"
         "the record.\n"
         "\n"
         "With --check all else waits while the command runs (10 s at most). Who wants to change lines\n"
         "before they are sent, or records as they come, has pipes: A <IN | leat run - | B >OUT.\n"
         "\n"
         "A tool of --tools with a \"command\", [\"PROG\",\"ARG\",...] or a line for /bin/sh, is run when\n"
         "the model calls it: the arguments (JSON) on its stdin, what it prints is the result, a\n"
         "status that is not 0 says that it failed. The model goes on with that. Calls of tools\n"
         "without a command, and of tools that a line of IN brings, are recorded, not run.\n"
         "\n"
         "Exit: 0 all succeeded, 1 some failed, 2 bad usage or configuration, 3 stopped early,\n"
         "130 interrupted.");
}

int run_help(int argc, char** argv) {
    if (argc == 0) {
        print_overview();
        return 0;
    }
    if (strcmp(argv[0], "run") == 0) {
        print_run_help();
    } else if (strcmp(argv[0], "simulate") == 0) {
        print_simulate_help();
    } else if (strcmp(argv[0], "estimate") == 0) {
        print_estimate_help();
    } else if (strcmp(argv[0], "prices") == 0) {
        print_prices_help();
    } else if (strcmp(argv[0], "footprint") == 0) {
        print_footprint_help();
    } else if (strcmp(argv[0], "cache") == 0) {
        print_cache_help();
    } else if (strcmp(argv[0], "retry-failed") == 0) {
        print_retry_failed_help();
    } else if (strcmp(argv[0], "report") == 0) {
        print_report_help();
    } else if (strcmp(argv[0], "mock") == 0) {
        char name[] = "leat mock";
        char option[] = "--help";
        char* words[] = {name, option, nullptr};
        return run_mock(2, words);
    } else if (strcmp(argv[0], "limits") == 0) {
        puts("leat limits [options of run]: the client's block of memory, line by line.");
    } else if (strcmp(argv[0], "providers") == 0) {
        puts("leat providers: the names that --provider knows, and where each key is looked for.");
    } else {
        print_overview();
    }
    return 0;
}

}  // namespace cli
