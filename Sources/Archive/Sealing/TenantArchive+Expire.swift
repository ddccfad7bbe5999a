// What is too old is destroyed by the manifests that list it, and another manifest says so: what is missing from then on is missing
// rightly, and who verifies can tell.

import ObjectStore
package import StateStore
import Tenant

extension TenantArchive {
    /// Destroys the segments of all days before one.
    ///
    /// They are deleted with all versions, it is seen that none is left, and then the manifest of it is put. Whoever is killed on the way
    /// leaves something to delete again.
    ///
    /// - Parameters:
    ///   - day: The first day that is kept.
    ///   - reason: Why, for the manifest.
    ///   - lease: Under which.
    ///   - now: What the manifest says of when it was made, in milliseconds since 1970.
    ///   - mayGoOn: Asked before each day: a hold may have come.
    /// - Returns: How many segments were destroyed.
    /// - Throws: ``ArchiveError``; ``ObjectStoreError/locked(_:)`` where the bucket keeps what is to go.
    package func expire(
        before day: ArchiveDay,
        because reason: String,
        by lease: ArchiveLease,
        now: Int64,
        while mayGoOn: () -> Bool = { true }
    ) async throws(ArchiveError) -> Int {
        guard let repository, day.number > 0 else { return 0 }
        // One that others put while this one was away counts.
        while try await self.adoptManifest(by: lease) {}
        let days = 0...(day.number - 1)
        let listed = try await ArchiveError.noting { () throws(DurableStoreError) in
            try await repository.segments(of: self.tenant, days: days, .sealed)
        }.filter { $0.manifest != nil }
        let byDay = Dictionary(grouping: listed, by: \.day).sorted { $0.key < $1.key }
        var destroyed = 0
        for (number, segments) in byDay {
            let isHeld = try await ArchiveError.noting { () throws(DurableStoreError) in
                try await repository.isHeld(lease)
            }
            guard isHeld else { throw .leaseLost }
            guard mayGoOn() else { return destroyed }
            try await self.destroy(segments, of: ArchiveDay(number: number), because: reason, by: lease, now: now)
            destroyed += segments.count
        }
        return destroyed
    }

    private func destroy(
        _ segments: [ArchiveSegment],
        of day: ArchiveDay,
        because reason: String,
        by lease: ArchiveLease,
        now: Int64
    ) async throws(ArchiveError) {
        guard let repository else { return }
        let entries = try await self.entries(of: segments)
        // With all that somebody may have put there late: the whole day is over.
        try await self.deleteAll(below: "\(self.paths.segments)\(day.path)/")
        for entry in entries { try await self.requireAbsence(entry.object) }
        let end = try await ArchiveError.noting { () throws(DurableStoreError) in
            try await repository.chainEnd(of: self.tenant)
        }
        let key = try await self.currentKey(lease)
        let manifest = Manifest(deletion: entries, of: day, self.tenant, after: end, because: reason, now: now, key)
        let signed = try SignedManifest(manifest, self.cellKeys)
        try await self.put(signed)
        try await self.note(signed, by: lease)
    }

    /// What the manifests say of segments.
    private func entries(of segments: [ArchiveSegment]) async throws(ArchiveError) -> [Manifest.Segment] {
        var entries: [Manifest.Segment] = []
        for sequence in Set(segments.compactMap(\.manifest)).sorted() {
            guard let manifest = try await self.manifest(sequence)?.manifest else {
                throw .damaged("the manifest \(self.tenant)/\(sequence) is missing")
            }
            let numbers = Set(segments.filter { $0.manifest == sequence }.map(\.number))
            entries += manifest.segments.filter { numbers.contains($0.number) }
        }
        guard entries.count == segments.count else {
            throw .damaged("the manifests of \(self.tenant) do not list all that is to be destroyed")
        }
        return entries
    }

    /// Sees that nothing of an object is left, no version and no marker.
    private func requireAbsence(_ text: String) async throws(ArchiveError) {
        let versions = try await ArchiveError.storing { () throws(ObjectStoreError) in
            try await self.objects.listVersions(text, after: nil, limit: 1000)
        }
        if let left = versions.items.first(where: { $0.object.key.text == text }) {
            throw .store(.unavailable("\(left.object.key) is still there after it was deleted"))
        }
    }
}
