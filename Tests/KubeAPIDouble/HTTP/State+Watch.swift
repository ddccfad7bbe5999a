// Opening a watch: what happened since the revision that the client knows, then what happens.
// https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes

extension APIServerState {
    /// Opens a watch.
    func watch(
        _ request: APIRequest,
        _ type: ResourceType,
        _ version: ResourceVersionInfo
    ) throws(KubeStatus) -> APIAnswer {
        let query = request.query
        let filter = try filter(request, type)
        let store = try store(type)
        let match = query["resourceVersionMatch"]
        let sendsInitial = query.flag("sendInitialEvents")
        if sendsInitial, match != "NotOlderThan" {
            throw Self.badListOptions("sendInitialEvents requires setting resourceVersionMatch to NotOlderThan")
        }
        if !sendsInitial, match != nil, query["sendInitialEvents"] == nil {
            throw Self.badListOptions(
                "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"
            )
        }
        var since: Int?
        if let text = query["resourceVersion"] {
            guard let revision = Int(text), revision >= 0 else { throw Self.badRevision(text) }
            since = revision
        }
        let (stream, continuation) = AsyncStream<WatchChunk>.makeStream()
        nextWatcher += 1
        let watcher = Watcher(
            id: nextWatcher,
            type: type,
            version: version.name,
            filter: filter,
            wantsBookmarks: query.flag("allowWatchBookmarks"),
            continuation: continuation
        )
        start(watcher, store, since: since ?? 0, sendsInitial: sendsInitial)
        return .watch(
            stream,
            id: watcher.id,
            resource: type.name,
            timeout: query["timeoutSeconds"].flatMap(Int.init)
        )
    }

    private func start(_ watcher: Watcher, _ store: ResourceStore, since: Int, sendsInitial: Bool) {
        if sendsInitial || since == 0 {
            for object in store.ordered(namespace: watcher.filter.namespace) where watcher.filter.matches(object) {
                watcher.send(.added, object)
            }
            if sendsInitial { watcher.sendBookmark(revision: revision, isInitialEnd: true) }
        } else {
            guard since >= store.compactedRevision else {
                watcher.fail(Self.tooOld(since, oldest: store.compactedRevision))
                return
            }
            for change in store.changes(after: since) { watcher.tell(change) }
        }
        watchers[watcher.type.name, default: [:]][watcher.id] = watcher
    }

    static func tooOld(_ wanted: Int, oldest: Int) -> KubeStatus {
        KubeStatus(
            code: 410,
            reason: "Expired",
            message: "too old resource version: \(wanted) (\(oldest))"
        )
    }

    /// Ends a watch whose time is over, with a bookmark if it wants them.
    func expire(watch id: Int, of resource: String) {
        guard let watcher = watchers[resource]?.removeValue(forKey: id) else { return }
        watcher.sendBookmark(revision: revision)
        watcher.finish()
    }

    /// Forgets a watch whose client is gone.
    func forget(watch id: Int, of resource: String) {
        watchers[resource]?.removeValue(forKey: id)?.finish()
    }
}
