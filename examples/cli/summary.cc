// cli/summary.cc: labels in one column, numbers right-aligned in the next, remarks behind them.
// A line whose number is 0 and which then says nothing is left out.
#include "cli/summary.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/text_line.h"

namespace cli {

namespace {

class Table {
public:
    explicit Table(const Terminal& terminal) : terminal_(terminal) {}

    void count(const char* label, uint64_t value, const char* colour, const char* remark) {
        fprintf(stderr, "  %s%-11s%s%s%12s%s  %s\n", terminal_.dim(), label, terminal_.plain(),
                colour, count_words(value).text, colour[0] != 0 ? terminal_.plain() : "", remark);
    }
    void words(const char* label, const char* format, ...) __attribute__((format(printf, 3, 4))) {
        char text[600];
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(text, sizeof text, format, arguments);
        va_end(arguments);
        fprintf(stderr, "  %s%-11s%s  %s\n", terminal_.dim(), label, terminal_.plain(), text);
    }

private:
    const Terminal& terminal_;
};

// "server 3, timeout_attempt 1", the most frequent first.
void failure_words(const Tally& tally, char* out, size_t size) {
    bool told[words_max] = {};
    size_t at = 0;
    out[0] = 0;
    for (uint32_t n = 0; n < tally.failures_count; ++n) {
        uint32_t best = words_max;
        for (uint32_t i = 0; i < tally.failures_count; ++i) {
            if (!told[i] &&
                (best == words_max || tally.failures[i].count > tally.failures[best].count)) {
                best = i;
            }
        }
        told[best] = true;
        const int put = snprintf(out + at, size - at, "%s%s %s", n > 0 ? ", " : "",
                                 tally.failures[best].word,
                                 count_words(tally.failures[best].count).text);
        if (put < 0 || at + static_cast<size_t>(put) >= size) {
            break;
        }
        at += static_cast<size_t>(put);
    }
}

void print_outcomes(const SummaryFacts& facts, const Terminal& terminal, Table* table) {
    const Tally& tally = *facts.tally;
    char remark[400];
    table->count("succeeded", tally.succeeded, tally.succeeded > 0 ? terminal.green() : "", "");
    failure_words(tally, remark, sizeof remark);
    table->count("failed", tally.failed, tally.failed > 0 ? terminal.red() : "", remark);
    if (tally.skipped > 0) {
        table->count("skipped", tally.skipped, "", "");
    }
    if (tally.done_before > 0) {
        table->count("before", tally.done_before, "", "done by an earlier run");
    }
    if (facts.unfinished > 0) {
        table->count("unfinished", facts.unfinished, terminal.yellow(),
                     "no record; --resume does them");
    }
}

void print_work(const SummaryFacts& facts, Table* table) {
    const Tally& tally = *facts.tally;
    char remark[200];
    TextLine line(remark, sizeof remark);
    line.add("%s retries, %s rate-limited (429)", count_words(facts.stats.retries).text,
             count_words(facts.stats.rate_limited).text);
    if (facts.stats.overload_probes > 0) {
        line.add(", %s overload probes", count_words(facts.stats.overload_probes).text);
    }
    if (tally.retried > 0) {
        line.add(", %s extra passes", count_words(tally.retried).text);
    }
    table->count("attempts", tally.attempts, "", remark);
    snprintf(remark, sizeof remark, "%s in, %s out",
             count_words(static_cast<uint64_t>(tally.input_tokens)).text,
             count_words(static_cast<uint64_t>(tally.output_tokens)).text);
    table->count("tokens", static_cast<uint64_t>(tally.input_tokens + tally.output_tokens), "",
                 remark);
}

// What came from the provider's cache, and the cache that the run itself kept there.
void print_context(const SummaryFacts& facts, Table* table) {
    const leat_usage& usage = facts.summary.usage;
    char words[300];
    TextLine line(words, sizeof words);
    if (usage.cached_input_tokens > 0) {
        const double saved_usd = saved_by_cache(*facts.people, usage);
        line.add("input tokens that the service had in its cache");
        if (saved_usd >= 0) {
            line.add(", %s less", money_words(saved_usd).text);
        }
        table->count("prompt cache", static_cast<uint64_t>(usage.cached_input_tokens), "", words);
    }
    if (!facts.context->is_used()) {
        return;
    }
    const leat_context_info& info = facts.context->info();
    TextLine life(words, sizeof words);
    life.add("%s made, %s found, %s renewed, %s lost", count_words(info.created).text,
             count_words(info.found).text, count_words(info.renewed).text, count_words(info.lost).text);
    if (info.cost_usd > 0) {
        life.add("; %s to make", money_words(info.cost_usd).text);
    }
    if (facts.context->reason()[0] != 0) {
        life.add("; %s", facts.context->reason());
    } else if (facts.context->name()[0] != 0) {
        const bool stays = facts.context->is_kept() || info.created == 0;
        life.add("; %s %s", stays ? "stays:" : "deleted:", facts.context->name());
    }
    table->words("context", "%s", words);
}

// What was not asked for, and what that saved.
void print_cache(const SummaryFacts& facts, Table* table) {
    const leat_summary& sum = facts.summary;
    char remark[200];
    TextLine line(remark, sizeof remark);
    if (sum.cached > 0 || sum.cache_misses > 0) {
        line.add("saved %s tokens", count_words(facts.tally->cached_tokens).text);
        if (sum.saved_usd > 0) {
            line.add(", %s", money_words(sum.saved_usd).text);
        }
        if (sum.cache_shared > 0) {
            line.add("; %s waited for an equal item", count_words(sum.cache_shared).text);
        }
        table->count("cached", sum.cached, "", remark);
    }
    if (sum.cache_failures > 0) {
        table->count("cache", sum.cache_failures, "", "times that its file failed");
    }
}

// Who answered how many, where there are several.
void answer_words(const SummaryFacts& facts, char* out, size_t size) {
    TextLine line(out, size);
    const Service& people = *facts.people;
    const bool is_pool = people.targets_count == 1;
    for (uint32_t i = 0; i < people.targets_count; ++i) {
        const ServiceTarget& target = people.targets[i];
        uint64_t count = 0;
        for (uint32_t k = 0; k < target.keys_count && target.first + k < endpoints_most; ++k) {
            const uint64_t its = facts.tally->answered[target.first + k];
            if (is_pool) {
                line.add("%s%s %s", k > 0 ? ", " : "", people.key_names[k], count_words(its).text);
            }
            count += its;
        }
        if (!is_pool) {
            line.add("%s%s %s", i > 0 ? ", " : "", target.name, count_words(count).text);
        }
    }
}

void print_services(const SummaryFacts& facts, Table* table) {
    char words[500];
    if (facts.people->endpoints_count() > 1) {
        answer_words(facts, words, sizeof words);
        table->words("answered", "%s", words);
    }
    if (facts.summary.fallbacks > 0) {
        table->count("fallbacks", facts.summary.fallbacks, "", "times that an item moved on");
    }
    if (facts.summary.hedges > 0) {
        snprintf(words, sizeof words, "second tries, of which %s came first",
                 count_words(facts.summary.hedges_won).text);
        table->count("hedges", facts.summary.hedges, "", words);
    }
    if (facts.people->is_priced || facts.summary.cost_usd > 0) {
        TextLine line(words, sizeof words);
        line.add("%12s", money_words(facts.summary.cost_usd).text);
        if (facts.summary.cost_failed_usd > 0) {
            line.add("  %s of it for tries that failed", money_words(facts.summary.cost_failed_usd).text);
        }
        if (facts.budget_usd > 0) {
            line.add("  of a budget of %s", money_words(facts.budget_usd).text);
        }
        if (!facts.people->is_priced) {
            line.add("  of the answers whose price is known");
        }
        table->words("cost", "%s", words);
    }
    const Tally& tally = *facts.tally;
    if (tally.footprints > 0) {
        TextLine line(words, sizeof words);
        line.add("%9.3g Wh  %.3g gCO2eq, zone %.*s", tally.energy_kwh * 1000,
                 tally.gwp_kgco2eq * 1000, static_cast<int>(facts.people->zone.size),
                 facts.people->zone.data);
        if (tally.footprints < tally.succeeded) {
            line.add("; of %s answers", count_words(tally.footprints).text);
        }
        table->words("energy", "%s", words);
    }
}

void print_time(const SummaryFacts& facts, Table* table) {
    const Tally& tally = *facts.tally;
    const double seconds = facts.wall_ms / 1000;
    const double rate = seconds > 0 ? static_cast<double>(tally.finished()) / seconds : 0;
    table->words("time", "%s wall, %s, %s summed over items", time_words(facts.wall_ms).text,
                 rate_words(rate).text, time_words(tally.sum_item_ms).text);
    if (tally.latencies.count() > 0) {
        table->words("latency", "p50 %s, p95 %s, p99 %s", time_words(tally.latencies.quantile(.5)).text,
                     time_words(tally.latencies.quantile(.95)).text,
                     time_words(tally.latencies.quantile(.99)).text);
    }
}

void print_resources(const SummaryFacts& facts, Table* table) {
    table->words("network", "%s connections, %s full and %s resumed handshakes, %u in flight at most",
                 count_words(facts.stats.connections_opened).text,
                 count_words(facts.stats.tls_full_handshakes).text,
                 count_words(facts.stats.tls_resumed_handshakes).text,
                 facts.stats.in_flight_peak);
    char ids[96] = "no id table";
    if (facts.ids_bytes > 0) {
        snprintf(ids, sizeof ids, "%s id table (16 B x %s)", byte_words(facts.ids_bytes).text,
                 count_words(facts.ids_capacity).text);
    }
    table->words("memory", "%s block, %s, %s resident", byte_words(facts.block_bytes).text, ids,
                 byte_words(facts.resident_bytes).text);
}

}  // namespace

void print_summary(const SummaryFacts& facts, const Terminal& terminal) {
    const Tally& tally = *facts.tally;
    Table table(terminal);
    const uint64_t done = tally.finished();
    const char* colour = facts.stopped != nullptr ? terminal.yellow()
                         : tally.failed > 0       ? terminal.yellow()
                                                  : terminal.green();
    fprintf(stderr, "\n  %s%s%s: %s item%s%s%s\n", colour,
            facts.stopped != nullptr ? "stopped" : "finished", terminal.plain(),
            count_words(done).text, done == 1 ? "" : "s", facts.stopped != nullptr ? "; " : "",
            facts.stopped != nullptr ? facts.stopped : "");
    print_outcomes(facts, terminal, &table);
    print_work(facts, &table);
    print_cache(facts, &table);
    print_context(facts, &table);
    print_services(facts, &table);
    print_time(facts, &table);
    print_resources(facts, &table);
    table.words("service", "%s", facts.service);
    table.words("output", "%s", facts.output);
}

}  // namespace cli
