// Watching: what changes in a collection, as a stream of lines of JSON.

import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// What a watch tells.
package enum WatchEvent: Sendable, Hashable {
    /// An object came, or came into the selection.
    case added(KubeObject)
    /// An object changed.
    case modified(KubeObject)
    /// An object went, or went out of the selection; as it was last.
    case deleted(KubeObject)
    /// Nothing happened up to this revision.
    case bookmark(resourceVersion: String)
}

extension KubeClient {
    /// The longest line of a watch that is read: an object with room to spare.
    private static let lineBytes = 16 << 20

    /// Hears what changes in a collection after a revision, until the server ends the watch.
    ///
    /// - Parameters:
    ///   - resource: What to watch.
    ///   - namespace: Where; `nil` everywhere.
    ///   - options: Which objects.
    ///   - resourceVersion: What is known already.
    ///   - timeout: After how long the server ends the watch.
    ///   - receive: Gets the events one by one, and says whether to go on.
    /// - Throws: ``KubeError``, of which ``KubeError/isGone`` says that the revision is too old: list again.
    package func watch(
        _ resource: KubeResource,
        in namespace: String? = nil,
        _ options: ListOptions = ListOptions(),
        from resourceVersion: String,
        timeout: Duration,
        receive: (WatchEvent) async -> Bool
    ) async throws(KubeError) {
        let query =
            options.query + [
                ("watch", "1"), ("allowWatchBookmarks", "true"), ("resourceVersion", resourceVersion),
                ("timeoutSeconds", String(timeout.components.seconds)),
            ]
        let path = resource.path(namespace: namespace)
        let credential = try await self.credentials.current()
        let request = try self.request(.GET, path, query, nil, "", credential)
        do {
            // The server ends it in time; one that forgets falls silent or is cut by the next answer that does not come.
            let response = try await self.http.execute(
                request,
                deadline: .now() + TimeAmount(timeout) + .seconds(30)
            )
            self.observe("watch", resource, Int(response.status.code))
            guard response.status == .ok else {
                var bytes = try await response.body.collect(upTo: 1 << 20)
                if response.status == .unauthorized { await self.credentials.refused(credential) }
                throw Self.refusal(try? JSON(parsing: bytes.readableBytesView), response, &bytes)
            }
            try await Self.read(response.body, receive)
        } catch { throw Self.failure(error) }
    }

    private static func read(_ body: HTTPClientResponse.Body, _ receive: (WatchEvent) async -> Bool) async throws {
        var pending = ByteBuffer()
        var searched = 0
        for try await var chunk in body {
            pending.writeBuffer(&chunk)
            while let end = pending.readableBytesView.dropFirst(searched).firstIndex(of: UInt8(ascii: "\n")) {
                let line = pending.readSlice(length: end - pending.readerIndex)
                pending.moveReaderIndex(forwardBy: 1)
                searched = 0
                guard let line, line.readableBytes > 0 else { continue }
                if let event = try Self.event(line), await !receive(event) { return }
            }
            pending.discardReadBytes()
            searched = pending.readableBytes
            guard searched <= Self.lineBytes else { throw KubeError.invalidAnswer("a watch event of over 16 MiB") }
        }
    }

    private static func event(_ line: ByteBuffer) throws(KubeError) -> WatchEvent? {
        guard let json = try? JSON(parsing: line.readableBytesView) else {
            throw .invalidAnswer("a watch event that is no JSON")
        }
        let object = json["object"]
        switch json["type"].string {
        case "ADDED": return .added(KubeObject(object))
        case "MODIFIED": return .modified(KubeObject(object))
        case "DELETED": return .deleted(KubeObject(object))
        case "BOOKMARK": return .bookmark(resourceVersion: KubeObject(object).resourceVersion)
        case "ERROR": throw .status(KubeStatus(object, code: object["code"].int ?? 500, retryAfter: nil, body: ""))
        default: return nil
        }
    }
}
