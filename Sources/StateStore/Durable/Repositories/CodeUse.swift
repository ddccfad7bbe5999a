/// A code of a second factor that is right, and good once.
package enum CodeUse: Hashable, Sendable {
    /// Of an app, by its time step.
    case step(Int64)
    /// For who has lost the app, by its number.
    case recovery(Int)
}
