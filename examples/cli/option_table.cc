// cli/option_table.cc: every option of `leat run`, in the groups and order of its help.
// A default is text that goes through the same parser as an argument, so that help shows what is.
// Depends on options.h only.
#include <stddef.h>

#include "cli/options.h"

namespace cli {

namespace {

constexpr uint64_t any = UINT64_MAX;
constexpr uint64_t day_ms = 86400000;
constexpr uint64_t gib = 1ull << 30;

#define AT(field) offsetof(Settings, field)

constexpr Option io_options[] = {
    {"output", 'o', Kind::text, "FILE", nullptr, AT(output), 0, 0,
     "where records go; - is stdout (the default)"},
    {"format", 0, Kind::choice, "auto|jsonl|text|compact", "auto", AT(format), 0, 0,
     "auto: jsonl, or text when records go to a terminal"},
    {"lines", 0, Kind::flag, nullptr, nullptr, AT(lines), 0, 0,
     "IN is plain text, a prompt a line"},
    {"limit", 0, Kind::count, "N", nullptr, AT(limit), 1, any, "stop reading after N items"},
    {"resume", 0, Kind::flag, nullptr, nullptr, AT(resume), 0, 0,
     "go on with an OUT that was left unfinished: skip the ids it has"},
    {"force", 0, Kind::flag, nullptr, nullptr, AT(force), 0, 0,
     "resume even though OUT was made with other settings"},
    {"strict", 0, Kind::flag, nullptr, nullptr, AT(strict), 0, 0,
     "stop at the first line that is no good item (exit 3)"},
    {"no-id-check", 0, Kind::flag, nullptr, nullptr, AT(no_id_check), 0, 0,
     "do not look for repeated ids; saves 18 bytes an item"},
    {"dry-run", 0, Kind::flag, nullptr, nullptr, AT(dry_run), 0, 0,
     "send nothing: every item gets an answer that says so, and a record"},
    {"ids", 0, Kind::count, "N", nullptr, AT(ids), 1, 1ull << 40,
     "room for N ids from the start, when IN is a pipe"},
};

constexpr Option service_options[] = {
    {"provider", 'p', Kind::text, "NAME", nullptr, AT(provider), 0, 0,
     "see `leat providers`; mock when there is neither key nor URL"},
    {"base-url", 0, Kind::text, "URL", nullptr, AT(base_url), 0, 0,
     "the service's address with its path, https://host/v1"},
    {"model", 'm', Kind::text, "NAME", nullptr, AT(model), 0, 0,
     "for items that name none; replaces the model in batch-form bodies"},
    {"api-key-env", 0, Kind::text, "NAME,...", nullptr, AT(api_key_env), 0, 0,
     "environment variable that holds the key (PROVIDER_API_KEY); several: a pool of keys"},
    {"header", 'H', Kind::list, "'NAME: VALUE'", nullptr, AT(headers), 0, 0,
     "one more request header; may be repeated"},
    {"ca-file", 0, Kind::text, "FILE", nullptr, AT(ca_file), 0, 0,
     "trust these roots (PEM) instead of the system's"},
    {"resolve", 0, Kind::list, "HOST:PORT:ADDR", nullptr, AT(resolve), 0, 0,
     "use this address for HOST; may be repeated"},
    {"proxy", 0, Kind::text, "URL", nullptr, AT(proxy), 0, 0,
     "http://[user:password@]host:port; '' ignores the environment's"},
    {"allow-http", 0, Kind::flag, nullptr, nullptr, AT(allow_http), 0, 0,
     "allow http:// to hosts that are not loopback"},
    {"mock", 0, Kind::flag, nullptr, nullptr, AT(mock), 0, 0,
     "the built-in server answers, in the format of --provider"},
    {"mock-options", 0, Kind::text, "'...'", nullptr, AT(mock_options), 0, 0,
     "options of `leat mock` for the built-in server"},
};

constexpr Option pace_options[] = {
    {"max-in-flight", 'j', Kind::count, "N|auto", "auto", AT(max_in_flight), 1, 16384,
     "requests on the wire, never more; auto begins with 5 and finds the rest", LEAT_AUTO},
    {"rpm", 0, Kind::count, "N", nullptr, AT(rpm), 1, UINT32_MAX,
     "requests per minute; this and the limits below are kept besides what answers tell"},
    {"burst", 0, Kind::count, "N", nullptr, AT(request_burst), 1, UINT32_MAX,
     "requests of --rpm that may go at once (one second's worth)"},
    {"tpm", 0, Kind::count, "N", nullptr, AT(tpm), 1, any, "tokens per minute, input and output"},
    {"input-tpm", 0, Kind::count, "N", nullptr, AT(input_tpm), 1, any, "input tokens per minute"},
    {"output-tpm", 0, Kind::count, "N", nullptr, AT(output_tpm), 1, any, "output tokens per minute"},
    {"rpd", 0, Kind::count, "N", nullptr, AT(rpd), 1, any, "requests in any 24 hours"},
    {"tpd", 0, Kind::count, "N", nullptr, AT(tpd), 1, any, "tokens in any 24 hours"},
    {"ignore-headers", 0, Kind::flag, nullptr, nullptr, AT(ignore_headers), 0, 0,
     "do not heed the limits that answers tell"},
    {"ramp", 0, Kind::seconds, "S", nullptr, AT(ramp_ms), 1, 3600000,
     "begin with one request at once and add one each so often"},
    {"latency-factor", 0, Kind::number, "X", nullptr, AT(latency_factor), 1, 1000,
     "also send less when answers begin X times as late as they used to"},
    {"max-attempts", 0, Kind::count, "N", "3", AT(max_attempts), 1, 1000,
     "tries per item, the first included; rate limits do not count"},
    {"backoff", 0, Kind::seconds, "S", "1", AT(backoff_ms), 1, 60000,
     "wait before the second try; doubles, with jitter"},
    {"retry-quota", 0, Kind::count, "N", "500", AT(retry_quota), 0, 1000000,
     "stock that retries draw on, 5 each, 10 after a timeout; 0: not counted"},
    {"rate-limit-retries", 0, Kind::count, "N", "20", AT(rate_limit_retries), 0, 1000000,
     "tries of one item that may end in a 429"},
    {"pacing", 0, Kind::choice, "exponential|linear|fixed-delay|batch-llm", "exponential",
     AT(pacing), 0, 0, "how pauses and waits grow; batch-llm: 300 s, times 1.5 for each in a row"},
    {"cooldown", 0, Kind::seconds, "S", "10", AT(cooldown_ms), 1, 600000,
     "pause after a 429 that names no time; doubles"},
    {"max-wait", 0, Kind::seconds, "S", "120", AT(max_wait_ms), 1, day_ms,
     "a longer Retry-After is cut to this"},
    {"slow-start", 0, Kind::count, "N", "50", AT(slow_start), 0, UINT32_MAX,
     "items sent slowly after such a pause; 0 is off"},
    {"timeout", 't', Kind::seconds, "S", "120", AT(timeout_ms), 1, day_ms, "longest single try"},
    {"connect-timeout", 0, Kind::seconds, "S", "10", AT(connect_timeout_ms), 1, day_ms,
     "longest time to connect, TLS included"},
    {"deadline", 0, Kind::seconds, "S", nullptr, AT(deadline_ms), 1, day_ms * 365,
     "stop the whole run after that time (exit 3)"},
    {"on-error", 0, Kind::choice, "continue|fail-fast|skip", "continue", AT(on_error), 0, 0,
     "after a failed item: go on, stop (exit 3), or leave no record"},
    {"retry-failed", 0, Kind::flag, nullptr, nullptr, AT(retry_failed), 0, 0,
     "one extra try for items that failed for a passing reason"},
    {"hedge", 0, Kind::count, "P", nullptr, AT(hedge), 1, 99,
     "ask twice when an answer takes longer than P % of them did (5 % more at most)"},
    {"order", 0, Kind::choice, "completion|input", "completion", AT(order), 0, 0,
     "order of the records in OUT; with input, a kill may send more items twice"},
};

constexpr Option services_options[] = {
    {"fallback", 0, Kind::list, "WHO", nullptr, AT(fallbacks), 0, 0,
     "who is asked when the service fails an item; may be repeated, in order"},
    {"fallback-on", 0, Kind::families, "LIST",
     "overloaded,server,network,timeout,authentication,permission,quota,context_length,model",
     AT(fallback_on), 1, 0, "failures with which an item goes there"},
    {"balance", 0, Kind::list, "WHO[=WEIGHT]", nullptr, AT(balance), 0, 0,
     "one more service that shares the items by weight (1); may be repeated"},
    {"abort-on", 0, Kind::families, "LIST|none", "authentication,quota", AT(abort_on), 0, 0,
     "failures after which a service gets nothing more; when none is left, exit 3"},
    {"price", 0, Kind::list, "[WHO=]IN/OUT", nullptr, AT(prices), 0, 0,
     "USD per million tokens, 0.15/0.60, or IN/CACHED/OUT; WHO: only of that other service"},
    {"prices", 0, Kind::text, "FILE.csv", nullptr, AT(price_file), 0, 0,
     "prices of your own for the models named by options; the columns are in leat/meter.h"},
    {"budget-usd", 0, Kind::number, "X", nullptr, AT(budget_usd), 0, 1000000,
     "what this run may cost; then it stops (exit 3). Needs a price: `leat prices`"},
    {"zone", 0, Kind::text, "ZONE", "WOR", AT(zone), 0, 0,
     "whose electricity it takes: USA, BRA ..., the world (WOR), or provider: its own country's"},
};

constexpr Option request_options[] = {
    {"system", 's', Kind::text, "TEXT", nullptr, AT(system), 0, 0,
     "system message for items that have none"},
    {"temperature", 0, Kind::number, "X", nullptr, AT(temperature), 0, 100,
     "for items that name none"},
    {"max-tokens", 0, Kind::count, "N", nullptr, AT(max_tokens), 1, UINT32_MAX,
     "longest answer, in tokens"},
    {"seed", 0, Kind::whole, "N", nullptr, AT(seed), 0, 1ull << 53,
     "sent with each request; also makes the jitter repeat"},
    {"top-p", 0, Kind::number, "X", nullptr, AT(top_p), 0, 1, "for items that name none"},
    {"top-k", 0, Kind::whole, "N", nullptr, AT(top_k), 1, 1ull << 31, "for items that name none"},
    {"reasoning-effort", 0, Kind::text, "WORD", nullptr, AT(reasoning_effort), 0, 0,
     "low, medium, high ..., in the provider's words"},
    {"thinking", 0, Kind::text, "on|off|N", nullptr, AT(thinking), 0, 0,
     "show the model's thinking, or switch it off; N: with so many tokens for it"},
    {"stream", 0, Kind::flag, nullptr, nullptr, AT(stream), 0, 0,
     "ask for streams; text on stdout, or a single item's, shows as it comes"},
};

constexpr Option answer_options[] = {
    {"schema", 0, Kind::text, "FILE", nullptr, AT(schema), 0, 0,
     "answers must be JSON that satisfies this JSON schema"},
    {"json", 0, Kind::flag, nullptr, nullptr, AT(json), 0, 0, "answers must be a JSON object"},
    {"choices", 0, Kind::text, "A,B,...", nullptr, AT(choices), 0, 0,
     "answers must be one of these; the record's choice says which"},
    {"no-check", 0, Kind::flag, nullptr, nullptr, AT(no_check), 0, 0,
     "ask for the form, but take what comes: no check, no new try"},
    {"check", 0, Kind::text, "CMD", nullptr, AT(check), 0, 0,
     "a shell command that gets the answer's text: status 0 takes it, else it prints why not"},
    {"tools", 0, Kind::text, "FILE", nullptr, AT(tools), 0, 0,
     "[{\"name\",\"description\",\"parameters\",\"strict\",\"command\"}]; see below"},
    {"tool-choice", 0, Kind::text, "WORD", nullptr, AT(tool_choice), 0, 0,
     "auto, none, required, or the name of a tool"},
    {"tool-rounds", 0, Kind::count, "N", "10", AT(tool_rounds), 1, 1000,
     "answers of one item whose calls are run; then it ends as it is (finish_reason tool_limit)"},
    {"tool-timeout", 0, Kind::seconds, "S", "60", AT(tool_timeout_ms), 1, day_ms,
     "longest run of one answer's commands; what has not ended then is killed"},
    {"tools-together", 0, Kind::flag, nullptr, nullptr, AT(tools_together), 0, 0,
     "run the calls of one answer at once, not one after the other"},
    {"tools-last-answer", 0, Kind::flag, nullptr, nullptr, AT(tools_last_answer), 0, 0,
     "after the last round ask once more, without calls"},
    {"plain-retry", 0, Kind::flag, nullptr, nullptr, AT(plain_retry), 0, 0,
     "a wrong answer is asked for again in the same words, without telling what was wrong"},
    {"retry-model", 0, Kind::text, "NAME", nullptr, AT(retry_model), 0, 0,
     "model of the same service for all tries but the first"},
    {"retry-temperature", 0, Kind::number, "X", nullptr, AT(retry_temperature), 0, 100,
     "temperature of all tries but the first"},
    {"cached-content", 0, Kind::text, "NAME", nullptr, AT(cached_content), 0, 0,
     "Gemini's context cache to build on: cachedContents/ID"},
    {"context-cache", 0, Kind::text, "FILE", nullptr, AT(context_cache), 0, 0,
     "what all items begin with, kept by the service (gemini): text, or JSON like a line of IN"},
    {"context-ttl", 0, Kind::seconds, "S", "3600", AT(context_ttl_ms), 2000, day_ms * 30,
     "how long it lives; it is renewed while the run goes on"},
    {"context-tags", 0, Kind::text, "K=V,...", nullptr, AT(context_tags), 0, 0,
     "use a cache that has these tags, if there is one; a new one gets them"},
    {"context-keep", 0, Kind::flag, nullptr, nullptr, AT(context_keep), 0, 0,
     "leave a cache that the run made for the next one; else it is deleted at the end"},
};

constexpr Option history_options[] = {
    {"history", 0, Kind::choice, "independent|sequential|shared|named", "independent", AT(history), 0, 0,
     "what an item sees of others; sequential: those before it; named: those of its conversation"},
    {"context", 0, Kind::text, "FILE", nullptr, AT(context), 0, 0,
     "goes before every item: a JSON array of messages, or plain text for the system"},
    {"no-history", 0, Kind::flag, nullptr, nullptr, AT(no_history), 0, 0,
     "nothing goes before an item; with sequential, one after the other all the same"},
    {"conversations", 0, Kind::count, "N", "64", AT(conversations), 1, 4096,
     "names that lines may give in \"conversation\": chains that run side by side"},
    {"conversation-bytes", 0, Kind::bytes, "SIZE", "1M", AT(conversation_bytes), 1024, gib,
     "text of one conversation, context included"},
    {"when-full", 0, Kind::choice, "fail|drop-oldest", "fail", AT(when_full), 0, 0,
     "when a turn has no room there: its item fails, or the oldest turns go"},
    {"history-tokens", 0, Kind::count, "N", nullptr, AT(history_tokens), 1, any,
     "tokens that one request may have in all, estimated; --when-full says what then"},
    {"transcript", 0, Kind::text, "FILE", nullptr, AT(transcript), 0, 0,
     "write the conversation there at the end, as --context reads it; one a line if named"},
};

constexpr Option cache_options[] = {
    {"cache", 0, Kind::text, "FILE", nullptr, AT(cache), 0, 0,
     "an SQLite file that keeps answers; what it has is not asked for (`leat cache FILE`)"},
    {"cache-ttl", 0, Kind::number, "HOURS", "24", AT(cache_ttl_h), 0, 1000000,
     "how long an answer may be used; 0: for ever"},
    {"cache-mode", 0, Kind::choice, "on|read|refresh", "on", AT(cache_mode), 0, 0,
     "read: keep nothing new; refresh: ask for everything, keep it instead of what was there"},
    {"cache-max-bytes", 0, Kind::bytes, "SIZE", "10G", AT(cache_bytes), 1, 1ull << 50,
     "of the answers; then the one that was not used for longest goes"},
    {"dedupe", 0, Kind::choice, "auto|on|off", "auto", AT(dedupe), 0, 0,
     "ask for equal items once; auto: with --cache. Without it the run keeps 64 MiB of answers"},
};

constexpr Option memory_options[] = {
    {"item-bytes", 0, Kind::bytes, "SIZE", "1M", AT(item_bytes), 8192, gib,
     "memory of one item: its request and its answer"},
    {"max-line-bytes", 0, Kind::bytes, "SIZE", "16M", AT(max_line_bytes), 1024, gib,
     "longest line of IN; a longer one gets an error record"},
};

constexpr Option observe_options[] = {
    {"metrics", 0, Kind::text, "FILE", nullptr, AT(metrics), 0, 0,
     "Prometheus metrics, rewritten every 5 s and at the end, always whole"},
    {"metrics-json", 0, Kind::text, "FILE", nullptr, AT(metrics_json), 0, 0,
     "the same metrics as a JSON object"},
    {"events", 0, Kind::text, "FILE", nullptr, AT(events), 0, 0,
     "each event as a line of JSON; with --resume behind what is there"},
};

constexpr Option display_options[] = {
    {"report", 0, Kind::text, "FILE", nullptr, AT(report), 0, 0,
     "write a page about OUT at the end, as `leat report` does"},
    {"progress", 0, Kind::choice, "auto|line|off", "auto", AT(progress), 0, 0,
     "auto: a live line on a terminal, else one every 5 s"},
    {"progress-every", 0, Kind::count, "N", nullptr, AT(progress_every), 1, any,
     "such lines after N items each, not after a time"},
    {"quiet", 'q', Kind::flag, nullptr, nullptr, AT(quiet), 0, 0,
     "only errors on stderr"},
    {"verbose", 'v', Kind::flag, nullptr, nullptr, AT(verbose), 0, 0,
     "each failure, and what the engine logs"},
    {"help", 'h', Kind::flag, nullptr, nullptr, AT(help), 0, 0, "this text"},
};

#undef AT

constexpr OptionGroup groups[] = {
    option_group("Input and output", io_options),
    option_group("Service", service_options),
    option_group("Pace and failures", pace_options),
    option_group("Several services, and money", services_options),
    option_group("Requests", request_options),
    option_group("Answers", answer_options),
    option_group("Histories", history_options),
    option_group("Answers that are there already", cache_options),
    option_group("Memory", memory_options),
    option_group("Observation", observe_options),
    option_group("Display", display_options),
};

constexpr size_t table_groups = sizeof groups / sizeof groups[0];
constexpr OptionTable table = {"run", groups, table_groups};

}  // namespace

const OptionTable& run_options() { return table; }

RunOptionsToo::RunOptionsToo(const char* command, const OptionGroup& own)
    : groups(), table{command, groups, 1} {
    static_assert(table_groups < groups_max);
    groups[0] = own;
    for (const OptionGroup& group : cli::groups) {
        groups[table.count++] = group;
    }
}

OptionGroup pace_option_group() { return option_group("Pace and failures", pace_options); }

}  // namespace cli
