// What is said about a request that is refused: status, text, and OpenAI's type, param and code,
// format by format. See errors.h.
// Where providers check the same thing, the status and the place of the name differ.
#include <cstdarg>

#include "errors.h"
#include "json_text.h"

namespace mock {
namespace {

constexpr std::string_view kInvalid = "invalid_request_error";
constexpr size_t kNameMax = 120;

__attribute__((format(printf, 2, 3))) std::string_view print(char* room, const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const int size = std::vsnprintf(room, kFaultRoom, format, arguments);
    va_end(arguments);
    return {room,
            static_cast<size_t>(size) < kFaultRoom ? static_cast<size_t>(size) : kFaultRoom - 1};
}

std::string_view print_name(char* room, const char* format, std::string_view name) {
    name = utf8_prefix(name, kNameMax);
    return print(room, format, static_cast<int>(name.size()), name.data());
}

FaultText openai_fault(const Request& request, Fault fault, char* room) {
    const bool chat = request.kind == FormatKind::Chat;
    const std::string_view list = chat ? "messages" : "input";
    switch (fault) {
        case Fault::NoModel:
            return {400, {"you must provide a model parameter", kInvalid, "", ""}};
        case Fault::NoMessages:
            return {400,
                    {print_name(room, "Missing required parameter: '%.*s'.", list), kInvalid, list,
                     "missing_required_parameter"}};
        case Fault::BadMessages:
            return {400,
                    {print_name(
                         room, "Invalid '%.*s': expected a non-empty array of objects with a role.",
                         list),
                     kInvalid, list, "invalid_value"}};
        case Fault::OrphanResult:
            if (!chat)
                return {400, {"No tool call found for function call output.", kInvalid, list, ""}};
            return {400,
                    {"A message of role 'tool' must answer a call in the 'tool_calls' before it.",
                     kInvalid, list, ""}};
        case Fault::OpenCall:
            if (!chat)
                return {400, {"No tool output found for function call.", kInvalid, list, ""}};
            return {400,
                    {"Each call of an assistant message's 'tool_calls' must be followed by a "
                     "message of role 'tool' with its 'tool_call_id'.",
                     kInvalid, list, ""}};
        case Fault::NoKey:
        case Fault::WrongKey:
            if (request.azure) {
                return {
                    401,
                    {"Access denied: invalid subscription key or wrong endpoint.", "", "", "401"}};
            }
            return {401, {"Incorrect API key provided.", kInvalid, "", "invalid_api_key"}};
        case Fault::UnknownModel:
            if (request.azure) {
                return {404,
                        {"There is no deployment of this name at this resource.", "", "",
                         "DeploymentNotFound"}};
            }
            if (!chat) {
                return {
                    400,
                    {print_name(room, "The requested model '%.*s' does not exist.", request.model),
                     kInvalid, "model", "model_not_found"}};
            }
            return {404,
                    {print_name(room, "The model `%.*s` does not exist or is not yours to use.",
                                request.model),
                     kInvalid, "", "model_not_found"}};
        case Fault::WrongMethod:
            return {405,
                    {"Not allowed: this path takes another method.", kInvalid, "method",
                     "method_not_supported"}};
        case Fault::TooLarge:
            return {413, {"The request is too large.", kInvalid, "", "too_large"}};
        case Fault::Syntax:
            return {400, {"The body of the request could not be read as JSON.", kInvalid, "", ""}};
        case Fault::Unreadable:
            return {400, {"Could not read the request.", kInvalid, "", ""}};
        case Fault::BadField:
        case Fault::None:
        case Fault::UnknownField:
        case Fault::NoMaxTokens:
        case Fault::NoThought:
        case Fault::BadSignature:
        case Fault::NoVersion:
        case Fault::UnknownPath:
        case Fault::UnknownCache:
        case Fault::SmallCache:
        case Fault::BadTime:
        case Fault::OtherModelCache:
        case Fault::CacheAndContext:
            break;
    }
    return {400, {"Invalid type or value of a parameter.", kInvalid, "", "invalid_value"}};
}

FaultText anthropic_fault(const Request& request, Fault fault, char* room) {
    auto bad = [](std::string_view message) { return FaultText{400, {message, "", "", ""}}; };
    switch (fault) {
        case Fault::NoModel:
            return bad("model: Field required");
        case Fault::NoMessages:
            return bad("messages: Field required");
        case Fault::BadMessages:
            return bad("messages: expected a list of objects of role user or assistant");
        case Fault::NoMaxTokens:
            return bad("max_tokens: Field required");
        case Fault::NoVersion:
            return bad("anthropic-version: header is required");
        case Fault::OrphanResult:
            return bad(
                "messages: unexpected `tool_use_id` in a `tool_result` block: the message "
                "before it has no such `tool_use` block");
        case Fault::OpenCall:
            return bad(
                "messages: `tool_use` ids were found without `tool_result` blocks "
                "immediately after");
        case Fault::NoThought:
            return bad(
                "messages: a final `assistant` message with `tool_use` must start with a thinking "
                "block: Expected `thinking` or `redacted_thinking`, but found `tool_use`");
        case Fault::BadSignature:
            return bad("messages: Invalid `signature` in `thinking` block");
        case Fault::NoKey:
            return {401, {"x-api-key header is required", "", "", ""}};
        case Fault::WrongKey:
            return {401, {"invalid x-api-key", "", "", ""}};
        case Fault::UnknownModel:
            return {404, {print_name(room, "model: %.*s", request.model), "", "", ""}};
        case Fault::WrongMethod:
            return {405, {"Method Not Allowed", "", "", ""}};
        case Fault::TooLarge:
            return {413, {"Request exceeds the maximum size", "", "", ""}};
        case Fault::Syntax:
            return bad("The request body is not valid JSON");
        case Fault::Unreadable:
        case Fault::BadField:
        case Fault::UnknownField:
        case Fault::None:
        case Fault::UnknownPath:
        case Fault::UnknownCache:
        case Fault::SmallCache:
        case Fault::BadTime:
        case Fault::OtherModelCache:
        case Fault::CacheAndContext:
            break;
    }
    return bad("Input should be of another type or value");
}

FaultText google_fault(const Request& request, Fault fault, char* room) {
    auto bad = [](std::string_view message) { return FaultText{400, {message, "", "", ""}}; };
    switch (fault) {
        case Fault::NoMessages:
        case Fault::BadMessages:
            return bad("* GenerateContentRequest.contents: contents is not specified\n");
        case Fault::OrphanResult:
        case Fault::OpenCall:
            return bad(
                "Please ensure that the number of function response parts is equal to the "
                "number of function call parts of the function call turn.");
        case Fault::NoThought:
            return bad("Function call is missing a thought_signature in functionCall parts.");
        case Fault::BadSignature:
            return bad("Thought signature is not valid.");
        case Fault::NoKey:
            if (request.vertex)
                return {401,
                        {"Request is missing required authentication credential.", "", "", ""}};
            return {403, {"Method doesn't allow unregistered callers.", "", "", ""}};
        case Fault::WrongKey:
            if (request.vertex)
                return {401, {"Request had invalid authentication credentials.", "", "", ""}};
            return {400, {"API key not valid.", "", "", ""}, "API_KEY_INVALID"};
        case Fault::UnknownModel:
            if (request.vertex) {
                return {404,
                        {print_name(room, "Publisher Model `%.*s` not found.", request.model), "",
                         "", ""}};
            }
            return {404,
                    {print_name(room, "models/%.*s is not found for API version v1beta.",
                                request.model),
                     "", "", ""}};
        case Fault::UnknownCache:
            if (request.vertex) return {404, {"Not found: cached content.", "", "", ""}};
            return {403, {"CachedContent not found (or permission denied)", "", "", ""}};
        case Fault::SmallCache:
            return bad("Cached content is too small.");
        case Fault::BadTime:
            return bad("Invalid value at 'cached_content.ttl' or 'cached_content.expire_time'.");
        case Fault::OtherModelCache:
            return bad(
                "Model used by GenerateContent request and CachedContent has to be the same.");
        case Fault::CacheAndContext:
            return bad(
                "CachedContent can not be used with GenerateContent request setting "
                "system_instruction, tools or tool_config.");
        case Fault::WrongMethod:
            return {405, {"Method not allowed.", "", "", ""}};
        case Fault::TooLarge:
            return {413, {"Request payload size exceeds the limit.", "", "", ""}};
        case Fault::Syntax:
            return bad("Invalid JSON payload received.");
        case Fault::NoModel:
            return bad("model is required");
        case Fault::UnknownField:
            return {400,
                    {print_name(room,
                                "Invalid JSON payload received. Unknown name \"%.*s\": Cannot find "
                                "field.",
                                request.culprit),
                     "", "", ""}};
        case Fault::Unreadable:
        case Fault::BadField:
        case Fault::None:
        case Fault::NoMaxTokens:
        case Fault::NoVersion:
        case Fault::UnknownPath:
            break;
    }
    return bad("Invalid value at a field of the request.");
}

FaultText ollama_fault(const Request& request, Fault fault, char* room) {
    switch (fault) {
        case Fault::NoModel:
            return {400, {"model is required", "", "", ""}};
        case Fault::UnknownModel:
            return {404, {print_name(room, "model '%.*s' not found", request.model), "", "", ""}};
        case Fault::NoKey:
        case Fault::WrongKey:
            return {401, {"unauthorized", "", "", ""}};
        case Fault::WrongMethod:
            return {405, {"method not allowed", "", "", ""}};
        case Fault::TooLarge:
            return {413, {"request too large", "", "", ""}};
        case Fault::Syntax:
            return {400, {"invalid JSON in the request", "", "", ""}};
        case Fault::NoMessages:
        case Fault::BadMessages:
        case Fault::OrphanResult:
        case Fault::OpenCall:
        case Fault::Unreadable:
        case Fault::BadField:
        case Fault::None:
        case Fault::UnknownField:
        case Fault::NoMaxTokens:
        case Fault::NoThought:
        case Fault::BadSignature:
        case Fault::NoVersion:
        case Fault::UnknownPath:
        case Fault::UnknownCache:
        case Fault::SmallCache:
        case Fault::BadTime:
        case Fault::OtherModelCache:
        case Fault::CacheAndContext:
            break;
    }
    return {400, {"invalid request: a field has another type or value", "", "", ""}};
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
    switch (request.kind) {
        case FormatKind::Chat:
        case FormatKind::Responses:
            break;
        case FormatKind::Anthropic:
            return anthropic_fault(request, fault, room);
        case FormatKind::Gemini:
        case FormatKind::GeminiCache:
            return google_fault(request, fault, room);
        case FormatKind::Ollama:
            return ollama_fault(request, fault, room);
    }
    return openai_fault(request, fault, room);
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
