// Errors as each provider words them: which status a fault gets, and the body around a text.
//
// Invariant: the body has the provider's shape for every status, also for those it never sends.
#pragma once

#include "inject.h"
#include "stream.h"

namespace mock {

// `type`, `param` and `code` show in OpenAI's shape only.
struct ErrorText {
    std::string_view message;
    std::string_view type;
    std::string_view param;  // empty: null
    std::string_view code;   // empty: null
};

struct ErrorSite {
    const Request* request;  // kind and flavour
    unsigned status;
    const Action* retry;  // when to come back, where the body says it; may be null
    uint64_t request_id;
    std::string_view reason = {};  // Gemini: of an ErrorInfo
};

void append_error(Buffer& out, const ErrorSite& site, const ErrorText& error);

// An error in the middle of a stream whose status was 200.
void append_stream_error(Buffer& out, const Request& request, const Stream& stream,
                         uint64_t request_id);

struct FaultText {
    unsigned status;
    ErrorText error;
    std::string_view reason = {};
};
// `room` holds the message where it names something of the request.
constexpr size_t kFaultRoom = 512;
FaultText fault_text(const Request& request, Fault fault, char* room);
// The usual error of a status that somebody injected.
ErrorText injected_error(const Request& request, unsigned status);
bool is_openai(FormatKind kind);
// "req_" and 32 hexadecimal digits.
void append_request_id(Buffer& out, uint64_t id);

}  // namespace mock
