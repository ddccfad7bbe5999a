/// The key that an object is encrypted with where the store does not keep it (SSE-C): 32 bytes, which it shows to
/// nobody.
package struct CustomerKey: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable
{
    /// The key, for the headers that tell it to the store.
    let bytes: [UInt8]

    /// Takes bytes for a key of AES-256: nil for any number of them but 32.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    package var description: String { "<redacted>" }
    package var debugDescription: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
