// Deleting: finalizers hold an object, a node's pod goes slowly, a namespace takes all it holds with it, and what is
// owned by what is gone goes too.
// https://kubernetes.io/docs/concepts/architecture/garbage-collection/

import Foundation

/// The options of a deletion.
struct DeletionOptions: Sendable {
    var uid: String?
    var resourceVersion: String?
    var gracePeriod: Int?
    /// `Background`, `Foreground` or `Orphan`; nil is the first of these.
    var propagation: String?
    var isDryRun = false
}

/// What came of a deletion.
struct DeletionResult: Sendable {
    let object: StoredObject
    /// Whether the object is gone, rather than marked.
    let isGone: Bool
}

extension APIServerState {
    /// Deletes an object, or marks it for those who hold it.
    ///
    /// - Throws: 404, or 409 where a precondition fails.
    func delete(
        _ type: ResourceType,
        namespace: String?,
        name: String,
        _ options: DeletionOptions
    ) throws(KubeStatus) -> DeletionResult {
        let current = try object(type, namespace: namespace, name: name)
        try check(options, current, type)
        if options.isDryRun { return DeletionResult(object: current, isGone: current.finalizers.isEmpty) }
        if type.rules == .namespace { return deleteNamespace(current, type) }
        var finalizers = current.finalizers
        if collectsGarbage, let special = options.propagation.flatMap({ Self.specialFinalizers[$0] }),
            !finalizers.contains(special)
        {
            finalizers.append(special)
            if current.isTerminating {
                var value = current.object
                value[at: "metadata.finalizers"] = .array(finalizers.map(DoubleJSON.string))
                let marked = replace(current, with: value, type)
                finishSpecialFinalizers(type, marked)
                return DeletionResult(object: marked, isGone: false)
            }
        }
        let grace = gracePeriod(of: current, type, options)
        if finalizers.isEmpty, grace == 0 {
            let last = type.rules == .pod ? marked(current, finalizers: [], grace: 0) : current
            return DeletionResult(object: remove(type, last), isGone: true)
        }
        if current.isTerminating, grace == 0 || type.rules != .pod {
            // A second request changes nothing but a pod's grace.
            let unheld = finalizers.isEmpty && type.rules == .pod
            return unheld
                ? DeletionResult(object: remove(type, current), isGone: true)
                : DeletionResult(object: current, isGone: false)
        }
        let marked = replace(current, with: marked(current, finalizers: finalizers, grace: grace).object, type)
        finishSpecialFinalizers(type, marked)
        if type.rules == .pod, finalizers.isEmpty, podTermination == .atOnce {
            return DeletionResult(object: remove(type, marked), isGone: false)
        }
        return DeletionResult(object: marked, isGone: false)
    }

    private func check(
        _ options: DeletionOptions,
        _ current: StoredObject,
        _ type: ResourceType
    ) throws(KubeStatus) {
        if let uid = options.uid, uid != current.uid {
            throw .failedPrecondition(
                type,
                current.name,
                "the UID in the precondition (\(uid)) does not match the UID in record (\(current.uid)). The object "
                    + "might have been deleted and then recreated"
            )
        }
        if let revision = options.resourceVersion, revision != String(current.revision) {
            throw .failedPrecondition(
                type,
                current.name,
                "the ResourceVersion in the precondition (\(revision)) does not match the ResourceVersion in record "
                    + "(\(current.revision)). The object might have been modified"
            )
        }
    }

    /// How many seconds a pod on a node has to end; nothing else takes time.
    private func gracePeriod(of object: StoredObject, _ type: ResourceType, _ options: DeletionOptions) -> Int {
        guard type.rules == .pod, object.object[at: "spec.nodeName"]?.string?.isEmpty == false else { return 0 }
        if ["Succeeded", "Failed"].contains(object.object[at: "status.phase"]?.string) { return 0 }
        return options.gracePeriod ?? object.object[at: "spec.terminationGracePeriodSeconds"]?.int ?? 30
    }

    /// The object with its deletion's time.
    private func marked(_ current: StoredObject, finalizers: [String], grace: Int) -> StoredObject {
        var object = current.object
        var metadata = object["metadata"]?.object ?? [:]
        metadata["deletionTimestamp"] = .string(Self.text(of: now().addingTimeInterval(Double(grace))))
        metadata["deletionGracePeriodSeconds"] = .int(grace)
        if !finalizers.isEmpty { metadata["finalizers"] = .array(finalizers.map(DoubleJSON.string)) }
        if !current.isTerminating, let generation = metadata["generation"]?.int {
            metadata["generation"] = .int(generation + 1)
        }
        object["metadata"] = .object(metadata)
        return StoredObject(
            object: object,
            managed: current.managed,
            revision: current.revision,
            sequence: current.sequence
        )
    }

    /// Writes an object as the server itself does: without owner, without checks.
    @discardableResult
    func replace(_ current: StoredObject, with object: DoubleJSON, _ type: ResourceType) -> StoredObject {
        let stored = StoredObject(
            object: object,
            managed: current.managed,
            revision: nextRevision(),
            sequence: current.sequence
        )
        commit(.modified, type, stored, previous: current)
        return stored
    }

    /// Takes an object out of the store.
    ///
    /// - Returns: its last state, at the deletion's revision.
    @discardableResult
    func remove(_ type: ResourceType, _ object: StoredObject) -> StoredObject {
        guard let current = stores[type.name]?.objects[object.key] else { return object }
        let last = object.at(revision: nextRevision())
        commit(.deleted, type, last, previous: current)
        return last
    }

    // MARK: Owners

    /// What the server puts on an object so that the garbage collector sees to those that it owns, by propagation policy.
    private static let specialFinalizers = ["Foreground": "foregroundDeletion", "Orphan": "orphan"]

    /// Deletes what the gone object owned, unless something else owns it too.
    func collectGarbage(ownedBy uid: String) {
        guard collectsGarbage, let owned = dependents.removeValue(forKey: uid) else { return }
        for reference in owned.sorted(by: { $0.key < $1.key }) { collect(reference) }
    }

    /// Looks at one object as the garbage collector does: it stays for one owner that stays, and loses the others.
    ///
    /// Whether it blocks its owner's deletion does not matter for that, only for how long the owner waits.
    private func collect(_ reference: ObjectReference) {
        guard let type = types[reference.type], let object = stores[reference.type]?.objects[reference.key] else {
            return
        }
        let owners = object.ownerUIDs
        let staying = owners.filter { uids[$0] != nil && !isWaitingForDependents($0) }
        if !staying.isEmpty {
            return disown(object, type, owners: Set(owners).subtracting(staying))
        }
        let isSlow = owners.contains(where: isWaitingForDependents) && dependents[object.uid]?.isEmpty == false
        let options = DeletionOptions(propagation: isSlow ? "Foreground" : nil)
        _ = try? delete(type, namespace: object.namespace, name: object.name, options)
    }

    private func disown(_ object: StoredObject, _ type: ResourceType, owners uids: Set<String>) {
        guard !uids.isEmpty else { return }
        var value = object.object
        let rest = (value[at: "metadata.ownerReferences"]?.array ?? []).filter { reference in
            reference["uid"]?.string.map { !uids.contains($0) } ?? true
        }
        value[at: "metadata.ownerReferences"] = rest.isEmpty ? nil : .array(rest)
        replace(object, with: value, type)
    }

    private func stored(_ uid: String) -> (ResourceType, StoredObject)? {
        guard let reference = uids[uid], let type = types[reference.type],
            let object = stores[reference.type]?.objects[reference.key]
        else { return nil }
        return (type, object)
    }

    /// Whether an owner is being deleted and goes after those of its dependents that block it.
    private func isWaitingForDependents(_ uid: String) -> Bool {
        guard let (_, owner) = stored(uid) else { return false }
        return owner.isTerminating && owner.finalizers.contains("foregroundDeletion")
    }

    /// Does what the garbage collector does for an owner that waits for its dependents, or lets go of them.
    private func finishSpecialFinalizers(_ type: ResourceType, _ owner: StoredObject) {
        let owned = (dependents[owner.uid] ?? []).sorted { $0.key < $1.key }
        if owner.finalizers.contains("orphan") {
            for reference in owned {
                guard let type = types[reference.type], let object = stores[reference.type]?.objects[reference.key]
                else {
                    continue
                }
                disown(object, type, owners: [owner.uid])
            }
            release(owner.uid, from: "orphan")
        } else if owner.finalizers.contains("foregroundDeletion") {
            for reference in owned { collect(reference) }
            releaseIfUnblocked(owner.uid)
        }
    }

    /// Lets an owner go that waits for its dependents, once none is left that blocks it.
    func releaseIfUnblocked(_ uid: String) {
        guard isWaitingForDependents(uid) else { return }
        let isBlocked = (dependents[uid] ?? []).contains { reference in
            (stores[reference.type]?.objects[reference.key]?.metadata["ownerReferences"]?.array ?? []).contains {
                $0["uid"]?.string == uid && $0["blockOwnerDeletion"] == true
            }
        }
        if !isBlocked { release(uid, from: "foregroundDeletion") }
    }

    private func release(_ uid: String, from finalizer: String) {
        guard let (type, owner) = stored(uid) else { return }
        var value = owner.object
        let rest = owner.finalizers.filter { $0 != finalizer }
        value[at: "metadata.finalizers"] = rest.isEmpty ? nil : .array(rest.map(DoubleJSON.string))
        let released = replace(owner, with: value, type)
        if rest.isEmpty, released.isTerminating { remove(type, released) }
    }

    // MARK: Namespaces

    private func deleteNamespace(_ current: StoredObject, _ type: ResourceType) -> DeletionResult {
        guard !current.isTerminating else { return DeletionResult(object: current, isGone: false) }
        var object = current.object
        object[at: "metadata.deletionTimestamp"] = .string(timestamp)
        object["status"] = ["phase": "Terminating"]
        let marked = replace(current, with: object, type)
        for (name, store) in stores.sorted(by: { $0.key < $1.key }) {
            guard let type = types[name], type.isNamespaced else { continue }
            for object in store.ordered(namespace: current.name) {
                _ = try? delete(type, namespace: object.namespace, name: object.name, DeletionOptions())
            }
        }
        finishNamespace(named: current.name)
        return DeletionResult(object: marked, isGone: false)
    }

    /// A namespace that is to go does so with the last object in it.
    func finishNamespace(of object: StoredObject) {
        if let namespace = object.namespace { finishNamespace(named: namespace) }
    }

    private func finishNamespace(named name: String) {
        guard let type = types["namespaces"], let space = stores["namespaces"]?.objects[name], space.isTerminating
        else { return }
        let isEmpty = stores.allSatisfy { key, store in
            !(types[key]?.isNamespaced ?? false) || store.ordered(namespace: name).isEmpty
        }
        guard isEmpty else { return }
        var object = space.object
        object["spec"] = .object([:])
        remove(type, StoredObject(object: object, managed: space.managed, revision: 0, sequence: space.sequence))
    }
}
