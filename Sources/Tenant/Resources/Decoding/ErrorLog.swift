/// Collects what is wrong while one document is read, and where its fields stand.
///
/// A class, since many cursors write into it; it lives on one thread for the length of one document.
final class ErrorLog {
    /// The file's path for messages.
    let file: String
    /// Lines of the file before the document.
    let linesBefore: Int
    /// Keys that occur twice, by the place of the first one in the document's own lines.
    let repeatedKeys: [SourcePosition: String]
    /// Whether fields that are not known are no mistake, but those of a version that knows more.
    let ignoresUnknownFields: Bool
    /// Kind and name, once they are known.
    var resource: String?
    /// What is wrong so far.
    private(set) var errors: [ResourceError] = []
    /// What is written and does nothing; of no interest where the resource is left out for an error.
    private var warnings: [ResourceError] = []
    /// Where each field that was looked at stands.
    private(set) var positions: [String: SourcePosition] = [:]

    init(file: String, linesBefore: Int, repeatedKeys: [SourcePosition: String], ignoresUnknownFields: Bool) {
        self.ignoresUnknownFields = ignoresUnknownFields
        self.file = file
        self.linesBefore = linesBefore
        self.repeatedKeys = repeatedKeys
    }

    /// Reports something wrong with a field.
    func report(_ reason: ResourceError.Reason, _ field: String?, at position: SourcePosition?, _ message: String) {
        if reason == .unknownField, self.ignoresUnknownFields { return }
        self.errors.append(self.error(reason, field, at: position, message))
    }

    /// Tells of a field that does nothing.
    func warn(_ field: String, at position: SourcePosition?, _ message: String) {
        self.warnings.append(self.error(.notImplemented, field, at: position, message))
    }

    /// The warnings since the last time.
    func takeWarnings() -> [ResourceError] {
        defer { self.warnings = [] }
        return self.warnings
    }

    private func error(
        _ reason: ResourceError.Reason,
        _ field: String?,
        at position: SourcePosition?,
        _ message: String
    ) -> ResourceError {
        ResourceError(
            file: self.file,
            position: position,
            resource: self.resource,
            field: field,
            reason: reason,
            message: message
        )
    }

    /// Remembers where a field stands, for errors that show only beside other resources.
    func note(_ field: String, at position: SourcePosition?) {
        self.positions[field] = position
    }
}
