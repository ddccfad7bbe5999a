"""What chart and overlays render: valid for Kubernetes, safe, and the same where it is said twice."""

import json
import re
import unittest

import kubernetes_validate

import rendered
import structural

# The oldest version that Chart.yaml allows, and the newest whose schemas there are.
VERSIONS = ("1.30.0", kubernetes_validate.latest_version())
# Kinds of others, whose schemas no package carries.
UNCHECKED = {"PodMonitor", "ServiceMonitor", "PrometheusRule"}


def pod_specs(objects):
    for o in objects:
        if o["kind"] in ("Deployment", "StatefulSet"):
            yield o, o["spec"]["template"]["spec"]
        elif o["kind"] == "Pod":
            yield o, o["spec"]


class Everything(unittest.TestCase):
    def test_is_valid(self):
        for name in rendered.names():
            objects = rendered.rendered(name)
            keys = [(o["kind"], o["metadata"].get("namespace"), o["metadata"]["name"]) for o in objects]
            self.assertEqual(len(keys), len(set(keys)), f"{name}: an object is there twice")
            for o in objects:
                with self.subTest(set=name, kind=o["kind"], name=o["metadata"]["name"]):
                    if o["kind"] in rendered.KINDS:
                        self.assertEqual(structural.problems(o), [])
                    elif o["kind"] not in UNCHECKED:
                        for version in VERSIONS:
                            kubernetes_validate.validate(o, version, strict=True)

    def test_pods_keep_to_the_restricted_profile(self):
        for name in rendered.names():
            for o, spec in pod_specs(rendered.rendered(name)):
                with self.subTest(set=name, name=o["metadata"]["name"]):
                    rendered.assert_restricted(self, spec)
                    for container in spec["containers"]:
                        self.assertIn("memory", container["resources"]["limits"])
                        self.assertIn("requests", container["resources"])

    def test_selectors_select_the_pods(self):
        for name in rendered.names():
            for o in rendered.rendered(name):
                if o["kind"] in ("Deployment", "StatefulSet"):
                    selector = o["spec"]["selector"]["matchLabels"]
                    labels = o["spec"]["template"]["metadata"]["labels"]
                    self.assertLessEqual(selector.items(), labels.items(), name)


class Chart(unittest.TestCase):
    def test_carries_the_definitions(self):
        for kind in rendered.KINDS:
            file = f"{kind.lower()}s.roost.chat.yaml"
            self.assertEqual(
                rendered.text("helm", "roost", "files", "crds", file),
                rendered.text("k8s", "crds", file),
                "run scripts/generate-crds",
            )
            shipped = rendered.one(rendered.rendered("chart-default"), "CustomResourceDefinition", file[: -len(".yaml")])
            self.assertEqual(shipped["metadata"].pop("annotations"), {"helm.sh/resource-policy": "keep"})
            self.assertEqual(shipped, rendered.definition(kind))

    def test_makes_the_cell_after_its_definition(self):
        first = rendered.one(rendered.rendered("chart-default"), "Cell")["metadata"]["annotations"]
        self.assertEqual(first["helm.sh/hook"], "post-install,post-upgrade")
        self.assertNotIn("before-hook-creation", first["helm.sh/hook-delete-policy"])
        self.assertEqual(first["meta.helm.sh/release-name"], "roost")
        later = rendered.one(rendered.rendered("chart-upgrade"), "Cell")["metadata"]["annotations"]
        self.assertEqual(later, {"helm.sh/resource-policy": "keep"})

    def test_leaves_out_what_is_switched_off(self):
        kinds = {o["kind"] for o in rendered.rendered("chart-minimal")}
        self.assertEqual(
            kinds,
            {"ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding", "Service", "Deployment", "Pod"},
        )

    def test_secrets_are_read_in_no_other_namespaces_than_are_named(self):
        objects = rendered.rendered("chart-namespaces")
        own = [o for o in objects if o["kind"] in ("ClusterRole", "Role")]
        readers = {o["metadata"].get("namespace") for o in own for rule in o["rules"] if "secrets" in rule["resources"]}
        self.assertEqual(readers, {"roost", "chat", "teams"})
        tenants = {o["metadata"].get("namespace") for o in own for rule in o["rules"] if "tenants" in rule["resources"]}
        self.assertEqual(tenants, {"chat", "teams"})
        # What is told of cells is told in default.
        telling = {o["metadata"].get("namespace") for o in own for rule in o["rules"] if "events" in rule["resources"]}
        self.assertEqual(telling, {"default", "chat", "teams"})
        for o in own:
            if o["kind"] == "Role":
                binding = [b for b in objects if b["kind"] == "RoleBinding" and b["metadata"] == o["metadata"]]
                self.assertEqual([b["roleRef"]["name"] for b in binding], [o["metadata"]["name"]])
        container = rendered.one(objects, "Deployment")["spec"]["template"]["spec"]["containers"][0]
        self.assertIn({"name": "ROOST_TENANT_NAMESPACES", "value": "chat,teams"}, container["env"])

    def test_who_has_certificates_issued_may_create_them(self):
        def policies(name):
            found = [o for o in rendered.rendered(name) if o["kind"].startswith("ValidatingAdmissionPolicy")]
            return [o for o in found if o["metadata"]["name"].endswith("-certificates")]

        self.assertEqual(policies("chart-default"), [])
        objects = policies("chart-everything")
        policy = rendered.one(objects, "ValidatingAdmissionPolicy")
        self.assertEqual(policy["spec"]["failurePolicy"], "Fail")
        rule = policy["spec"]["matchConstraints"]["resourceRules"][0]
        # Not of the status, which is the operator's.
        self.assertEqual((rule["resources"], rule["operations"]), (["tenants"], ["CREATE", "UPDATE"]))
        binding = rendered.one(objects, "ValidatingAdmissionPolicyBinding")["spec"]
        self.assertEqual(binding, {"policyName": policy["metadata"]["name"], "validationActions": ["Deny"]})
        # The fields that it looks at are a Tenant's.
        properties = rendered.schema("Tenant")["properties"]["spec"]["properties"]
        conditions = policy["spec"]["matchConditions"] + policy["spec"]["validations"]
        text = " ".join(one["expression"] for one in conditions)
        for found in re.findall(r"bject\.spec\.([\w.]+)", text):
            known = properties
            for part in found.split("."):
                self.assertIn(part, known, found)
                known = known[part].get("properties", {})

    def test_users_may_be_the_platforms(self):
        for name, wanted in (("chart-namespaces", False), ("chart-everything", True)):
            for o in rendered.rendered(name):
                spec = o["spec"] if o["kind"] == "Pod" else o.get("spec", {}).get("template", {}).get("spec")
                if spec:
                    self.assertTrue(spec["securityContext"]["runAsNonRoot"])
                    for field in ("runAsUser", "runAsGroup"):
                        self.assertEqual(field in spec["securityContext"], wanted, (name, o["kind"], o["metadata"]["name"]))

    def test_stores_are_durable_and_their_role_is_no_superuser(self):
        objects = rendered.rendered("chart-everything")
        redis = rendered.one(objects, "StatefulSet", "roost-redis")["spec"]["template"]["spec"]["containers"][0]
        self.assertIn("--appendonly yes --appendfsync always --maxmemory-policy noeviction", " ".join(redis["args"]))
        # It refuses before it is killed: rewriting its log takes room, too.
        self.assertEqual(redis["resources"]["limits"]["memory"], "512Mi")
        self.assertEqual(redis["args"][redis["args"].index("--maxmemory") + 1], str(round(512 * 2**20 * 0.7)))
        init = rendered.one(objects, "ConfigMap", "roost-postgres-init")["data"]["roost.sh"]
        self.assertEqual(init.strip(), rendered.text("helm", "roost", "files", "postgres-init.sh").strip())
        self.assertIn("NOSUPERUSER", init)
        for store in ("redis", "postgres"):
            secret = rendered.one(objects, "Secret", f"roost-{store}")
            self.assertIn(secret["stringData"]["password"], secret["stringData"]["url"])
            self.assertEqual(secret["metadata"]["annotations"], {"helm.sh/resource-policy": "keep"})

    def test_stores_stay_when_the_release_goes(self):
        objects = [o for o in rendered.rendered("chart-everything") if re.match("roost-(redis|postgres)", o["metadata"]["name"])]
        self.assertEqual(
            {o["kind"] for o in objects}, {"Secret", "Service", "StatefulSet", "ConfigMap", "NetworkPolicy"}
        )
        for o in objects:
            self.assertEqual(o["metadata"].get("annotations"), {"helm.sh/resource-policy": "keep"}, o["kind"])

    def test_secrets_of_stores_may_be_somebody_elses(self):
        objects = rendered.rendered("chart-secrets")
        self.assertNotIn("Secret", {o["kind"] for o in objects})
        for store in ("redis", "postgres"):
            volumes = rendered.one(objects, "StatefulSet", f"roost-{store}")["spec"]["template"]["spec"]["volumes"]
            self.assertIn(f"roost-{store}", [v["secret"]["secretName"] for v in volumes if "secret" in v])

    def test_another_version_restarts_no_pod_by_its_labels(self):
        for name in rendered.names():
            for o in rendered.rendered(name):
                if o["kind"] in ("Deployment", "StatefulSet"):
                    labels = o["spec"]["template"]["metadata"]["labels"]
                    self.assertEqual(set(labels) & {"helm.sh/chart", "app.kubernetes.io/version"}, set(), name)

    def test_operator_reaches_the_ports_of_the_stores(self):
        def ports(name):
            egress = rendered.one(rendered.rendered(name), "NetworkPolicy", "roost-operator")["spec"]["egress"]
            return [port["port"] for port in egress[1]["ports"]]

        usual = [443, 6443, 6379, 5432]
        self.assertEqual(ports("chart-default"), usual)
        self.assertEqual(ports("chart-everything"), usual)
        self.assertEqual(ports("chart-stores"), [*usual, 6380, 5433, 5434])

    def test_helm_test_is_let_in(self):
        objects = rendered.rendered("chart-everything")
        ingress, = rendered.one(objects, "NetworkPolicy", "roost-operator")["spec"]["ingress"]
        selectors = [peer["podSelector"]["matchLabels"] for peer in ingress["from"] if set(peer) == {"podSelector"}]
        labels = rendered.one(objects, "Pod")["metadata"]["labels"]
        self.assertTrue(any(selector.items() <= labels.items() for selector in selectors), "no peer is the pod of helm test")
        ingress, = rendered.one(rendered.rendered("chart-default"), "NetworkPolicy")["spec"]["ingress"]
        self.assertNotIn("from", ingress)

    def test_notes_lead_to_a_certificate_and_to_the_cell(self):
        for name, certificate, way in (("default", True, True), ("everything", False, True), ("minimal", False, False)):
            notes = rendered.text(".build", "render", f"notes-{name}.txt")
            self.assertIn("NOTES:", notes)
            self.assertIs("create secret tls chat-wildcard-tls" in notes, certificate, name)
            self.assertIs("port-forward service/roost-" in notes, way, name)

    def test_values_that_do_not_exist_are_refused(self):
        schema = json.loads(rendered.text("helm", "roost", "values.schema.json"))
        values = rendered.documents("helm", "roost", "values.yaml")[0]

        def compare(schema, values, where):
            schema = schema if "$ref" not in schema else root["$defs"][schema["$ref"].rsplit("/", 1)[1]]
            if "properties" not in schema:
                return
            self.assertIs(schema.get("additionalProperties"), False, where)
            optional = {"global", "claims"}
            self.assertEqual(set(schema["properties"]) - optional, set(values) | set(schema["properties"]) & {"limits"}, where)
            for name, value in values.items():
                if isinstance(value, dict):
                    compare(schema["properties"][name], value, f"{where}.{name}")

        root = schema
        compare(schema, values, "values")


class Same(unittest.TestCase):
    def test_plans_in_chart_and_examples(self):
        """Otherwise whoever applies the examples keeps the next `helm upgrade` from its own fields."""
        examples = {o["metadata"]["name"]: o["spec"] for o in rendered.documents("k8s", "examples", "plans.yaml")}
        for name in ("chart-default", "chart-upgrade"):
            plans = {o["metadata"]["name"]: o["spec"] for o in rendered.rendered(name) if o["kind"] == "Plan"}
            self.assertEqual(plans, examples, name)

    def test_operator_in_another_namespace(self):
        objects = rendered.rendered("kustomize-others")
        self.assertEqual(rendered.one(objects, "Namespace")["metadata"]["name"], "other")
        for kind in ("ClusterRoleBinding", "RoleBinding"):
            subjects = rendered.one(objects, kind)["subjects"]
            self.assertEqual([s["namespace"] for s in subjects], ["other"], kind)
        self.assertEqual({o["metadata"].get("namespace", "other") for o in objects}, {"other"})

    def test_overlays_need_nothing_but_kubernetes(self):
        kinds = {name: {o["kind"] for o in rendered.rendered(name)} for name in rendered.names() if name.startswith("kustomize")}
        self.assertIn("PodMonitor", kinds.pop("kustomize-others"))
        self.assertEqual(set(kinds), {"kustomize-base", "kustomize-dev", "kustomize-production"})
        for name, found in kinds.items():
            self.assertEqual(found & UNCHECKED, set(), name)

    def test_rights_in_chart_and_base(self):
        chart, base = rendered.rendered("chart-default"), rendered.rendered("kustomize-base")
        for kind in ("ClusterRole", "Role"):
            self.assertEqual(rendered.one(chart, kind)["rules"], rendered.one(base, kind)["rules"], kind)
        for kind in ("ClusterRoleBinding", "RoleBinding"):
            for word in ("roleRef", "subjects"):
                self.assertEqual(rendered.one(chart, kind)[word], rendered.one(base, kind)[word], kind)

    def test_admission_in_chart_and_base(self):
        chart, base = rendered.rendered("chart-default"), rendered.rendered("kustomize-base")
        for kind in ("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"):
            self.assertEqual(rendered.one(chart, kind)["spec"], rendered.one(base, kind)["spec"], kind)

    def test_operator_in_chart_and_base(self):
        chart, base = rendered.rendered("chart-default"), rendered.rendered("kustomize-base")
        for kind in ("Deployment", "PodDisruptionBudget", "Service", "NetworkPolicy"):
            specs = [rendered.one(objects, kind)["spec"] for objects in (chart, base)]
            for spec in specs:
                spec.get("template", {}).pop("metadata", None)
            self.assertEqual(specs[0], specs[1], kind)

    def test_versions(self):
        source = re.search(r'version = "([^"]+)"', rendered.text("Sources", "Edge", "Configuration", "Product.swift"))
        version = source.group(1)
        chart = rendered.documents("helm", "roost", "Chart.yaml")[0]
        self.assertEqual(chart["appVersion"], version)
        for name in ("chart-default", "kustomize-base", "kustomize-dev", "kustomize-production"):
            container = rendered.one(rendered.rendered(name), "Deployment")["spec"]["template"]["spec"]["containers"][0]
            self.assertEqual(container["image"], f"ghcr.io/example/roost:{version}")
            images = [e["value"] for e in container["env"] if e["name"] == "ROOST_IMAGE"]
            self.assertEqual(images, [container["image"]], "edges run what the operator runs")

    def test_metrics_that_are_shown_exist(self):
        modules = ("Edge", "Metering", "Observability", "Operator")
        sources = [source for module in modules for source in rendered.swift("Sources", module)]
        known = {name for source in sources for name in re.findall(r'"(roost_\w+)"', source)}
        shown = rendered.text("helm", "roost", "files", "alerts.yaml")
        for name in ("roost-edges", "roost-operator"):
            dashboard = json.loads(rendered.text("helm", "roost", "files", "dashboards", f"{name}.json"))
            self.assertEqual(dashboard["uid"], name)
            shown += json.dumps(dashboard["panels"]) + json.dumps(dashboard["templating"])
        used = {re.sub(r"_(bucket|sum|count)$", "", name) for name in re.findall(r"\broost_\w+", shown)}
        self.assertGreater(len(used), 10)
        self.assertEqual(used - known, set())
        results = set(re.findall(r'result=\\?"(\w+)', shown))
        counted = rendered.text("Sources", "Operator", "Service", "OperatorService.swift")
        self.assertTrue(all(f'"{result}"' in counted for result in results), results)


if __name__ == "__main__":
    unittest.main()
