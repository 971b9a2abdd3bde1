// cli/service_parts.h: the parts of service.cc that live in files of their own.
// Each says on stderr why when it answers false.
#pragma once

#include "cli/service.h"

namespace cli {

// Forks the built-in server and points the endpoint at it, as if it were that provider.
bool start_mock(const Settings& settings, const char* provider, Service* service);
void stop_mock(Service* service);

// --proxy, else HTTPS_PROXY, HTTP_PROXY and NO_PROXY.
bool choose_proxy(const Settings& settings, Service* service);

}  // namespace cli
