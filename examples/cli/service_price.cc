// cli/service_price.cc: what the services' tokens cost, and whether --budget-usd can be kept.
// Depends on the number parser. Invariant: a budget is accepted only where each service has a price.
#include <leat/meter.h>
#include <stdio.h>

#include "base/bytes.h"
#include "cli/price_file.h"
#include "cli/service_parts.h"
#include "codec/number.h"

namespace cli {

namespace {

bool refuse(const char* argument, const char* why) {
    fprintf(stderr, "leat run: --price: '%s' %s\n", argument, why);
    return false;
}

// IN/OUT or IN/CACHED/OUT
bool read_price(leat_str text, leat_price* price) {
    double numbers[3] = {-1, -1, -1};
    uint32_t count = 0;
    leat_str rest = text;
    do {
        if (count == 3 || !leat::parse_double(leat::take_until(&rest, '/'), &numbers[count]) ||
            !(numbers[count] >= 0 && numbers[count] <= 1e6)) {
            return false;
        }
        ++count;
    } while (!leat::empty(rest));
    *price = leat_price{numbers[0], count == 3 ? numbers[1] : -1, numbers[count - 1]};
    return count >= 2;
}

// What a table has for the model that is asked for there, in dollars. The built-in one: an empty text.
bool find_price(const ServiceTarget& target, leat_str table, leat_tariff* tariff) {
    leat_tariff_init(tariff);
    const leat_str model = leat::empty(target.model) ? target.endpoint.model : target.model;
    return leat_tariff_find(target.endpoint.provider, model, table, tariff) == LEAT_OK &&
           leat::equal(tariff->currency, leat::text("USD"));
}

// What the user's own table says goes before what leat knows; --price goes before both.
bool read_price_file(const Settings& settings, Service* service) {
    if (settings.price_file == nullptr) {
        return true;
    }
    PriceFile own;
    if (!own.open("run", settings.price_file)) {
        return false;
    }
    for (uint32_t i = 0; i < service->targets_count; ++i) {
        leat_tariff tariff;
        const bool is_found = find_price(service->targets[i], own.text(), &tariff);
        if (is_found && leat::equal(tariff.source, leat::text("the caller's table"))) {
            service->targets[i].endpoint.price =
                leat_price{tariff.input, tariff.cached_input, tariff.output};
        }
    }
    return true;
}

// The price for all, or for those of that name.
bool set_price(const char* argument, bool named, Service* service) {
    leat_str text = view(argument);
    const size_t at = behind_last(text, '=');
    if ((at > 0) != named) {
        return true;
    }
    leat_price price{};
    if (!read_price(leat::tail(text, at), &price)) {
        return refuse(argument, "is not [WHO=]IN/OUT or IN/CACHED/OUT, in USD per million tokens");
    }
    const leat_str who = leat::head(text, at > 0 ? at - 1 : 0);
    bool found = false;
    for (uint32_t i = 0; i < service->targets_count; ++i) {
        ServiceTarget* const target = &service->targets[i];
        if (!named || leat::equal(target->who, who)) {
            target->endpoint.price = price;
            found = true;
        }
    }
    return found || refuse(argument, "is for none of --fallback and --balance");
}

}  // namespace

bool set_prices(const Settings& settings, Service* service) {
    const uint32_t count = settings.prices.count;
    if (!read_price_file(settings, service)) {
        return false;
    }
    for (uint32_t i = 0; i < count * 2; ++i) {  // those for all first
        if (!set_price(settings.prices.items[i % count], i >= count, service)) {
            return false;
        }
    }
    service->is_priced = true;
    const bool budgeted = settings.budget_usd.is_set != 0;
    if (budgeted && settings.budget_usd.value <= 0) {
        fprintf(stderr, "leat run: --budget-usd must be more than 0\n");
        return false;
    }
    for (uint32_t i = 0; i < service->targets_count; ++i) {
        const ServiceTarget& target = service->targets[i];
        leat_tariff tariff;
        if (target.endpoint.price.input >= 0 || find_price(target, leat_str{nullptr, 0}, &tariff)) {
            continue;
        }
        service->is_priced = false;
        if (budgeted) {
            fprintf(stderr,
                    "leat run: --budget-usd needs the --price of %s, IN/OUT in USD per "
                    "million tokens; `leat prices` has none\n",
                    target.name);
            return false;
        }
    }
    return true;
}

}  // namespace cli
