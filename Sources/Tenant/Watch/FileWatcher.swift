/// Tells when files change: certificates, for instance, that are to be read again.
///
/// Writing, replacing, removing, and pointing a symbolic link elsewhere anywhere on a path count, as in volumes that
/// Kubernetes fills from secrets. Changes within some 50 ms are told as one.
package struct FileWatcher: Sendable {
    /// An element for each burst of changes, for one task to iterate; changes that nobody took yet are one.
    ///
    /// It is why not everything is watched, if so: the kernel refuses to watch what the paths mean now. Until it does, there is
    /// an element also every minute or so, since changes may be missed.
    ///
    /// The watch ends when that task is cancelled or the stream is let go.
    package let changes: AsyncStream<WatchError?>
    private let watcher: PathWatcher

    /// Watches from now on.
    ///
    /// - Parameter paths: Files or folders, there or not; of a folder, everything directly in it counts.
    /// - Throws: ``WatchError`` if the kernel refuses, as at its limit of watches.
    package init(paths: [String]) throws(WatchError) {
        let (stream, continuation) = AsyncStream.makeStream(of: WatchError?.self, bufferingPolicy: .bufferingNewest(1))
        self.watcher = try PathWatcher(paths: paths) { _, _, refusal in
            continuation.yield(refusal)
            return nil
        }
        self.changes = stream
        // The watcher lives as long as the stream: ending the one ends the other.
        continuation.onTermination = { [watcher] _ in watcher.cancel() }
    }
}
