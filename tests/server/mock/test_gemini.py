"""What only Gemini has: names in two spellings, unknown fields refused, signatures, candidates,
quota details in the body, Vertex paths."""
import contextlib
import json

from formats import Body, Gemini, GeminiArray
from harness import Server, ask, run, sse, test
from schemas import SCHEMAS, gemini, satisfies

FORM = Gemini()
TOOL = {"functionDeclarations": [{"name": "t", "parameters": {"type": "OBJECT"}}]}


def post(client, body, model="gemini-x", form=FORM, path=None, **headers):
    path = (path or form.path).replace("MODEL", model)
    return ask(client, body, path=path, headers={k.replace("_", "-"): v for k, v in headers.items()})


@test
def the_answer_has_the_wire_form():
    with Server() as server, contextlib.closing(server.client()) as client:
        answer = post(client, FORM.ask())
        data = answer.json()
        assert answer.headers["Content-Type"] == "application/json; charset=UTF-8"
        assert data["modelVersion"] == "gemini-x" and data["responseId"]
        assert data["candidates"][0]["content"]["role"] == "model"
        assert not any(name.lower().startswith(("x-ratelimit", "openai", "x-request"))
                       for name in answer.headers)
        data = post(client, {**FORM.ask(), "generationConfig": {"candidateCount": 2}}).json()
        said = [one["content"]["parts"][0]["text"] for one in data["candidates"]]
        assert [one["index"] for one in data["candidates"]] == [0, 1] and said[0] != said[1]


@test
def names_come_in_two_spellings():
    with Server() as server, contextlib.closing(server.client()) as client:
        body = {"contents": [{"role": "user", "parts": [{"text": "a tool"}]}],
                "system_instruction": {"parts": [{"text": "s"}]},
                "tools": [{"function_declarations": [{"name": "t", "parameters": {
                    "type": "OBJECT"}}]}],
                "tool_config": {"function_calling_config": {"mode": "NONE"}},
                "safety_settings": [],
                "generation_config": {"max_output_tokens": 3}}
        data = post(client, body).json()
        assert data["candidates"][0]["finishReason"] == "MAX_TOKENS"
        for wrong in ({"messages": []}, {"stream": True}, {"labels": {}}):
            answer = post(client, {**FORM.ask(), **wrong})
            assert answer.status == 400 and f'"{list(wrong)[0]}"' in answer.json()["error"]["message"]
        assert post(client, {**FORM.ask(), "labels": {}}, form=GeminiArray()).status == 200
        body = {"contents": [{"parts": [{"text": "x"}]}]}
        assert post(client, body).status == 200
        assert post(client, body, form=GeminiArray()).status == 400  # Vertex wants a role


@test
def upper_case_schemas_are_understood():
    with Server() as server, contextlib.closing(server.client()) as client:
        for schema in SCHEMAS:
            body = FORM.ask()
            body["generationConfig"] = {"responseMimeType": "application/json",
                                        "responseSchema": gemini(schema)}
            said = FORM.said(post(client, body).json())
            assert satisfies(json.loads(said.text), schema), (schema, said.text)
        body["generationConfig"] = {"responseSchema": {"type": "STRING"}}
        assert post(client, body).status == 400  # not without the type


@test
def signatures_must_come_back():
    with Server() as server, contextlib.closing(server.client()) as client:
        question = {"role": "user", "parts": [{"text": "a tool"}]}

        def status(model, parts, more=()):
            results = [{"functionResponse": {"name": "t", "response": {"a": 1}}} for _ in parts]
            contents = [question, {"role": "model", "parts": parts},
                        {"role": "user", "parts": results}, *more]
            return post(client, {"contents": contents, "tools": [TOOL]}, model).status
        data = post(client, {"contents": [question], "tools": [TOOL]}, "gemini-3-pro").json()
        part = data["candidates"][0]["content"]["parts"][0]
        assert part["thoughtSignature"]
        bare = {"functionCall": part["functionCall"]}
        assert status("gemini-3-pro", [part]) == 200 == status("gemini-3-pro", [part, bare])
        assert status("gemini-3-pro", [bare]) == 400
        assert status("gemini-3-pro", [{**part, "thoughtSignature": "x"}]) == 400
        assert status("gemini-3-pro", [bare], [{"role": "model", "parts": [{"text": "a"}]},
                                               question]) == 200
        assert status("gemini-2.5-flash", [bare]) == 200


@test
def contents_of_the_model_in_a_row_are_one_turn():
    with Server() as server, contextlib.closing(server.client()) as client:
        call = {"role": "model", "parts": [{"functionCall": {"name": "t", "args": {}}}]}
        result = {"functionResponse": {"name": "t", "response": {"a": 1}}}
        question = FORM.ask("a tool")["contents"]
        for count, status in ((1, 400), (2, 200), (3, 400)):
            contents = [*question, call, call, {"role": "user", "parts": [result] * count}]
            assert post(client, {"contents": contents}).status == status, count


@test
def quotas_are_told_in_the_body():
    with Server("--rpm", 60, "--burst-s", 1) as server, contextlib.closing(server.client()) as client:
        assert post(client, FORM.ask()).status == 200
        answer = post(client, FORM.ask())
        kinds = {one["@type"].rsplit(".", 1)[1]: one for one in answer.json()["error"]["details"]}
        assert 0 < float(kinds["RetryInfo"]["retryDelay"][:-1]) <= 1
        assert kinds["QuotaFailure"]["violations"][0]["quotaDimensions"]["model"] == "gemini-x"
        assert answer.status == 429 and answer.headers["retry-after"] is None
    with Server() as server, contextlib.closing(server.client()) as client:
        for marker, delay in (("retry-after=3", "3s"), ("retry-after-ms=1500", "1.500s")):
            text = post(client, FORM.ask(f"[[mock:429 {marker}]]")).text
            assert f'"retryDelay":"{delay}"' in text, text
        assert "RetryInfo" not in post(client, FORM.ask("[[mock:429]]")).text
        array = GeminiArray()
        answer = post(client, array.ask("[[mock:503]]"), path=array.stream_path)
        assert answer.status == 503 and answer.json()[0]["error"]["status"] == "UNAVAILABLE"


@test
def keys_have_the_providers_faults():
    with Server("--require-key", "k") as server, contextlib.closing(server.client()) as client:
        answer = post(client, FORM.ask())
        assert answer.status == 403 and answer.json()["error"]["status"] == "PERMISSION_DENIED"
        answer = post(client, FORM.ask(), x_goog_api_key="no")
        assert answer.status == 400
        assert answer.json()["error"]["details"][0]["reason"] == "API_KEY_INVALID"
        assert post(client, FORM.ask(), path=FORM.path + "?key=k").status == 200
        assert post(client, FORM.ask(), path=FORM.stream_path + "&key=k").status == 200
        assert post(client, FORM.ask(), form=GeminiArray()).status == 401
        models = ask(client, None, "GET", "/v1beta/models", {"x-goog-api-key": "k"}).json()
        assert models["models"][0]["name"].startswith("models/")


@test
def streams_are_told_apart():
    with Server() as server, contextlib.closing(server.client()) as client:
        text = post(client, FORM.ask("tool", tools=[("t", {})]), path=FORM.stream_path).text
        assert "\r\n\r\n" in text and "[DONE]" not in text
        first = json.loads(sse(text)[0][1])
        assert first["candidates"][0]["content"]["parts"][0]["functionCall"]["name"] == "t"
        plain = post(client, Body(FORM.ask(), ""), path=FORM.stream_path.split("?")[0]).text
        assert plain.startswith("[{") and plain.endswith("}]")


run()
