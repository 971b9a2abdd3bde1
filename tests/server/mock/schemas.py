"""JSON schemas that a mock's answers must satisfy, and a checker for the keywords in them."""

ADDRESS = {"type": "object", "required": ["street"], "properties": {"street": {"type": "string"}}}
SCHEMAS = [
    {"type": "object", "required": ["name", "age"], "additionalProperties": False,
     "properties": {"name": {"type": "string", "minLength": 12}, "other": {"type": "string"},
                    "age": {"type": "integer", "minimum": 18, "maximum": 99}}},
    {"type": "object", "properties": {"unit": {"enum": ["C", "F"]}, "kind": {"const": {"a": [1]}},
                                      "ok": {"type": "boolean"}, "none": {"type": "null"}}},
    {"$defs": {"place": ADDRESS}, "type": "object", "required": ["home", "all"],
     "properties": {"home": {"$ref": "#/$defs/place"},
                    "all": {"type": "array", "minItems": 3, "items": {"$ref": "#/$defs/place"}}}},
    {"$defs": {"node": {"type": "object", "required": ["next"], "properties": {
        "next": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/node"}]}}}}, "$ref": "#/$defs/node"},
    {"type": "object", "required": ["x", "y", "z", "w"], "properties": {
        "x": {"type": "number", "exclusiveMinimum": 0, "maximum": 0.5},
        "y": {"type": "integer", "multipleOf": 7, "minimum": 8},
        "z": {"type": "number", "maximum": -3}, "w": {"type": ["null", "string"], "maxLength": 2}}},
    {"type": "object", "required": ["tags"], "properties": {"tags": {
        "type": "array", "minItems": 3, "uniqueItems": True, "items": {"type": "string"}}}},
    {"type": "object", "required": ["pair"], "properties": {"pair": {
        "type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}]}}},
    {"type": "object", "allOf": [ADDRESS, {"type": "object", "required": ["zip"], "properties": {
        "zip": {"type": "string", "minLength": 5, "maxLength": 5}}}]},
    {"anyOf": [{"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}},
               {"type": "object", "required": ["b"], "properties": {"b": {"type": "string"}}}]},
    {"type": "object", "required": ["q\\\"uote", "é"], "properties": {
        "q\\\"uote": {"type": "string"}, "é": {"type": "integer", "exclusiveMinimum": 5}}},
    {"type": "object", "required": ["undeclared"]},
]
WEATHER = {"type": "object", "required": ["city", "days"], "properties": {
    "city": {"type": "string", "minLength": 1}, "days": {"type": "integer", "minimum": 2},
    "unit": {"type": "string", "enum": ["C", "F"]}}}
TIME = {"type": "object", "required": ["zone"], "properties": {"zone": {"enum": ["UTC", "BRT"]}}}

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}


def is_type(value, name):
    name = name.lower()
    if name in ("integer", "number"):
        return not isinstance(value, bool) and isinstance(
            value, int if name == "integer" else (int, float))
    return isinstance(value, TYPES[name])


def satisfies(value, schema, root=None):
    root = schema if root is None else root
    if "$ref" in schema:
        target = root
        for part in schema["$ref"].split("/")[1:]:
            target = target[part]
        return satisfies(value, target, root)
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    good = [not types or any(is_type(value, one) for one in types)]
    if "enum" in schema:
        good.append(value in schema["enum"])
    if "const" in schema:
        good.append(value == schema["const"])
    if "anyOf" in schema:
        good.append(any(satisfies(value, one, root) for one in schema["anyOf"]))
    good += [satisfies(value, one, root) for one in schema.get("allOf", [])]
    if isinstance(value, str):
        good.append(schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", 1e9))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        good.append(schema.get("minimum", value) <= value <= schema.get("maximum", value))
        good.append(value > schema.get("exclusiveMinimum", value - 1))
        good.append(value % schema.get("multipleOf", 1) == 0 or "multipleOf" not in schema)
    if isinstance(value, list):
        good.append(int(schema.get("minItems", 0)) <= len(value))
        good.append(not schema.get("uniqueItems") or len({repr(x) for x in value}) == len(value))
        good += [satisfies(x, schema["items"], root) for x in value if "items" in schema]
        good += [satisfies(x, s, root) for x, s in zip(value, schema.get("prefixItems", []))]
    if isinstance(value, dict):
        good += [key in value for key in schema.get("required", [])]
        known = schema.get("properties", {})
        good += [satisfies(value[key], known[key], root) for key in value if key in known]
        good.append(schema.get("additionalProperties") is not False or set(value) <= set(known))
    return all(good)


def gemini(schema):
    """The schema with Gemini's upper-case types."""
    if isinstance(schema, dict):
        return {key: value.upper() if key == "type" and isinstance(value, str) else gemini(value)
                for key, value in schema.items()}
    return [gemini(one) for one in schema] if isinstance(schema, list) else schema
