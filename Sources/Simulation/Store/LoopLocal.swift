/// Something that only the thread of the simulation touches.
// Unchecked for that reason.
final class LoopLocal<Value>: @unchecked Sendable {
    var value: Value

    init(_ value: Value) { self.value = value }
}
