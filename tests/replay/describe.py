"""Says with the words of leat/request.h what a recorded request asked for. A description is a list
of (name, value); requests.cc makes a leat_request of it. What the types have no word for goes out
as ready JSON, as a program would do it, and is noted in `ready`."""
import json


def as_json(value):
    return json.dumps(value, ensure_ascii=False)


def is_text_only(value, kind):
    """{"type": kind, "text": ...} and nothing else."""
    return isinstance(value, dict) and set(value) == {"type", "text"} and value["type"] == kind


class Description:
    def __init__(self, adapter, body):
        self.adapter = adapter
        self.rest = dict(body)  # what was not described yet
        self.fields = []
        self.ready = []
        self.model = ""
        self.stream = False

    def add(self, name, value):
        if isinstance(value, bool) or value is None:
            raise TypeError(name)
        self.fields.append((name, value if isinstance(value, str) else str(value)))

    def add_json(self, name, value):
        self.fields.append((name, as_json(value)))

    def add_ready(self, name, value):
        self.ready.append(name)
        self.add_json(name, value)

    def switch(self, name, value):
        self.add(name, "on" if value else "off")

    def take(self, name):
        """The member's value; None when it is absent or null."""
        return self.rest.pop(name, None)

    def number(self, name, to=None):
        value = self.take(name)
        if value is not None:
            self.add(to or name, repr(value))

    def text(self, name, to=None):
        value = self.take(name)
        if value is not None:
            self.add(to or name, value)

    def stops(self, name):
        words = self.take(name)
        for word in [words] if isinstance(words, str) else words or []:
            self.add("stop", word)

    def tool(self, function, parameters_name):
        """One of ours, if it has no member that we have no word for."""
        self.add("tool", function["name"])
        if function.get("description"):
            self.add("tool_description", function["description"])
        if function.get(parameters_name) is not None:
            self.add_json("tool_parameters", function[parameters_name])
        if function.get("strict"):
            self.add("tool_strict", "1")

    def schema(self, schema, name=None, description=None, strict=None):
        self.add("format", "json_schema")
        self.add_json("format_schema", schema)
        if name:
            self.add("format_name", name)
        if description:
            self.add("format_description", description)
        if strict:
            self.add("format_strict", "1")

    def finish(self):
        """What is left goes out unchanged."""
        self.rest = {name: value for name, value in self.rest.items() if value is not None}
        if self.rest:
            self.add_ready("extra_json", self.rest)
        return self

    def case(self, title):
        return [("case_title", title), ("case_adapter", self.adapter), ("case_model", self.model),
                ("case_stream", "1" if self.stream else "0")] + self.fields


def data_url(url):
    """(media type, base64) of a data: URL; None for another."""
    if not url.startswith("data:") or ";base64," not in url:
        return None
    kind, _, data = url[5:].partition(";base64,")
    return kind, data


def image(said, url, detail):
    data = data_url(url)
    said.add("part", "image_base64" if data else "image_url")
    said.add("part_content", data[1] if data else url)
    if data:
        said.add("part_media_type", data[0])
    if detail:
        said.add("part_detail", detail)
