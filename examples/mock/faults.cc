// What is said about a request that is refused: status, text, and OpenAI's type, param and code,
// format by format. See errors.h.
// Where providers check the same thing, the status and the wording differ; a flavour (Azure,
// Vertex, Responses) has rows of its own before those of its family.
#include "errors.h"
#include "json_text.h"

namespace mock {
namespace {

constexpr std::string_view kInvalid = "invalid_request_error";
constexpr size_t kNameMax = 120;

// "%" in a message stands for the name of what is wrong: a model, a field.
struct Row {
    Fault fault;
    unsigned status;
    std::string_view message;
    std::string_view param = {};
    std::string_view code = {};
};

constexpr Row kOpenAi[] = {
    {Fault::NoModel, 400, "you must provide a model parameter"},
    {Fault::NoMessages, 400, "Missing required parameter: 'messages'.", "messages",
     "missing_required_parameter"},
    {Fault::BadMessages, 400,
     "Invalid 'messages': expected a non-empty array of objects with a role.", "messages",
     "invalid_value"},
    {Fault::OrphanResult, 400,
     "A message of role 'tool' must answer a call in the 'tool_calls' before it.", "messages"},
    {Fault::OpenCall, 400,
     "Each call of an assistant message's 'tool_calls' must be followed by a message of role "
     "'tool' "
     "with its 'tool_call_id'.",
     "messages"},
    {Fault::NoKey, 401, "Incorrect API key provided.", "", "invalid_api_key"},
    {Fault::WrongKey, 401, "Incorrect API key provided.", "", "invalid_api_key"},
    {Fault::UnknownModel, 404, "The model `%` does not exist or is not yours to use.", "",
     "model_not_found"},
    {Fault::WrongMethod, 405, "Not allowed: this path takes another method.", "method",
     "method_not_supported"},
    {Fault::TooLarge, 413, "The request is too large.", "", "too_large"},
    {Fault::Syntax, 400, "The body of the request could not be read as JSON."},
    {Fault::Unreadable, 400, "Could not read the request."},
    {Fault::BadField, 400, "Invalid type or value of a parameter.", "", "invalid_value"},
};

constexpr Row kResponses[] = {
    {Fault::NoMessages, 400, "Missing required parameter: 'input'.", "input",
     "missing_required_parameter"},
    {Fault::BadMessages, 400, "Invalid 'input': expected a text or a non-empty array of items.",
     "input", "invalid_value"},
    {Fault::OrphanResult, 400, "No tool call found for function call output.", "input"},
    {Fault::OpenCall, 400, "No tool output found for function call.", "input"},
    {Fault::UnknownModel, 400, "The requested model '%' does not exist.", "model",
     "model_not_found"},
};

constexpr Row kAzure[] = {
    {Fault::NoKey, 401, "Access denied: invalid subscription key or wrong endpoint.", "", "401"},
    {Fault::WrongKey, 401, "Access denied: invalid subscription key or wrong endpoint.", "", "401"},
    {Fault::UnknownModel, 404, "There is no deployment of this name at this resource.", "",
     "DeploymentNotFound"},
};

constexpr Row kAnthropic[] = {
    {Fault::NoModel, 400, "model: Field required"},
    {Fault::NoMessages, 400, "messages: Field required"},
    {Fault::BadMessages, 400, "messages: expected a list of objects of role user or assistant"},
    {Fault::NoMaxTokens, 400, "max_tokens: Field required"},
    {Fault::NoVersion, 400, "anthropic-version: header is required"},
    {Fault::OrphanResult, 400,
     "messages: unexpected `tool_use_id` in a `tool_result` block: the message before it has no "
     "such "
     "`tool_use` block"},
    {Fault::OpenCall, 400,
     "messages: `tool_use` ids were found without `tool_result` blocks immediately after"},
    {Fault::NoThought, 400,
     "messages: an assistant message with `tool_use` must start with a thinking block: expected "
     "`thinking` or `redacted_thinking`, but found `tool_use`"},
    {Fault::BadSignature, 400, "messages: Invalid `signature` in `thinking` block"},
    {Fault::NoKey, 401, "x-api-key header is required"},
    {Fault::WrongKey, 401, "invalid x-api-key"},
    {Fault::UnknownModel, 404, "model: %"},
    {Fault::WrongMethod, 405, "Method Not Allowed"},
    {Fault::TooLarge, 413, "Request exceeds the maximum size"},
    {Fault::Syntax, 400, "The request body is not valid JSON"},
};

// The code of a Google error goes to an ErrorInfo's reason.
constexpr Row kGoogle[] = {
    {Fault::NoModel, 400, "model is required"},
    {Fault::NoMessages, 400, "* GenerateContentRequest.contents: contents is not specified\n"},
    {Fault::BadMessages, 400, "Please use a valid role: user, model, in contents with parts."},
    {Fault::OrphanResult, 400,
     "Please ensure that the number of function response parts is equal to the number of function "
     "call parts of the function call turn."},
    {Fault::OpenCall, 400,
     "Please ensure that the number of function response parts is equal to the number of function "
     "call parts of the function call turn."},
    {Fault::NoThought, 400, "Function call is missing a thought_signature in functionCall parts."},
    {Fault::BadSignature, 400, "Thought signature is not valid."},
    {Fault::NoKey, 403, "Method doesn't allow unregistered callers."},
    {Fault::WrongKey, 400, "API key not valid.", "", "API_KEY_INVALID"},
    {Fault::UnknownModel, 404, "models/% is not found for API version v1beta."},
    {Fault::UnknownField, 400,
     "Invalid JSON payload received. Unknown name \"%\": Cannot find field."},
    {Fault::UnknownCache, 403, "CachedContent not found (or permission denied)"},
    {Fault::SmallCache, 400, "Cached content is too small."},
    {Fault::BadTime, 400, "Invalid value at 'cached_content.ttl' or 'cached_content.expire_time'."},
    {Fault::OtherModelCache, 400,
     "Model used by GenerateContent request and CachedContent has to be the same."},
    {Fault::CacheAndContext, 400,
     "CachedContent can not be used with GenerateContent request setting system_instruction, tools "
     "or tool_config."},
    {Fault::WrongMethod, 405, "Method not allowed."},
    {Fault::TooLarge, 413, "Request payload size exceeds the limit."},
    {Fault::Syntax, 400, "Invalid JSON payload received."},
};

constexpr Row kVertex[] = {
    {Fault::NoKey, 401, "Request is missing required authentication credential."},
    {Fault::WrongKey, 401, "Request had invalid authentication credentials."},
    {Fault::UnknownModel, 404, "Publisher Model `%` not found."},
    {Fault::UnknownCache, 404, "Not found: cached content."},
};

constexpr Row kOllama[] = {
    {Fault::NoModel, 400, "model is required"},
    {Fault::UnknownModel, 404, "model '%' not found"},
    {Fault::NoKey, 401, "unauthorized"},
    {Fault::WrongKey, 401, "unauthorized"},
    {Fault::WrongMethod, 405, "method not allowed"},
    {Fault::TooLarge, 413, "request too large"},
    {Fault::Syntax, 400, "invalid JSON in the request"},
};

constexpr Row kOther = {Fault::None, 400, "Invalid type or value of a field of the request."};

template <size_t Count>
const Row* find_row(const Row (&rows)[Count], Fault fault) {
    for (const Row& row : rows) {
        if (row.fault == fault) return &row;
    }
    return nullptr;
}

const Row* flavour_row(const Request& request, Fault fault) {
    if (request.kind == FormatKind::Responses) return find_row(kResponses, fault);
    if (request.azure) return find_row(kAzure, fault);
    return request.vertex ? find_row(kVertex, fault) : nullptr;
}

const Row* family_row(const Request& request, Fault fault) {
    switch (request.kind) {
        case FormatKind::Chat:
        case FormatKind::Responses:
            break;
        case FormatKind::Anthropic:
            return find_row(kAnthropic, fault);
        case FormatKind::Gemini:
        case FormatKind::GeminiCache:
            return find_row(kGoogle, fault);
        case FormatKind::Ollama:
            return find_row(kOllama, fault);
    }
    return find_row(kOpenAi, fault);
}

std::string_view with_name(std::string_view message, std::string_view name, char* room) {
    const size_t mark = message.find('%');
    if (mark == std::string_view::npos) return message;
    name = utf8_prefix(name, kNameMax);
    const int size =
        std::snprintf(room, kFaultRoom, "%.*s%.*s%.*s", static_cast<int>(mark), message.data(),
                      static_cast<int>(name.size()), name.data(),
                      static_cast<int>(message.size() - mark - 1), message.data() + mark + 1);
    return {room, static_cast<size_t>(size)};  // a row and a name are shorter than the room
}

ErrorText injected_openai(unsigned status) {
    switch (status) {
        case 400:
            return {"Injected bad request.", kInvalid, "", ""};
        case 401:
            return {"Incorrect API key provided.", kInvalid, "", "invalid_api_key"};
        case 403:
            return {"You are not allowed to use this model.", kInvalid, "", "model_not_found"};
        case 404:
            return {"The model does not exist.", kInvalid, "", "model_not_found"};
        case 429:
            return {"Rate limit reached for requests. Please try again later.", "requests", "",
                    "rate_limit_exceeded"};
        case 500:
            return {"The server had an error while processing your request.", "server_error", "",
                    ""};
        case 503:
        case 529:
            return {"The engine is currently overloaded, please try again later.", "server_error",
                    "", ""};
        default:
            break;
    }
    if (status < 500) return {"Injected error.", kInvalid, "", ""};
    return {"Injected error.", "server_error", "", ""};
}

}  // namespace

FaultText fault_text(const Request& request, Fault fault, char* room) {
    const Row* row = flavour_row(request, fault);
    if (row == nullptr) row = family_row(request, fault);
    if (row == nullptr) row = &kOther;
    const std::string_view name = fault == Fault::UnknownField ? request.culprit : request.model;
    const bool google =
        request.kind == FormatKind::Gemini || request.kind == FormatKind::GeminiCache;
    return {row->status,
            {with_name(row->message, name, room), kInvalid, row->param, row->code},
            google ? row->code : std::string_view{}};
}

ErrorText injected_error(const Request& request, unsigned status) {
    ErrorText error = injected_openai(status);
    if (request.azure && status == 429) error.code = "RateLimitReached";
    if (is_openai(request.kind)) return error;
    if (status == 429) error.message = "Too many requests: the rate limit is exceeded.";
    if (status == 503 || status == 529) error.message = "Overloaded";
    return error;
}

}  // namespace mock
