#!/usr/bin/env python3
"""Stands in for kubectl: answers from a file of objects and logs, and notes what it was asked.

FAKE_CLUSTER names a JSON file: {"objects": [...], "logs": {"pod": "text"}, "down": "message", "rights": "the only namespace that
the caller has rights in", "context": "the context's namespace"}. An object may have "_later", a
list of what it will be at each further look: null means that it is gone.
"""

import json
import os
import sys

PATH = os.environ["FAKE_CLUSTER"]


def kind_of(resource):
    return resource.split(".")[0].rstrip("s").replace("networkpolicie", "networkpolicy")


def fail(message):
    print(message, file=sys.stderr)
    sys.exit(1)


def flags(arguments):
    """The flags with their values, and the rest."""
    found, rest, takes = {}, [], ("--context", "--kubeconfig", "--namespace", "--output", "--selector", "--type",
                                  "--patch", "--tail")
    arguments = iter(arguments)
    for argument in arguments:
        if argument in takes:
            found[argument] = next(arguments)
        elif argument.startswith("--"):
            found[argument] = True
        else:
            rest.append(argument)
    return found, rest


def main():
    with open(PATH, encoding="utf-8") as file:
        cluster = json.load(file)
    given, words = flags(sys.argv[1:])
    cluster.setdefault("asked", []).append(sys.argv[1:])
    try:
        answer(cluster, given, words)
    finally:
        with open(PATH, "w", encoding="utf-8") as file:
            json.dump(cluster, file)


def matches(thing, kind, given):
    meta = thing["metadata"]
    if thing["kind"].lower() != kind:
        return False
    if "--namespace" in given and meta.get("namespace") not in (None, given["--namespace"]):
        return False
    selector = given.get("--selector")
    return not selector or meta.get("labels", {}).get(selector.split("=")[0]) == selector.split("=")[1]


def answer(cluster, given, words):
    if cluster.get("down"):
        fail(cluster["down"])
    verb, words = words[0], words[1:]
    if verb == "version":
        print("Client Version: v1.30.0")
        return
    if verb == "logs":
        log = cluster.get("logs", {}).get(words[0] + (".previous" if "--previous" in given else ""))
        if log is None:
            fail(f'Error from server (NotFound): pods "{words[0]}" not found')
        print(log)
        return
    if verb == "config":
        print(cluster.get("context", ""), end="")
        return
    if cluster.get("rights") not in (None, given.get("--namespace")):
        where = f'in the namespace "{given["--namespace"]}"' if "--namespace" in given else "at the cluster scope"
        fail(f'Error from server (Forbidden): {words[0]} is forbidden: User "team" cannot {verb} resource "{words[0]}" {where}')
    kind = kind_of(words[0])
    found = [o for o in cluster["objects"] if matches(o, kind, given)]
    if len(words) > 1:
        found = [o for o in found if o["metadata"]["name"] == words[1]]
        if not found:
            fail(f'Error from server (NotFound): {words[0]} "{words[1]}" not found')
    if verb == "get":
        out = found[0] if len(words) > 1 else {"kind": "List", "items": found}
        print(json.dumps({k: v for k, v in out.items() if k != "_later"}))
        for one in found:
            if one.get("_later"):
                step = one["_later"].pop(0)
                if step is None:
                    cluster["objects"].remove(one)
                else:
                    one.update(step)
    elif verb == "patch":
        merge(found[0], json.loads(given["--patch"]))
        found[0]["metadata"]["generation"] = found[0]["metadata"].get("generation", 1) + 1
    elif verb == "annotate":
        key, _, value = words[2].partition("=")
        found[0]["metadata"].setdefault("annotations", {})[key] = value
    else:
        fail(f"unknown command {verb}")


def merge(target, patch):
    for key, value in patch.items():
        if isinstance(value, dict):
            merge(target.setdefault(key, {}), value)
        else:
            target[key] = value


main()
