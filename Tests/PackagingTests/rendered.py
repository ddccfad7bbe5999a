"""What scripts/render wrote, and the files beside it, as objects."""

import os

import yaml

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KINDS = ("Plan", "Tenant", "Cell", "TenantGrant", "TenantQuota")


class Loader(yaml.SafeLoader):
    """Takes a plain `=` for the string that it is to Kubernetes."""


Loader.add_constructor("tag:yaml.org,2002:value", lambda loader, node: loader.construct_scalar(node))


def path(*parts):
    return os.path.join(ROOT, *parts)


def text(*parts):
    with open(path(*parts), encoding="utf-8") as file:
        return file.read()


def swift(*parts):
    """The texts of all Swift files in a folder."""
    for folder, _, files in os.walk(path(*parts)):
        for name in files:
            if name.endswith(".swift"):
                yield text(folder, name)


def documents(*parts):
    """The objects of a YAML file; empty documents are left out."""
    return [document for document in yaml.load_all(text(*parts), Loader) if document]


def names():
    """Which sets were rendered, such as chart-default."""
    folder = path(".build", "render")
    found = sorted(name[: -len(".yaml")] for name in os.listdir(folder) if name.endswith(".yaml"))
    if len(found) < 10:
        raise FileNotFoundError(f"{folder} is not complete: run scripts/render")
    return found


def rendered(name):
    return documents(".build", "render", f"{name}.yaml")


def one(objects, kind, name=None):
    """The only object of a kind, or of a kind and a name."""
    found = [o for o in objects if o["kind"] == kind and (name is None or o["metadata"]["name"] == name)]
    if len(found) != 1:
        raise LookupError(f"{len(found)} of {kind} {name or ''}")
    return found[0]


def assert_restricted(test, spec):
    """A pod keeps to the profile `restricted` of Kubernetes' Pod Security Standards."""
    security = spec["securityContext"]
    test.assertTrue(security["runAsNonRoot"])
    # None where the platform chooses: of a range without root.
    test.assertGreater(security.get("runAsUser", 1), 0)
    test.assertEqual(security["seccompProfile"], {"type": "RuntimeDefault"})
    for container in spec["containers"]:
        test.assertEqual(
            container["securityContext"],
            {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}},
        )


def definition(kind):
    return documents("k8s", "crds", f"{kind.lower()}s.roost.chat.yaml")[0]


def schema(kind):
    return definition(kind)["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
