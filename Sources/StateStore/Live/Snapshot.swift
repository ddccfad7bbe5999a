/// A log's fields and the place in the log that they stand at, read in one step.
package struct Snapshot: Sendable {
    package let log: LogKey
    /// `Position.none` if the log does not exist; there are no fields then.
    package let position: Position
    package let fields: [FieldName: [UInt8]]

    package init(log: LogKey, position: Position, fields: [FieldName: [UInt8]]) {
        self.log = log
        self.position = position
        self.fields = fields
    }

    package var exists: Bool { self.position != .none }
}
