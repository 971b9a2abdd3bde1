"""leat-mock stores Gemini's cached contents, for their time, and counts them in what uses them."""
import contextlib
import datetime
import time

from harness import Server, ask, run, test

LONG = {"contents": [{"role": "user", "parts": [{"text": "x" * 6000}]}], "model": "models/m"}
QUESTION = {"contents": [{"role": "user", "parts": [{"text": "?"}]}]}


class Caches:
    def __init__(self, client, base="/v1beta"):
        self.client = client
        self.base = base

    def call(self, method, path, payload=None):
        return ask(self.client, payload, method, f"{self.base}/{path}")

    def create(self, **more):
        answer = self.call("POST", "cachedContents", {**LONG, "ttl": "300s", **more})
        assert answer.status == 200, answer.text
        return answer.json()

    def use(self, name, model="m", **more):
        return self.call("POST", f"models/{model}:generateContent",
                         {**QUESTION, "cachedContent": name, **more})


@contextlib.contextmanager
def caches(*options, base="/v1beta"):
    with Server(*options) as server, contextlib.closing(server.client()) as client:
        yield Caches(client, base)


def when(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def message(answer):
    return answer.status, answer.json()["error"]["status"]


@test
def a_cache_is_made_read_changed_and_deleted():
    with caches() as peer:
        made = peer.create(displayName="né\"w")
        assert made["name"].startswith("cachedContents/") and len(made["name"]) == 15 + 40
        assert made["model"] == "models/m" and made["displayName"] == "né\"w"
        assert 1500 <= made["usageMetadata"]["totalTokenCount"] <= 1510
        assert abs(when(made["createTime"]) - time.time()) < 5
        assert 299 <= when(made["expireTime"]) - when(made["createTime"]) <= 301
        assert peer.call("GET", made["name"]).json() == made
        changed = peer.call("PATCH", made["name"] + "?updateMask=ttl", {"ttl": "7200s"}).json()
        assert 7199 <= when(changed["expireTime"]) - time.time() <= 7201
        assert when(changed["updateTime"]) >= when(made["updateTime"])
        until = peer.call("PATCH", made["name"], {"expireTime": "2099-01-02T03:04:05.5+01:00"}).json()
        assert until["expireTime"] == "2099-01-02T02:04:05.500Z"
        assert peer.call("DELETE", made["name"]).json() == {}
        for method in ("GET", "DELETE"):
            assert message(peer.call(method, made["name"])) == (403, "PERMISSION_DENIED")
        assert peer.call("PATCH", made["name"], {"ttl": "1s"}).status == 403
        hour = peer.call("POST", "cachedContents", LONG).json()
        assert 3599 <= when(hour["expireTime"]) - time.time() <= 3601


@test
def lists_come_in_pages():
    with caches() as peer:
        assert peer.call("GET", "cachedContents").json() == {}
        names = [peer.create()["name"] for _ in range(5)]
        assert len(set(names)) == 5
        seen = []
        token = ""
        for _ in range(3):
            page = peer.call("GET", f"cachedContents?pageSize=2&pageToken={token}").json()
            seen += [one["name"] for one in page["cachedContents"]]
            token = page.get("nextPageToken", "")
            assert len(page["cachedContents"]) <= 2
        assert seen == names and token == ""
        assert len(peer.call("GET", "cachedContents").json()["cachedContents"]) == 5
        first = peer.call("GET", "cachedContents?pageSize=2").json()
        peer.call("DELETE", names[2])
        page = peer.call("GET", f"cachedContents?pageToken={first['nextPageToken']}").json()
        assert [one["name"] for one in page["cachedContents"]] == names[3:]
        assert peer.call("GET", "cachedContents?pageSize=x").status == 400
        assert peer.call("GET", "cachedContents?pageToken=x").status == 400


@test
def what_is_cached_counts():
    with caches() as peer:
        made = peer.create()
        plain = peer.call("POST", "models/m:generateContent", QUESTION).json()["usageMetadata"]
        usage = peer.use(made["name"]).json()["usageMetadata"]
        cached = made["usageMetadata"]["totalTokenCount"]
        assert usage["cachedContentTokenCount"] == cached
        assert usage["promptTokenCount"] == plain["promptTokenCount"] + cached
        assert "cachedContentTokenCount" not in plain


@test
def what_does_not_fit_is_refused():
    with caches() as peer:
        made = peer.create()
        assert message(peer.use("cachedContents/none")) == (403, "PERMISSION_DENIED")
        assert "CachedContent not found" in peer.use("cachedContents/none").text
        assert message(peer.use(made["name"], "other")) == (400, "INVALID_ARGUMENT")
        for extra in ({"systemInstruction": {"parts": [{"text": "s"}]}}, {"tools": []},
                      {"toolConfig": {}}):
            assert message(peer.use(made["name"], **extra)) == (400, "INVALID_ARGUMENT"), extra
        small = {**LONG, "contents": QUESTION["contents"]}
        assert "too small" in peer.call("POST", "cachedContents", small).text
        for wrong in ({"ttl": "5"}, {"ttl": "-5s"}, {"ttl": "0s"}, {"ttl": "1.s"}, {"ttl": "x"},
                      {"ttl": "9999999999s"}, {"expireTime": "2020-01-01T00:00:00Z"},
                      {"expireTime": "2099-13-01T00:00:00Z"}, {"expireTime": "2099-01-01"},
                      {"expireTime": "2099-01-01T00:00:00"}, {"nonsense": 1}):
            body = {**LONG, **wrong}
            assert message(peer.call("POST", "cachedContents", body)) == (400, "INVALID_ARGUMENT"), wrong
        assert peer.call("POST", "cachedContents", {**LONG, "model": "models/no-such-model"}).status == 404
        assert peer.call("POST", "cachedContents", {"contents": LONG["contents"]}).status == 400
        assert peer.call("POST", made["name"], LONG).status == 405
        assert peer.call("DELETE", "cachedContents").status == 405
        assert peer.call("POST", "cachedContents", "{").status == 400
    with caches("--cache-tokens", 0) as peer:
        assert peer.call("POST", "cachedContents", small).status == 200


@test
def a_cache_ends_with_its_time():
    with caches() as peer:
        made, other = peer.create(ttl="0.25s"), peer.create()
        assert peer.use(made["name"]).status == 200
        time.sleep(0.3)
        assert peer.use(made["name"]).status == 403
        assert peer.call("GET", made["name"]).status == 403
        assert peer.call("PATCH", made["name"], {"ttl": "9s"}).status == 403
        names = [one["name"] for one in peer.call("GET", "cachedContents").json()["cachedContents"]]
        assert names == [other["name"]]


@test
def vertex_has_its_own_names_and_faults():
    base = "/v1/projects/p/locations/l"
    with caches(base=base) as peer:
        made = peer.create(model="projects/p/locations/l/publishers/google/models/m")
        assert made["name"].startswith("projects/p/locations/l/cachedContents/")
        assert made["model"] == "projects/p/locations/l/publishers/google/models/m"
        assert ask(peer.client, None, "GET", "/v1/" + made["name"]).json() == made
        used = peer.call("POST", "publishers/google/models/m:generateContent",
                         {**QUESTION, "cachedContent": made["name"]})
        assert used.json()["usageMetadata"]["cachedContentTokenCount"] >= 1500
        assert message(peer.call("GET", "cachedContents/none")) == (404, "NOT_FOUND")


@test
def calls_can_fail_and_are_counted():
    with Server("--require-key", "k", script="2 500\n4 429 retry-after=2") as server:
        with contextlib.closing(server.client()) as client:
            key = {"x-goog-api-key": "k"}

            def call(method, path, payload=None):
                return ask(client, payload, method, "/v1beta/" + path, key)
            name = call("POST", "cachedContents", LONG).json()["name"]
            assert call("DELETE", name).status == 500
            assert call("GET", name).status == 200  # the failed call changed nothing
            assert '"retryDelay":"2s"' in call("PATCH", name, {"ttl": "5s"}).text
            marked = {**LONG, "contents": [{"parts": [{"text": "[[mock:503x1]]" + "x" * 6000}]}]}
            assert [call("POST", "cachedContents", marked).status for _ in range(2)] == [503, 200]
            assert ask(client, None, "GET", "/v1beta/cachedContents").status == 403
            assert server.stats()["requests"] == 7


@test
def the_oldest_gives_way():
    with caches("--cache-tokens", 0) as peer:
        body = {**QUESTION, "model": "models/m"}
        names = [peer.call("POST", "cachedContents", body).json()["name"] for _ in range(1030)]
        assert peer.call("GET", names[5]).status == 403 and peer.call("GET", names[6]).status == 200
        page = peer.call("GET", "cachedContents?pageSize=5000").json()
        assert len(page["cachedContents"]) == 1000 and page["nextPageToken"]


run()
