// tests/sim/swarm/load_tools.cc: the caller's own part in an item's rounds: tools that answer at once,
// later or never, answers that are refused, attempts that ask for something else. Depends on load.h.
// Invariant: a call that was cancelled is completed no more, one that was completed is not cancelled.
#include <algorithm>

#include "sim/swarm/load.h"

namespace swarm {

namespace {

bool is_same(const leat_tool_run& a, const leat_tool_run& b) {
    return a.serial == b.serial && a.item == b.item && a.place == b.place;
}

}  // namespace

void Load::offer_tools(BatchRun* run) {
    run->tool.name = LEAT_STR("look_up");
    run->tool.run = on_tool;
    run->tool.cancel = on_tool_cancel;
    run->tool.user = run;
    run->tools.list = &run->tool;
    run->tools.count = 1;
    run->tools.together = run->plan->tools_together ? 1 : 0;
    run->tools.timeout_ms = run->plan->tool_timeout_ms;
    run->tools.rounds_max = 1 + run->number % 3;
    run->tools.last_answer = run->number % 2;
}

leat_status Load::on_tool(void* user, const leat_tool_job* job) {
    BatchRun* const run = static_cast<BatchRun*>(user);
    Load* const self = run->load;
    if (job->item_user != run || job->index >= run->accepted) {
        self->verdict_->fail("tools", "a call of an item that is not there");
    }
    const uint64_t way = self->chance_.below(20);
    if (way == 0) return LEAT_E_IO;
    const uint32_t late_ms = run->plan->tool_late_ms;
    if (late_ms == 0 || way < 4)
        return leat_tool_complete(job->run, LEAT_STR("found"), way == 1 ? 1 : 0);
    // Some never answer: their time runs out.
    const uint64_t wait_ms = way == 19 ? 3600000 : self->chance_.between(1, late_ms);
    run->jobs.push_back({job->run, self->now() + wait_ms * ms});
    self->meddle(run);
    return LEAT_OK;
}

void Load::on_tool_cancel(void* user, leat_tool_run which) {
    BatchRun* const run = static_cast<BatchRun*>(user);
    const auto at = std::find_if(run->jobs.begin(), run->jobs.end(),
                                 [&](const ToolJob& job) { return is_same(job.run, which); });
    if (at == run->jobs.end()) {
        run->load->verdict_->fail("tools", "a call is cancelled that is not open");
        return;
    }
    run->jobs.erase(at);
}

void Load::complete_tools(BatchRun* run) {
    for (size_t i = 0; i < run->jobs.size();) {
        if (run->jobs[i].due_ns > now()) {
            ++i;
            continue;
        }
        const leat_tool_run which = run->jobs[i].run;
        run->jobs.erase(run->jobs.begin() + static_cast<long>(i));
        const leat_status status = leat_tool_complete(which, LEAT_STR("found late"), 0);
        if (status != LEAT_OK && status != LEAT_E_ITEM_MEMORY) {
            verdict_->fail("tools", "completing an open call answers %s", leat_status_name(status));
        }
        if (leat_tool_complete(which, LEAT_STR("twice"), 0) != LEAT_E_NOT_FOUND) {
            verdict_->fail("tools", "a call can be completed twice");
        }
    }
}

leat_status Load::on_validate(void* user, const leat_result* result, leat_str* message) {
    BatchRun* const run = static_cast<BatchRun*>(user);
    if (result->index >= run->accepted || run->records[result->index].progresses > 0) {
        run->load->verdict_->fail("validate", "an item is judged that is over");
    }
    if (!run->load->chance_.percent(run->plan->reject_percent)) return LEAT_OK;
    if (run->load->chance_.one_in(2)) *message = LEAT_STR("not what was wanted");
    ++run->rejected;
    return run->load->chance_.one_in(8) ? LEAT_E_DONE : LEAT_E_REJECTED;
}

void Load::on_attempt(void* user, leat_attempt* attempt) {
    BatchRun* const run = static_cast<BatchRun*>(user);
    if (attempt->index >= run->accepted) {
        run->load->verdict_->fail("attempt", "an attempt of an item that is not there");
    }
    if (attempt->number > 1) attempt->request->temperature = leat_number{0.5, 1, {}};
    if (attempt->number > 1 && run->load->scenario().several_models) {
        attempt->request->model = LEAT_STR("m2");
    }
}

}  // namespace swarm
