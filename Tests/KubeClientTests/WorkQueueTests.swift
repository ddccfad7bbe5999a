import Backoff
import KubeClient
import Synchronization
import Testing

/// The queue of keys.
struct WorkQueueTests {
    /// Runs a queue with a body, does something, stops it.
    private func running(
        _ queue: WorkQueue<String>,
        workers: Int = 1,
        _ work: @escaping @Sendable (String) async -> WorkOutcome,
        _ body: () async -> Void
    ) async {
        let task = Task { await queue.run(workers: workers, work) }
        await body()
        task.cancel()
        await task.value
    }

    @Test func `a key that waits is worked on once, however often it was added`() async {
        let queue = WorkQueue<String>()
        for _ in 0..<10 { queue.add("a") }
        queue.add("b")
        let (seen, continuation) = AsyncStream.makeStream(of: String.self)
        await self.running(queue) { key in
            continuation.yield(key)
            return .done
        } _: {
            var iterator = seen.makeAsyncIterator()
            #expect(await iterator.next() == "a")
            #expect(await iterator.next() == "b")
            queue.add("c")
            #expect(await iterator.next() == "c")
        }
    }

    @Test func `a key that is added while it is worked on is worked on again, and never twice at a time`() async {
        let queue = WorkQueue<String>()
        let atOnce = Mutex((now: 0, most: 0))
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let (began, begin) = AsyncStream.makeStream(of: Int.self)
        let count = Mutex(0)
        queue.add("a")
        await self.running(queue, workers: 4) { _ in
            atOnce.withLock {
                $0.now += 1
                $0.most = max($0.most, $0.now)
            }
            let number = count.withLock {
                $0 += 1
                return $0
            }
            begin.yield(number)
            // The first one waits until the test has added the key again.
            if number == 1 { for await _ in gate { break } }
            atOnce.withLock { $0.now -= 1 }
            return .done
        } _: {
            var starts = began.makeAsyncIterator()
            #expect(await starts.next() == 1)
            queue.add("a")
            queue.add("a")
            open.yield()
            #expect(await starts.next() == 2)
        }
        #expect(atOnce.withLock { $0.most } == 1)
        #expect(count.withLock { $0 } == 2)
    }

    @Test func `a key that fails is tried again, later and later`() async {
        let time = JumpingTime()
        let queue = WorkQueue<String>(
            backoff: Backoff(first: .seconds(1), longest: .seconds(8)),
            time: time.source
        )
        let (seen, continuation) = AsyncStream.makeStream(of: Duration.self)
        queue.add("a")
        await self.running(queue) { _ in
            continuation.yield(time.source.now())
            return .failed
        } _: {
            var tries = seen.makeAsyncIterator()
            var last = await tries.next() ?? .zero
            // Between half of the doubled first delay and all of it, up to the most.
            for most in [1.0, 2, 4, 8, 8, 8] {
                let next = await tries.next() ?? .zero
                #expect(next - last >= .seconds(most / 2) && next - last <= .seconds(most))
                last = next
            }
        }
    }

    @Test func `what went well begins anew with the shortest delay`() async {
        let time = JumpingTime()
        let queue = WorkQueue<String>(
            backoff: Backoff(first: .seconds(1), longest: .seconds(64)),
            time: time.source
        )
        let (seen, continuation) = AsyncStream.makeStream(of: Duration.self)
        let count = Mutex(0)
        queue.add("a")
        await self.running(queue) { _ in
            continuation.yield(time.source.now())
            let number = count.withLock {
                $0 += 1
                return $0
            }
            return number == 4 ? .again(after: .seconds(100)) : .failed
        } _: {
            var tries = seen.makeAsyncIterator()
            var times: [Duration] = []
            while times.count < 6 { times.append(await tries.next() ?? .zero) }
            #expect(times[4] - times[3] == .seconds(100))
            #expect(times[5] - times[4] <= .seconds(1))
        }
    }

    @Test func `of two delays the shorter one holds, and adding at once ends both`() async {
        let time = JumpingTime()
        let queue = WorkQueue<String>(time: time.source)
        queue.add("a", after: .seconds(50))
        queue.add("a", after: .seconds(10))
        queue.add("a", after: .seconds(90))
        queue.add("b", after: .seconds(70))
        queue.add("c", after: .seconds(5))
        queue.add("c")
        let (seen, continuation) = AsyncStream.makeStream(of: String.self)
        await self.running(queue) { key in
            continuation.yield("\(key) \(time.source.now())")
            return .done
        } _: {
            var order = seen.makeAsyncIterator()
            #expect(await order.next() == "c 0.0 seconds")
            #expect(await order.next() == "a 10.0 seconds")
            #expect(await order.next() == "b 70.0 seconds")
        }
    }

    @Test func `a queue can be run again after it was stopped`() async {
        let queue = WorkQueue<String>()
        for round in 0..<3 {
            let (seen, continuation) = AsyncStream.makeStream(of: String.self)
            await self.running(queue) { key in
                continuation.yield(key)
                return .done
            } _: {
                queue.add("round \(round)")
                var keys = seen.makeAsyncIterator()
                #expect(await keys.next() == "round \(round)")
            }
        }
    }
}
