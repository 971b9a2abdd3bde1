"""leat through its C ABI, with nothing but Python's standard library.

    with Client(ca_file=...) as client:
        endpoint = client.endpoint("openai", base_url="https://localhost:1234/v1", model="m")
        for result in client.batch(endpoint, [{"id": "a", "prompt": "Why?"}]):
            print(result.id, result.status, result.text)

The structs below mirror include/leat/*.h; every one that has struct_size is filled by its init
function, which checks that size on the way in. Results come as they complete."""
import ctypes
import os
from collections import namedtuple
from ctypes import (POINTER, Structure, byref, c_char_p, c_double, c_int32, c_int64, c_size_t,
                    c_uint8, c_uint32, c_uint64, c_void_p)

OK, WOULD_BLOCK, DONE = 0, -1, -2
COPY = 1

Result = namedtuple("Result", "index id outcome status http_status attempts text finish_reason "
                              "input_tokens output_tokens error_message total_ms")


class Str(Structure):
    _fields_ = [("data", c_char_p), ("size", c_size_t)]


class Number(Structure):
    _fields_ = [("value", c_double), ("is_set", c_uint8), ("reserved", c_uint8 * 7)]


class Usage(Structure):
    _fields_ = [(name, c_int64) for name in (
        "input_tokens", "output_tokens", "cached_input_tokens", "cache_write_tokens",
        "reasoning_tokens", "total_tokens")]


class Ports(Structure):
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32)] + [
        (name + part, c_void_p)
        for name in ("poller", "stream", "tls", "resolver", "clock", "entropy", "log")
        for part in ("", "_user")]


class Config(Structure):
    _fields_ = [
        ("struct_size", c_uint32), ("items_max", c_uint32), ("item_bytes", c_size_t),
        ("connections_max", c_uint32), ("endpoints_max", c_uint32), ("batches_max", c_uint32),
        ("ring_entries", c_uint32), ("intake_bytes", c_size_t), ("header_bytes_max", c_uint32),
        ("events_per_step", c_uint32), ("body_bytes_max", c_uint64), ("staging_bytes", c_uint32),
        ("receive_bytes", c_uint32), ("tls_pool_bytes", c_size_t), ("tls_ca_file", Str),
        ("tls_ca_pem", Str), ("use_tls", c_uint8), ("reserved8", c_uint8 * 7), ("seed", c_uint64),
        ("log_level", c_int32), ("reserved32", c_uint32), ("ports", Ports),
        ("conversations_max", c_uint32), ("conversation_messages_max", c_uint32),
        ("conversation_bytes", c_size_t),
        ("contexts_max", c_uint32), ("reserved32b", c_uint32),
        ("callback_slow_ms", c_uint32), ("post_process_slow_ms", c_uint32)]


class Retry(Structure):
    _fields_ = [("attempts_max", c_uint32), ("backoff_initial_ms", c_uint32),
                ("backoff_max_ms", c_uint32), ("reserved", c_uint32), ("backoff_base", c_double),
                ("jitter_min", c_double), ("quota", c_uint32), ("quota_cost", c_uint32),
                ("quota_cost_timeout", c_uint32), ("reserved2", c_uint32)]


class Cooldown(Structure):
    _fields_ = [("retries_max", c_uint32), ("initial_ms", c_uint32), ("max_ms", c_uint32),
                ("retry_after_max_ms", c_uint32), ("multiplier", c_double),
                ("slow_start_items", c_uint32), ("slow_start_initial_ms", c_uint32),
                ("slow_start_final_ms", c_uint32), ("overload_max_ms", c_uint32),
                ("retry_after_is_floor", c_uint8), ("reserved8", c_uint8 * 7)]


class Adaptive(Structure):
    _fields_ = [("enabled", c_uint8), ("reserved8", c_uint8 * 3), ("min_in_flight", c_uint32),
                ("ramp_ms", c_uint32), ("reserved", c_uint32), ("decrease", c_double),
                ("latency_factor", c_double)]


class Price(Structure):
    _fields_ = [(name, c_double) for name in ("input", "cached_input", "output")]


class Hedge(Structure):
    _fields_ = [("percentile", c_double), ("least_ms", c_uint32), ("share_percent", c_uint32)]


class Timeouts(Structure):
    _fields_ = [(name, c_uint32) for name in (
        "connect_ms", "first_byte_ms", "idle_ms", "attempt_ms")]


class EndpointConfig(Structure):
    _fields_ = [
        ("struct_size", c_uint32), ("max_in_flight", c_uint32), ("provider", Str),
        ("adapter", c_void_p), ("base_url", Str), ("api_key", Str), ("model", Str),
        ("proxy", Str), ("headers", c_void_p), ("headers_count", c_uint32),
        ("requests_per_minute", c_uint32), ("tokens_per_minute", c_uint64),
        ("request_burst", c_uint32), ("output_estimate_tokens", c_uint32),
        ("resolve", c_void_p), ("resolve_count", c_uint32), ("keepalive_ms", c_uint32),
        ("timeouts", Timeouts), ("retry", Retry), ("cooldown", Cooldown),
        ("adaptive", Adaptive), ("pacing", c_void_p), ("input_tokens_per_minute", c_uint64),
        ("output_tokens_per_minute", c_uint64), ("requests_per_day", c_uint64),
        ("tokens_per_day", c_uint64), ("price", Price), ("abort_on", c_uint32),
        ("allow_plain_http", c_uint8), ("ignore_told", c_uint8), ("ignore_learned", c_uint8),
        ("reserved8", c_uint8)]


class Request(Structure):
    _fields_ = [
        ("struct_size", c_uint32), ("flags", c_uint32), ("id", Str), ("user", c_void_p),
        ("user_number", c_uint64), ("prompt", Str), ("messages", c_void_p),
        ("messages_count", c_uint32), ("max_output_tokens", c_uint32), ("system", Str),
        ("model", Str), ("temperature", Number), ("top_p", Number), ("top_k", Number),
        ("seed", Number), ("presence_penalty", Number), ("frequency_penalty", Number),
        ("thinking_budget_tokens", Number), ("stop", c_void_p), ("stop_count", c_uint32),
        ("timeout_ms", c_uint32), ("reasoning_effort", Str), ("thinking", c_int32),
        ("stream", c_int32), ("cache_prompt", c_int32), ("choices_wanted", c_uint32),
        ("tools", c_void_p), ("format", c_void_p), ("prompt_cache_key", Str),
        ("cached_content", Str), ("provider_metadata_json", Str), ("response_format_json", Str),
        ("tools_json", Str), ("tool_choice_json", Str), ("extra_json", Str), ("body_json", Str),
        ("path", Str), ("headers", c_void_p), ("headers_count", c_uint32),
        ("estimated_tokens", c_uint32), ("metadata", Str), ("deadline_ms", c_uint64),
        ("lane", c_int32), ("reserved", c_uint32), ("conversation", c_void_p), ("method", Str),
        ("context", c_void_p)]


class Timing(Structure):
    _fields_ = [(name, c_double) for name in (
        "queued_ms", "connect_ms", "first_byte_ms", "first_token_ms", "total_ms", "item_ms")]


class RawResult(Structure):
    _fields_ = [
        ("struct_size", c_uint32), ("outcome", c_int32), ("status", c_int32), ("stage", c_int32),
        ("index", c_uint64), ("id", Str), ("user", c_void_p), ("user_number", c_uint64),
        ("metadata", Str), ("http_status", c_int32), ("attempts", c_uint32),
        ("rate_limited", c_uint32), ("retried", c_uint8), ("cached", c_uint8),
        ("streamed", c_uint8), ("partial", c_uint8), ("ignored_fields", c_uint32),
        ("choice", c_int32), ("text", Str), ("refusal", Str), ("thinking", Str),
        ("finish", c_int32), ("tool_calls_count", c_uint32), ("finish_reason", Str),
        ("tool_calls", c_void_p), ("choices", c_void_p), ("choices_count", c_uint32),
        ("reserved", c_uint32), ("model", Str), ("response_id", Str), ("request_id", Str),
        ("endpoint", c_uint32), ("fallbacks", c_uint8), ("hedged", c_uint8),
        ("reserved8", c_uint8 * 2), ("cost_usd", c_double),
        ("usage", Usage), ("usage_failed", Usage), ("body", Str), ("turn_json", Str),
        ("safety_json", Str), ("block_reason", Str), ("error_message", Str),
        ("error_code", Str), ("timing", Timing)]


class BatchConfig(Structure):
    _fields_ = [
        ("struct_size", c_uint32), ("endpoint", c_uint32), ("on_failure", c_int32),
        ("order", c_int32), ("retry_failed", c_int32), ("max_in_flight", c_uint32),
        ("share", c_uint32), ("targets_count", c_uint32), ("targets", c_void_p),
        ("hedge", Hedge), ("budget_usd", c_double), ("deadline_ms", c_uint64),
        ("defaults", c_void_p), ("user", c_void_p), ("source", c_void_p), ("on_result", c_void_p),
        ("on_progress", c_void_p), ("on_token", c_void_p), ("on_budget", c_void_p),
        ("on_writable", c_void_p), ("validate", c_void_p), ("on_attempt", c_void_p),
        ("dry_run", c_uint8), ("reserved8", c_uint8 * 7), ("cache_store", c_void_p),
        ("cache_store_user", c_void_p), ("cache_ttl_ms", c_uint64), ("cache_mode", c_int32),
        ("cache_share", c_int32),
        ("dry_run", c_uint8), ("reserved8", c_uint8 * 7), ("post_process", c_void_p),
        ("middleware", c_void_p), ("middleware_count", c_uint32), ("progress_every", c_uint32)]


class LeatError(Exception):
    """A call that leat refused: .status is its number, the text is leat's own hint."""

    def __init__(self, lib, status):
        super().__init__(lib.leat_status_hint(status).decode())
        self.status = status


def view(text):
    data = text.encode() if isinstance(text, str) else (text or b"")
    return Str(data, len(data))


def load(path=None):
    here = os.environ.get("LEAT_BUILD", "build/gcc-release")
    lib = ctypes.CDLL(path or os.path.join(here, "examples/python/libleat_c.so"))
    for name in ("leat_status_word", "leat_status_hint", "leat_outcome_name", "leat_version"):
        getattr(lib, name).restype = c_char_p
    lib.leat_memory_required.restype = c_size_t
    lib.leat_posix_map.argtypes = [c_size_t, POINTER(c_void_p)]
    lib.leat_posix_unmap.argtypes = [c_void_p, c_size_t]
    lib.leat_open.argtypes = [POINTER(Config), c_void_p, c_size_t, POINTER(c_void_p)]
    for name in ("leat_close", "leat_batch_close", "leat_batch_finish"):
        getattr(lib, name).argtypes = [c_void_p]
    lib.leat_endpoint_add.argtypes = [c_void_p, POINTER(EndpointConfig), POINTER(c_uint32)]
    lib.leat_batch_open.argtypes = [c_void_p, POINTER(BatchConfig), POINTER(c_void_p)]
    lib.leat_submit.argtypes = [c_void_p, POINTER(Request), POINTER(c_uint64)]
    lib.leat_step.argtypes = [c_void_p, c_int32]
    lib.leat_batch_next.argtypes = [c_void_p, POINTER(POINTER(RawResult))]
    lib.leat_result_release.argtypes = [c_void_p, POINTER(RawResult)]
    return lib


class Client:
    """One client in a block of its own. Use it from one thread, and close it."""

    def __init__(self, ca_file="", library=None, **settings):
        self.lib = load(library)
        self.handle = c_void_p()
        self.block = c_void_p()
        config = Config()
        self.lib.leat_config_init(byref(config))
        self.lib.leat_posix_ports(byref(config.ports))
        if hasattr(self.lib, "leat_mbedtls_port"):
            self.lib.leat_mbedtls_port(byref(config.ports))
        config.tls_ca_file = view(ca_file)
        for name, value in settings.items():
            setattr(config, name, value)
        self.bytes = self.lib.leat_memory_required(byref(config))
        self.check(self.lib.leat_posix_map(self.bytes, byref(self.block)))
        self.check(self.lib.leat_open(byref(config), self.block, self.bytes, byref(self.handle)))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.handle:
            self.lib.leat_close(self.handle)
            self.lib.leat_posix_unmap(self.block, self.bytes)
            self.handle = c_void_p()

    def check(self, status):
        if status != OK:
            raise LeatError(self.lib, status)

    def endpoint(self, provider, base_url="", model="", api_key="", **settings):
        config = EndpointConfig()
        self.lib.leat_endpoint_config_init(byref(config))
        config.provider, config.base_url = view(provider), view(base_url)
        config.model, config.api_key = view(model), view(api_key)
        for name, value in settings.items():
            setattr(config, name, value)
        index = c_uint32()
        self.check(self.lib.leat_endpoint_add(self.handle, byref(config), byref(index)))
        return index.value

    def batch(self, endpoint, items):
        """Yields a Result for each item as it completes. items: any iterable of dicts with
        prompt and, if wanted, id, system, model, max_tokens, temperature; it is read only as
        fast as leat has room."""
        config = BatchConfig()
        self.lib.leat_batch_config_init(byref(config))
        config.endpoint = endpoint
        batch = c_void_p()
        self.check(self.lib.leat_batch_open(self.handle, byref(config), byref(batch)))
        try:
            yield from self._drive(batch, iter(items))
        finally:
            self.lib.leat_batch_close(batch)

    def _drive(self, batch, items):
        pending = next(items, None)
        finished = False
        raw = POINTER(RawResult)()
        while True:
            while pending is not None:
                status = self._submit(batch, pending)
                if status == WOULD_BLOCK:
                    break
                self.check(status)
                pending = next(items, None)
            if pending is None and not finished:
                self.check(self.lib.leat_batch_finish(batch))
                finished = True
            status = self.lib.leat_batch_next(batch, byref(raw))
            if status == DONE:
                return
            if status == OK:
                result = self._result(raw.contents)
                self.lib.leat_result_release(batch, raw)
                yield result
            elif self.lib.leat_step(self.handle, 1000) not in (OK, DONE):
                raise RuntimeError("leat_step failed")

    def _submit(self, batch, item):
        request = Request()
        self.lib.leat_request_init(byref(request))
        request.flags = COPY
        for name in ("id", "prompt", "system", "model"):
            setattr(request, name, view(str(item.get(name, ""))))
        request.max_output_tokens = item.get("max_tokens", 0)
        if item.get("temperature") is not None:
            request.temperature.value = item["temperature"]
            request.temperature.is_set = 1
        return self.lib.leat_submit(batch, byref(request), None)

    def _result(self, raw):
        outcome = self.lib.leat_outcome_name(raw.outcome).decode()
        return Result(raw.index, text_at(raw, "id"), outcome,
                      self.lib.leat_status_word(raw.status).decode(), raw.http_status,
                      raw.attempts, text_at(raw, "text"), text_at(raw, "finish_reason"),
                      raw.usage.input_tokens, raw.usage.output_tokens,
                      text_at(raw, "error_message"), raw.timing.total_ms)


def text_at(struct, name):
    """A leat_str member as text. c_char_p would stop at a NUL, so the pointer itself is read."""
    at = ctypes.addressof(struct) + getattr(type(struct), name).offset
    pointer = c_void_p.from_address(at).value
    size = c_size_t.from_address(at + ctypes.sizeof(c_void_p)).value
    return ctypes.string_at(pointer, size).decode(errors="replace") if size else ""
