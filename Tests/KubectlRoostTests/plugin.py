"""What the tests of scripts/kubectl-roost share: objects as a cluster has them, and a stand-in for kubectl."""

import datetime
import json
import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
PLUGIN = os.path.join(HERE, "..", "..", "scripts", "kubectl-roost")


def conditions(**given):
    """Ready=("True", "Serving", "message") and so on."""
    return [
        {"type": kind, "status": status, "reason": reason, "message": message, "lastTransitionTime": "2026-01-01T00:00:00Z"}
        for kind, (status, reason, message) in given.items()
    ]


def cell(name="default", ready=("True", "Serving", "2 edges"), **status):
    return {
        "kind": "Cell", "metadata": {"name": name, "generation": 1},
        "spec": {"edge": {"connectionsPerPod": 1000}},
        "status": {
            "conditions": conditions(Ready=ready), "readyReplicas": 2, "desiredReplicas": 2, "connections": 500,
            "tenants": 1, "image": "roost:1", "wantedImage": "roost:1", **status,
        },
    }


def tenant(name="acme", namespace="chat", ready=("True", "Serving", "clients may connect"), more=(), **spec):
    return {
        "kind": "Tenant", "metadata": {"name": name, "namespace": namespace, "generation": 1},
        "spec": {
            "hostnames": ["acme.example.com", "acme.example.org"], "planRef": {"name": "team"}, "state": "Active",
            "accounts": {"required": True, "sasl": ["PLAIN", "EXTERNAL"], "registration": "Closed"}, **spec,
        },
        "status": {
            "observedGeneration": 1, "cell": "default",
            "conditions": conditions(Ready=ready) + list(more),
            "endpoints": {"irc": "ircs://acme.example.com:6697", "webSocket": "wss://acme.example.com/irc"},
            "usage": {
                "connections": 640, "connectionsLimit": 800, "accounts": 40, "channels": 9, "historyBytes": 5 << 20,
                "messagesPerSecond": 12,
            },
        },
    }


def pod(name="roost-default-edge-1", app="roost-edge", **more):
    labels = {
        "app.kubernetes.io/name": app, "app.kubernetes.io/part-of": "roost", "roost.chat/cell": "default",
    }
    return {"kind": "Pod", "metadata": {"name": name, "namespace": "roost", "uid": "1", "labels": labels}, **more}


OPERATOR = {
    "kind": "Deployment",
    "metadata": {
        "name": "roost-operator", "namespace": "roost",
        "labels": {"app.kubernetes.io/name": "roost-operator", "app.kubernetes.io/part-of": "roost"},
    },
}


def lease(age=3, **spec):
    """A Lease that was renewed some seconds ago."""
    renewed = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=age)
    return {
        "kind": "Lease", "metadata": {"name": "roost-operator", "namespace": "roost"},
        "spec": {
            "holderIdentity": "roost-operator-1", "leaseDurationSeconds": 15,
            "renewTime": renewed.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), **spec,
        },
    }


class PluginTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.cluster = os.path.join(self.folder, "cluster.json")
        self.kubectl = os.path.join(self.folder, "kubectl")
        with open(self.kubectl, "w", encoding="utf-8") as file:
            file.write(f'#!/bin/sh\nexec {sys.executable} -I -S {HERE}/fake_kubectl.py "$@"\n')
        os.chmod(self.kubectl, 0o755)

    def given(self, *objects, led=True, **more):
        objects = [*objects, *([lease()] if led else [])]
        with open(self.cluster, "w", encoding="utf-8") as file:
            json.dump({"objects": list(objects), **more}, file)

    def run_plugin(self, *arguments, said=""):
        environment = {
            "PATH": os.environ["PATH"], "KUBECTL": self.kubectl, "FAKE_CLUSTER": self.cluster,
            "COLUMNS": "200",
        }
        done = subprocess.run(
            [sys.executable, "-I", "-S", PLUGIN, *arguments], env=environment, cwd=self.folder, capture_output=True, text=True, timeout=60,
            input=said,
        )
        return done.returncode, done.stdout, done.stderr

    def seen(self):
        with open(self.cluster, encoding="utf-8") as file:
            return json.load(file)

    def object(self, kind, name):
        return next(o for o in self.seen()["objects"] if o["kind"] == kind and o["metadata"]["name"] == name)
