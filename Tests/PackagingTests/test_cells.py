"""What the operator makes of a cell: valid for Kubernetes, and safe.

Tests/OperatorTests/Cells writes the files of `cells` and compares them with what the operator makes now, so that neither can go
its own way.
"""

import json
import os
import unittest

import kubernetes_validate

import rendered
from test_rendered import UNCHECKED, VERSIONS


def cells():
    """The objects of each cell, by the cell's name."""
    folder = rendered.path("Tests", "PackagingTests", "cells")
    for name in sorted(os.listdir(folder)):
        yield name, json.loads(rendered.text(folder, name))


class Cells(unittest.TestCase):
    def test_are_valid(self):
        found = dict(cells())
        self.assertGreaterEqual(len(found), 3)
        for name, objects in found.items():
            kinds = {o["kind"] for o in objects}
            expected = {"ServiceAccount", "ConfigMap", "NetworkPolicy", "Service", "PodDisruptionBudget", "Deployment"}
            self.assertEqual(kinds, expected | {"PodMonitor"}, name)
            for o in objects:
                if o["kind"] in UNCHECKED:
                    continue
                for version in VERSIONS:
                    with self.subTest(cell=name, kind=o["kind"], version=version):
                        kubernetes_validate.validate(o, version, strict=True)

    def test_keep_to_the_restricted_profile(self):
        for name, objects in cells():
            spec = rendered.one(objects, "Deployment")["spec"]["template"]["spec"]
            with self.subTest(cell=name):
                rendered.assert_restricted(self, spec)

    def test_select_the_pods(self):
        for name, objects in cells():
            deployment = rendered.one(objects, "Deployment")["spec"]
            labels = deployment["template"]["metadata"]["labels"]
            selectors = [
                deployment["selector"]["matchLabels"],
                rendered.one(objects, "Service")["spec"]["selector"],
                rendered.one(objects, "NetworkPolicy")["spec"]["podSelector"]["matchLabels"],
                rendered.one(objects, "PodDisruptionBudget")["spec"]["selector"]["matchLabels"],
                rendered.one(objects, "PodMonitor")["spec"]["selector"]["matchLabels"],
            ]
            for selector in selectors:
                self.assertTrue(selector, name)
                self.assertLessEqual(selector.items(), labels.items(), name)

    def test_refer_to_what_there_is(self):
        for name, objects in cells():
            spec = rendered.one(objects, "Deployment")["spec"]["template"]["spec"]
            maps = [v["configMap"]["name"] for v in spec["volumes"] if "configMap" in v]
            self.assertEqual(maps, [rendered.one(objects, "ConfigMap")["metadata"]["name"]], name)
            self.assertEqual(spec["serviceAccountName"], rendered.one(objects, "ServiceAccount")["metadata"]["name"], name)
            ports = {p["containerPort"] for p in spec["containers"][0]["ports"]}
            targets = {p["targetPort"] for p in rendered.one(objects, "Service")["spec"]["ports"]}
            self.assertLessEqual(targets, ports, name)


class Workers(unittest.TestCase):
    """The same of its workers, which nobody connects to."""

    def setUp(self):
        self.objects = json.loads(rendered.text("Tests", "PackagingTests", "workers", "everything.json"))

    def test_are_valid(self):
        kinds = {o["kind"] for o in self.objects}
        expected = {"ServiceAccount", "ConfigMap", "NetworkPolicy", "PodDisruptionBudget", "Deployment", "PodMonitor"}
        self.assertEqual(kinds, expected)
        for o in self.objects:
            if o["kind"] in UNCHECKED:
                continue
            for version in VERSIONS:
                with self.subTest(kind=o["kind"], version=version):
                    kubernetes_validate.validate(o, version, strict=True)

    def test_keep_to_the_restricted_profile(self):
        spec = rendered.one(self.objects, "Deployment")["spec"]["template"]["spec"]
        rendered.assert_restricted(self, spec)

    def test_select_the_pods_and_no_edge(self):
        deployment = rendered.one(self.objects, "Deployment")["spec"]
        labels = deployment["template"]["metadata"]["labels"]
        selectors = [
            deployment["selector"]["matchLabels"],
            rendered.one(self.objects, "NetworkPolicy")["spec"]["podSelector"]["matchLabels"],
            rendered.one(self.objects, "PodDisruptionBudget")["spec"]["selector"]["matchLabels"],
            rendered.one(self.objects, "PodMonitor")["spec"]["selector"]["matchLabels"],
        ]
        for selector in selectors:
            self.assertLessEqual(selector.items(), labels.items())
        for name, objects in cells():
            edges = rendered.one(objects, "Deployment")["spec"]["selector"]["matchLabels"]
            self.assertFalse(edges.items() <= labels.items(), name)

    def test_refer_to_what_there_is(self):
        spec = rendered.one(self.objects, "Deployment")["spec"]["template"]["spec"]
        maps = [v["configMap"]["name"] for v in spec["volumes"] if "configMap" in v]
        self.assertEqual(maps, [rendered.one(self.objects, "ConfigMap")["metadata"]["name"]])
        self.assertEqual(spec["serviceAccountName"], rendered.one(self.objects, "ServiceAccount")["metadata"]["name"])


if __name__ == "__main__":
    unittest.main()
