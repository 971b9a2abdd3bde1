// cli/service_parts.h: the parts of service.cc that live in files of their own.
// Each says on stderr why when it answers false.
#pragma once

#include "cli/service.h"

namespace cli {

// Forks the built-in server and points the endpoint at it.
bool start_mock(const Settings& settings, Service* service);
void stop_mock(Service* service);

// --proxy, else HTTPS_PROXY, HTTP_PROXY and NO_PROXY.
bool choose_proxy(const Settings& settings, Service* service);

}  // namespace cli
