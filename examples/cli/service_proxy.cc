// cli/service_proxy.cc: which proxy the endpoint is reached through, by leat's own rules for
// HTTPS_PROXY, HTTP_PROXY and NO_PROXY. HTTP_PROXY in capitals is not believed in a CGI, where a
// request's header could set it.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/service_parts.h"
#include "wire/proxy.h"
#include "wire/url.h"

namespace cli {

namespace {

leat_str environment(const char* lower, const char* upper) {
    const char* value = getenv(lower);
    if ((value == nullptr || value[0] == 0) && upper != nullptr) {
        value = getenv(upper);
    }
    return value == nullptr ? leat_str{nullptr, 0} : leat_str{value, strlen(value)};
}

}  // namespace

bool choose_proxy(const Settings& settings, leat_endpoint_config* endpoint) {
    if (settings.proxy != nullptr) {
        endpoint->proxy = leat_str{settings.proxy, strlen(settings.proxy)};
        return true;
    }
    const bool cgi = getenv("REQUEST_METHOD") != nullptr;
    leat::ProxyRules rules{};
    rules.https_proxy = environment("https_proxy", "HTTPS_PROXY");
    rules.http_proxy = environment("http_proxy", cgi ? nullptr : "HTTP_PROXY");
    rules.no_proxy = environment("no_proxy", "NO_PROXY");
    const leat_str source = leat::empty(endpoint->base_url)
                                ? leat::text("https://provider.invalid/")
                                : endpoint->base_url;
    char host[leat::host_bytes_max];
    leat::Url target;
    if (leat::parse_url(source, leat::UrlUse::endpoint, host, &target) != LEAT_OK) {
        fprintf(stderr, "leat run: '%.*s' is not a usable http:// or https:// URL\n",
                static_cast<int>(source.size), source.data);
        return false;
    }
    endpoint->proxy = leat::choose_proxy(rules, target);
    return true;
}

}  // namespace cli
