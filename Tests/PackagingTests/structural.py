"""Our definitions as an API server applies them: defaults, closed objects, list types, CEL rules.

tests/TenantTests compares the schemas with the decoder; here rendered objects are held against them, and the rules are
evaluated.
"""

import celpy
import jsonschema
from celpy import celtypes

import rendered


def closed(schema, at_root=False):
    """The schema as JSON Schema: what an API server would prune is an error."""
    out = {k: v for k, v in schema.items() if not k.startswith("x-kubernetes-") and k not in ("default", "format")}
    for word in ("properties",):
        if word in out:
            out[word] = {name: closed(child) for name, child in out[word].items()}
    for word in ("items", "not", "additionalProperties"):
        if isinstance(out.get(word), dict):
            out[word] = closed(out[word])
    if "anyOf" in out:
        out["anyOf"] = [closed(child) for child in out["anyOf"]]
    if schema.get("type") == "object" and "properties" in out and "additionalProperties" not in out:
        out["additionalProperties"] = False
    if at_root:
        out["properties"]["metadata"] = {"type": "object"}
    if schema.get("x-kubernetes-list-type") == "set":
        out["uniqueItems"] = True
    return out


def defaulted(schema, value):
    """The value with the defaults that an API server adds."""
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        value = {k: v for k, v in value.items() if v is not None}
        for name, child in properties.items():
            if name not in value and "default" in child:
                value[name] = child["default"]
        return {
            name: defaulted(properties.get(name) or schema.get("additionalProperties") or {}, field)
            for name, field in value.items()
        }
    if isinstance(value, list):
        return [defaulted(schema.get("items", {}), element) for element in value]
    return value


def problems(document, before=None):
    """What an API server would find wrong with an object of ours, messages of rules included.

    `before` is the object that it takes the place of: rules that speak of oldSelf judge only changes.
    """
    schema = rendered.schema(document["kind"])
    validator = jsonschema.Draft7Validator(closed(schema, at_root=True))
    found = [f"{'.'.join(map(str, e.absolute_path))}: {e.message}" for e in validator.iter_errors(document)]
    old = defaulted(schema, before) if before else None
    return found or list(rule_problems(schema, defaulted(schema, document), document["kind"], old))


def rule_problems(schema, value, where, old=None):
    for rule in schema.get("x-kubernetes-validations", []):
        if "oldSelf" in rule["rule"] and old is None:
            continue
        if not evaluate(rule["rule"], value, old):
            yield f"{where}: {rule['message']}"
    if isinstance(value, dict):
        for name, field in value.items():
            child = schema.get("properties", {}).get(name) or schema.get("additionalProperties")
            if isinstance(child, dict):
                was = old.get(name) if isinstance(old, dict) else None
                yield from rule_problems(child, field, f"{where}.{name}", was)
    if isinstance(value, list):
        # Elements of lists have no past of their own here: none of our rules asks for it.
        for index, element in enumerate(value):
            yield from rule_problems(schema.get("items", {}), element, f"{where}[{index}]")


def evaluate(rule, value, old=None):
    program = _programs.get(rule)
    if program is None:
        environment = celpy.Environment()
        program = _programs[rule] = environment.program(environment.compile(rule), functions={"isSorted": is_sorted, "split": split})
    return bool(program.evaluate({"self": celpy.json_to_cel(value), "oldSelf": celpy.json_to_cel(old)}))


def is_sorted(elements):
    """Kubernetes' addition to CEL."""
    return celtypes.BoolType(all(a <= b for a, b in zip(elements, elements[1:])))


def split(text, separator):
    """Of CEL's extended strings, which Kubernetes has."""
    return celtypes.ListType([celtypes.StringType(part) for part in str(text).split(str(separator))])


_programs = {}
