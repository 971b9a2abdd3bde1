/* leat/leat.h: all of leat but the ports, which are included by name (leat/posix.h,
 * leat/mbedtls.h, leat/sim.h). Start reading at leat/batch.h. */
#ifndef LEAT_LEAT_H
#define LEAT_LEAT_H

#include <leat/adapter.h>
#include <leat/batch.h>
#include <leat/client.h>
#include <leat/config.h>
#include <leat/context.h>
#include <leat/conversation.h>
#include <leat/limits.h>
#include <leat/memory.h>
#include <leat/meter.h>
#include <leat/middleware.h>
#include <leat/observe.h>
#include <leat/pacing.h>
#include <leat/port.h>
#include <leat/request.h>
#include <leat/result.h>
#include <leat/schema.h>
#include <leat/simple.h>
#include <leat/status.h>
#include <leat/store.h>
#include <leat/tool.h>
#include <leat/types.h>

#endif
