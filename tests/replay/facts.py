"""What is expected of an answer: facts in the order in which replay.cc tells them. A fact's name
ends in _json where only the meaning of its JSON counts."""
import json


def count(value):
    """A token count, -1 when nothing usable was said."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else -1


def text_or_empty(value):
    return value if isinstance(value, str) else ""


class Answer:
    """A success. Texts are gathered as they come."""

    def __init__(self):
        self.text = self.refusal = self.thinking = ""
        self.finish = "unknown"
        self.finish_reason = self.model = self.id = self.block_reason = ""
        self.calls = []  # [id, name, arguments as text]
        self.safety = None  # JSON
        self.turn = None  # JSON, where the adapter hands the turn back
        self.usage = {"input": -1, "output": -1, "cached": -1, "written": -1, "reasoning": -1,
                      "total": -1}
        self.choices = []  # Answers, when there are several

    def add_up(self):
        usage = self.usage
        if usage["total"] < 0 <= min(usage["input"], usage["output"]):
            usage["total"] = usage["input"] + usage["output"]

    def told(self, is_choice=False):
        facts = [("text", self.text), ("refusal", self.refusal), ("thinking", self.thinking),
                 ("finish", self.finish), ("finish_reason", self.finish_reason)]
        if not is_choice:
            facts += [("model", self.model), ("id", self.id), ("block_reason", self.block_reason)]
            facts += [(f"usage_{name}", str(number)) for name, number in self.usage.items()]
        facts.append(("tool_calls", str(len(self.calls))))
        for call_id, name, arguments in self.calls:
            facts += [("call_id", call_id), ("call_name", name)]
            # The same bytes where they are text; an object may be told with other blanks.
            exact = isinstance(arguments, str)
            facts.append(("call_text", arguments) if exact else ("call_json", json.dumps(arguments)))
        return facts

    def facts(self):
        facts = [("status", "ok")] + self.told()
        facts.append(("turn_json", json.dumps(self.turn)) if self.turn is not None else ("turn", ""))
        facts.append(("safety_json", json.dumps(self.safety)) if self.safety else ("safety", ""))
        facts.append(("choices", str(len(self.choices))))
        for choice in self.choices:
            facts += choice.told(is_choice=True)
        return facts


class Failure(Exception):
    """An answer that is none: (error body, or None when the status says all, status word)."""

    def __init__(self, error, word=""):
        super().__init__(word)
        self.error = error
        self.word = word
