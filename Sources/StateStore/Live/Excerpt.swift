/// Some of what stands beside a log, read in one step: what a list of many logs shows, at no more cost than that.
package struct Excerpt: Sendable, Hashable {
    /// What to read.
    package struct Request: Sendable, Hashable {
        /// The fields to read, those that are set.
        package var fields: [FieldName]
        /// The sections whose fields to count, without reading them.
        package var counts: [Section]

        package init(fields: [FieldName], counts: [Section] = []) {
            self.fields = fields
            self.counts = counts
        }
    }

    /// Some of a tenant's logs, and where to go on.
    package struct Page: Sendable, Hashable {
        /// Of logs that exist, in no order.
        package let excerpts: [Excerpt]
        /// Nil after the last.
        package let next: String?

        package init(excerpts: [Excerpt], next: String?) {
            self.excerpts = excerpts
            self.next = next
        }
    }

    package let log: LogKey
    /// `Position.none` if the log does not exist; there are no fields then.
    package let position: Position
    package let fields: [FieldName: [UInt8]]
    /// How many fields are set in each section that was asked for.
    package let counts: [Section: Int]

    package init(log: LogKey, position: Position, fields: [FieldName: [UInt8]], counts: [Section: Int]) {
        self.log = log
        self.position = position
        self.fields = fields
        self.counts = counts
    }

    package var exists: Bool { self.position != .none }
}
