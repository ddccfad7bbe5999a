// Data of deleted tenants that somebody wants erased before its time. It is asked for on the Cell, which only those may change who run
// the platform, and for one object's data each: who had the name before or has it since loses nothing.

package import Tenant

/// The requests of a Cell's annotation, such as `chat/acme@UID other/globex@UID`.
package struct ErasureRequests: Sendable, Hashable {
    /// One deleted tenant.
    package struct Entry: Sendable, Hashable {
        package let namespace: String
        package let tenant: TenantID
        /// The `metadata.uid` of the object that was deleted.
        package let uid: String
    }

    package private(set) var entries: [Entry] = []

    /// Reads an annotation; what is no request is passed over, and gone with the next change.
    package init(_ text: String?) {
        for word in (text ?? "").split(whereSeparator: \.isWhitespace) {
            let parts = word.split(separator: "@", maxSplits: 1)
            let names = parts.first?.split(separator: "/", maxSplits: 1) ?? []
            guard parts.count == 2, names.count == 2, let tenant = TenantID(String(names[1])) else { continue }
            let entry = Entry(namespace: String(names[0]), tenant: tenant, uid: String(parts[1]))
            if !self.entries.contains(entry) { self.entries.append(entry) }
        }
    }

    /// The same without those that are done.
    package func without(_ done: Set<Entry>) -> ErasureRequests {
        var rest = self
        rest.entries.removeAll(where: done.contains)
        return rest
    }

    /// The annotation; nil if nothing is asked for.
    package var text: String? {
        self.entries.isEmpty
            ? nil : self.entries.map { "\($0.namespace)/\($0.tenant)@\($0.uid)" }.joined(separator: " ")
    }
}
