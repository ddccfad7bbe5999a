"""The definitions' CEL rules, and the objects that are shipped."""

import glob
import os
import re
import unittest

import rendered
import structural

LEAST = {"Plan": {}, "Cell": {}, "TenantGrant": {}, "TenantQuota": {}, "Tenant": {"hostnames": ["a.example.com"], "planRef": {"name": "free"}}}


class Rules(unittest.TestCase):
    cases = rendered.documents("Tests", "PackagingTests", "cases", "rules.yaml")

    def test_judge_as_listed(self):
        def document(case, spec):
            return {
                "apiVersion": "roost.chat/v1alpha1",
                "kind": case["kind"],
                "metadata": {"name": case.get("name", "a")},
                "spec": {**LEAST[case["kind"]], **spec},
            }

        for case in self.cases:
            with self.subTest(case=case):
                before = document(case, case["was"]) if "was" in case else None
                problems = structural.problems(document(case, case["spec"]), before)
                if "refused" in case:
                    self.assertTrue(any(case["refused"] in problem for problem in problems), problems)
                else:
                    self.assertEqual(problems, [])

    def test_are_all_listed(self):
        expected = {case["refused"] for case in self.cases if "refused" in case}

        def messages(schema):
            if isinstance(schema, dict):
                yield from (rule["message"] for rule in schema.get("x-kubernetes-validations", []))
                for child in schema.values():
                    yield from messages(child)
            elif isinstance(schema, list):
                for child in schema:
                    yield from messages(child)

        for kind in rendered.KINDS:
            for message in messages(rendered.schema(kind)):
                with self.subTest(kind=kind, message=message):
                    self.assertTrue(any(part in message for part in expected), "no case is refused by it")


class Status(unittest.TestCase):
    # Fields that a function of its own makes.
    BY_FUNCTIONS = {
        "Tenant": [
            ("usage", "Tenants/TenantQuotas", "json"),
            ("archive", "Archives/TenantView+Archive", "status"),
            ("endpoints", "Tenants/TenantReconciler", "endpoints"),
            ("reserved", "Budgets/BudgetItem", "json"),
        ]
    }

    def test_has_the_fields_that_the_operator_writes(self):
        """Server-side apply refuses a status with a field that the definition lacks."""
        writers = {"Plan": "Plans/PlanPlanner", "Tenant": "Tenants/TenantReconciler", "Cell": "Cells/CellReconciler"}
        writers["TenantGrant"] = "Access/GrantReconciler"
        writers["TenantQuota"] = "Budgets/BudgetPlanner"
        for kind, file in writers.items():
            source = rendered.text("Sources", "Operator", f"{file}.swift")
            status = rendered.schema(kind)["properties"]["status"]["properties"]
            whole, = re.findall(r"(?:let|var) status: JSON = \[\n(.*?)\n +\]\n", source, re.S)
            written = set(re.findall(r'^ +"(\w+)":', whole, re.M))
            for name, fields in re.findall(r'status\["(\w+)"\] = \[\n(.*?)\n +\]\n', source, re.S):
                written.add(name)
                self.assertEqual(set(re.findall(r'"(\w+)":', fields)), set(status[name]["properties"]), f"{kind} {name}")
            for name, file, function in self.BY_FUNCTIONS.get(kind, []):
                source = rendered.text("Sources", "Operator", f"{file}.swift")
                fields, = re.findall(rf"func {function}\(.*?-> JSON {{\n +\[\n(.*?)\n +\]\n", source, re.S)
                written.add(name)
                self.assertEqual(set(re.findall(r'"(\w+)":', fields)), set(status[name]["properties"]), f"{kind} {name}")
            self.assertEqual(written, set(status), kind)


class Objects(unittest.TestCase):
    def test_examples_are_accepted(self):
        files = glob.glob(rendered.path("k8s", "examples", "**", "*.yaml"), recursive=True)
        self.assertGreaterEqual(len(files), 5)
        for file in [*files, rendered.path("Tests", "PackagingTests", "cases", "documented.yaml")]:
            for document in rendered.documents(file):
                if document["kind"] in rendered.KINDS:
                    with self.subTest(file=os.path.relpath(file, rendered.ROOT), name=document["metadata"]["name"]):
                        self.assertEqual(structural.problems(document), [])

    def test_a_tenant_takes_five_lines(self):
        lines = rendered.text("k8s", "examples", "cluster", "tenant.yaml").splitlines()
        self.assertEqual(len(lines), 5)


if __name__ == "__main__":
    unittest.main()
