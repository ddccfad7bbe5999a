"""What admission says of budgets: the policy's own expressions, evaluated."""

import unittest

import celpy

import rendered


def tenant(connections, reserved):
    quotas = {} if connections is None else {"quotas": {"connections": connections}}
    status = {} if reserved is None else {"status": {"reserved": reserved}}
    return {"metadata": {"name": "acme"}, "spec": {"hostnames": ["a.example.com"], "planRef": {"name": "free"}, **quotas}, **status}


def refusals(policy, activation):
    """The messages of the validations that do not hold."""
    environment = celpy.Environment()

    def evaluate(expression):
        return environment.program(environment.compile(expression)).evaluate(activation)

    activation = {name: celpy.json_to_cel(value) for name, value in activation.items()}
    activation["variables"] = celpy.celtypes.MapType({})
    for variable in policy["variables"]:
        activation["variables"][celpy.celtypes.StringType(variable["name"])] = evaluate(variable["expression"])
    for validation in policy["validations"]:
        if not evaluate(validation["expression"]):
            yield str(evaluate(validation["messageExpression"]))


class Budgets(unittest.TestCase):
    policy = rendered.documents("k8s", "base", "admission.yaml")[0]["spec"]

    def test_judge_as_listed(self):
        cases = rendered.documents("Tests", "PackagingTests", "cases", "admission.yaml")
        self.assertGreater(len(cases), 10)
        for case in cases:
            with self.subTest(case=case):
                is_new = "before" not in case
                activation = {
                    "object": tenant(case["asked"], case.get("reserved")),
                    "oldObject": None if is_new else tenant(case["before"], case.get("reserved")),
                    "params": {"metadata": {"name": "team"}, **case["quota"]},
                    "request": {"operation": "CREATE" if is_new else "UPDATE"},
                }
                found = list(refusals(self.policy, activation))
                if "refused" in case:
                    self.assertTrue(any(case["refused"] in message for message in found), found)
                    self.assertEqual(len(found), 1)
                else:
                    self.assertEqual(found, [])

    def test_reads_what_the_operator_writes(self):
        status = rendered.schema("TenantQuota")["properties"]["status"]["properties"]
        spec = rendered.schema("TenantQuota")["properties"]["spec"]["properties"]
        reserved = rendered.schema("Tenant")["properties"]["status"]["properties"]["reserved"]["properties"]
        for item in ("tenants", "connections"):
            self.assertEqual([fields[item]["type"] for fields in (spec, *(status[f]["properties"] for f in ("used", "left")))],
                             ["integer"] * 3)
        self.assertEqual(reserved["connections"]["type"], "integer")

    def test_nothing_rests_on_it(self):
        self.assertEqual(self.policy["failurePolicy"], "Ignore")


if __name__ == "__main__":
    unittest.main()
