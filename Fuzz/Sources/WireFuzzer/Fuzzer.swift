// What libFuzzer calls for every input that it thinks of.

/// Checks one input.
///
/// - Returns: 0, as libFuzzer wants it. A broken invariant traps, and libFuzzer saves the input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do {
        let input = Array(UnsafeBufferPointer(start: start, count: count))
        try WireInvariants.check(input)
        try ModeInvariants.check(input)
    } catch {
        preconditionFailure("broken: \(error)")
    }
    return 0
}
