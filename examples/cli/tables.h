// cli/tables.h: the subcommands besides `run`: each takes the arguments behind its name and
// returns the process' exit code.
#pragma once

#include "cli/options.h"

namespace cli {

int run_batch(int argc, char** argv);    // leat run
int run_simulate(int argc, char** argv);
int run_mock(int argc, char** argv);     // leat mock
int run_limits(int argc, char** argv);   // leat limits
int run_providers(int argc, char** argv);
int run_prices(int argc, char** argv);
int run_estimate(int argc, char** argv);
int run_footprint(int argc, char** argv);
int run_report(int argc, char** argv);
int run_retry_failed(int argc, char** argv);
int run_help(int argc, char** argv);
void print_overview();
void print_run_help();
void print_simulate_help();
void print_prices_help();
void print_estimate_help();
void print_footprint_help();
void print_report_help();
void print_retry_failed_help();
// The table's options with their defaults, group by group.
void print_options(const OptionTable& table);

// Room for --max-in-flight auto: leat goes no further.
constexpr uint32_t auto_in_flight_max = 256;

// The client's configuration that `run` uses with these settings.
void fill_client_config(const Settings& settings, leat_config* config);
// The items and connections that so many requests at once need.
void set_room(const Settings& settings, uint32_t in_flight, leat_config* config);
// The batch's policies; callbacks and endpoint are the caller's to add.
void fill_batch_config(const Settings& settings, leat_batch_config* config);

}  // namespace cli
