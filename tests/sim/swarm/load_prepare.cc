// tests/sim/swarm/load_prepare.cc: the adapter's own life: prepared at once, later or in vain, and cleaned
// up when nobody uses it any more. Depends on load.h and the table of providers.
// Invariant: one load is at work at a time; the adapter's functions find it by that.
#include "provider/registry.h"
#include "sim/swarm/load.h"

namespace swarm {

namespace {

Load* at_work = nullptr;

}  // namespace

void Load::make_table() {
    at_work = this;
    table_.inner = leat::find_adapter(LEAT_STR("openai"));
    table_.adapter = *table_.inner;
    table_.adapter.build = on_build;
    table_.adapter.prepare = on_prepare;
    table_.adapter.cleanup = on_cleanup;
}

leat_status Load::on_build(const leat_build* build, leat_rope* rope) {
    if (!at_work->table_.ready) at_work->verdict_->fail("prepare", "built with nothing prepared");
    return at_work->table_.inner->build(build, rope);
}

leat_status Load::on_prepare(const void*, leat_prepare* prepare) {
    Load* const self = at_work;
    Table* const table = &self->table_;
    if (table->prepared++ != table->cleaned) self->verdict_->fail("prepare", "prepared twice");
    const Scenario& plan = self->scenario_;
    table->open = prepare;
    const bool is_refused =
        self->chance_.percent(plan.prepare_fails_percent) && self->chance_.one_in(2);
    if (is_refused) {
        table->open = nullptr;
        ++table->failed;
        return LEAT_E_PERMISSION;
    }
    table->due_ns = self->now() + self->chance_.between(1, plan.prepare_late_ms + 1) * ms;
    return plan.prepare_late_ms == 0 ? self->end_preparing() : LEAT_OK;
}

leat_status Load::end_preparing() {
    leat_prepare* const open = table_.open;
    table_.open = nullptr;
    table_.ready = !chance_.percent(scenario_.prepare_fails_percent);
    if (!table_.ready) ++table_.failed;
    const leat_status status =
        leat_prepare_complete(open, table_.ready ? LEAT_OK : LEAT_E_PERMISSION, nullptr);
    if (status != LEAT_OK || leat_prepare_complete(open, LEAT_OK, nullptr) != LEAT_E_ARGUMENT) {
        verdict_->fail("prepare", "it does not end once");
    }
    return status;
}

leat_status Load::on_cleanup(const void*) {
    Table* const table = &at_work->table_;
    if (++table->cleaned != table->prepared || table->open != nullptr) {
        at_work->verdict_->fail("prepare", "cleaned up with nothing prepared");
    }
    table->ready = false;
    return at_work->chance_.one_in(10) ? LEAT_E_IO : LEAT_OK;
}

void Load::prepare_due() {
    if (table_.open != nullptr && now() >= table_.due_ns) (void)end_preparing();
}

void Load::end_table() {
    if (table_.open != nullptr) (void)end_preparing();
    if (table_.cleaned != table_.prepared || table_.ready) {
        verdict_->fail("prepare", "prepared %llu times, cleaned up %llu times",
                       static_cast<unsigned long long>(table_.prepared),
                       static_cast<unsigned long long>(table_.cleaned));
    }
}

}  // namespace swarm
