/// Goes on when all who were waited for have taken most of what they were told, or are gone.
///
/// Loop-bound.
package final class Pace {
    private var awaited = 0
    private let then: () -> Void

    package init(_ then: @escaping () -> Void) { self.then = then }

    /// Whether somebody is waited for.
    package var isHeld: Bool { self.awaited > 0 }

    /// Waits for one more.
    ///
    /// - Returns: what to call, later and once, when it is ready.
    package func wait() -> () -> Void {
        self.awaited += 1
        return {
            self.awaited -= 1
            if self.awaited == 0 { self.then() }
        }
    }
}
