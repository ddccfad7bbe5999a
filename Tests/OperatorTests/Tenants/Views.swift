import FoundationEssentials
import KubeClient
import Operator
import StateStore
import Tenant

/// Views of a tenant, for tables: what a case does not say is as it is for a tenant that is well.
enum Views {
    static let now = Date(timeIntervalSince1970: 1_800_000_000)

    static func object(
        spec: JSON = [:],
        status: JSON = [:],
        finalizers: [String] = [OperatorNames.finalizer],
        deleted: Bool = false
    ) -> KubeObject {
        var object = KubeObject(.tenants, name: "acme", namespace: "chat", ["spec": spec, "status": status])
        object.json["metadata"]["uid"] = "uid-1"
        object.json["metadata"]["generation"] = 3
        object.json["metadata"]["finalizers"] = .array(finalizers.map(JSON.string))
        if deleted { object.json["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z" }
        return object
    }

    static func hosted(
        hostnames: [String] = ["acme.example.com"],
        state: TenantState = .active,
        connections: Int? = nil,
        accounts: Quota? = nil,
        archiveBytes: Quota? = nil,
        admins: [AdminAccount] = []
    ) throws -> HostedTenant {
        var quotas = Quotas.unlimited
        if let accounts { quotas.accounts = accounts }
        if let archiveBytes { quotas.archiveBytes = archiveBytes }
        if let connections { quotas.connections = Quota(limit: connections) }
        guard let id = TenantID("acme") else { throw CancellationError() }
        return HostedTenant(
            id: id,
            hostnames: hostnames,
            state: state,
            quotas: quotas,
            admins: admins,
            planName: "team",
            namespace: "chat"
        )
    }

    /// What a cell's database notes of the tenant: without further words, that its data is in use.
    static func note(
        _ state: StoredTenant.State = .active,
        uid: String = "uid-1",
        namespace: String = "chat",
        eraseAt: Int64? = nil,
        updatedAt: Int64 = 1
    ) throws -> StoredTenant {
        guard let id = TenantID("acme") else { throw CancellationError() }
        return StoredTenant(
            tenant: id,
            namespace: namespace,
            uid: uid,
            state: state,
            eraseAt: eraseAt,
            updatedAt: updatedAt
        )
    }

    static func view(_ change: (inout TenantView) throws -> Void = { _ in }) throws -> TenantView {
        var view = TenantView(
            object: self.object(),
            hosted: .success(try self.hosted()),
            deletionPolicy: .retain,
            conflicts: .init(),
            cell: .success(.init(name: "one", certificateNames: ["*.example.com"])),
            home: nil,
            certificate: .notNamed,
            canIssue: false,
            routes: .unavailable,
            usage: .init(),
            notes: ["one": try self.note()],
            now: self.now
        )
        try change(&view)
        return view
    }

    /// A status that says that it lives in a cell and is served there.
    static func living(in cell: String, hostnames: [String] = ["acme.example.com"]) -> JSON {
        ["cell": .string(cell), "hostnames": .array(hostnames.map(JSON.string))]
    }
}
