// port/template/template.h: the tables of the template port. Copy this folder, rename "template" to
// your system's name, and fill in template.cc, top to bottom.
// Depends on <leat/port.h>, the contract; read it first.
// Invariant: until a function is written it answers LEAT_E_PORT, and the conformance suite of
// tests/port names it.
#pragma once

#include <leat/port.h>

#ifdef __cplusplus
extern "C" {
#endif

extern const leat_poller_ops leat_template_poller;
extern const leat_stream_ops leat_template_stream;
extern const leat_tls_ops leat_template_tls;
extern const leat_resolver_ops leat_template_resolver;
extern const leat_clock_ops leat_template_clock;
extern const leat_entropy_ops leat_template_entropy;
extern const leat_log_ops leat_template_log;

#ifdef __cplusplus
}
#endif
