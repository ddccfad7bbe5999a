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

    /// Reads an object.
    ///
    /// - Parameters:
    ///   - object: The object.
    ///   - known: What was read of it before: most of what changes is a status, and reading is what takes the time.
    ///   - pick: Finds what was read.
    init(_ object: KubeObject, known: Parsed? = nil, _ pick: (ResourceSet) -> Resource?) {
        self.object = object
        if let known, known.object.isWritten(as: object) {
            (self.resource, self.problems, self.ignored) = (known.resource, known.problems, known.ignored)
            return
        }
        // Definitions are upgraded before the operator, and an operator may be rolled back behind them.
        let (set, errors) = ResourceSet.read(
            object.written.text,
            named: object.key.description,
            ignoringUnknownFields: true
        )
        self.problems = errors.filter { $0.severity == .error }.map(\.fieldAndMessage)
        self.ignored = errors.filter { $0.reason == .notImplemented }.map(\.fieldAndMessage)
        self.resource = self.problems.isEmpty ? pick(set) : nil
    }

    package var key: ObjectKey { self.object.key }
    package var isDeleting: Bool { self.object.deletionTimestamp != nil }
}

extension Parsed<TenantResource> {
    package init(tenant object: KubeObject, known: Parsed? = nil) {
        self.init(object, known: known) { $0.tenants.first }
    }
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

extension KubeObject {
    /// What of it is read.
    ///
    /// Where each field stands is kept with what was read, so the rest of the object is left out.
    fileprivate var written: JSON {
        let metadata = self.json["metadata"]
        var written: JSON = ["metadata": ["name": metadata["name"]], "spec": self.spec]
        for field in ["apiVersion", "kind"] { written[field] = self.json[field] }
        for field in ["namespace", "creationTimestamp"] where metadata[field] != .null {
            written["metadata"][field] = metadata[field]
        }
        return written
    }

    /// Whether another object reads the same.
    fileprivate func isWritten(as other: KubeObject) -> Bool {
        self.uid == other.uid && self.key == other.key && self.spec == other.spec
            && self.creationTimestamp == other.creationTimestamp && self.json["apiVersion"] == other.json["apiVersion"]
    }
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
