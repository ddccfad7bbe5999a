// Doing what the plan says, one step an arm.

import KubeClient
import Observability
import StateStore
import Synchronization
import Tenant

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Nothing is done any more by this process.
private struct NotLeading: Error, CustomStringConvertible {
    var description: String { "another operator leads" }
}

extension TenantReconciler {
    /// A cell's stores, or why there are none now.
    private func stores(_ cell: String) throws -> CellStores {
        let runtime = self.context.cells.runtime(cell)
        guard let stores = runtime.stores else {
            throw CellStores.Problem(reason: "CellNotReady", message: "cell \(cell) is not connected")
        }
        return stores
    }

    func perform(_ step: TenantStep, on object: inout KubeObject, of parsed: Parsed<TenantResource>) async throws {
        let client = self.context.client
        let now = WallClock.system()
        guard let id = TenantID(object.name) else { return }
        // The stores refuse who leads no more, and objects do not.
        guard self.context.leadership.isHeld else { throw NotLeading() }
        switch step {
        case .addFinalizer: object = try await self.context.addFinalizer(.tenants, object)
        case .removeFinalizer: try await self.context.removeFinalizer(.tenants, object)
        case .claimName(let cell, let known):
            let stores = try self.stores(cell)
            let claimed = StoredTenant(id, .active, of: object, at: now)
            guard try await stores.durable.tenants.replace(known, with: claimed) else {
                throw TenantErasure.NoteChanged()
            }
            await stores.note(owner: object.uid, of: id)
            if known != nil { self.context.cells.runtime(cell).recount() }
        case .keep(let cell, let hostnames, let state):
            // The plan that it is served on, whatever it names now.
            try await self.stores(cell).keep(id, without: hostnames, state: state) { [context, key = object.key] in
                let granted = context.namespaces.tenantGrant(key)?.resource?.spec
                return context.directory.plan($0)?.resource.map { QuotaCeiling($0.spec, granted: granted) }
            }
        case .keepCertificate(let cell): try await self.stores(cell).keepCertificate(name: id.text)
        case .clear(let cell, let note):
            let stores = try self.stores(cell)
            try self.context.chores.begin(.erase(cell: cell), of: id, for: object.key) {
                try await TenantErasure.erase(note, in: stores, looksAgain: false)
            }
        case .project(let hosted, let cell):
            let stores = try self.stores(cell)
            var placed = hosted
            let noted = object.status["cell"].string == cell ? object.status["redis"].string : nil
            placed.redis = try await stores.place(id, noted: noted).call
            try await stores.project(ProjectedTenant(placed, uid: object.uid, generation: Int64(object.generation)))
            self.context.cells.runtime(cell).state.withLock { state in
                state.quotas[id] = hosted.quotas
                state.archives.settings[id] = hosted.archive
            }
        case .withdraw(let cell):
            await self.admins.forget(id)
            self.context.cells.runtime(cell).state.withLock { state in
                state.quotas[id] = nil
                state.archives.settings[id] = nil
            }
            _ = try await self.stores(cell).withdraw(id)
        case .putCertificate(let bundle, let cell): try await self.stores(cell).put(bundle, name: id.text)
        case .removeCertificate(let cell): try await self.stores(cell).removeCertificate(name: id.text)
        case .provisionAdmins(let hosted, let cell):
            self.admins.provision(hosted, uid: object.uid, in: try self.stores(cell))
        case .requestCertificate(let secret, let hostnames):
            try await self.requestCertificate(secret, hostnames, for: object)
        case .applyRoutes(let hostnames, let cell, let gateway):
            let namespace = self.context.settings.namespace
            let routes = TenantRoutes.objects(
                id,
                tlsRoutes: await self.context.apis.first(of: KubeResource.tlsRoutes),
                hostnames: hostnames,
                cell: cell,
                gateway: gateway,
                namespace: namespace
            )
            let isAccepted = object.condition("RoutesReady")?["status"].string == "True"
            // What the gateway has taken is applied again only if it is another.
            if isAccepted, self.applied.isApplied(routes.map(\.1), for: "routes \(id)") { return }
            for (resource, route) in routes where await self.context.apis.has(resource) {
                _ = try await client.apply(resource, route, manager: OperatorNames.manager)
            }
            try await self.removeRoutes(of: id, keeping: routes)
            self.applied.applied(routes.map(\.1), for: "routes \(id)")
        case .removeRoutes:
            // Only a tenant that may have had some; one that goes is asked for in any case.
            guard
                object.deletionTimestamp != nil
                    || object.condition("RoutesReady").map({ $0["reason"].string != "ServiceOnly" }) == true
            else { return }
            self.applied.applied([], for: "routes \(id)")
            try await self.removeRoutes(of: id, keeping: [])
        case .move(let from, let to, let isBegun):
            let (source, target) = (try self.stores(from), try self.stores(to))
            let (chores, key) = (self.context.chores, object.key)
            try chores.begin(.move(from: from, to: to), of: id, for: key, isBegun: isBegun) { [object, self] in
                try await self.requireArchive(of: id, from: from, source, to: to)
                try await TenantMover.move(id, of: object, from: source, to: target) {
                    await chores.goesOffline(key)
                } takeOff: {
                    try await self.depart(id, from: source, to: to, hasArrived: false)
                }
            }
        case .depart(let from, let to, let hasArrived):
            try await self.depart(id, from: try self.stores(from), to: to, hasArrived: hasArrived)
        case .giveUp(let cell):
            await self.admins.forget(id)
            let note = "cell \(cell) is said to be lost: nothing is kept or erased there"
            self.context.announce("StoresLost", note, of: object)
        case .leave(let cell):
            let stores = try self.stores(cell)
            guard let known = try await stores.durable.tenants.find(id), known.isNote(of: object, .leaving) else {
                return
            }
            // Of the same time as the copy that it was left for.
            let left = known.noting(.moved, until: now + TenantMover.keepsCopy, at: known.updatedAt)
            guard try await stores.durable.tenants.replace(known, with: left) else { throw TenantErasure.NoteChanged() }
            self.context.cells.runtime(cell).recount()
        case .retain(let cell, let days):
            let until = now + Int64(days) * 86_400_000
            let stores = try self.stores(cell)
            let known = try await stores.durable.tenants.find(id)
            let kept = StoredTenant(id, .retained, until: until, of: object, at: now)
            guard known?.uid ?? object.uid == object.uid, try await stores.durable.tenants.replace(known, with: kept)
            else { throw TenantErasure.NoteChanged() }
            self.context.cells.runtime(cell).recount()
            let date = KubeTime.text(Date(timeIntervalSince1970: Double(until) / 1000))
            self.context.announce("Retained", "its data is kept until \(date) and erased then", of: object)
        case .erase(let cell):
            let stores = try self.stores(cell)
            try self.context.chores.begin(.erase(cell: cell), of: id, for: object.key) { [context, object] in
                try await TenantErasure.erase(id, of: object, in: stores)
                let record = try await stores.durable.archives.erasureRecords(named: id).first { $0.uid == object.uid }
                let proof = record.map { "; the certificate of its archive's end is \($0.object) in the bucket" } ?? ""
                context.announce("Erased", "everything of it was erased from cell \(cell)\(proof)", of: object)
            }
        }
    }

    /// Makes sure that a tenant finds its archive where it moves to: before anybody is taken off.
    private func requireArchive(of id: TenantID, from: String, _ source: CellStores, to: String) async throws {
        let archives = [from, to].map { self.context.cells.runtime($0).state.withLock { $0.spec?.archive } }
        guard let here = archives[0], archives[1].map({ !here.isSamePlace(as: $0) }) ?? true,
            try await source.durable.archives.hasAnything(of: id)
        else { return }
        throw TenantMover.Obstacle(
            description:
                "its archive lies where cell \(from) has it, and cell \(to) has another place or other keys, or none: "
                + "write the same place and keysSecretRef in spec.archive of both"
        )
    }

    /// Deletes those of a tenant's routes that are not asked for.
    private func removeRoutes(of id: TenantID, keeping wanted: [(KubeResource, KubeObject)]) async throws {
        let kept = wanted.map { [$0.plural, $1.name] }
        for (resource, route) in try await self.foundRoutes(of: id) where !kept.contains([resource.plural, route.name])
        {
            try await self.context.client.delete(resource, route.name, in: route.namespace, uid: route.uid)
        }
    }

    /// Has a tenant served no more where it was, and those who come there told where it is.
    private func depart(
        _ id: TenantID,
        from source: CellStores,
        to cell: String,
        hasArrived: Bool
    ) async throws(LiveStoreError) {
        await self.admins.forget(id)
        guard let hosted = try await source.served(id)?.hosted else { return }
        let (name, host) = (hosted.displayName, hosted.serverName)
        guard hasArrived else {
            let text = "\(name) moves to another server, connect again in some minutes"
            return try await source.depart(id, saying: text, until: nil)
        }
        let places = self.context.addresses(of: cell)
        let place = places.isEmpty ? "another server" : places.joined(separator: " and ")
        try await source.depart(
            id,
            saying: "\(name) has moved to \(place): \(host) leads there soon, connect again in some minutes",
            until: self.context.settings.now() + TenantMover.keepsCopy
        )
    }
}
