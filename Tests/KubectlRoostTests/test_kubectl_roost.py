"""scripts/kubectl-roost against a stand-in for kubectl: what people see, what is asked of the cluster, what never leaves it."""

import json
import os
import stat
import tarfile
import unittest

from plugin import cell, conditions, OPERATOR, PluginTest, pod, tenant


class Plugin(PluginTest):
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

    def test_connect_without_a_load_balancer_says_how_to_get_there(self):
        service = {
            "kind": "Service", "metadata": {"name": "roost-default", "namespace": "roost"},
            "spec": {"type": "ClusterIP", "ports": [{"port": 6697}, {"port": 443}]}, "status": {"loadBalancer": {}},
        }
        self.given(OPERATOR, service, tenant())
        code, out, _ = self.run_plugin("connect", "acme")
        self.assertEqual(code, 0)
        for part in (
            "no load balancer leads to Service roost-default (ClusterIP)",
            "kubectl -n roost port-forward service/roost-default 6697 8443:443",
            "echo '127.0.0.1 acme.example.com'",
            "-servername acme.example.com -connect 127.0.0.1:6697", 'new WebSocket("wss://acme.example.com:8443/irc"',
        ):
            self.assertIn(part, out)
        service["spec"] = {"type": "NodePort", "ports": [{"port": 6697, "nodePort": 30697}]}
        self.given(OPERATOR, service, tenant())
        self.assertIn("any node does, on port 30697", self.run_plugin("connect", "acme")[1])

    def test_connect_offers_what_answers(self):
        # The addresses are in the status, for who may not see the Service.
        endpoints = {"irc": "ircs://acme.example.com:6697", "addresses": ["192.0.2.9"]}
        one = tenant()
        one["status"]["endpoints"] = endpoints
        self.given(one, rights="chat", context="chat")
        code, out, _ = self.run_plugin("connect", "acme")
        self.assertEqual(code, 0)
        self.assertIn("acme.example.com must lead to 192.0.2.9", out)
        self.assertNotIn("WebSocket", out)
        self.given(tenant(), rights="chat", context="chat")
        self.assertIn("you may not see what acme.example.com must lead to", self.run_plugin("connect", "acme")[1])
        self.given(tenant(more=conditions(RoutesReady=("True", "Accepted", "taken"))))
        self.assertIn("must lead to the gateway", self.run_plugin("connect", "acme")[1])

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

    def verify(self, *later):
        """Runs a verification of an archive that is as it was, then as said."""
        def archived(**status):
            return {"archive": {"lastVerified": "2026-01-01T00:00:00Z", "verification": "all is well", "findings": 0, **status}}

        one = tenant()
        one["status"].update(archived())
        self.given({**one, "_later": [{"status": archived(**status)} for status in later]})
        return self.run_plugin("archive", "verify", "acme", "--request", "r1", "--interval", "0", "--timeout", "5")

    def test_archive_verify_annotates_and_tells_what_was_found(self):
        asked = {"verifyRequested": "r1"}
        done = {**asked, "lastVerified": "2026-01-02T00:00:00Z", "verification": "all is well: 3 segments"}
        code, out, err = self.verify({}, asked, done)
        self.assertEqual(code, 0, err)
        self.assertIn(
            ["--namespace", "chat", "annotate", "tenants.roost.chat", "acme", "roost.chat/verify-archive=r1", "--overwrite"],
            self.seen()["asked"],
        )
        self.assertLess(out.index("the operator has not asked"), out.index("a worker looks"))
        self.assertTrue(out.endswith("all is well: 3 segments\n"), out)

    def test_archive_verify_ends_with_1_if_something_is_found_or_there_is_no_result(self):
        found = {"verifyRequested": "r1", "lastVerified": "2026-01-02T00:00:00Z", "verification": "1 finding", "findings": 1}
        code, out, _ = self.verify({}, found)
        self.assertEqual((code, out.splitlines()[-1]), (1, "1 finding"))
        self.given(tenant(more=conditions(ArchiveReady=("False", "NotConfigured", "the cell has no archive"))))
        code, _, err = self.run_plugin("archive", "verify", "acme")
        self.assertEqual(code, 1)
        self.assertIn("the cell has no archive", err)
        self.assertFalse(any("annotate" in asked for asked in self.seen()["asked"]))

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
        self.assertIn("lives in cell other\n", out)

    def test_move_tells_what_dns_must_do(self):
        def at(generation, where, addresses):
            status = {
                "observedGeneration": generation, "cell": where, "endpoints": {"addresses": addresses},
                "conditions": conditions(StoreReady=("True", "Projected", "there")),
            }
            return {"status": status}

        for before, after, told in (
            (["192.0.2.1"], ["192.0.2.7"], "acme.example.com and acme.example.org must lead to 192.0.2.7 now, no longer to 192.0.2.1"),
            (["192.0.2.1"], ["192.0.2.1"], "nothing to do in DNS"),
            (["192.0.2.1"], [], "no load balancer leads to Service roost-other"),
        ):
            with self.subTest(after=after):
                service = {"kind": "Service", "metadata": {"name": "roost-other", "namespace": "roost"}}
                one = {**tenant(), **at(1, "default", before), "_later": [at(2, "other", after)]}
                self.given(OPERATOR, cell(), cell("other"), service, one)
                code, out, _ = self.run_plugin("move", "acme", "--to", "other", "--interval", "0")
                self.assertEqual(code, 0, out)
                self.assertIn(told, out)
                self.assertEqual("for an hour those who still come to cell default are told" in out, "no longer" in told)
        self.given(OPERATOR, cell(), cell("other"), tenant())
        self.assertIn("kubectl roost connect acme tells", self.run_plugin("move", "acme", "--to", "other", "--no-wait")[1])

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

    def test_a_team_collects_what_it_may_see(self):
        event = {
            "kind": "Event", "metadata": {"name": "e", "namespace": "chat"}, "message": "clients may connect",
            "involvedObject": {"apiVersion": "roost.chat/v1alpha1", "kind": "Tenant", "name": "acme"},
        }
        self.given(cell(), OPERATOR, pod(), tenant(), tenant("other", namespace="x"), event, rights="chat", context="chat")
        code, out, err = self.run_plugin("support-bundle", "--output", "b.tar.gz")
        self.assertEqual(code, 0, err)
        self.assertIn("without cells, plans, deployments", err)
        with tarfile.open(os.path.join(self.folder, "b.tar.gz")) as bundle:
            texts = {os.path.basename(m.name): bundle.extractfile(m).read().decode() for m in bundle.getmembers()}
        self.assertIn("clients may connect", texts["events.json"])
        self.assertEqual([t["metadata"]["name"] for t in json.loads(texts["tenants.json"])], ["acme"])
        self.assertIn("pods", texts["not-allowed.txt"])


if __name__ == "__main__":
    unittest.main()
