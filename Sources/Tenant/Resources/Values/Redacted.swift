/// A value that must not reach a log, an error text or a debugger's output.
///
/// Everything that prints it by itself prints `<redacted>`; only ``reveal()`` gives the value.
package struct Redacted<Value: Hashable & Sendable>: Hashable, Sendable {
    private let value: Value

    /// Wraps a secret.
    package init(_ value: Value) {
        self.value = value
    }

    /// The secret itself; call it where it is used, not where it is passed on.
    package func reveal() -> Value { self.value }
}

extension Redacted: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }

    package var debugDescription: String { "<redacted>" }

    package var customMirror: Mirror { Mirror(self, children: []) }
}
