// tests/server/provider_probe.cc: one of leat's adapters against leat-mock, from end to end, for
// t_providers.sh and t_aimock.sh: prints a line of TAP for each rule. Sees the public API only.
//     provider_probe provider=NAME url=ORIGIN ca=FILE key=KEY [cached=NAME]
//         [only=answers|failures|flood|foreign] [echo=ORIGIN echo_ca=FILE [echo_cached=NAME]]
// url is a mock that answers in words, echo one that says the prompt back and fails now and then;
// with only=foreign, url is the server that t_aimock.sh starts.
// Exit code: 0 all is ok, 1 something is not, 2 wrong use.
#include "provider_errors.h"
#include "provider_foreign.h"
#include "provider_tools.h"

namespace {

using namespace probe;

std::string option(char** arguments, const char* name) {
    const size_t size = strlen(name);
    for (char** at = arguments; *at != nullptr; ++at) {
        if (strncmp(*at, name, size) == 0 && (*at)[size] == '=') return *at + size + 1;
    }
    return "";
}

bool opened(const Session& session, const char* provider) {
    if (session.status == LEAT_OK) return true;
    Case one(std::string(provider) + ": the client opens");
    one.want(false, leat_status_name(session.status));
    return false;
}

void ask_all(char** arguments, const Service& service, const Where& where) {
    const std::string only = option(arguments, "only");
    Session session(where);
    if (!opened(session, service.provider)) return;
    const Desk desk{service, session, option(arguments, "cached")};
    if (only.empty() || only == "answers") {
        plain_answers(desk);
        several_answers(desk);
        pictures(desk);
        json_answers(desk);
        thoughts(desk);
        tool_calls(desk);
    }
    if (only.empty() || only == "failures") all_failures(desk, where);
    if (only == "foreign") foreign_all(desk);
}

void ask_many(char** arguments, const Service& service, Where where) {
    where.url = option(arguments, "echo") + service.base;
    where.ca = option(arguments, "echo_ca");
    where.in_flight = 16;
    where.attempts = 8;
    where.retry_after_max_ms = 20;
    Session session(where);
    if (!opened(session, service.provider)) return;
    flood({service, session, option(arguments, "echo_cached")});
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) return 2;
    char** const arguments = argv + 1;
    setvbuf(stdout, nullptr, _IOLBF, 0);
    const Service* const service = find_service(option(arguments, "provider"));
    if (service == nullptr) return 2;
    Where where;
    where.provider = service->provider;
    where.url = option(arguments, "url") + service->base;
    where.model = service->model;
    where.key = option(arguments, "key");
    where.ca = option(arguments, "ca");
    const std::string only = option(arguments, "only");
    if (only != "flood") ask_all(arguments, *service, where);
    if (only.empty() || only == "flood") ask_many(arguments, *service, where);
    return failed_count == 0 ? 0 : 1;
}
