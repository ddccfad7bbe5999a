import FoundationEssentials
import KubeClient
import Operator
import StateStore
import Tenant
import Testing

/// The rules of a tenant's life.
struct TenantPlannerTests {
    private func ready(_ plan: TenantPlan) -> String? {
        plan.conditions["Ready"].map { "\($0.status.rawValue) \($0.reason)" }
    }

    @Test func `a new tenant takes its name, is projected and is ready`() throws {
        let view = try Views.view {
            $0.object = Views.object(finalizers: [])
            $0.notes = [:]
        }
        let plan = TenantPlanner.plan(view)
        let hosted = try Views.hosted()
        #expect(
            plan.steps == [
                .addFinalizer, .claimName(cell: "one", over: nil), .removeCertificate(cell: "one"),
                .project(hosted, cell: "one"),
                .provisionAdmins(hosted, cell: "one"), .removeRoutes,
            ]
        )
        #expect(self.ready(plan) == "True Serving")
        #expect(plan.cell == "one")
        #expect(plan.hostnames == ["acme.example.com"])
        #expect(plan.hasStatus && plan.isServing && !plan.isUnderway)
    }

    @Test func `every condition says what holds, once`() throws {
        let types = TenantPlanner.plan(try Views.view()).conditions.map(\.type)
        #expect(Set(types).count == types.count)
        #expect(
            Set(types) == [
                "Ready", "Admitted", "StoreReady", "CertificateReady", "RoutesReady", "ArchiveReady", "WithinQuota",
                "Suspended",
            ]
        )
    }

    @Test func `a tenant is served, and says which of its settings this version does not act on`() throws {
        let view = try Views.view { $0.ignored = ["spec.ircx.dialect: why", "spec.archive.enabled: why"] }
        let plan = TenantPlanner.plan(view)
        #expect(self.ready(plan) == "True Serving")
        let ignored = try #require(plan.conditions["SettingsIgnored"])
        #expect(ignored.status == .yes && ignored.reason == "NotImplemented")
        #expect(ignored.message == "spec.ircx.dialect: why; spec.archive.enabled: why")
    }

    @Test(arguments: [(true, "NotConfigured"), (false, "Disabled")])
    func `an archive that is asked for is said to be missing, and keeps nobody out`(asks: Bool, reason: String) throws {
        var hosted = try Views.hosted()
        hosted.settings.archive.enabled = asks
        let plan = TenantPlanner.plan(
            try Views.view {
                $0.hosted = .success(hosted)
                $0.archive = .notConfigured
            }
        )
        #expect(plan.conditions["ArchiveReady"]?.reason == reason)
        #expect(self.ready(plan) == "True Serving")
    }

    /// It is past its limit for as long as nothing is deleted, and nobody loses a line for that.
    @Test(arguments: [(7, "WithinQuota"), (8, "NearLimit"), (10, "LimitReached"), (99, "LimitReached")])
    func `an archive that is too large is told of`(bytes: Int, reason: String) throws {
        let hosted = try Views.hosted(archiveBytes: Quota(limit: 10, mode: .soft, warnAt: [80]))
        let plan = TenantPlanner.plan(
            try Views.view {
                $0.hosted = .success(hosted)
                $0.usage = .init(archiveBytes: bytes)
            }
        )
        #expect(plan.conditions["WithinQuota"]?.reason == reason)
        #expect(self.ready(plan) == "True Serving" && plan.isServing)
    }

    @Test(
        arguments: [
            ("InvalidSpec", "spec.hostnames: is empty"), ("PlanNotFound", "there is no Plan"),
            ("NotInPlan", "no history"),
        ]
    )
    func `what cannot be hosted is not admitted, for the reason that is`(reason: String, message: String) throws {
        let plan = TenantPlanner.plan(try Views.view { $0.hosted = .failure(.init(reason, message)) })
        #expect(self.ready(plan) == "False \(reason)")
        #expect(plan.conditions["Admitted"]?.message == message)
        #expect(plan.steps.isEmpty)
        #expect(plan.hostnames.isEmpty)
        let noted = TenantPlanner.plan(
            try Views.view {
                $0.object = Views.object(status: Views.living(in: "one"))
                $0.notes = ["one": try Views.note(uid: "uid-2", namespace: "other")]
            }
        )
        #expect(self.ready(noted) == "False NameTaken")
        #expect(noted.steps.isEmpty)
        #expect(noted.hostnames.isEmpty)
    }

    @Test func `a mistake in an edit takes nobody off the net`() throws {
        let plan = TenantPlanner.plan(
            try Views.view {
                $0.object = Views.object(status: Views.living(in: "one"))
                $0.hosted = .failure(.init("InvalidSpec", "spec.state: is not known"))
            }
        )
        #expect(self.ready(plan) == "False InvalidSpec")
        #expect(plan.conditions["Ready"]?.message.contains("served as it was before") == true)
        #expect(plan.steps == [.keep(cell: "one", without: [], state: .active)])
        #expect(plan.hostnames == ["acme.example.com"])
        #expect(plan.conditions["StoreReady"] == Condition("StoreReady", .yes, "Projected", "served as it was before"))
    }

    @Test func `a mistake of who is not served is all that there is to say`() throws {
        let plan = TenantPlanner.plan(
            try Views.view { $0.hosted = .failure(.init("InvalidSpec", "spec.state: is not known")) }
        )
        #expect(plan.steps.isEmpty)
        #expect(
            plan.conditions == [
                Condition("Ready", .no, "InvalidSpec", "spec.state: is not known"),
                Condition("Admitted", .no, "InvalidSpec", "spec.state: is not known"),
                Condition("StoreReady", .no, "NotAdmitted", "not admitted"),
            ]
        )
    }

    @Test func `what is ready is judged anew and told first`() throws {
        var plan = TenantPlanner.plan(try Views.view())
        plan.set(Condition("StoreReady", .no, "StoreUnavailable", "Redis is away"))
        plan.judge()
        #expect(plan.conditions.first == Condition("Ready", .no, "StoreUnavailable", "Redis is away"))
        #expect(plan.conditions.filter { $0.type == "Ready" }.count == 1)
    }

    @Test func `a mistake in an edit keeps no suspension from being carried out, and what was found before stays told`()
        throws
    {
        var status = Views.living(in: "one")
        status["conditions"] = [
            [
                "type": "CertificateReady", "status": "True", "reason": "Served", "message": "until then",
                "observedGeneration": 2,
            ]
        ]
        let plan = TenantPlanner.plan(
            try Views.view {
                $0.object = Views.object(spec: ["state": "Suspended"], status: status)
                $0.hosted = .failure(.init("NotInPlan", "no history"))
            }
        )
        #expect(plan.steps == [.keep(cell: "one", without: [], state: .suspended)])
        #expect(self.ready(plan) == "False NotInPlan")
        #expect(plan.conditions["Suspended"]?.status == .yes)
        #expect(plan.conditions["CertificateReady"]?.reason == "Served")
        #expect(plan.conditions["CertificateReady"]?.observedGeneration == 2)
    }

    @Test func `an administrator without a password keeps nobody else out`() throws {
        let plan = TenantPlanner.plan(
            try Views.view { $0.adminProblem = .init("SecretNotFound", "there is no Secret") }
        )
        #expect(self.ready(plan) == "False SecretNotFound")
        #expect(plan.conditions["Ready"]?.message.contains("it is served without this administrator") == true)
        #expect(plan.steps.contains(.project(try Views.hosted(), cell: "one")))
        #expect(plan.hostnames == ["acme.example.com"])
    }

    @Test func `who lost a hostname to another is served without it, and not at all if it was the only one`() throws {
        let other = ObjectKey(namespace: "other", name: "first")
        for (held, left) in [(["acme.example.com"], []), (["acme.example.com", "b.example.com"], ["b.example.com"])] {
            let plan = TenantPlanner.plan(
                try Views.view {
                    $0.object = Views.object(status: Views.living(in: "one", hostnames: held))
                    $0.conflicts.hostnames = ["acme.example.com": other]
                }
            )
            #expect(plan.steps == [.keep(cell: "one", without: ["acme.example.com"], state: .active)])
            #expect(plan.hostnames == left)
            #expect(plan.conditions["StoreReady"]?.status == (left.isEmpty ? .no : .yes))
        }
    }

    @Test func `under a name that is another's nothing is touched`() throws {
        let plan = TenantPlanner.plan(
            try Views.view {
                $0.object = Views.object(status: Views.living(in: "one"))
                $0.conflicts.name = ObjectKey(namespace: "other", name: "acme")
            }
        )
        #expect(plan.steps.isEmpty)
        #expect(plan.hostnames.isEmpty)
    }

    @Test func `who comes second to a hostname is told who has it`() throws {
        let plan = TenantPlanner.plan(
            try Views.view {
                $0.conflicts.hostnames = ["acme.example.com": ObjectKey(namespace: "other", name: "first")]
            }
        )
        #expect(self.ready(plan) == "False HostnameTaken")
        #expect(plan.conditions["Admitted"]?.message.contains("other/first") == true)
        // What was projected before a status could say so is taken away.
        #expect(plan.steps == [.keep(cell: "one", without: ["acme.example.com"], state: .active)])
        #expect(plan.hostnames.isEmpty)
    }

    @Test func `a name is given out once, also while a deleted tenant's data is kept under it`() throws {
        let taken = TenantPlanner.plan(
            try Views.view { $0.conflicts.name = ObjectKey(namespace: "other", name: "acme") }
        )
        #expect(self.ready(taken) == "False NameTaken")
        // Whatever it is that is noted for another namespace, a copy included.
        for state in StoredTenant.State.allCases {
            let note = try Views.note(state, uid: "other", namespace: "old", eraseAt: 1)
            let kept = TenantPlanner.plan(try Views.view { $0.notes = ["one": note] })
            #expect(self.ready(kept) == "False NameTaken", "\(state)")
            #expect(kept.conditions["Admitted"]?.message.contains("namespace old") == true)
            #expect(kept.steps.isEmpty)
        }
    }

    @Test func `a cell that is not ready is waited for, and nothing is done there`() throws {
        let plan = TenantPlanner.plan(
            try Views.view { $0.cell = .success(.init(name: "one", isReady: false, problem: "Redis is away")) }
        )
        #expect(self.ready(plan) == "False CellNotReady")
        #expect(plan.conditions["Ready"]?.message.contains("Redis is away") == true)
        #expect(plan.steps.isEmpty)
        #expect(!plan.isServing)
    }

    @Test(
        arguments: [
            (TenantState.suspended, "False Suspended"), (.cordoned, "True Cordoned"), (.active, "True Serving"),
        ]
    )
    func `the state shows in what is ready`(state: TenantState, expected: String) throws {
        let plan = TenantPlanner.plan(try Views.view { $0.hosted = .success(try Views.hosted(state: state)) })
        #expect(self.ready(plan) == expected)
        // The edges enforce it, so they are told in any case.
        #expect(plan.steps.contains(.project(try Views.hosted(state: state), cell: "one")))
    }

    @Test(
        arguments: [
            (["*.example.com"], "True CellCertificate"), (["*.other.com"], "False HostnameNotCovered"),
            ([], "False NoCertificate"), (["acme.example.com"], "True CellCertificate"),
            (["*.com"], "False HostnameNotCovered"),
        ]
    )
    func `the cell's certificate is judged by the names it is for`(names: [String], expected: String) throws {
        let plan = TenantPlanner.plan(
            try Views.view { $0.cell = .success(.init(name: "one", certificateNames: names)) }
        )
        let condition = try #require(plan.conditions["CertificateReady"])
        #expect("\(condition.status.rawValue) \(condition.reason)" == expected)
    }

    @Test func `a Secret that is missing is asked of cert-manager where it may be`() throws {
        let spec: JSON = ["tls": ["secretRef": ["name": "acme-tls"]]]
        for canIssue in [false, true] {
            let plan = TenantPlanner.plan(
                try Views.view {
                    $0.object = Views.object(spec: spec)
                    $0.certificate = .missing
                    $0.canIssue = canIssue
                }
            )
            let asks = plan.steps.contains(
                .requestCertificate(secret: "acme-tls", hostnames: ["acme.example.com"])
            )
            #expect(asks == canIssue)
            #expect(plan.conditions["CertificateReady"]?.reason == (canIssue ? "Issuing" : "SecretNotFound"))
            // People without TLS trouble are served meanwhile, with what the edges have.
            #expect(plan.conditions["StoreReady"]?.status == .yes)
        }
    }

    @Test func `cert-manager is asked again for what its certificate is not for, and nobody's own Secret is touched`()
        throws
    {
        let bundle = try TestCertificates.bundle(for: "old.example.com")
        for isIssued in [false, true] {
            let plan = TenantPlanner.plan(
                try Views.view {
                    $0.object = Views.object(spec: ["tls": ["secretRef": ["name": "acme-tls"]]])
                    $0.certificate = .found(bundle)
                    $0.canIssue = true
                    $0.isIssued = isIssued
                    $0.now = Date()
                }
            )
            let asks = plan.steps.contains(.requestCertificate(secret: "acme-tls", hostnames: ["acme.example.com"]))
            #expect(asks == isIssued)
            #expect(plan.conditions["CertificateReady"]?.reason == (isIssued ? "Issuing" : "HostnameNotCovered"))
        }
    }

    @Test func `who has everything but an edge is not ready`() throws {
        let cell = TenantView.Cell(name: "one", certificateNames: ["*.example.com"], hasEdges: false)
        let plan = TenantPlanner.plan(try Views.view { $0.cell = .success(cell) })
        #expect(self.ready(plan) == "False NoPodsReady")
        #expect(plan.isServing)
        let suspended = TenantPlanner.plan(
            try Views.view {
                $0.cell = .success(cell)
                $0.hosted = .success(try Views.hosted(state: .suspended))
            }
        )
        #expect(self.ready(suspended) == "False Suspended")
    }

    @Test func `a limit may be as large as a number can be`() throws {
        let plan = TenantPlanner.plan(
            try Views.view {
                $0.hosted = .success(try Views.hosted(connections: .max))
                $0.usage = .init(connections: 1 << 60)
            }
        )
        #expect(plan.conditions["WithinQuota"]?.reason == "WithinQuota")
    }

    @Test func `quotas are told near their warning and at their limit`() throws {
        for (used, expected) in [(79, "WithinQuota"), (80, "NearLimit"), (99, "NearLimit"), (100, "LimitReached")] {
            let plan = TenantPlanner.plan(
                try Views.view {
                    $0.hosted = .success(try Views.hosted(connections: 100))
                    $0.usage = .init(connections: used)
                }
            )
            let condition = try #require(plan.conditions["WithinQuota"])
            #expect(condition.reason == expected, "\(used)")
            #expect(condition.status == (used >= 100 ? .no : .yes))
            // A full tenant is still served.
            #expect(self.ready(plan) == "True Serving")
        }
    }

    @Test(
        arguments: [
            (0, 0, [80], "WithinQuota"), (0, 1, [80], "LimitReached"), (1, 0, [80], "WithinQuota"),
            (1, 1, [80], "LimitReached"), (1000, 799, [80], "WithinQuota"), (1000, 800, [80], "NearLimit"),
            (1000, 999, [100], "WithinQuota"), (100, 99, [99], "NearLimit"), (100, 98, [99], "WithinQuota"),
            (100, 60, [100, 50], "NearLimit"), (100, 99, [], "WithinQuota"),
        ]
    )
    func `a quota warns from its own percentage on`(limit: Int, used: Int, warnAt: [Int], reason: String) throws {
        let hosted = try Views.hosted(accounts: Quota(limit: limit, warnAt: warnAt))
        let plan = TenantPlanner.plan(
            try Views.view {
                $0.hosted = .success(hosted)
                $0.usage = .init(accounts: used)
            }
        )
        let condition = try #require(plan.conditions["WithinQuota"])
        #expect(condition.reason == reason)
        let isTold = reason != "WithinQuota"
        #expect(condition.message == (isTold ? "accounts \(used) of \(limit)" : "below every limit"))
    }

    @Test func `what the cell has not told is unknown, not within`() throws {
        let plan = TenantPlanner.plan(try Views.view { $0.usage = nil })
        #expect(plan.conditions["WithinQuota"]?.status == .unknown)
    }

    @Test func `routes go to the cell's gateway`() throws {
        let gateway = try #require(Self.gateway)
        for (routes, expected) in [
            (TenantView.Routes.accepted, "True Accepted"), (.pending("one"), "False Pending"),
            (.refused("one"), "False RoutesRefused"),
            (.unavailable, "False GatewayApiMissing"), (.withoutTLS, "False GatewayApiMissing"),
        ] {
            let plan = TenantPlanner.plan(
                try Views.view {
                    $0.cell = .success(.init(name: "one", certificateNames: ["*.example.com"], gateway: gateway))
                    $0.routes = routes
                }
            )
            let condition = try #require(plan.conditions["RoutesReady"])
            #expect("\(condition.status.rawValue) \(condition.reason)" == expected)
            let applies = plan.steps.contains(
                .applyRoutes(hostnames: ["acme.example.com"], cell: "one", gateway: gateway)
            )
            #expect(applies == (routes != .unavailable))
        }
    }

    private static var gateway: GatewayReference? {
        let text = """
            apiVersion: roost.chat/v1alpha1
            kind: Cell
            metadata: {name: one}
            spec: {routes: {gateway: {name: edge, namespace: infra}}}
            """
        return ResourceSet.read(text, named: "cell").0.cells["one"]?.spec.gateway
    }
}
