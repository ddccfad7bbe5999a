"""The operator's reasons and events are documented, and nothing is documented that it does not have."""

import os
import re
import unittest

import rendered

# What a reason's literal stands behind in the sources.
REASONS = [
    r'Condition\(\s*"\w+",[^"]*?"(\w+)"',
    r'set\(\.\w+, "(\w+)"',
    r'reason: "(\w+)"',
    r'\.failure\(\.init\("(\w+)"',
    r'is\w+ \? "(\w+)" : "\w+"',
    r'is\w+ \? "\w+" : "(\w+)"',
]

# Types of conditions that a pattern takes for a reason.
TYPES = {"True", "False", "Ready", "StoreReady", "StoresReady"}


class Steps(unittest.TestCase):
    def test_what_they_apply_is_there(self):
        pages = ["README.md", *(os.path.join("docs", "operations", n) for n in os.listdir(rendered.path("docs", "operations")))]
        named = {(page, path) for page in pages for path in re.findall(r"\b(?:k8s|helm|scripts)/[\w/.-]*\w", rendered.text(page))}
        self.assertGreater(len(named), 10)
        self.assertEqual([pair for pair in sorted(named) if not os.path.exists(rendered.path(pair[1]))], [])


class Reasons(unittest.TestCase):
    sources = list(rendered.swift("Sources", "Operator"))
    page = rendered.text("docs", "operations", "failure-modes.md")
    events = rendered.text("docs", "operations", "events.md").split("## Alerts")[0]

    def documented(self):
        rows = [line.split("|") for line in self.page.splitlines() if line.startswith("|") and line.count("|") == 6]
        return {reason for row in rows for reason in re.findall(r"`([A-Z]\w+)`", row[2])}

    def test_each_has_a_row(self):
        found = {reason for source in self.sources for pattern in REASONS for reason in re.findall(pattern, source)}
        found = {reason for reason in found if reason[0].isupper() and reason not in TYPES}
        self.assertGreater(len(found), 30)
        self.assertEqual(found - self.documented(), set())

    def test_each_row_has_a_reason(self):
        literals = {word for source in self.sources for word in re.findall(r'"([A-Z]\w+)"', source)}
        self.assertEqual(self.documented() - literals, set())

    def test_events(self):
        told = {
            reason
            for source in self.sources
            for call in re.findall(r"announce\(([^\n]*)", source)
            for reason in re.findall(r'"([A-Z]\w+)"', call)
        }
        rows = [line for line in self.events.splitlines() if line.startswith("| `")]
        self.assertEqual({reason for row in rows for reason in re.findall(r"`([A-Z]\w+)`", row.split("|")[1])}, told)


if __name__ == "__main__":
    unittest.main()
