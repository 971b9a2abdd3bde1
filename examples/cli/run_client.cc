// cli/run_client.cc: the client of a run, the services in it, and the batch over them.
// All of the client's memory is mapped here; pages that a run never touches cost nothing.
#include <stdio.h>

#include "cli/run.h"
#include "cli/tables.h"

namespace cli {

namespace {

constexpr uint32_t auto_in_flight_least = 8;

}  // namespace

// Where the system gives no such block, a run that finds its own number in flight does with less.
bool Run::map_block(leat_config* config) {
    uint32_t in_flight = auto_in_flight_max;
    for (;;) {
        const size_t bytes = leat_memory_required(config);
        if (bytes == 0) {
            fprintf(stderr, "leat run: %s\n", leat_config_error(config));
            return false;
        }
        if (block_.map(bytes)) {
            return true;
        }
        in_flight /= 2;
        if (settings_.max_in_flight != LEAT_AUTO || in_flight < auto_in_flight_least) {
            fprintf(stderr,
                    "leat run: no memory for a block of %zu bytes; lower --max-in-flight "
                    "or --item-bytes\n",
                    bytes);
            return false;
        }
        set_room(settings_, in_flight, config);
    }
}

bool Run::add_services() {
    for (uint32_t i = 0; i < service_.targets_count; ++i) {
        ServiceTarget* const target = &service_.targets[i];
        for (uint32_t w = 0; settings_.verbose; ++w) {
            const char* const warning = leat_endpoint_config_warning(&target->endpoint, w);
            if (warning == nullptr) {
                break;
            }
            fprintf(stderr, "leat run: %s\n", warning);
        }
        const leat_status status =
            target->keys_count > 1
                ? leat_endpoint_add_keys(client_, &target->endpoint, service_.keys,
                                         target->keys_count, &target->first)
                : leat_endpoint_add(client_, &target->endpoint, &target->first);
        if (status != LEAT_OK) {
            const char* const field = leat_endpoint_config_error(&target->endpoint);
            fprintf(stderr, "leat run: %s: %s%s%s\n", i == 0 ? service_.label : target->name,
                    leat_status_hint(status), field[0] != 0 ? ": " : "", field);
            return false;
        }
    }
    return true;
}

bool Run::open_client() {
    leat_config config;
    fill_client_config(settings_, &config);
    config.endpoints_max = service_.endpoints_count();
    config.tls_ca_file = service_.ca_file;
    config.block_is_zero = 1;
    log_.struct_size = sizeof log_;
    log_.write = take_log;
    config.ports.log = &log_;
    config.ports.log_user = this;
    if (!map_block(&config)) {
        return false;
    }
    const leat_status status = leat_open(&config, block_.data(), block_.bytes(), &client_);
    if (status != LEAT_OK) {
        fprintf(stderr, "leat run: %s: %s\n", leat_status_word(status), leat_status_hint(status));
        return false;
    }
    return add_services() && open_observers();
}

bool Run::open_observers() {
    return metrics_.open("metrics", settings_.metrics, leat_metrics_prometheus, client_) &&
           metrics_json_.open("metrics-json", settings_.metrics_json, leat_metrics_json, client_) &&
           events_.open(settings_.events, settings_.resume, client_);
}

bool Run::open_batch() {
    leat_batch_config config;
    leat_target targets[services_max];
    fill_batch_config(settings_, &config);
    for (uint32_t i = 0; i < service_.targets_count; ++i) {
        const ServiceTarget& from = service_.targets[i];
        targets[i] = leat_target{from.first, from.rank, from.weight,
                                 static_cast<uint32_t>(settings_.fallback_on), from.model};
    }
    config.targets = targets;
    config.targets_count = service_.targets_count;
    config.budget_usd = settings_.budget_usd.value;
    config.defaults = &defaults_.request();
    cache_.fill(settings_, &config.cache);
    config.user = this;
    config.source = pull;
    config.on_result = take_result;
    config.on_progress = take_progress;
    config.on_budget = take_budget;
    config.on_token = shows_live() ? take_token : nullptr;
    const bool varies = settings_.retry_model != nullptr || settings_.retry_temperature.is_set != 0;
    config.on_attempt = varies ? take_attempt : nullptr;
    config.dry_run = settings_.dry_run ? 1 : 0;
    check_.open(settings_.check);
    config.validate = check_.is_open() ? check_answer : nullptr;
    const leat_status status = leat_batch_open(client_, &config, &batch_);
    if (status != LEAT_OK) {
        const char* const field = leat_batch_config_error(client_, &config);
        fprintf(stderr, "leat run: %s: %s%s%s\n", leat_status_word(status),
                leat_status_hint(status), field[0] != 0 ? ": " : "", field);
        return false;
    }
    check_options();
    return true;
}

}  // namespace cli
