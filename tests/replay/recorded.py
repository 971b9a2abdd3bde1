"""The recorded exchanges: loads them, says which adapter each one is for, and cuts streamed bodies
into events. Shares nothing with leat: Python's json and the WHATWG rules for server-sent events,
written down once more. What cannot be replayed is named here, with the reason."""
import glob
import json
import os

# Folder -> the adapter of a chat completion in it. Hugging Face's router and Z.ai have no row of
# their own: they are read by the plain one.
CHAT_ADAPTERS = {
    "azure_openai": "azure", "cerebras": "cerebras", "deepseek": "deepseek",
    "gpustack_openai_compat": "gpustack", "groq": "groq", "huggingface": "vllm",
    "mistral": "mistral", "ollama_openai_compat": "ollama-openai", "openai_chat": "openai",
    "openrouter": "openrouter", "perplexity": "perplexity", "together": "together",
    "xai": "xai", "zai": "vllm"}

# What is no completion of an API that leat speaks: (part of the path, folder or None, why not).
NOT_REPLAYED = [
    ("/count_tokens", None, "counts tokens, answers nothing"),
    (":countTokens", None, "counts tokens, answers nothing"),
    ("/messages/batches", None, "the provider's batch API: jobs, not answers"),
    ("/v1/batches", None, "the provider's batch API: jobs, not answers"),
    ("/v1/batch/jobs", None, "the provider's batch API: jobs, not answers"),
    ("/v1beta/batches", None, "the provider's batch API: jobs, not answers"),
    ("/v1/files/", None, "a file of the provider's batch API"),
    ("/v1beta/interactions", None, "Gemini's Interactions API, which leat does not speak"),
    ("", "cohere", "Cohere's own API, which leat does not speak"),
    ("", "bedrock", "Bedrock's own envelopes, which leat does not speak"),
    ("/api/generate", None, "Ollama's completion of a text, not a chat"),
    ("/v1/responses/", None, "reads or deletes a kept response"),
]

TRANSFER = {"content-encoding", "transfer-encoding", "content-length", "connection", "keep-alive"}


class Record:
    """One exchange, with what is known about it from its path."""

    def __init__(self, path, content):
        self.name = os.path.basename(path)
        self.provider = os.path.basename(os.path.dirname(path))
        self.path = content["request"]["path"].split("?")[0]
        self.query = content["request"]["path"].partition("?")[2]
        self.method = content["request"]["method"]
        self.request = content["request"]["body"]
        self.http_status = content["response"]["status"]
        self.body = content["response"]["body_text"] or ""
        self.headers = []
        for name, value in content["response"]["headers"].items():
            for one in value if isinstance(value, list) else [value]:
                if name.lower() not in TRANSFER:
                    self.headers.append((name.lower(), str(one)))

    def header(self, name):
        for known, value in self.headers:
            if known == name:
                return value
        return ""

    def why_not(self):
        """Why this exchange is not replayed; empty when it is."""
        for part, provider, reason in NOT_REPLAYED:
            error = self.http_status >= 400 and provider is None
            if part in self.path and provider in (None, self.provider) and not error:
                return reason
        return "" if self.adapter() else "no adapter for " + self.path

    def adapter(self):
        if self.provider == "openai_other_errors" or self.provider == "openai_batch":
            return "openai"  # errors only, which are the same all over that API
        if self.path.endswith("/cachedContents"):
            return "gemini-cache"
        if self.path.endswith("/chat/completions"):
            return CHAT_ADAPTERS.get(self.provider, "")
        if "/responses" in self.path:
            return "openai-responses"
        if "/messages" in self.path:
            return "anthropic"
        if "enerateContent" in self.path or "ountTokens" in self.path:
            return "vertex" if self.provider == "vertex_gemini" else "gemini"
        if self.path == "/api/chat":
            return "ollama"
        return ""

    def family(self):
        own = {"openai-responses": "responses", "anthropic": "messages", "gemini": "gemini",
               "vertex": "gemini", "ollama": "ollama", "gemini-cache": "gemini-cache"}
        return own.get(self.adapter(), "chat")

    def asks_stream(self):
        if ":streamGenerateContent" in self.path:
            return "alt=sse" in self.query
        said = self.request.get("stream") if isinstance(self.request, dict) else None
        return said if isinstance(said, bool) else self.path == "/api/chat"

    def is_stream(self):
        """Whether the answer comes as events; recorders that dropped the header left only the
        body to tell."""
        if not 200 <= self.http_status < 300:
            return False
        kind = self.header("content-type").lower()
        if kind:
            return kind.startswith(("text/event-stream", "application/x-ndjson"))
        if self.adapter() == "ollama":
            return self.asks_stream()
        return self.body.lstrip().startswith(("data:", "event:", ":"))


def load(folder):
    for path in sorted(glob.glob(os.path.join(folder, "*", "*.json"))):
        with open(path, encoding="utf-8") as file:
            yield Record(path, json.load(file))


def sse_events(body):
    """(name, data) of each event. An event that the body's end cuts off counts: services leave out
    the last blank line."""
    name, data = "", []
    for line in body.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n") + [""]:
        if not line:
            if data:
                yield name, "\n".join(data)
            name, data = "", []
            continue
        field, _, value = line.partition(":")
        value = value[1:] if value.startswith(" ") else value
        if field == "event":
            name = value
        elif field == "data":
            data.append(value)


def ndjson_events(body):
    for line in body.split("\n"):
        if line.strip():
            yield "", line
