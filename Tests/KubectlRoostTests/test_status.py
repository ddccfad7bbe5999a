"""kubectl roost status: what is fine, what is not, and when it cannot tell."""

import unittest

from plugin import PluginTest, cell, conditions, lease, tenant


class Status(PluginTest):
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

    def test_status_knows_budgets_and_grants(self):
        full = conditions(Ready=("True", "Valid", ""), WithinBudget=("False", "Overcommitted", "tenants: 2 of 1"))
        broken = conditions(Ready=("False", "InvalidSpec", "spec.quotas.connections: -1"))

        def made(kind, name, found):
            return {"kind": kind, "metadata": {"name": name, "namespace": "chat"}, "status": {"conditions": found}}

        self.given(cell(), tenant(), made("TenantQuota", "team", full))
        code, out, _ = self.run_plugin("status")
        self.assertEqual(code, 0, "it was asked for")
        self.assertIn("budget chat/team: WithinBudget is Overcommitted: tenants: 2 of 1", out)
        self.given(cell(), tenant(), made("TenantGrant", "acme", broken), rights="chat", context="chat")
        code, out, _ = self.run_plugin("status")
        self.assertEqual(code, 1)
        self.assertIn("grant chat/acme: Ready is InvalidSpec", out)

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


if __name__ == "__main__":
    unittest.main()
