// cli/service_mock.cc: the built-in loopback server, which makes the command work at once: a child
// process that speaks HTTPS under a CA of its own, made for this run and gone with it.
// Invariant: the child is in a process group of its own, so that Ctrl-C reaches only the command.
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "cli/provider_facts.h"
#include "cli/service_parts.h"
#include "cli/tables.h"

#if LEAT_CLI_HAS_MOCK
#include "mock/options.h"

namespace cli {

namespace {

// Splits --mock-options at blanks; '...' and "..." hold a word together.
int split_words(char* text, char** words) {
    int count = 0;
    words[count++] = const_cast<char*>("leat mock");
    char* at = text;
    while (*at != 0 && count < static_cast<int>(mock_words_max) - 1) {
        at += strspn(at, " \t\n");
        if (*at == 0) {
            break;
        }
        words[count++] = at;
        char* to = at;
        char quote = 0;
        for (; *at != 0 && (quote != 0 || strchr(" \t\n", *at) == nullptr); ++at) {
            if (quote == 0 && (*at == '\'' || *at == '"')) {
                quote = *at;
            } else if (*at == quote) {
                quote = 0;
            } else {
                *to++ = *at;
            }
        }
        at += *at != 0 ? 1 : 0;
        *to = 0;
    }
    words[count] = nullptr;
    return count;
}

}  // namespace

bool start_mock(const Settings& settings, const char* provider, Service* service) {
    mock_config config;
    mock_config_default(&config);
    if (settings.mock_options != nullptr) {
        char* words[mock_words_max];
        snprintf(service->mock_text, sizeof service->mock_text, "%s", settings.mock_options);
        const int count = split_words(service->mock_text, words);
        if (mock::parse_options(count, words, &config) != mock::ParseResult::Run) {
            return false;
        }
    }
    if (config.tls_port < 0) {
        config.tls_port = 0;
    }
    config.ca_out = nullptr;  // beside nobody's files: mock_start chooses a place
    config.quiet = 1;
    if (settings.seed.is_set != 0) {
        config.seed = static_cast<uint64_t>(settings.seed.value);
    }
    const int error = mock_start(&config, &service->mock);
    if (error != 0) {
        fprintf(stderr, "leat run: the built-in server does not start: %s\n", strerror(error));
        return false;
    }
    setpgid(service->mock.pid, service->mock.pid);
    snprintf(service->url, sizeof service->url, "https://localhost:%u%s", service->mock.tls_port,
             provider_base_path(provider));
    const bool is_plain = strcmp(provider, "openai") == 0;
    snprintf(service->label, sizeof service->label, "mock%s%s (%s)", is_plain ? "" : " of ",
             is_plain ? "" : provider, service->url);
    service->endpoint.base_url = leat_str{service->url, strlen(service->url)};
    service->endpoint.api_key =
        config.require_key != nullptr ? leat_str{config.require_key, strlen(config.require_key)}
                                      : leat::text("mock");
    service->ca_file = leat_str{service->mock.ca_file, strlen(service->mock.ca_file)};
    if (leat::empty(service->model)) {
        service->model = leat::text("mock");
    }
    return true;
}

void stop_mock(Service* service) {
    if (service->mock.pid > 0) {
        mock_stop(&service->mock);
    }
}

int run_mock(int argc, char** argv) { return mock_main(argc, argv); }

}  // namespace cli

#else

namespace cli {

bool start_mock(const Settings&, const char*, Service*) {
    fprintf(stderr, "leat run: this build has no built-in server; give --provider or --base-url\n");
    return false;
}

void stop_mock(Service*) {}

int run_mock(int, char**) {
    fprintf(stderr, "leat mock: this build has no built-in server\n");
    return 2;
}

}  // namespace cli

#endif
