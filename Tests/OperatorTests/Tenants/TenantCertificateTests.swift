import FoundationEssentials
import KubeClient
import Operator
import Tenant
import Testing

/// What a tenant's certificate, as it was found, leads to.
struct TenantCertificateTests {
    private static let spec: JSON = ["tls": ["secretRef": ["name": "acme-tls"]]]

    private func plan(
        _ certificate: TenantView.Certificate,
        canIssue: Bool = false,
        now: Date = Views.now,
        _ change: (inout TenantView) -> Void = { _ in }
    ) throws -> TenantPlan {
        TenantPlanner.plan(
            try Views.view {
                $0.object = Views.object(spec: Self.spec)
                $0.certificate = certificate
                $0.canIssue = canIssue
                $0.isIssued = canIssue
                $0.now = now
                change(&$0)
            }
        )
    }

    private func found(_ plan: TenantPlan) -> String? {
        plan.conditions["CertificateReady"].map { "\($0.status.rawValue) \($0.reason)" }
    }

    @Test func `a certificate is served until its end, and renewed or complained of from then on`() throws {
        let bundle = try TestCertificates.bundle(for: "acme.example.com")
        let request = TenantStep.requestCertificate(secret: "acme-tls", hostnames: ["acme.example.com"])
        for canIssue in [false, true] {
            for (seconds, isOver) in [(-1.0, false), (0, true), (1, true)] {
                let now = bundle.notAfter.addingTimeInterval(seconds)
                let plan = try self.plan(.found(bundle), canIssue: canIssue, now: now)
                #expect(self.found(plan) == (isOver ? canIssue ? "False Issuing" : "False Expired" : "True Served"))
                // An old one is better than none.
                #expect(plan.steps.contains(.putCertificate(bundle, cell: "one")))
                #expect(plan.steps.contains(request) == (isOver && canIssue))
            }
        }
    }

    @Test(
        arguments: [
            (.invalid("no key"), "False InvalidCertificate", "Secret acme-tls: no key"),
            (.unreadable("forbidden"), "False SecretForbidden", "Secret acme-tls cannot be read: forbidden"),
            (.missing, "False SecretNotFound", "there is no Secret acme-tls in namespace chat"),
        ] as [(TenantView.Certificate, String, String)]
    )
    func `what cannot be read leaves the edges what they have`(
        certificate: TenantView.Certificate,
        expected: String,
        message: String
    ) throws {
        let plan = try self.plan(certificate)
        #expect(self.found(plan) == expected)
        #expect(plan.conditions["CertificateReady"]?.message == message)
        #expect(plan.steps.contains(.keepCertificate(cell: "one")))
    }

    @Test func `who names no Secret has none of its own`() throws {
        let plan = try self.plan(.notNamed)
        #expect(self.found(plan) == "True CellCertificate")
        #expect(plan.steps.contains(.removeCertificate(cell: "one")))
    }

    @Test(
        arguments: [
            (1, "True CellCertificate"), (0, "False Expired"), (-1, "False Expired"), (nil, "True CellCertificate"),
        ] as [(Double?, String)]
    )
    func `who has the cell's has it until it ends`(left: Double?, expected: String) throws {
        let plan = try self.plan(.notNamed) { view in
            let end = left.map { Views.now.addingTimeInterval($0) }
            view.cell = .success(.init(name: "one", certificateNames: ["*.example.com"], certificateEnd: end))
        }
        #expect(self.found(plan) == expected)
    }

    @Test func `after a mistake in an edit a good certificate is still renewed`() throws {
        let good = try TestCertificates.bundle(for: "acme.example.com")
        let other = try TestCertificates.bundle(for: "other.example.com")
        let before = good.notAfter.addingTimeInterval(-1)
        for (bundle, now, isPut) in [(good, before, true), (good, good.notAfter, false), (other, before, false)] {
            let plan = try self.plan(.found(bundle), now: now) {
                $0.object = Views.object(status: Views.living(in: "one"))
                $0.hosted = .failure(.init("InvalidSpec", "not known"))
            }
            #expect(plan.steps.contains(.putCertificate(bundle, cell: "one")) == isPut)
        }
    }

    @Test func `a condition takes the place of the one of its type`() throws {
        var plan = try self.plan(.notNamed)
        let before = plan.conditions
        let moved = Condition("StoreReady", .no, "Moving", "")
        plan.set(moved)
        #expect(plan.conditions == before.map { $0.type == "StoreReady" ? moved : $0 })
        let new = Condition("Deleting", .yes, "StillUsed", "")
        plan.set(new)
        #expect(plan.conditions.last == new && plan.conditions.count == before.count + 1)
    }
}
