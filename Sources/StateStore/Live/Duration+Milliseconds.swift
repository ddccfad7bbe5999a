// Durations as the stores count them.

import Numbers

extension Duration {
    /// Whole milliseconds.
    package var milliseconds: Int64 {
        self.components.seconds.times(1000).plus(self.components.attoseconds / 1_000_000_000_000_000)
    }
}
