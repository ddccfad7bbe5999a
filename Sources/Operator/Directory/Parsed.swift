// Objects of our kinds, read by the same decoders that read the files of `roost dev`: what is an error there is one here, but
// for fields that are not known, which the API server has judged.

package import KubeClient
import Tenant

/// An object of one of our kinds with what was read of it.
package struct Parsed<Resource: Sendable>: Sendable {
    package let object: KubeObject
    /// `nil` if it cannot be read.
    package let resource: Resource?
    /// Why it cannot be read: one line for each thing that is wrong.
    package let problems: [String]
    /// What it says that this version does not act on: the fields, and what is done instead.
    package let ignored: [String]

    init(_ object: KubeObject, _ pick: (ResourceSet) -> Resource?) {
        // Definitions are upgraded before the operator, and an operator may be rolled back behind them.
        let (set, errors) = ResourceSet.read(
            object.json.text,
            named: object.key.description,
            ignoringUnknownFields: true
        )
        self.object = object
        self.problems = errors.filter { $0.severity == .error }.map(\.fieldAndMessage)
        self.ignored = errors.filter { $0.reason == .notImplemented }.map(\.fieldAndMessage)
        self.resource = self.problems.isEmpty ? pick(set) : nil
    }

    package var key: ObjectKey { self.object.key }
    package var isDeleting: Bool { self.object.deletionTimestamp != nil }
}

extension Parsed<TenantResource> {
    package init(tenant object: KubeObject) { self.init(object) { $0.tenants.first } }
}

extension Parsed<PlanResource> {
    package init(plan object: KubeObject) { self.init(object) { $0.plans.values.first } }
}

extension Parsed<CellResource> {
    package init(cell object: KubeObject) { self.init(object) { $0.cells.values.first } }
}

extension Parsed<TenantGrantResource> {
    package init(tenantGrant object: KubeObject) { self.init(object) { $0.tenantGrants.values.first } }
}

extension Parsed<TenantQuotaResource> {
    package init(tenantQuota object: KubeObject) { self.init(object) { $0.tenantQuotas.values.first } }
}

extension ResourceError {
    /// Without file and line, which mean nothing for an object.
    var fieldAndMessage: String { self.field.map { "\($0): \(self.message)" } ?? self.message }
}

extension [String] {
    /// A few of them as one text.
    func summary(of most: Int = 5) -> String {
        let rest = self.count - most
        return self.prefix(most).joined(separator: "; ") + (rest > 0 ? "; and \(rest) more" : "")
    }
}
