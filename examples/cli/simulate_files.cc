// cli/simulate_files.cc: the comparison for machines: JSON (one line on stdout) and CSV.
// Both have a value for every setting, in the same words; a number that there is not (no limit, no
// price) is null in JSON and empty in CSV. Depends on the JSON writer.
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "cli/simulate.h"
#include "codec/json_write.h"

namespace cli {

namespace {

constexpr size_t json_bytes = 256 * 1024;
constexpr size_t facts_max = 24;

// A named number of a row; NaN: there is none.
struct Fact {
    const char* name;
    double value;
};

struct Facts {
    Fact items[facts_max];
    size_t count = 0;

    void add(const char* name, double value) { items[count++] = Fact{name, value}; }
    void add(const char* name, uint64_t value) { add(name, static_cast<double>(value)); }
};

double rounded(double value, double parts) { return round(value * parts) / parts; }

void read_facts(const SimulateSettings& settings, const Row& row, Facts* facts) {
    const double none = nan("");
    const bool timed = row.item_ms.count() > 0;
    facts->add("max_in_flight", row.is_auto() ? none : static_cast<double>(row.in_flight));
    facts->add("rpm", row.rpm > 0 ? static_cast<double>(row.rpm) : none);
    facts->add("seconds", rounded(row.time_ms / 1000, 1000));
    facts->add("requests_per_minute", rounded(row.per_minute(), 100));
    facts->add("capacity_share", row.capacity > 0 ? rounded(row.capacity_share(), 1e4) : none);
    facts->add("requests", row.requests);
    facts->add("rate_limited", row.refused);
    facts->add("rate_limited_share", rounded(row.refused_share(), 1e5));
    facts->add("retries", row.retries);
    facts->add("succeeded", row.tally.succeeded);
    facts->add("failed", settings.items - row.tally.succeeded);
    facts->add("latency_p50_seconds",
               timed ? rounded(row.item_ms.quantile(.5) / 1000, 1000) : none);
    facts->add("latency_p95_seconds",
               timed ? rounded(row.item_ms.quantile(.95) / 1000, 1000) : none);
    facts->add("input_tokens", static_cast<uint64_t>(row.tally.input_tokens));
    facts->add("output_tokens", static_cast<uint64_t>(row.tally.output_tokens));
    facts->add("cost_usd", settings.price.is_set ? rounded(cost_usd(settings, row), 1e6) : none);
    facts->add("in_flight_peak", static_cast<uint64_t>(row.in_flight_peak));
}

void put_row(const SimulateSettings& settings, const Row& row, leat::JsonWriter* json) {
    Facts facts;
    read_facts(settings, row, &facts);
    json->begin_object();
    for (size_t i = 0; i < facts.count; ++i) {
        json->key(leat::text_of(facts.items[i].name));
        if (isnan(facts.items[i].value)) {
            json->null();
        } else {
            json->number(facts.items[i].value);
        }
    }
    json->key(leat::text("suggested"));
    json->boolean(row.suggested);
    json->key(leat::text("finished"));
    json->boolean(row.stopped == LEAT_OK);
    json->key(leat::text("limited_by"));
    json->begin_object();
    for (int i = 0; i < limiters_count; ++i) {
        if (row.limiter_ms[i] > 0) {
            json->key(leat::text_of(leat_limiter_name(static_cast<leat_limiter>(i))));
            json->number(rounded(row.limiter_share(i), 1e4));
        }
    }
    json->end_object();
    json->end_object();
}

bool put_csv(const SimulateSettings& settings, const Comparison& comparison, FILE* file) {
    for (uint32_t r = 0; r < comparison.count; ++r) {
        const Row& row = comparison.rows[r];
        Facts facts;
        read_facts(settings, row, &facts);
        for (size_t i = 0; r == 0 && i < facts.count; ++i) {
            fprintf(file, "%s,", facts.items[i].name);
        }
        if (r == 0) {
            fprintf(file, "limited_by,suggested,best\n");
        }
        for (size_t i = 0; i < facts.count; ++i) {
            if (!isnan(facts.items[i].value)) {
                fprintf(file, "%.12g", facts.items[i].value);
            }
            fputc(',', file);
        }
        fprintf(file, "%s,%d,%d\n",
                leat_limiter_name(static_cast<leat_limiter>(row.main_limiter())),
                row.suggested ? 1 : 0, r == comparison.best ? 1 : 0);
    }
    return fflush(file) == 0;
}

}  // namespace

bool write_json(const SimulateSettings& settings, const Comparison& comparison) {
    static char buffer[json_bytes];
    leat::JsonWriter json(buffer, sizeof buffer);
    char words[scene_bytes];
    char advice[advice_bytes];
    json.begin_object();
    json.key(leat::text("batch"));
    write_batch_words(settings, words);
    json.string(leat::text_of(words));
    json.key(leat::text("provider"));
    write_provider_words(settings, words);
    json.string(leat::text_of(words));
    json.key(leat::text("seed"));
    json.integer(static_cast<int64_t>(settings.run.seed.value));
    json.key(leat::text("settings"));
    json.begin_array();
    for (uint32_t i = 0; i < comparison.count; ++i) {
        put_row(settings, comparison.rows[i], &json);
    }
    json.end_array();
    json.key(leat::text("best"));
    json.integer(comparison.best);
    json.key(leat::text("best_is_clean"));
    json.boolean(comparison.best_is_clean());
    json.key(leat::text("advice"));
    write_advice(settings, comparison, advice);
    json.string(leat::text_of(advice));
    json.end_object();
    const leat_str written = json.written();
    if (!json.ok()) {
        errno = EMSGSIZE;
        return false;
    }
    return fwrite(written.data, 1, written.size, stdout) == written.size &&
           fputc('\n', stdout) != EOF && fflush(stdout) == 0;
}

bool write_csv(const SimulateSettings& settings, const Comparison& comparison) {
    if (strcmp(settings.csv, "-") == 0) {
        return put_csv(settings, comparison, stdout);
    }
    FILE* const file = fopen(settings.csv, "w");
    if (file == nullptr) {
        return false;
    }
    const bool good = put_csv(settings, comparison, file);
    return fclose(file) == 0 && good;
}

}  // namespace cli
