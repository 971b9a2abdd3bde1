// tests/efficiency/main.cc: prints the table: each policy against each service, with the headers that
// tell limits and without. `leat_efficiency more` races against the other services instead.
// Depends on race.h and leat_run.h. Invariant: the same build prints the same table on every run.
#include <cstdio>
#include <cstring>

#include "efficiency/leat_run.h"
#include "efficiency/race.h"

namespace efficiency {
namespace {

constexpr uint64_t seed = 1;

void print_cell(const Outcome& outcome) {
    std::printf(" %.1f %% / %.2f %% / %llu |", outcome.capacity_percent, outcome.refused_percent,
                static_cast<unsigned long long>(outcome.failed_items));
}

void print_table(bool with_headers, bool more) {
    const std::vector<Scenario> all = more ? more_scenarios(with_headers) : scenarios(with_headers);
    std::printf("%s rate-limit headers and Retry-After:\n\n| policy |",
                with_headers ? "With" : "Without");
    for (const Scenario& scenario : all) std::printf(" %s |", scenario.name);
    std::printf("\n|---|");
    for (size_t i = 0; i < all.size(); ++i) std::printf("---|");
    std::printf("\n");
    for (const Entry& entry : rivals()) {
        std::printf("| %s |", entry.name);
        for (const Scenario& scenario : all) {
            print_cell(race(scenario, entry.make().get(), seed));
        }
        std::printf("\n");
    }
    std::printf("| leat |");
    for (const Scenario& scenario : all) print_cell(run_leat(scenario, seed));
    std::printf("\n\n");
}

}  // namespace
}  // namespace efficiency

int main(int count, char** arguments) {
    const bool more = count > 1 && std::strcmp(arguments[1], "more") == 0;
    efficiency::print_table(true, more);
    efficiency::print_table(false, more);
    std::printf(
        "Each cell: answers in %% of what the service could have given, over 60 virtual minutes\n"
        "after 5 of warm-up / requests that it answered with 429, in the same hour / items given\n"
        "up, in all 65 minutes. The backlog never ends; answers take some 2 s. The cookbook and\n"
        "LangChain's limiter are told the limits that are published where they are counted by the\n"
        "minute (LangChain even the mean size of a request), and keep them when they change; of\n"
        "places and overloads nothing is published, so there they run with their defaults\n"
        "(1,500 requests and 125,000 tokens a minute; 1 request a second). The others, leat too,\n"
        "are told nothing. All of them try a 5xx again. Over 100 %%: what the bucket still held "
        "after\n"
        "the warm-up, and what an overload left to be served.\n");
    return 0;
}
