// A Kubernetes API server in this process, for tests: HTTP on 127.0.0.1, objects in memory, no cluster behind it.
//
// It does what kube-apiserver does about the resources that an operator of Roost touches; where the two were compared
// they give the same answers. What it does not do: rules in CEL (`x-kubernetes-validations` are not evaluated, so that
// what only such a rule refuses is taken here), strategic merge patches, admission webhooks, conversion webhooks,
// protobuf, tables, OpenAPI documents, and the log/exec/eviction subresources. RBAC holds for those whom a test lets in
// with a token of their own.

package import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import NIOPosix
package import NIOSSL
import Synchronization

/// A Kubernetes API server for tests.
///
/// Start it, hand its ``baseURL`` to what is to be tested, look into it, and shut it down.
package final class KubeAPIDouble: Sendable {
    private struct Listening {
        var task: Task<Void, Never>?
        var channels: [ObjectIdentifier: any Channel] = [:]
    }

    private let state: Mutex<APIServerState>
    private let listening = Mutex(Listening())
    private let port = Mutex(0)
    let requiredToken: String?
    private let tls: TLSConfiguration?

    private init(token: String?, tls: TLSConfiguration?, now: @escaping @Sendable () -> Date) {
        requiredToken = token
        self.tls = tls
        state = Mutex(APIServerState(now: now))
    }

    /// Starts a server on a free port of 127.0.0.1.
    ///
    /// It has the namespaces `default`, `kube-system` and those named here.
    ///
    /// - Parameters:
    ///   - crds: CustomResourceDefinitions, and other objects that are to be there, as YAML.
    ///   - groups: the groups to serve beside those of every cluster.
    ///   - namespaces: namespaces to have.
    ///   - token: what requests must bear; nil lets everybody in.
    ///   - tls: how to speak TLS, and whose certificates to ask for; nil speaks none.
    ///   - now: the time that objects are stamped with.
    /// - Returns: the server, listening.
    /// - Throws: `DoubleJSONError` for YAML that is none, `KubeStatus` for objects that are refused, or what keeps the
    ///   server from listening.
    package static func start(
        crds: [String] = [],
        groups: Set<OptionalAPIGroup> = [],
        namespaces: [String] = [],
        token: String? = nil,
        tls: TLSConfiguration? = nil,
        now: @escaping @Sendable () -> Date = { Date() }
    ) async throws -> KubeAPIDouble {
        let double = KubeAPIDouble(token: token, tls: tls, now: now)
        for namespace in ["default", "kube-system"] + namespaces {
            try double.put(["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(namespace)]])
        }
        for group in groups { double.serve(group) }
        for text in crds {
            for document in try DoubleJSON.documents(yaml: text) { try double.put(document) }
        }
        try await double.listen()
        return double
    }

    /// `http://127.0.0.1:PORT`, or `https:`, without a slash at the end.
    package var baseURL: String { "\(tls == nil ? "http" : "https")://127.0.0.1:\(port.withLock { $0 })" }

    /// Ends the server and every connection to it.
    package func shutdown() async {
        withState { state in
            for watcher in state.watchers.values.flatMap(\.values) { watcher.finish() }
            state.watchers = [:]
        }
        await answerLast()
        await stopListening()
    }

    /// Answers once more: whoever connected before is served by then.
    ///
    /// A connection that was accepted, and that nobody serves when the server ends, ends the whole process (`NIOAsyncChannel`).
    private func answerLast() async {
        guard tls == nil else { return }
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connectTimeout(.seconds(1))
        guard let channel = try? await bootstrap.connect(host: "127.0.0.1", port: port.withLock { $0 }).get() else {
            return
        }
        let request = "GET /version HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        channel.writeAndFlush(channel.allocator.buffer(string: request), promise: nil)
        let limit = channel.eventLoop.scheduleTask(in: .seconds(2)) { channel.close(promise: nil) }
        try? await channel.closeFuture.get()
        limit.cancel()
    }

    /// Refuses connections from now on, and breaks those that are open.
    package func refuseConnections() async { await stopListening() }

    /// Listens again on the same port after ``refuseConnections()``.
    ///
    /// - Throws: when the port was taken meanwhile.
    package func acceptConnections() async throws { try await listen() }

    private func listen() async throws {
        let (started, continuation) = AsyncThrowingStream<Int, any Error>.makeStream()
        var logger = Logger(label: "kube-api-double")
        logger.logLevel = .critical
        let application = Application(
            responder: APIResponder(double: self),
            server: try tls.map { try .tls(tlsConfiguration: $0) } ?? .http1(),
            configuration: ApplicationConfiguration(
                address: .hostname("127.0.0.1", port: port.withLock { $0 }),
                serverName: nil
            ),
            onServerRunning: { channel in
                continuation.yield(channel.localAddress?.port ?? 0)
            },
            logger: logger
        )
        let task = Task {
            do {
                try await application.run()
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
        listening.withLock { $0.task = task }
        for try await port in started {
            self.port.withLock { $0 = port }
            return
        }
        throw ChannelError.ioOnClosedChannel
    }

    private func stopListening() async {
        let (task, channels) = listening.withLock { listening in
            let stopped = listening
            listening = Listening()
            return (stopped.task, stopped.channels.values)
        }
        task?.cancel()
        for channel in channels { channel.close(promise: nil) }
        await task?.value
    }

    /// Remembers a connection, so that it can be broken.
    func note(_ channel: any Channel) {
        let id = ObjectIdentifier(channel)
        let isNew = listening.withLock { $0.channels.updateValue(channel, forKey: id) == nil }
        guard isNew else { return }
        channel.closeFuture.whenComplete { [weak self] _ in
            self?.listening.withLock { $0.channels[id] = nil }
        }
    }

    /// Works on the state alone.
    func withState<Result: Sendable>(_ body: (APIServerState) throws -> Result) rethrows -> Result {
        try state.withLock { try body($0) }
    }

    /// Carries a request out, with the faults that it meets.
    func carryOut(_ request: APIRequest, channel: any Channel) async throws -> APIAnswer {
        let call = request.call
        let effects = withState { state in
            state.calls.append(call)
            return state.takeFaults(for: call)
        }
        var lost: KubeStatus?
        for effect in effects {
            switch effect {
            case .refuse(let status): throw status
            case .refuseAfterwards(let status): lost = status
            case .delay(let duration):
                let (seconds, attoseconds) = duration.components
                let amount = TimeAmount.nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
                try await channel.eventLoop.scheduleTask(in: amount) {}.futureResult.get()
            case .hold(let gate): await gate.pass()
            case .disconnect:
                channel.close(promise: nil)
                throw ChannelError.ioOnClosedChannel
            }
        }
        let answer = try withState { state in
            if let authorizer = state.authorizer, !authorizer(call) {
                throw KubeStatus.forbidden(call, user: "system:serviceaccount:test")
            }
            try state.authorize(request)
            let answer = try state.answer(request)
            state.settle()
            return answer
        }
        if let lost { throw lost }
        return answer
    }
}
