// getaddrinfo(3) blocks for as long as a name server lets it, and nothing ends it. So it runs on a thread that nobody waits
// for longer than he likes, and that may end when it wants.

import Foundation
import Synchronization

/// Looks names up.
///
/// However many ask, one name is looked up by one thread at a time: a name server that never answers costs one thread a
/// name.
package final class HostResolver: Sendable {
    /// Why a name has no addresses.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String

        package init(_ description: String) { self.description = description }
    }

    private let lookUp: @Sendable (String) throws(Failure) -> [String]
    private let searches = Mutex<[String: Search]>([:])

    /// - Parameter lookUp: Finds the addresses of a name, in the order in which they are to be tried. It may block.
    package init(lookUp: @escaping @Sendable (String) throws(Failure) -> [String] = HostResolver.system) {
        self.lookUp = lookUp
    }

    /// Waits for the addresses of a name.
    ///
    /// - Throws: ``DurableStoreError/unavailable(reason:)`` if there are none, or none before the limit; the reason if
    ///   the call was ended meanwhile.
    func addresses(
        of name: String,
        for call: PostgresCall,
        until limit: ContinuousClock.Instant
    ) throws(DurableStoreError) -> [String] {
        if Self.isAddress(name) { return [name] }
        let search = self.search(for: name)
        search.add(call)
        defer { search.remove(call) }
        switch try call.wait(until: limit, for: { search.result }) {
        case .success(let addresses): return addresses
        case .failure(let failure):
            throw .unavailable(reason: "the name \(name) cannot be looked up: \(failure)")
        case nil: throw .unavailable(reason: "looking the name \(name) up takes too long")
        }
    }

    private func search(for name: String) -> Search {
        let (search, isNew) = self.searches.withLock { searches in
            if let search = searches[name] { return (search, false) }
            let search = Search()
            searches[name] = search
            return (search, true)
        }
        guard isNew else { return search }
        Thread.detachNewThread {
            let result = Result { () throws(Failure) in try self.lookUp(name) }
            _ = self.searches.withLock { $0.removeValue(forKey: name) }
            search.end(result)
        }
        return search
    }

    /// A name that is being looked up, and who waits for it.
    private final class Search: Sendable {
        private let state = Mutex<(result: Result<[String], Failure>?, waiting: [PostgresCall])>((nil, []))

        var result: Result<[String], Failure>? { self.state.withLock(\.result) }

        func add(_ call: PostgresCall) { self.state.withLock { $0.waiting.append(call) } }

        func remove(_ call: PostgresCall) { self.state.withLock { $0.waiting.removeAll { $0 === call } } }

        func end(_ result: Result<[String], Failure>) {
            let waiting = self.state.withLock { state in
                state.result = result
                return state.waiting
            }
            for call in waiting { call.tell() }
        }
    }
}

extension HostResolver {
    /// Asks the system.
    package static func system(_ name: String) throws(Failure) -> [String] {
        try Self.numericAddresses(of: name, flags: 0)
    }

    /// Whether it is an address already: for that nobody is asked.
    private static func isAddress(_ name: String) -> Bool {
        (try? Self.numericAddresses(of: name, flags: AI_NUMERICHOST)) != nil
    }

    private static func numericAddresses(of name: String, flags: Int32) throws(Failure) -> [String] {
        var hints = addrinfo()
        hints.ai_flags = flags
        #if canImport(Darwin)
        hints.ai_socktype = SOCK_STREAM
        #else
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #endif
        var first: UnsafeMutablePointer<addrinfo>?
        let error = getaddrinfo(name, nil, &hints, &first)
        guard error == 0 else { throw Failure(String(cString: gai_strerror(error))) }
        defer { freeaddrinfo(first) }
        var addresses: [String] = []
        var next = first
        while let entry = next {
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let (address, length) = (entry.pointee.ai_addr, entry.pointee.ai_addrlen)
            if getnameinfo(address, length, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0 {
                let address = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
                if !addresses.contains(address) { addresses.append(address) }
            }
            next = entry.pointee.ai_next
        }
        return addresses
    }
}
