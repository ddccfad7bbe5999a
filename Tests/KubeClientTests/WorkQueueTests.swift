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

    // MARK: Turns

    @Test func `what somebody changed passes what is only looked at again, also if it waited there`() async {
        let queue = WorkQueue<Int>()
        for key in 0..<100 { queue.add(key, .upkeep) }
        queue.add(1000)
        queue.add(70)
        #expect(queue.depth == 101)
        let (seen, continuation) = AsyncStream.makeStream(of: Int.self)
        let task = Task {
            await queue.run(workers: 1) { key in
                continuation.yield(key)
                return .done
            }
        }
        var order: [Int] = []
        for await key in seen {
            order.append(key)
            if order.count == 101 { break }
        }
        #expect(order == [1000, 70] + (0..<70) + (71..<100))
        task.cancel()
        await task.value
    }

    @Test func `who changes all the time does not keep out what waits to be looked at again`() async {
        let queue = WorkQueue<String>()
        queue.add("upkeep", .upkeep)
        for key in ["a", "b"] { queue.add(key) }
        let changes = Mutex(0)
        let (seen, continuation) = AsyncStream.makeStream(of: Int.self)
        let task = Task {
            await queue.run(workers: 1) { key in
                if key == "upkeep" {
                    continuation.yield(changes.withLock { $0 })
                    return .done
                }
                changes.withLock { $0 += 1 }
                queue.add(key)
                return .done
            }
        }
        var found = seen.makeAsyncIterator()
        #expect(await found.next() ?? .max < 20)
        task.cancel()
        await task.value
    }

    @Test func `what comes back after a look is as urgent as it was`() async {
        let time = JumpingTime()
        let queue = WorkQueue<String>(time: time.source)
        queue.add("change")
        let looks = Mutex<[String]>([])
        let (ended, end) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            await queue.run(workers: 1) { key in
                let seen = looks.withLock {
                    $0.append(key)
                    return $0
                }
                if seen.count == 1 {
                    for number in 0..<5 { queue.add("\(number)", .upkeep) }
                    return .again(after: .zero)
                }
                // It is due while the first of the others is looked at, if it was not before.
                while key == "0", !seen.dropFirst().contains("change"), queue.depth < 5 { await Task.yield() }
                if seen.count == 7 { end.yield() }
                return .done
            }
        }
        for await _ in ended { break }
        #expect(looks.withLock { $0.prefix(3).filter { $0 == "change" }.count } == 2)
        task.cancel()
        await task.value
    }

    @Test func `keys that wait for something slow hold up those that wait for the same, and no others`() async {
        let queue = WorkQueue<String>(lane: { String($0.prefix(1)) })
        for number in 0..<10 { queue.add("slow \(number)") }
        for number in 0..<10 { queue.add("fast \(number)") }
        let slow = Mutex(0)
        let (seen, continuation) = AsyncStream.makeStream(of: String.self)
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            await queue.run(workers: 3) { key in
                if key.hasPrefix("s") {
                    slow.withLock { $0 += 1 }
                    for await _ in gate { break }
                }
                continuation.yield(key)
                return .done
            }
        }
        var keys = seen.makeAsyncIterator()
        for _ in 0..<10 { #expect(await keys.next()?.hasPrefix("fast") == true) }
        #expect(slow.withLock { $0 } == 3 && queue.depth == 7)
        open.finish()
        for _ in 0..<10 { #expect(await keys.next()?.hasPrefix("slow") == true) }
        task.cancel()
        await task.value
    }

    @Test func `a closed queue takes nothing, and forgets what it had`() async {
        let queue = WorkQueue<String>(isOpen: false)
        queue.add("early")
        queue.add("early and later", after: .zero)
        #expect(queue.depth == 0)
        queue.open()
        queue.add("forgotten")
        #expect(queue.depth == 1)
        queue.close()
        #expect(queue.depth == 0)
        queue.open()
        queue.add("last")
        let (seen, continuation) = AsyncStream.makeStream(of: String.self)
        await self.running(queue) { key in
            continuation.yield(key)
            return .done
        } _: {
            var keys = seen.makeAsyncIterator()
            #expect(await keys.next() == "last")
        }
        #expect(queue.depth == 0)
    }
}
