/// Where a resource was written, so that an error found later, beside other resources, still names the line.
package struct ResourceSource: Sendable {
    /// The file's path.
    package let file: String
    /// Kind and name, such as `Tenant acme`.
    package let resource: String
    /// Where its fields stand, by path.
    package let positions: [String: SourcePosition]

    /// Where a field stands, or else the nearest field around it.
    package func position(of field: String) -> SourcePosition? {
        var field = field[...]
        while true {
            if let position = self.positions[String(field)] { return position }
            guard let end = field.lastIndex(where: { $0 == "." || $0 == "[" }) else { return self.positions[""] }
            field = field[..<end]
        }
    }

    /// An error about one of its fields.
    package func error(_ reason: ResourceError.Reason, _ field: String, _ message: String) -> ResourceError {
        ResourceError(
            file: self.file,
            position: self.position(of: field),
            resource: self.resource,
            field: field,
            reason: reason,
            message: message
        )
    }
}
