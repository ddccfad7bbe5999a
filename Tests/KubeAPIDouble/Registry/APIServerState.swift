// Everything the server knows. One lock is around it, so each request sees and leaves a whole state, and watches are
// told of changes in the order in which they happened.

import Foundation

/// The server's state; guarded by the lock of ``KubeAPIDouble``.
final class APIServerState {
    /// The kinds by `plural.group`.
    private(set) var types: [String: ResourceType] = [:]
    private(set) var stores: [String: ResourceStore] = [:]
    /// The one counter of revisions.
    private(set) var revision = 1
    var sequence = 0
    /// Open watches by kind.
    var watchers: [String: [Int: Watcher]] = [:]
    var nextWatcher = 0
    /// The objects that name an owner, by the owner's uid.
    var dependents: [String: Set<ObjectReference>] = [:]
    var uids: [String: ObjectReference] = [:]
    var calls: [KubeAPICall] = []
    var faults: [ArmedFault] = []
    var nextFault = 0
    /// Who bears which token.
    var users: [String: KubeAPIUser] = [:]
    var authorizer: (@Sendable (KubeAPICall) -> Bool)?
    var collectsGarbage = true
    var podTermination = PodTermination.atOnce
    var deploymentController: DeploymentControllerMode?
    /// Deployments that the controller has to look at, by key.
    var dirtyDeployments: Set<String> = []
    var isSettling = false
    /// By a Deployment's uid and the hash of a template: what its pods are to be ready for, in seconds.
    var minReadySeconds: [String: [String: Int]] = [:]
    let now: @Sendable () -> Date

    /// Where an object stands.
    struct ObjectReference: Hashable {
        let type: String
        let key: String
    }

    init(now: @escaping @Sendable () -> Date) {
        self.now = now
        for type in BuiltInResources.all { register(type) }
    }

    /// Serves a kind; one that is served already is served anew.
    func register(_ type: ResourceType) {
        types[type.name] = type
        if stores[type.name] == nil {
            let store = ResourceStore()
            // There is no history from before a kind was served.
            store.compact(through: revision)
            stores[type.name] = store
        }
    }

    /// Stops serving a kind; its watches end.
    func unregister(_ type: ResourceType) {
        types[type.name] = nil
        stores[type.name] = nil
        for watcher in (watchers[type.name] ?? [:]).values { watcher.finish() }
        watchers[type.name] = nil
    }

    func store(_ type: ResourceType) throws(KubeStatus) -> ResourceStore {
        guard let store = stores[type.name] else { throw .noSuchResource }
        return store
    }

    /// The object of that name.
    ///
    /// - Throws: 404.
    func object(_ type: ResourceType, namespace: String?, name: String) throws(KubeStatus) -> StoredObject {
        let key = ResourceStore.key(namespace: namespace, name: name)
        guard let object = try store(type).objects[key] else { throw .notFound(type, name) }
        return object
    }

    func nextRevision() -> Int {
        revision += 1
        return revision
    }

    /// The time as objects carry it.
    var timestamp: String { Self.text(of: now()) }

    static func text(of date: Date) -> String {
        date.formatted(.iso8601)
    }

    /// Stores a change, tells the watches, and notes what follows from it.
    func commit(_ kind: ChangeKind, _ type: ResourceType, _ object: StoredObject, previous: StoredObject?) {
        let change = Change(kind: kind, object: object, previous: previous)
        stores[type.name]?.commit(change)
        index(type, object, isGone: kind == .deleted, previous: previous)
        for watcher in (watchers[type.name] ?? [:]).values { watcher.tell(change) }
        noteForController(type, object)
        if type.rules == .customResourceDefinition { serve(definition: object.object, isGone: kind == .deleted) }
        if kind == .deleted {
            collectGarbage(ownedBy: object.uid)
            finishNamespace(of: object)
        }
        for owner in Set(object.ownerUIDs + (previous?.ownerUIDs ?? [])) { releaseIfUnblocked(owner) }
    }

    private func index(_ type: ResourceType, _ object: StoredObject, isGone: Bool, previous: StoredObject?) {
        let reference = ObjectReference(type: type.name, key: object.key)
        uids[object.uid] = isGone ? nil : reference
        let owners = isGone ? [] : object.ownerUIDs
        for uid in previous?.ownerUIDs ?? [] where !owners.contains(uid) {
            dependents[uid]?.remove(reference)
        }
        for uid in owners { dependents[uid, default: []].insert(reference) }
    }

    /// Serves what a CustomResourceDefinition defines, at once.
    private func serve(definition: DoubleJSON, isGone: Bool) {
        guard let type = ResourceType(definition: definition) else { return }
        if isGone {
            unregister(type)
            return
        }
        register(type)
        // What is stored is read through the new schema from now on.
        guard let store = stores[type.name] else { return }
        for object in store.objects.values {
            var value = object.object
            admit(&value, type, version: type.versions[0])
            if value != object.object {
                let reread = StoredObject(
                    object: value,
                    managed: object.managed,
                    revision: object.revision,
                    sequence: object.sequence
                )
                store.reread(reread)
            }
        }
    }

    /// Drops what the schema does not know and fills in its defaults.
    ///
    /// - Returns: the paths of the unknown fields.
    @discardableResult
    func admit(_ value: inout DoubleJSON, _ type: ResourceType, version: ResourceVersionInfo) -> [String] {
        var unknown: [String] = []
        version.schema.prune(&value, unknown: &unknown)
        if !type.isCustom { SchemaNode.dropNulls(&value) }
        version.schema.fillDefaults(&value)
        return unknown
    }
}

/// What happens to a pod on a node that is deleted.
package enum PodTermination: Sendable {
    /// It is gone at once, as if its processes had ended.
    case atOnce
    /// It stays, with its deletion's time set, until the test ends it.
    case held
}
