"""scripts/kubectl-roost against a stand-in for kubectl: what people see, what is asked of the cluster, what never leaves it."""

import datetime
import json
import os
import stat
import subprocess
import sys
import tarfile
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


class Plugin(unittest.TestCase):
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

    def run_plugin(self, *arguments):
        environment = {
            "PATH": os.environ["PATH"], "KUBECTL": self.kubectl, "FAKE_CLUSTER": self.cluster,
            "COLUMNS": "200",
        }
        done = subprocess.run(
            [sys.executable, "-I", "-S", PLUGIN, *arguments], env=environment, cwd=self.folder, capture_output=True, text=True, timeout=60
        )
        return done.returncode, done.stdout, done.stderr

    def seen(self):
        with open(self.cluster, encoding="utf-8") as file:
            return json.load(file)

    def object(self, kind, name):
        return next(o for o in self.seen()["objects"] if o["kind"] == kind and o["metadata"]["name"] == name)

    # What is fine and what is not

    def test_status_is_fine(self):
        self.given(cell(), tenant())
        code, out, _ = self.run_plugin("status")
        self.assertEqual(code, 0)
        self.assertRegex(out, r"default +True +Serving +2/2 +500 +25% +1 +roost:1\n")
        self.assertRegex(out, r"chat/acme +True +Serving +default +640 +800 +80%\n")
        self.assertIn("All is well.", out)

    def test_status_says_what_is_wrong_and_why(self):
        why = conditions(Admitted=("False", "HostnameTaken", "acme.example.com belongs to the tenant x/y"))
        self.given(
            cell(ready=("False", "RedisUnavailable", "no answer"), image="roost:1", wantedImage="roost:2"),
            tenant(ready=("False", "HostnameTaken", "taken"), more=why),
        )
        code, out, _ = self.run_plugin("status")
        self.assertEqual(code, 1)
        self.assertIn("roost:1 -> roost:2", out)
        self.assertIn("cell default: Ready is RedisUnavailable: no answer", out)
        self.assertIn("tenant chat/acme: Admitted is HostnameTaken: acme.example.com belongs to the tenant x/y", out)
        self.assertNotIn("All is well", out)

    def test_status_warns_of_what_is_ready_all_the_same(self):
        more = conditions(WithinQuota=("True", "NearLimit", "connections at 80 percent"))
        self.given(cell(), tenant(more=more))
        code, out, _ = self.run_plugin("status")
        self.assertEqual(code, 0)
        self.assertIn("WithinQuota is NearLimit: connections at 80 percent", out)

    def test_status_knows_plans_that_cannot_go(self):
        still = conditions(Ready=("True", "Valid", ""), Deleting=("True", "StillUsed", "acme is on it"))
        broken = conditions(Ready=("False", "InvalidSpec", "tiers do not ascend"))
        self.given(
            cell(), tenant(), *(
                {"kind": "Plan", "metadata": {"name": name}, "status": {"conditions": found}}
                for name, found in (("team", still), ("free", broken))
            ),
        )
        code, out, _ = self.run_plugin("status")
        self.assertEqual(code, 1)
        self.assertIn("plan team: Deleting is StillUsed: acme is on it", out)
        self.assertIn("plan free: Ready is InvalidSpec: tiers do not ascend", out)

    def test_status_is_not_fooled_by_what_is_true(self):
        """What serves all the same, and what Ready does not speak of."""
        for more in (
            {"EdgeReady": ("True", "RolloutStuck", "new edges do not become ready")},
            {"EdgeReady": ("True", "ApplyRejected", "a quota is exceeded")},
            {"EdgeReady": ("True", "Degraded", "1 of 2 edges is ready")},
            {"Autoscaling": ("Unknown", "ApplyRejected", "a webhook refuses it")},
            {"Autoscaling": ("True", "AtMaximum", "more are needed")},
        ):
            thing = cell()
            thing["status"]["conditions"] += conditions(**more)
            self.given(thing, tenant())
            code, out, _ = self.run_plugin("status")
            ((kind, (_, reason, message)),) = more.items()
            self.assertEqual(code, 1, out)
            self.assertIn(f"cell default: {kind} is {reason}: {message}\n  what to do: ", out)
            self.assertNotIn("All is well", out)

    def test_status_counts_edges_itself(self):
        self.given(cell(readyReplicas=1), tenant())
        code, out, _ = self.run_plugin("status")
        self.assertEqual(code, 1)
        self.assertIn("cell default: EdgeReady is Degraded: 1 of 2 edges are ready", out)

    def test_status_takes_what_was_asked_for_as_fine(self):
        """Suspended, moving, deleting: nobody has to do anything."""
        away = conditions(Suspended=("True", "Suspended", "spec.state says so"))
        moving = conditions(StoreReady=("False", "Moving", "its data is copied"))
        self.given(
            cell(), tenant(ready=("False", "Suspended", "spec.state says so"), more=away),
            tenant("globex", ready=("False", "Moving", "its data is copied"), more=moving),
        )
        code, out, _ = self.run_plugin("status")
        self.assertEqual(code, 0)
        self.assertIn("tenant chat/acme: Suspended is Suspended: spec.state says so", out)
        self.assertIn("tenant chat/globex: StoreReady is Moving: its data is copied", out)

    def test_status_says_when_nobody_leads(self):
        for found, expected in (
            (lease(age=300), "No operator leads since 2"),
            (lease(holderIdentity=None), "No operator leads now"),
            (None, "No operator has ever led: there is no Lease roost-operator in namespace roost"),
        ):
            self.given(cell(), tenant(), *([found] if found else []), led=False)
            code, out, _ = self.run_plugin("status")
            self.assertEqual(code, 1, out)
            self.assertIn(expected, out)
            self.assertNotIn("All is well", out)

    def test_status_notes_what_was_not_looked_at(self):
        thing = tenant()
        thing["metadata"]["generation"] = 2
        self.given(cell(), thing)
        code, out, _ = self.run_plugin("status")
        self.assertEqual(code, 0)
        self.assertIn("tenant chat/acme: Ready is NotObserved: the operator has not looked at the last change yet", out)

    def test_status_takes_a_newer_operators_reasons_by_their_status(self):
        for status, expected in (("True", 0), ("False", 1)):
            self.given(cell(), tenant(more=conditions(ArchiveReady=(status, "Sealed", "a word of tomorrow"))))
            code, out, _ = self.run_plugin("status")
            self.assertEqual(code, expected, out)

    def test_status_cannot_tell(self):
        self.given(down="The connection to the server was refused")
        code, _, err = self.run_plugin("status")
        self.assertEqual(code, 2)
        self.assertIn("cannot tell how things are: kubectl get: The connection to the server was refused", err)

    def test_status_without_a_cell(self):
        self.given()
        code, out, _ = self.run_plugin("status")
        self.assertEqual(code, 1)
        self.assertIn("There is no cell", out)

    def test_usage(self):
        self.given(tenant(more=conditions(WithinQuota=("True", "WithinQuota", "below every limit"))))
        code, out, _ = self.run_plugin("usage", "acme")
        self.assertEqual(code, 0)
        self.assertRegex(out, r"chat/acme +team +640 +800 +80% +40 +9 +12 +5\.0 MiB +WithinQuota\n")
        self.assertIn("below every limit", out)

    def test_connect_shows_what_clients_need(self):
        service = {
            "kind": "Service", "metadata": {"name": "roost-default", "namespace": "roost"},
            "status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.7"}]}},
        }
        self.given(OPERATOR, service, tenant())
        code, out, _ = self.run_plugin("connect", "acme")
        self.assertEqual(code, 0)
        for part in (
            "ircs://acme.example.com:6697", "/connect -tls acme.example.com 6697", "-servername acme.example.com",
            "needs an account; SASL PLAIN or EXTERNAL; registration closed", "acme.example.com must lead to 192.0.2.7",
            'new WebSocket("wss://acme.example.com/irc", "text.ircv3.net")', "acme.example.org",
        ):
            self.assertIn(part, out)

    def test_connect_says_that_it_is_not_ready(self):
        self.given(tenant(ready=("False", "NoCertificate", "set spec.tls")))
        code, out, err = self.run_plugin("connect", "acme")
        self.assertEqual(code, 1)
        self.assertIn("NoCertificate: set spec.tls", err)

    # What changes something

    def test_states(self):
        for command, before, after in (
            ("cordon", "Active", "Cordoned"), ("uncordon", "Cordoned", "Active"), ("suspend", "Active", "Suspended"),
            ("suspend", "Cordoned", "Suspended"), ("resume", "Suspended", "Active"), ("cordon", "Cordoned", "Cordoned"),
        ):
            with self.subTest(command=command, before=before):
                self.given(tenant(state=before))
                code, out, _ = self.run_plugin(command, "acme")
                self.assertEqual((code, self.object("Tenant", "acme")["spec"]["state"]), (0, after))
                self.assertIn("chat/acme", out)

    def test_a_state_is_not_left_by_the_wrong_command(self):
        self.given(tenant(state="Suspended"))
        code, _, err = self.run_plugin("uncordon", "acme")
        self.assertEqual((code, self.object("Tenant", "acme")["spec"]["state"]), (1, "Suspended"))
        self.assertIn("kubectl roost resume acme", err)

    def test_drain_annotates_and_follows(self):
        going = {"metadata": {**pod()["metadata"], "deletionTimestamp": "2026-01-01T00:00:00Z"}}
        self.given(OPERATOR, {**pod(), "_later": [{}, going, None]})
        code, out, _ = self.run_plugin("drain", "roost-default-edge-1", "--interval", "0")
        self.assertEqual(code, 0)
        self.assertIn(
            ["--namespace", "roost", "annotate", "pods", "roost-default-edge-1", "roost.chat/drain=true", "--overwrite"],
            self.seen()["asked"],
        )
        self.assertLess(out.index("waits for the operator"), out.index("drains"))
        self.assertTrue(out.endswith("is gone\n"))

    def test_drain_takes_a_pod_of_the_same_name_for_another(self):
        self.given(OPERATOR, {**pod(), "_later": [{"metadata": {**pod()["metadata"], "uid": "2"}}]})
        code, out, _ = self.run_plugin("drain", "roost-default-edge-1", "--interval", "0")
        self.assertEqual((code, out.splitlines()[-1]), (0, "pod roost-default-edge-1 is gone"))

    def test_drain_leaves_other_pods_alone(self):
        self.given(OPERATOR, pod("postgres-0", app="postgres"))
        code, _, err = self.run_plugin("drain", "postgres-0")
        self.assertEqual(code, 64)
        self.assertIn("no edge", err)
        self.assertFalse(any("annotate" in asked for asked in self.seen()["asked"]))

    def test_drain_that_takes_too_long(self):
        self.given(OPERATOR, pod())
        code, _, err = self.run_plugin("drain", "roost-default-edge-1", "--interval", "0", "--timeout", "0")
        self.assertEqual(code, 1)
        self.assertIn("still there", err)

    def test_move_follows_until_it_has_arrived(self):
        def at(generation, where, store):
            return {"status": {"observedGeneration": generation, "cell": where, "conditions": conditions(StoreReady=store)}}

        later = [
            at(1, "default", ("True", "Projected", "as before")), at(2, "default", ("False", "Moving", "copying")),
            at(2, "other", ("True", "Projected", "there")),
        ]
        self.given(cell(), cell("other"), {**tenant(), "_later": later})
        code, out, _ = self.run_plugin("move", "acme", "--to", "other", "--interval", "0")
        self.assertEqual(code, 0, out)
        self.assertEqual(self.object("Tenant", "acme")["spec"]["cellRef"], {"name": "other"})
        self.assertIn("moves from default to other", out)
        self.assertIn("StoreReady: Moving: copying", out)
        self.assertTrue(out.endswith("lives in cell other\n"))

    def test_move_to_nowhere(self):
        self.given(cell(), tenant())
        code, _, err = self.run_plugin("move", "acme", "--to", "other")
        self.assertEqual(code, 1)
        self.assertIn("there is no cell other", err)
        self.assertNotIn("cellRef", self.object("Tenant", "acme")["spec"])

    def test_move_into_a_cell_that_is_not_ready(self):
        self.given(cell(), cell("other", ready=("False", "NoPodsReady", "")), tenant())
        code, _, err = self.run_plugin("move", "acme", "--to", "other")
        self.assertEqual(code, 1)
        self.assertIn("NoPodsReady", err)
        self.assertNotIn("cellRef", self.object("Tenant", "acme")["spec"])

    # kubectl

    def test_the_callers_flags_reach_kubectl(self):
        self.given(cell(), tenant())
        for arguments in (
            ("--context", "c", "--kubeconfig", "k", "-n", "chat", "usage"),
            ("usage", "--context", "c", "--kubeconfig", "k", "-n", "chat"),
        ):
            self.assertEqual(self.run_plugin(*arguments)[0], 0)
            last = self.seen()["asked"][-1]
            self.assertEqual(last[:6], ["--context", "c", "--kubeconfig", "k", "--namespace", "chat"])

    def test_a_name_in_two_namespaces_is_asked_about(self):
        self.given(tenant(), tenant(namespace="other"))
        code, _, err = self.run_plugin("connect", "acme")
        self.assertEqual(code, 64)
        self.assertIn("chat, other", err)

    def test_failures_are_told_plainly(self):
        for down, message in (
            ("The connection to the server was refused", "The connection to the server was refused"),
            ('error: the server doesn\'t have a resource type "cells"', "does not know Roost's kinds"),
        ):
            self.given(down=down)
            code, out, err = self.run_plugin("usage")
            self.assertEqual((code, out), (69, ""))
            self.assertIn(message, err)
            self.assertEqual(len(err.splitlines()), 1)
        self.assertEqual(self.run_plugin("unknown")[0], 64)
        self.given(tenant())
        self.assertEqual(self.run_plugin("connect", "nobody")[0], 1)

    # A team that has rights in its own namespace only

    def test_a_team_sees_the_tenants_of_its_own_namespace(self):
        self.given(cell(), tenant(), tenant("other", namespace="x"), rights="chat", context="chat")
        code, out, err = self.run_plugin("connect", "acme")
        self.assertEqual(code, 0)
        self.assertIn("ircs://acme.example.com:6697", out)
        self.assertIn("only namespace chat", err)
        self.assertIn("-n", err)
        code, out, _ = self.run_plugin("usage")
        self.assertEqual(code, 0)
        self.assertNotIn("other", out)
        self.assertEqual(self.run_plugin("cordon", "acme")[0], 0)
        self.assertEqual(self.object("Tenant", "acme")["spec"]["state"], "Cordoned")

    def test_a_team_is_told_to_name_its_namespace(self):
        self.given(cell(), tenant(), rights="chat")
        code, out, err = self.run_plugin("connect", "acme")
        self.assertEqual((code, out), (69, ""))
        self.assertIn("in namespace default: name yours with -n", err)
        self.assertEqual(self.run_plugin("-n", "chat", "connect", "acme")[0], 0)

    def test_status_without_a_right_to_see_cells(self):
        self.given(cell(ready=("False", "NoPodsReady", "")), tenant(), rights="chat", context="chat")
        code, out, _ = self.run_plugin("status")
        self.assertEqual(code, 0)
        self.assertRegex(out, r"chat/acme +True +Serving")
        self.assertIn("You may not see cells and plans", out)
        self.assertIn("All is well.", out)
        self.assertNotIn("There is no cell", out)
        self.assertNotIn("CELL   READY", out)
        self.given(tenant(ready=("False", "NoCertificate", "set spec.tls")), rights="chat", context="chat")
        code, out, _ = self.run_plugin("status")
        self.assertEqual(code, 1)
        self.assertIn("NoCertificate: set spec.tls", out)

    def test_a_team_moves_its_tenant_into_a_cell_that_it_cannot_see(self):
        self.given(cell(), cell("other"), tenant(), rights="chat", context="chat")
        code, _, err = self.run_plugin("move", "acme", "--to", "other", "--no-wait")
        self.assertEqual(code, 69)
        self.assertIn("--force", err)
        self.assertNotIn("cellRef", self.object("Tenant", "acme")["spec"])
        self.assertEqual(self.run_plugin("move", "acme", "--to", "other", "--no-wait", "--force")[0], 0)
        self.assertEqual(self.object("Tenant", "acme")["spec"]["cellRef"], {"name": "other"})

    # What never leaves the cluster

    def test_the_support_bundle_has_no_secret(self):
        planted = {
            "env": "pLanted-env", "url": "pLanted-url", "userinfo": "pLanted-userinfo", "annotation": "pLanted-annotation",
            "password": "pLanted-password", "token": "pLanted-token", "jwt": "eyJpLanted0000.pLanted-jwt.pLanted-sig",
            "pem": "pLantedPEM", "sasl": "pLanted-sasl", "query": "pLanted-query", "bearer": "pLanted-bearer",
            "json": "pLanted-json", "event": "pLanted-event", "message": "pLanted-message", "secret": "pLanted-secret",
            "quoted": "pLanted quoted words", "pass": "pLanted-pass", "nested": "pLanted-nested",
        }
        p = planted
        container = {
            "name": "edge",
            "env": [
                {"name": "ROOST_REDIS_URL", "value": p["env"]},
                {"name": "X", "valueFrom": {"secretKeyRef": {"name": "roost-redis", "key": "url"}}},
            ],
            "args": [f"--password={p['password']}", f"redis://:{p['url']}@redis:6379"],
        }
        log = "\n".join([
            f"connected to postgresql://roost:{p['userinfo']}@db.example.com/roost",
            f"fetched https://user:{p['userinfo']}@example.com/path",
            f"GET https://example.com/x?token={p['query']}",
            f"Authorization: Bearer {p['bearer']}", f'{{"token":"{p["token"]}","level":"info"}}',
            f"jwt {p['jwt']}", f"-----BEGIN PRIVATE KEY-----\n{p['pem']}\n-----END PRIVATE KEY-----",
            f"AUTHENTICATE {p['sasl']}", f"PASS {p['pass']}", f'{{\\"password\\":\\"{p["json"]}\\"}}',
            f"password: '{p['quoted']}'", "ada joined #lobby",
        ])
        event = {
            "kind": "Event", "metadata": {"name": "e", "namespace": "chat"}, "reason": "HostnameTaken",
            "involvedObject": {"apiVersion": "roost.chat/v1alpha1", "kind": "Tenant", "name": "acme"},
            "message": f"cannot reach redis://x:{p['event']}@host",
        }
        strange = {**event, "metadata": {"name": "f", "namespace": "other"}, "involvedObject": {"apiVersion": "v1"}}
        deployment = json.loads(json.dumps(OPERATOR))
        deployment["metadata"]["annotations"] = {"kubectl.kubernetes.io/last-applied-configuration": p["annotation"]}
        deployment["metadata"]["managedFields"] = [{"manager": p["annotation"]}]
        deployment["spec"] = {"template": {"spec": {"containers": [container]}}, "clientSecret": p["nested"]}
        acme = tenant(more=conditions(CertificateReady=("False", "InvalidCertificate", f"password={p['message']}")))
        acme["spec"]["admins"] = [{"account": "alice", "passwordSecretRef": {"name": "acme-admin", "key": "password"}}]
        secret = {"kind": "Secret", "metadata": {"name": "s", "namespace": "roost"}, "data": {"url": p["secret"]}}
        restarted = {"status": {"containerStatuses": [{"restartCount": 1}]}, "spec": {"containers": [container]}}
        self.given(
            cell(), acme, deployment, event, strange, secret, pod(**restarted), pod("other-1", app="other"),
            logs={"roost-default-edge-1": log, "roost-default-edge-1.previous": log},
        )
        code, out, err = self.run_plugin("support-bundle", "--output", "b.tar.gz")
        self.assertEqual((code, err), (0, ""))
        path = os.path.join(self.folder, "b.tar.gz")
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
        with tarfile.open(path) as bundle:
            texts = {m.name: bundle.extractfile(m).read().decode() for m in bundle.getmembers()}
        for name, text in texts.items():
            for where, value in planted.items():
                self.assertNotIn(value, text, f"{where} in {name}")
            self.assertNotIn("pLanted", text, name)
        self.assertFalse([asked for asked in self.seen()["asked"] if any(word.startswith("secret") for word in asked)])
        # And it is of use.
        self.assertEqual(
            sorted(name.split("/", 1)[1] for name in texts),
            [
                "cells.json", "deployments.json", "events.json", "logs/roost-default-edge-1.log",
                "logs/roost-default-edge-1.previous.log", "networkpolicies.json", "plans.json", "poddisruptionbudgets.json",
                "pods.json", "services.json", "tenants.json", "version.txt",
            ],
        )
        self.assertIn("ada joined #lobby", texts["b/logs/roost-default-edge-1.log"])
        self.assertIn("postgresql://", texts["b/logs/roost-default-edge-1.log"])
        tenants = json.loads(texts["b/tenants.json"])
        self.assertEqual(tenants[0]["spec"]["admins"][0]["passwordSecretRef"], {"name": "acme-admin", "key": "password"})
        variables = json.loads(texts["b/pods.json"])[0]["spec"]["containers"][0]["env"]
        self.assertEqual(variables[1]["valueFrom"]["secretKeyRef"], {"name": "roost-redis", "key": "url"})
        self.assertEqual(len(json.loads(texts["b/events.json"])), 1)

    def test_the_support_bundle_takes_secrets_whole(self):
        """Whatever is in a password, no part of it stays, and what stands behind it does."""
        odd = ("kept", "k'ept", "k<ept>", 'k\\"ept', "k@ept", "k,ept;", "k/ept?x", "k]ept", "k}ept")
        lines = [
            ("redis://:{}@redis:6379/0 went", "went"), ("postgresql://u:{}@h1,h2:5433/db?sslmode=off went", "went"),
            ("https://user:{}@example.com/path went", "went"), ('{{"url":"rediss://u:{}@h","level":"info"}}', "info"),
            ('{{"msg":"PASS {} x","level":"info"}}', "info"), ("requirepass {}", ""), ("identify {}", ""),
            ("NickServ :identify {}", ""), ("PRIVMSG NickServ :set pass {}", ""), ("AUTH default {}", ""),
            ('{{"passphrase": ["x", "{}"], "level":"info"}}', "info"), ('"credentials":["{}"] went', "went"),
            ("password={} went", "went"), ("password='{}' went", "went"), ('{{"token":"{}","level":"info"}}', "info"),
        ]
        log = [line.format(one) for line, _ in lines for one in odd]
        nested = [json.dumps(json.dumps({"passphrase": ["x", one], "token": one, "level": "info"})) for one in odd]
        plain = ["auth failed for acme", "ghcr.io https://ghcr.io/roost@sha256:0123", 'refused user "roost"']
        told = {
            "passphrase": ["kept"], "credentials": {"value": "kept", "port": 1}, "password": 12345678,
            "args": ["--requirepass", "kept", "--dir", "/data"], "secret": {"secretName": "roost-redis", "defaultMode": 288},
        }
        service = {"service.beta.kubernetes.io/kind": "network", "roost.chat/x": "seen", "example.com/login": "kept", "login": "kept"}
        one = cell()
        one["spec"]["edge"]["service"] = {"annotations": service}
        one["metadata"]["annotations"] = {"example.com/note": "kept"}
        edge = pod(spec=told, status={})
        self.given(one, tenant(), OPERATOR, edge, logs={"roost-default-edge-1": "\n".join([*log, *nested, *plain])})
        self.assertEqual(self.run_plugin("support-bundle", "--output", "b.tar.gz")[0], 0)
        with tarfile.open(os.path.join(self.folder, "b.tar.gz")) as bundle:
            texts = {m.name.split("/", 1)[1]: bundle.extractfile(m).read().decode() for m in bundle.getmembers()}
        for name, text in texts.items():
            self.assertEqual([line for line in text.splitlines() if "ept" in line or "12345678" in line], [], name)
        seen = texts["logs/roost-default-edge-1.log"].splitlines()
        wanted = [rest for _, rest in lines for _ in odd] + ["info" for _ in odd] + plain
        self.assertEqual(len(seen), len(wanted))
        for line, rest in zip(seen, wanted):
            self.assertIn(rest, line)
        pods, cells = json.loads(texts["pods.json"])[0], json.loads(texts["cells.json"])[0]
        self.assertEqual(pods["spec"]["secret"], told["secret"])
        self.assertEqual(pods["spec"]["args"][2:], ["--dir", "/data"])
        kept = cells["spec"]["edge"]["service"]["annotations"]
        self.assertEqual((kept["service.beta.kubernetes.io/kind"], kept["roost.chat/x"]), ("network", "seen"))

    def test_the_support_bundle_says_what_is_missing(self):
        self.given(cell(), OPERATOR, pod())
        code, _, err = self.run_plugin("support-bundle", "--output", "b.tar.gz")
        self.assertEqual(code, 1)
        self.assertIn("missing: logs/roost-default-edge-1.log", err)
        self.assertEqual(self.run_plugin("support-bundle", "--output", "b.tar.gz")[0], 64)


if __name__ == "__main__":
    unittest.main()
