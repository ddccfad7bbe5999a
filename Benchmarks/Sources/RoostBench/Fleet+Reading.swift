// Reading: bytes to lines, in place.

import Glibc

extension Fleet {
    /// Reads what a client has received and hands its lines over.
    func readLines(_ client: Int, _ traffic: some Traffic) throws(BenchError) {
        while true {
            let kept = clients[client].partialCount
            if kept > 0, let partial = clients[client].partial { memcpy(input, partial, kept) }
            guard let count = try receive(client, into: input + kept) else { return }
            guard count > 0 else { return try traffic.closed(client, in: self) }
            clients[client].isAnswered = true
            let used = try handOver(kept + count, of: client, to: traffic)
            guard clients[client].state == .open else { return }
            try keep(input + used, count: kept + count - used, for: client)
            try traffic.finishedReading(client, in: self)
            // A socket that gave less than it could is empty; OpenSSL gives a record at a time.
            guard clients[client].state == .open, clients[client].tls != nil || count == Self.inputCapacity else {
                return
            }
        }
    }

    /// - Returns: how many bytes came, 0 at the end of the connection, nil when there is nothing now.
    private func receive(_ client: Int, into place: UnsafeMutableRawPointer) throws(BenchError) -> Int? {
        if let tls = clients[client].tls {
            switch tls.read(into: place, capacity: Self.inputCapacity) {
            case .done(let count): return count
            case .wantsRead, .wantsWrite: return nil
            case .closed: return 0
            case .failed(let reason): throw .tls(reason)
            }
        }
        let count = recv(clients[client].descriptor, place, Self.inputCapacity, 0)
        if acknowledgesAtOnce {
            var one: Int32 = 1
            let size = socklen_t(MemoryLayout<Int32>.size)
            setsockopt(clients[client].descriptor, Int32(IPPROTO_TCP), TCP_QUICKACK, &one, size)
        }
        if count >= 0 { return count }
        return errno == EAGAIN || errno == EINTR ? nil : 0
    }

    /// Hands over the whole lines among the first `count` bytes of the input.
    ///
    /// - Returns: how many bytes they were.
    @inline(__always)
    private func handOver(_ count: Int, of client: Int, to traffic: some Traffic) throws(BenchError) -> Int {
        var start = UnsafeRawPointer(input)
        let end = start + count
        while let newline = memchr(start, 10, end - start) {
            let next = UnsafeRawPointer(newline) + 1
            var length = next - start - 1
            if length > 0, start.load(fromByteOffset: length - 1, as: UInt8.self) == 13 { length -= 1 }
            if length > 0 {
                let line = Line(bytes: UnsafeRawBufferPointer(start: start, count: length))
                if start.load(as: UInt8.self) != UInt8(ascii: ":") { try answer(line, for: client) }
                try traffic.received(line, by: client, in: self)
                guard clients[client].state == .open else { return count }
            }
            start = next
        }
        return start - UnsafeRawPointer(input)
    }

    private func answer(_ line: Line, for client: Int) throws(BenchError) {
        let (_, command, rest) = line.parts
        if command.equals("PING") {
            try send("PONG " + String(decoding: rest, as: UTF8.self) + "\r\n", from: client)
        } else if command.equals("ERROR") {
            lastError = line.text
        }
    }

    private func keep(_ bytes: UnsafeMutableRawPointer, count: Int, for client: Int) throws(BenchError) {
        guard count <= Self.longestPartial else { throw .violation("client \(client) got a line without an end") }
        if count > clients[client].partialCapacity {
            clients[client].partial?.deallocate()
            let capacity = max(512, count * 2)
            clients[client].partial = .allocate(byteCount: capacity, alignment: 8)
            clients[client].partialCapacity = capacity
        }
        if count > 0, let partial = clients[client].partial { memcpy(partial, bytes, count) }
        clients[client].partialCount = count
    }
}
