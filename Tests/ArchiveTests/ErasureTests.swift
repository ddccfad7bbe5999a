import Archive
import Chat
import Foundation
import NIOCore
import ObjectStore
import StateStore
import Tenant
import TestSupport
import Testing

/// A tenant's end takes its archive along, and proves it.
@Suite struct ErasureTests {
    /// An archive of two days, one of which is closed, of a tenant that is being erased, beside another tenant's.
    private func with(
        _ driver: Driver = .sqlite,
        isAsked: Bool = true,
        _ body: (ArchiveRig, ArchiveErasure) async throws -> Void
    ) async throws {
        try await ArchiveRig.with(driver) { rig in
            let acme = try TenantID.acme
            for tenant in [acme, try TenantID.globex] {
                let lease = try await rig.lease(tenant)
                let archive = rig.archive(of: tenant)
                for day in [ArchiveRig.day, ArchiveRig.day.next] {
                    try await rig.store((1...5).map { ArchiveRig.said($0, of: tenant, day: day) })
                    _ = try await archive.seal(day, by: lease)
                }
                _ = try await archive.close(ArchiveRig.day, by: lease, now: ArchiveRig.day.end)
                try await rig.store.archives.release(lease)
            }
            if isAsked { try await rig.store.archives.askErasure(of: acme, for: "uid-1") }
            try await rig.store.tenants.upsert(
                StoredTenant(tenant: acme, namespace: "chat", uid: "uid-1", state: .erasing, updatedAt: 1)
            )
            let erasure = try await rig.store.archives.erasures().first
            if isAsked { try await body(rig, try #require(erasure)) } else { #expect(erasure == nil) }
        }
    }

    private func versions(_ rig: ArchiveRig, below prefix: String) async throws -> [String] {
        try await rig.bucket.listVersions(prefix, after: nil, limit: 1000).items.map(\.object.key.text)
    }

    @Test(arguments: Driver.allCases)
    func `a worker erases it, keys and all, and others keep theirs`(_ driver: Driver) async throws {
        try await self.with(driver) { rig, erasure in
            let before = try await self.versions(rig, below: "acme/")
            #expect(before.count == 4)
            try await rig.service().look()
            #expect(try await self.versions(rig, below: "acme/") == [])
            #expect(try await rig.store.archives.erasure(of: erasure.tenant) == .nothing)
            #expect(try await rig.store.archives.keys(of: erasure.tenant).allSatisfy { $0.wrapped == nil })
            #expect(try await rig.texts(of: try .globex).count == 10)
            let record = try #require(try await rig.store.archives.erasureRecords(named: erasure.tenant).first)
            #expect(record.objects == 4 && record.keys == 1 && record.locked == 0)
            #expect(record.uid == "uid-1" && record.namespace == "chat")
            // The bucket says so by itself.
            let checked = try await rig.archive(of: erasure.tenant, withDatabase: false).erasures()
            #expect(checked.count == 1)
            let certificate = try #require(checked.first?.certificate)
            #expect(checked.first?.problems == [])
            #expect(certificate.versions == 4 && certificate.keys.count == 1)
            #expect(certificate.lists.count >= 1)
            #expect(try await rig.archive(of: try .globex, withDatabase: false).erasures() == [])
        }
    }

    @Test func `what nobody asked for stays, and nothing new is archived of who is erased`() async throws {
        try await self.with(isAsked: false) { _, _ in }
        try await self.with { rig, erasure in
            #expect(try await rig.store.archives.lease(erasure.tenant, as: "another", for: 1000) == nil)
            try await rig.store.archives.askErasure(of: erasure.tenant, for: nil)
            try await rig.service().look()
            #expect(try await self.versions(rig, below: "acme/").count == 4)
        }
        // Asked for another object of the name.
        try await self.with { rig, erasure in
            try await rig.store.archives.askErasure(of: erasure.tenant, for: "uid-0")
            #expect(try await rig.store.archives.erasures() == [])
            #expect(try await rig.store.archives.lease(erasure, as: "one", for: 1000) == nil)
        }
    }

    @Test func `wherever it is cut off, another goes on, and everything that was there is named`() async throws {
        for moment in [FaultyStore.Moment.before, .after] {
            for failing in 1...5 {
                try await self.with { rig, erasure in
                    let before = Set(try await self.versions(rig, below: "acme/"))
                    for _ in 0..<failing { rig.bucket.failNext(moment, .unavailable("not this time")) }
                    for round in 0..<20 {
                        let holder = "worker \(round)"
                        guard let lease = try await rig.store.archives.lease(erasure, as: holder, for: 60_000) else {
                            break
                        }
                        _ = try? await rig.archive(of: erasure.tenant).erase(erasure, by: lease, now: 1)
                        try await rig.store.archives.release(lease)
                    }
                    #expect(try await self.versions(rig, below: "acme/") == [])
                    let checked = try await rig.archive(of: erasure.tenant, withDatabase: false).erasures()
                    let certificate = try #require(checked.first?.certificate)
                    #expect(checked.first?.problems == [])
                    #expect(certificate.versions == before.count, "\(moment) \(failing)")
                }
            }
        }
    }

    @Test func `two at a time do it once`() async throws {
        try await self.with { rig, erasure in
            let lease = try await rig.store.archives.lease(erasure, as: "one", for: 60_000)
            #expect(lease != nil)
            #expect(try await rig.store.archives.lease(erasure, as: "two", for: 60_000) == nil)
        }
    }

    @Test func `keys that the bucket keeps are said, and nothing claims to be erased`() async throws {
        try await self.with { rig, erasure in
            rig.bucket.lock { $0.text.contains("/keys/") }
            try await rig.service().look()
            let state = try await rig.store.archives.erasure(of: erasure.tenant)
            guard case .asked(let failure) = state else {
                Issue.record("\(state)")
                return
            }
            #expect(failure?.contains("wait until the lock ends") == true)
            #expect(try await rig.store.archives.erasureRecords() == [])
            #expect(try await rig.archive(of: erasure.tenant, withDatabase: false).erasures() == [])
        }
    }

    @Test func `segments that the bucket keeps are named, and nobody can read them`() async throws {
        try await self.with { rig, erasure in
            rig.bucket.lock { $0.text.contains("/segments/") }
            try await rig.service().look()
            let archive = rig.archive(of: erasure.tenant, withDatabase: false)
            let checked = try await archive.erasures()
            let certificate = try #require(checked.first?.certificate)
            #expect(checked.first?.problems == [])
            #expect(certificate.lockedVersions == 2 && certificate.locked.count == 2)
            #expect(certificate.versions == 2)
            let left = try #require(certificate.locked.first.flatMap { ObjectKey($0.key) })
            let name = try #require(archive.paths.segment(left))
            await #expect(throws: ArchiveError.self) { _ = try await archive.segment(name) }
        }
    }

    @Test func `a certificate that was changed, or a list, or what came back, is told`() async throws {
        try await self.with { rig, erasure in
            let manifest = try #require(try await self.versions(rig, below: "acme/manifests/").first)
            let key = try #require(ObjectKey(manifest))
            let bytes = try await rig.bucket.get(key, limit: 1 << 20)
            try await rig.service().look()
            let archive = rig.archive(of: erasure.tenant, withDatabase: false)
            _ = try await rig.bucket.put(key, bytes, PutOptions())
            #expect(try await archive.erasures().first?.problems == ["\(manifest) is still there"])
            _ = try await rig.bucket.delete([ObjectVersion(key)])
            let named = try #require(try await archive.erasures().first?.certificate?.lists.first?.object)
            let list = try #require(ObjectKey(named))
            _ = try await rig.bucket.put(list, ByteBuffer(string: "{}\n"), PutOptions())
            #expect(try await archive.erasures().first?.problems.first?.contains("not the one that was signed") == true)
            let place = try #require(try await archive.erasures().first?.object)
            let object = try #require(ObjectKey(place))
            let text = String(buffer: try await rig.bucket.get(object, limit: 1 << 20))
            let changed = text.replacing("\"versions\":4", with: "\"versions\":5")
            #expect(changed != text)
            _ = try await rig.bucket.put(object, ByteBuffer(string: changed), PutOptions())
            let found = try #require(try await archive.erasures().first)
            #expect(found.certificate == nil && found.problems.first?.contains("signature does not fit") == true)
        }
    }
}
