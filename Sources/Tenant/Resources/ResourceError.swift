/// Something wrong in the files that describe tenants: what, where and what to do, in one line for whoever wrote the file.
///
/// Loading never stops at the first one; it collects them all, leaves out the resources that have one, and goes on.
/// Texts name fields and values of plain fields, never the contents of a `Secret`.
package struct ResourceError: Error, Hashable, Sendable {
    /// What went wrong, for programs; the message is for people.
    package enum Reason: String, Hashable, Sendable, CaseIterable {
        /// The file or folder could not be read.
        case unreadable
        /// The text is not YAML.
        case syntax
        /// The file holds a field that its kind does not have.
        case unknownField
        /// The value has another type than the field.
        case wrongType
        /// The type fits and the value does not.
        case badValue
        /// A field that has no default is not there.
        case missing
        /// The same key, name or list element occurs twice.
        case duplicate
        /// A plan, secret or key that is referred to does not exist.
        case notFound
        /// Something unique, such as a hostname, belongs to another resource already.
        case conflict
        /// The tenant asks for something that its plan excludes.
        case notInPlan
        /// The tenant asks for more of a quota than its plan allows.
        case abovePlan
        /// A kind that is none of ours, which was passed over.
        case otherKind
        /// A setting that this version does not act on.
        case notImplemented
    }

    /// Whether the resource was left out for it.
    package enum Severity: String, Hashable, Sendable {
        /// The resource was left out; its previous good version stays in use while a folder is watched.
        case error
        /// Nothing was left out that Roost would have used.
        case warning
    }

    /// Path of the file, as it was given with the folder's path before it.
    package let file: String
    /// Where in the file, unless the whole file is meant.
    package let position: SourcePosition?
    /// Kind and name, such as `Tenant acme`, as far as they are known.
    package let resource: String?
    /// The field's path, such as `spec.quotas.connections` or `spec.hostnames[1]`.
    package let field: String?
    /// What went wrong, for programs.
    package let reason: Reason
    /// What is wrong and what to do, without the place.
    package let message: String

    /// Reports something wrong at a place.
    package init(
        file: String,
        position: SourcePosition?,
        resource: String?,
        field: String?,
        reason: Reason,
        message: String
    ) {
        self.file = file
        self.position = position
        self.resource = resource
        self.field = field
        self.reason = reason
        self.message = message
    }

    /// The line, from 1, unless the whole file is meant.
    package var line: Int? { self.position?.line }

    /// The column, from 1, unless the whole file is meant.
    package var column: Int? { self.position?.column }

    /// Whether the resource was left out for it.
    package var severity: Severity {
        switch self.reason {
        case .otherKind, .notImplemented: .warning
        default: .error
        }
    }
}

extension ResourceError: CustomStringConvertible {
    /// One line: `tenants/acme.yaml:12:5: Tenant acme: spec.quotas.connections: …`.
    package var description: String {
        var text = self.file
        if let position = self.position { text += ":\(position.line):\(position.column)" }
        if self.severity == .warning { text += ": warning" }
        if let resource = self.resource { text += ": \(resource)" }
        if let field = self.field { text += ": \(field)" }
        return text + ": " + self.message
    }
}
