"""kubectl roost retained and erase: what is kept of deleted tenants, and having it erased early."""

import unittest

from plugin import cell, OPERATOR, PluginTest


def kept(where="default", left_out=0, **data):
    labels = {"roost.chat/retained": "true", "roost.chat/cell": where, "app.kubernetes.io/part-of": "roost"}
    return {
        "kind": "ConfigMap",
        "metadata": {
            "name": f"roost-{where}-retained", "namespace": "roost", "labels": labels,
            "annotations": {"roost.chat/left-out": str(left_out)},
        },
        "data": {key.replace("__", "."): value for key, value in data.items()},
    }


ACME = {"chat__acme": "2026-12-29T06:00:00Z uid-1"}


class Retained(PluginTest):
    def annotations(self):
        return self.object("Cell", "default")["metadata"].get("annotations", {})

    def test_what_is_kept_is_listed_first_to_go_first(self):
        self.given(OPERATOR, kept(left_out=3, chat__later="2026-12-30T06:00:00Z uid-2", **ACME), kept("two", x__other="2026-12-01T06:00:00Z uid-3"))
        code, out, _ = self.run_plugin("retained")
        self.assertEqual(code, 0)
        self.assertRegex(out, r"(?s)x/other +two +2026-12-01.*chat/acme +default +2026-12-29T06:00:00Z +uid-1\n.*chat/later")
        self.assertIn("and 3 more", out)
        self.assertNotIn("x/other", self.run_plugin("-n", "chat", "retained")[1])
        self.given(OPERATOR)
        self.assertEqual(self.run_plugin("retained")[:2], (0, "nothing is kept of deleted tenants\n"))

    def test_nothing_is_erased_without_its_name(self):
        for said in ("", "y\n", "acme\n"):
            self.given(OPERATOR, cell(), kept(**ACME))
            code, out, err = self.run_plugin("erase", "acme", said=said)
            self.assertEqual(code, 1)
            self.assertIn("Type chat/acme to go on", out)
            self.assertIn("nothing was done", err)
            self.assertEqual(self.annotations(), {})

    def test_erase_asks_the_cell_and_follows(self):
        for arguments, said in ((["acme"], "chat/acme\n"), (["chat/acme", "--yes"], "")):
            other = {"roost.chat/erase": "x/other@3"}
            one = cell()
            one["metadata"]["annotations"] = dict(other)
            one["metadata"]["resourceVersion"] = "7"
            one["_later"] = [{}, {}, {"metadata": {**one["metadata"], "annotations": other}}]
            self.given(OPERATOR, one, kept(**ACME))
            code, out, err = self.run_plugin("erase", *arguments, "--interval", "0", said=said)
            self.assertEqual(code, 0, err)
            annotate = next(a for a in self.seen()["asked"] if a[0] == "annotate")
            # What others asked for stays, and who asks at the same time is not overwritten.
            self.assertIn("roost.chat/erase=x/other@3 chat/acme@uid-1", annotate)
            self.assertIn("--resource-version=7", annotate)
            self.assertTrue(out.endswith("chat/acme is erased\n"), out)

    def test_erase_of_what_is_not_kept_or_not_one(self):
        self.given(OPERATOR, cell(), kept(**ACME), kept("two", **ACME))
        self.assertEqual(self.run_plugin("erase", "nobody", "--yes")[0], 1)
        code, _, err = self.run_plugin("erase", "acme", "--yes")
        self.assertEqual(code, 64)
        self.assertIn("chat/acme in cell two", err)
        self.assertEqual(self.run_plugin("erase", "acme", "--yes", "--cell", "default", "--no-wait")[0], 0)
        self.assertEqual(self.annotations(), {"roost.chat/erase": "chat/acme@uid-1"})


if __name__ == "__main__":
    unittest.main()
