// fuzz: a table of prices from anyone: it is read or its fault is named, within its bytes; what is found
// has prices of their range; a table that has no fault gives every line's own price back. The first line
// is the name that is looked for.
#include <leat/meter.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "meter/tariff_text.h"

namespace {

using namespace leat;

void require(bool condition) {
    if (!condition) abort();
}

void check_price(double price) { require(price == -1 || (price >= 0 && price <= 1e6)); }

void check_tariff(const leat_tariff& t) {
    require(t.input >= 0 && t.output >= 0 && t.currency.size == 3);
    require(t.provider.size > 0 && t.model.size > 0);
    const double prices[] = {t.input,       t.output,       t.cached_input,     t.cache_write,
                             t.batch_input, t.batch_output, t.reasoning,        t.cache_write_1h,
                             t.tier_input,  t.tier_output,  t.tier_cached_input};
    for (const double price : prices) check_price(price);
    leat_usage usage = {1000000, 1000, 10, 20, 30, 0};
    for (uint32_t how = 0; how < 4; ++how) {
        const double cost = leat_cost(&t, &usage, how);
        require(cost >= 0 || (how & LEAT_COST_BATCH) != 0);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    Text table = text(reinterpret_cast<const char*>(data), size);
    const Text model = take_until(&table, '\n');
    leat_table_fault fault;
    const leat_status status = leat_table_check(table, &fault);
    require(status == LEAT_OK ? fault.reason[0] == 0 : fault.reason[0] != 0 && fault.line > 0);
    leat_tariff found;
    leat_tariff_init(&found);
    if (leat_tariff_find(text("openai"), model, table, &found) == LEAT_OK) check_tariff(found);
    TariffText lines(table);
    if (!lines.open(&fault)) return 0;
    for (;;) {
        leat_tariff one;
        const TariffText::Next next = lines.next(&one, &fault);
        if (next == TariffText::Next::end) return 0;
        if (next == TariffText::Next::fault) {
            require(status != LEAT_OK);
            continue;
        }
        check_tariff(one);
    }
}
