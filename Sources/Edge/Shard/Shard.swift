package import NIOCore

/// One event loop of an edge with everything that lives on it. Shards share no memory; they meet in the store.
///
/// An actor on its loop's own executor: channel handlers and store drivers, which run on that loop, enter with
/// `assumeIsolated`, so nothing hops. What it does is in ``ShardCore``.
package actor Shard {
    package nonisolated let loop: any EventLoop
    private nonisolated let executor: any SerialExecutor
    let core: ShardCore

    package nonisolated var unownedExecutor: UnownedSerialExecutor { self.executor.asUnownedSerialExecutor() }

    package init(loop: any EventLoop, environment: EdgeEnvironment) {
        self.loop = loop
        self.executor = loop.executor
        self.core = ShardCore(loop: loop, environment: environment)
    }

    /// Connects to the store and begins to keep time.
    package func start(number: Int) {
        self.core.number = number
        self.core.start(shard: self)
    }
}
