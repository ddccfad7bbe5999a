"""When each alert of the chart fires, and when it does not: promtool plays the time, with the rules as the chart renders them.

The tests are those of `promtool test rules`, in alerts/. The annotations that they expect are filled in here, by the labels.
"""

import os
import re
import subprocess
import tempfile
import unittest

import yaml

import rendered

# Complaints that a cell can be the subject of while its Ready is True.
STILL_SERVES = {
    ("EdgeReady", "Degraded"),
    ("EdgeReady", "RolloutStuck"),
    ("WorkerReady", "Behind"),
    ("WorkerReady", "RolloutStuck"),
    ("WorkerReady", "ApplyRejected"),
    ("Autoscaling", "FiguresMissing"),
    ("Autoscaling", "AtMaximum"),
    ("Autoscaling", "ApplyRejected"),
}
FOLDER = rendered.path("Tests", "PackagingTests", "alerts")


def chart():
    """The rules of the chart, and the alerts in them by name."""
    spec = rendered.one(rendered.rendered("chart-everything"), "PrometheusRule")["spec"]
    return spec, {rule["alert"]: rule for group in spec["groups"] for rule in group["rules"]}


def promtool(test, command, files):
    """Has promtool look at some objects, by the names of files."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                yaml.safe_dump(content, file, sort_keys=False)
        names = [name for name in files if name != "rules.yaml"] or ["rules.yaml"]
        done = subprocess.run(["promtool", *command, *names], cwd=folder, capture_output=True, text=True, check=False)
    test.assertEqual(done.returncode, 0, done.stdout + done.stderr)


def annotations(rule, labels):
    """What an alert says, for the labels that it has."""
    fill = lambda text: re.sub(r"\{\{ \$labels\.(\w+) \}\}", lambda found: labels[found.group(1)], text)
    return {name: fill(text) for name, text in rule["annotations"].items()}


def cell_rows():
    """The rows of what conditions of a Cell say: type, reason, how bad it is."""
    table = rendered.text("docs", "operations", "failure-modes.md").split("<!-- made: Cell -->")[1].split("<!--")[0]
    kind = ""
    for line in table.strip().splitlines()[2:]:
        columns = [column.strip().strip("`") for column in line.split("|")]
        kind = columns[1] or kind
        yield kind, columns[2], columns[3]


def conditions(kind, reason, severity):
    """The series of a cell of which this is true, as the operator has them: Ready follows the others."""
    holds = severity != "complaint" or (kind, reason) in STILL_SERVES
    # Tenants may have certificates of their own: without the cell's it serves on, save where its specification is invalid.
    # Without workers it serves on until its feed is full, and without an archive until its database is.
    serves = holds or kind == "CertificateReady" and reason != "InvalidSpec" or kind in ("WorkerReady", "ArchiveReady")
    for one in {kind, "Ready"}:
        status = serves if one == "Ready" else holds
        labels = f'cell="first", type="{one}", status="{status}", reason="{reason}", severity="{severity}"'
        yield {"series": f"roost_cell_condition{{{labels}}}", "values": "1+0x60"}


class Alerts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.spec, cls.rules = chart()
        cls.files = {name: rendered.documents(FOLDER, name)[0] for name in sorted(os.listdir(FOLDER))}

    def test_prometheus_takes_the_rules(self):
        promtool(self, ["check", "rules"], {"rules.yaml": self.spec})

    def test_they_fire_when_they_must_and_only_then(self):
        for content in self.files.values():
            for looked in (look for test in content["tests"] for look in test["alert_rule_test"]):
                for alert in looked["exp_alerts"]:
                    alert["exp_annotations"] = annotations(self.rules[looked["alertname"]], alert["exp_labels"])
        promtool(self, ["test", "rules"], {"rules.yaml": self.spec, **self.files})

    def test_each_is_tested_both_ways(self):
        looks = [look for file in self.files.values() for test in file["tests"] for look in test["alert_rule_test"]]
        for fires in (True, False):
            tested = {look["alertname"] for look in looks if bool(look["exp_alerts"]) is fires}
            self.assertEqual(tested, set(self.rules), "which must fire" if fires else "which must not fire")

    def test_each_says_what_is_and_where_to_read_what_to_do(self):
        for name, rule in self.rules.items():
            self.assertIn(rule["labels"]["severity"], ("critical", "warning", "info"), name)
            self.assertEqual(set(rule["annotations"]), {"summary", "description", "runbook"}, name)
            page, _, anchor = rule["annotations"]["runbook"].partition("#")
            heads = re.findall(r"^#+ (.*)$", rendered.text(page), re.MULTILINE)
            anchors = {re.sub(r"[^\w -]", "", head).lower().replace(" ", "-") for head in heads}
            self.assertIn(anchor, anchors | {""}, name)

    def test_each_is_documented(self):
        page = rendered.text("docs", "operations", "events.md")
        rows = [line.split("|") for line in page.splitlines() if line.startswith("| `Roost")]
        documented = {row[1].strip().strip("`"): row[2].strip() for row in rows}
        self.assertEqual(documented, {name: rule["labels"]["severity"] for name, rule in self.rules.items()})

    def test_every_complaint_of_a_cell_fires_and_nothing_else_does(self):
        rows = list(cell_rows())
        self.assertGreater(len(rows), 20)
        leads = {"series": "roost_operator_leader", "values": "1+0x60"}
        tests = []
        for kind, reason, severity in rows:
            row = f"{kind} {reason}"
            firing = f'label_replace(max(ALERTS{{alertstate="firing"}}), "row", "{row}", "", "")'
            expected = [{"value": 1, "labels": f'{{row="{row}"}}'}] if severity == "complaint" else []
            tests.append({
                "interval": "1m",
                "input_series": [leads, *conditions(kind, reason, severity)],
                # Whatever waits longest has fired by then.
                "promql_expr_test": [{"expr": firing, "eval_time": "40m", "exp_samples": expected}],
            })
        file = {"rule_files": ["rules.yaml"], "evaluation_interval": "1m", "tests": tests}
        promtool(self, ["test", "rules"], {"rules.yaml": self.spec, "rows.yaml": file})


if __name__ == "__main__":
    unittest.main()
