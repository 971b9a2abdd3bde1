/* leat/meter.h: what requests cost: money, energy, carbon, water; and how many tokens a text has.
 *
 * Everything here is a pure function over built-in tables (their sources and dates: leat_meter_source):
 * no client, no network, no memory. What is not known stays unknown and says why; it is never 0 and
 * never a guess. Texts that come back are static, or lie in the table that the caller gave.
 *
 * How a model is found: by the provider's and the model's name, case ignored. A name with a release
 * behind it is the model without ("gpt-4o-2031-01-01", "claude-opus-4-1@20250805", "grok-4-latest"), a
 * name without its date is the newest that has one; nothing else is taken for another model. Services
 * that speak one maker's API share its names (azure, openai-responses; vertex; google_genai, mistralai,
 * x-ai); without a provider, or with "openrouter", the model names its maker: "openai/gpt-4o".
 */
#ifndef LEAT_METER_H
#define LEAT_METER_H

#include <leat/request.h>
#include <leat/status.h>
#include <leat/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------------------------------------------------------- prices */

/* All that a model costs, per million tokens; a price < 0 is not known. */
typedef struct leat_tariff {
    uint32_t struct_size;
    uint32_t batch_percent;     /* of all prices, through the provider's own batch API, where it states
                                   that; 0: it does not, or has none */
    double input;
    double output;
    double cached_input;        /* read from the provider's cache; instead of input. < 0: as input */
    double cache_write;         /* written to it for some minutes; instead of input. < 0: as input */
    double cache_write_1h;      /* for an hour. < 0: as cache_write */
    double batch_input;         /* through its own batch API. < 0: batch_percent tells */
    double batch_output;
    double reasoning;           /* reasoning tokens. < 0: as output */
    uint64_t tier_tokens;       /* a prompt of more tokens costs the prices below; 0: no such tier */
    double tier_input;          /* < 0: as input; likewise the others */
    double tier_output;
    double tier_cached_input;   /* cache writes rise as tier_input does */
    leat_str provider;          /* as the table has it */
    leat_str model;             /* the name that was found, which may not be the name asked for */
    leat_str currency;          /* "USD", "BRL" */
    leat_str source;            /* where the prices are from, and of which day; "the caller's table" */
} leat_tariff;

/* All unknown. */
LEAT_API void leat_tariff_init(leat_tariff *tariff);

/* leat_tariff_find: what the model costs. table: prices that win over the built-in ones, in the form
 * below (its faulty lines are passed over); empty for none. On failure *tariff is all unknown.
 * LEAT_OK; LEAT_E_ARGUMENT; LEAT_E_STRUCT_SIZE; LEAT_E_NOT_FOUND (no such price). */
LEAT_API leat_status leat_tariff_find(leat_str provider, leat_str model, leat_str table,
                                      leat_tariff *tariff) LEAT_CHECKED;

/* The built-in price number `index`, by provider and model: LEAT_OK; LEAT_E_DONE past the last;
 * LEAT_E_ARGUMENT; LEAT_E_STRUCT_SIZE. */
LEAT_API leat_status leat_tariff_at(uint32_t index, leat_tariff *tariff) LEAT_CHECKED;

/* A table of prices is text: comma-separated lines, the first of which names the columns, in any order.
 * There must be provider, model, and a price for input and output. Known columns, each per token with
 * the first name or per million with the second (other columns are ignored; an empty cell is unknown):
 *   input_cost_per_token, input_per_mtok      output_cost_per_token, output_per_mtok
 *   cache_read_cost, cache_read_per_mtok      cache_creation_cost, cache_write_per_mtok
 *   cache_creation_1h_cost, cache_write_1h_per_mtok
 *   batch_input_cost, batch_input_per_mtok    batch_output_cost, batch_output_per_mtok
 *   reasoning_output_cost, reasoning_per_mtok
 *   tier_input_cost, tier_input_per_mtok      tier_output_cost, tier_output_per_mtok
 *   tier_cache_read_cost, tier_cache_read_per_mtok
 *   tier_threshold_tokens                     currency (USD when absent or empty)
 * Empty lines and those that begin with # are passed over. There is no quoting: a cell holds no comma
 * and no quotation mark. Of lines for one model the last counts. */

/* What is wrong with a table. */
typedef struct leat_table_fault {
    uint64_t line;      /* from 1; 0: nothing is wrong */
    uint32_t column;    /* from 1; 0: the line as a whole */
    uint32_t reserved;
    leat_str field;     /* the column's name, as the table has it */
    const char *reason; /* a sentence without its end; "" when nothing is wrong */
} leat_table_fault;

/* leat_table_check: reads the whole table. fault may be NULL. LEAT_OK; LEAT_E_ARGUMENT; LEAT_E_CONFIG
 * (*fault tells the first fault). */
LEAT_API leat_status leat_table_check(leat_str table, leat_table_fault *fault) LEAT_CHECKED;

/* How the tokens were bought; to be added up. */
enum {
    LEAT_COST_BATCH = 1,   /* through the provider's own batch API */
    LEAT_COST_CACHE_1H = 2 /* cache writes were for an hour */
};

/* What the usage costs, in the tariff's currency (G30): cached input costs its price instead of that of
 * input, written input likewise; a prompt over tier_tokens costs the tier's prices. < 0: not known,
 * because the tariff has no price for it or the usage no count of input and output. */
LEAT_API double leat_cost(const leat_tariff *tariff, const leat_usage *usage, uint32_t how);

/* ---------------------------------------------------------------- footprint */

/* The least and the most that a quantity can be; its mean is what to show when one number is wanted. */
typedef struct leat_range {
    double min;
    double max;
    double mean; /* (min + max) / 2 */
} leat_range;

/* Warnings about a model, to be passed on. */
enum {
    LEAT_WARNING_SIZE_GUESSED = 1, /* its maker does not tell its size: the range is an estimate */
    LEAT_WARNING_MULTIMODAL = 2    /* images and sound are not modelled */
};

/* What a request did. All zero but struct_size, provider and model is valid. */
typedef struct leat_footprint_query {
    uint32_t struct_size;
    uint32_t reserved;
    leat_str provider;
    leat_str model;
    leat_str zone;            /* where the electricity is made: ISO 3166 alpha-3 ("BRA"); "WOR", the world,
                                 when empty; "provider": the country of its data centres */
    int64_t output_tokens;    /* as billed, reasoning included */
    leat_number latency_s;    /* sent to last byte of the attempt that succeeded; not set: modelled */
    /* For a model or a provider that the tables lack (or to correct them); 0: the table's. */
    double active_params_min; /* in billions; all parameters of a dense model */
    double active_params_max;
    double total_params_min;
    double total_params_max;
    double pue_min;           /* power usage effectiveness of the data centre, 1 or more */
    double pue_max;
    leat_number water_min;    /* litres a kWh in the data centre */
    leat_number water_max;
} leat_footprint_query;

/* What it cost the world. Usage is the electricity; embodied is the request's share of making the
 * servers. Water is that of usage. */
typedef struct leat_footprint {
    leat_range energy_kwh;
    leat_range gwp_kgco2eq;   /* greenhouse gases: usage and embodied */
    leat_range adpe_kgsbeq;   /* metals and minerals: usage and embodied */
    leat_range pe_mj;         /* primary energy: usage and embodied */
    leat_range water_l;
    leat_range usage_gwp_kgco2eq;
    leat_range usage_adpe_kgsbeq;
    leat_range usage_pe_mj;
    leat_range embodied_gwp_kgco2eq;
    leat_range embodied_adpe_kgsbeq;
    leat_range embodied_pe_mj;
    uint32_t warnings;        /* LEAT_WARNING_* */
    uint32_t reserved;
    leat_str provider;        /* as the table has it; the query's when the query has all numbers */
    leat_str model;
    leat_str zone;            /* whose electricity it is */
    const char *reason;       /* why there are no numbers, without a full stop; "" when there are */
} leat_footprint;

LEAT_API void leat_footprint_query_init(leat_footprint_query *query);

/* leat_footprint_of: after EcoLogits 0.9.1 (leat_meter_source): only output tokens, latency and the
 * model's size count, input does not. As its code does, water multiplies by the PUE twice.
 * LEAT_OK; LEAT_E_ARGUMENT; LEAT_E_STRUCT_SIZE; LEAT_E_RESERVED; LEAT_E_NOT_FOUND (the model or the zone
 * is in no table: reason says which); LEAT_E_CONFIG (a number of the query cannot be). Without LEAT_OK
 * all quantities are 0. */
LEAT_API leat_status leat_footprint_of(const leat_footprint_query *query,
                                       leat_footprint *footprint) LEAT_CHECKED;

/* The zone number `index`, "ARG" for 0; NULL past the last. Static text. */
LEAT_API const char *leat_zone_name(uint32_t index);

typedef enum leat_meter_table {
    LEAT_METER_PRICES = 0,
    LEAT_METER_ENERGY = 1, /* the models' sizes, and the method */
    LEAT_METER_MIX = 2     /* electricity */
} leat_meter_table;

/* Where a built-in table is from: project, licence, commit, date. Static text, never NULL. */
LEAT_API const char *leat_meter_source(leat_meter_table table);

/* ---------------------------------------------------------------- tokens before they are counted */

typedef enum leat_estimator {
    LEAT_ESTIMATE_SCRIPTS = 0, /* what o200k tokenizers make of each script, within some per cent */
    LEAT_ESTIMATE_QUARTER = 1  /* a token for 4 characters, rounded down, at least 1 (M7) */
} leat_estimator;

/* How many tokens the text may have. Bytes that are no UTF-8 count as a character each. */
LEAT_API uint64_t leat_estimate_tokens(leat_str text, leat_estimator estimator);

/* The input of a request (M7): for each message 4, its content (text parts only) and 1 for a role that
 * is system, user, assistant or tool; for each tool call of the assistant its name, its arguments and
 * 10; 2 more for a tool's answer; 3 for the conversation. Ready JSON (content_json, tools_json,
 * body_json ...) counts as the text that it is; tools do as well with LEAT_ESTIMATE_SCRIPTS, and do not
 * with LEAT_ESTIMATE_QUARTER, which keeps to the reference. 0 when request is NULL. */
LEAT_API uint64_t leat_estimate_request(const leat_request *request, leat_estimator estimator);

/* ---------------------------------------------------------------- a batch before it is sent */

/* What a batch is measured with. All zero but struct_size is valid. */
typedef struct leat_estimate_config {
    uint32_t struct_size;
    leat_estimator estimator;     /* SCRIPTS */
    /* An exact counter, such as a tokenizer, instead of the estimator; NULL: none. Texts of ready JSON
     * that have escapes come to it in pieces of up to 2 KiB. */
    uint64_t (*count_tokens)(void *user, leat_str text);
    void *user;
    leat_str provider;
    leat_str model;               /* of requests that name none */
    leat_str prices;              /* a table that wins over the built-in prices; empty: none */
    const leat_tariff *tariff;    /* of all requests, instead of looking them up; NULL: none */
    leat_str zone;                /* as in leat_footprint_query */
    uint32_t output_tokens;       /* of an answer; 0 counts as 1000 */
    uint8_t same_output;          /* 0: a request's own limit of output tokens wins; 1: none does (M6) */
    uint8_t reserved8[3];
    uint32_t how;                 /* LEAT_COST_* */
    uint32_t max_in_flight;       /* limits of all together; 0: none. This one needs latency_s */
    leat_number latency_s;        /* of one request; not set: modelled, for the footprint */
    uint64_t requests_per_minute;
    uint64_t tokens_per_minute;   /* input and output */
    uint64_t input_tokens_per_minute;
    uint64_t output_tokens_per_minute;
    uint64_t requests_per_day;
    uint64_t tokens_per_day;
} leat_estimate_config;

/* What a batch will take. */
typedef struct leat_estimate {
    uint32_t struct_size;
    uint32_t reserved;
    uint64_t requests;
    uint64_t input_tokens;
    uint64_t output_tokens;       /* the most that may come, no forecast (M6) */
    double input_cost;            /* in currency */
    double output_cost;
    double cost;                  /* of both */
    leat_str currency;            /* of the first request that has a price; empty: none has */
    uint64_t unpriced;            /* requests without a price in it; their cost is not in the sums */
    leat_range energy_kwh;
    leat_range gwp_kgco2eq;
    leat_range water_l;
    uint64_t unmodelled;          /* requests without a footprint */
    double seconds;               /* at the limits; < 0: nothing limits it */
    const char *limited_by;       /* "requests per minute" ...; "" */
} leat_estimate;

LEAT_API void leat_estimate_config_init(leat_estimate_config *config);
LEAT_API void leat_estimate_init(leat_estimate *estimate);

/* leat_batch_estimate: requests, tokens, money, energy and time of a batch (M6). Nothing is sent.
 *   config    in; not NULL.
 *   requests  in; count of them, not NULL unless count is 0.
 *   estimate  in and out; not NULL. The requests are added to what it holds, so that a long list can come
 *             in parts, of several models too; time is that of all of it.
 * LEAT_OK; LEAT_E_ARGUMENT; LEAT_E_STRUCT_SIZE (config, estimate, its tariff or a request); LEAT_E_RESERVED.
 * Without LEAT_OK nothing was added. */
LEAT_API leat_status leat_batch_estimate(const leat_estimate_config *config,
                                         const leat_request *requests, size_t count,
                                         leat_estimate *estimate) LEAT_CHECKED;

#ifdef __cplusplus
}
#endif
#endif
