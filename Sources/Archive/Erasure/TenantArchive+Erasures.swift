// Whether what certificates say is so, from the bucket and the cell's keys alone.

import Crypto
import NIOCore
import ObjectStore
import Tenant

/// A certificate, and what is wrong with what it says.
package struct CheckedErasure: Hashable, Sendable {
    package let object: String
    /// nil if it cannot be read.
    package let certificate: ErasureCertificate?
    package let problems: [String]
}

extension TenantArchive {
    /// The certificates of everybody who had the tenant's name, each with its signature, its lists and what is left of what they name.
    ///
    /// - Throws: ``ArchiveError/store(_:)`` if the store does not answer, and nothing can be said then.
    package func erasures() async throws(ArchiveError) -> [CheckedErasure] {
        var objects: [ObjectKey] = []
        try await self.list(ErasurePaths(prefix: self.paths.prefix).certificates(of: self.tenant)) { item in
            if ErasurePaths.isCertificate(item.key) { objects.append(item.key) }
        }
        if objects.isEmpty { return [] }
        let here = try await self.versionsHere()
        var checked: [CheckedErasure] = []
        for object in objects { checked.append(try await self.check(object, here)) }
        return checked
    }

    private func check(
        _ object: ObjectKey,
        _ here: Set<ErasureCertificate.Entry>
    ) async throws(ArchiveError) -> CheckedErasure {
        var problems: [String] = []
        let certificate: ErasureCertificate
        do throws(ArchiveError) {
            let bytes = try await self.bytes(of: object)
            certificate = try SignedLine.open(ErasureCertificate.self, bytes, self.cellKeys, "a certificate")
            guard certificate.format == ErasureCertificate.format else { throw .newerFormat("a certificate") }
        } catch {
            if case .store = error { throw error }
            return CheckedErasure(object: object.text, certificate: nil, problems: ["\(error)"])
        }
        if certificate.tenant != self.tenant.text { problems.append("it is of \(certificate.tenant)") }
        var named: Set<ErasureCertificate.Entry> = []
        for list in certificate.lists {
            guard let key = ObjectKey(list.object) else {
                problems.append("`\(list.object)` is no key of an object")
                continue
            }
            do throws(ArchiveError) {
                let bytes = try await self.bytes(of: key)
                guard SHA256.hash(data: bytes).hex == list.sha256 else {
                    problems.append("the list \(list.object) is not the one that was signed")
                    continue
                }
                named.formUnion(try ErasureCertificate.Entry.read(bytes, of: list.object))
            } catch {
                switch error {
                case .store(.notFound): problems.append("the list \(list.object) is missing")
                case .damaged: problems.append("\(error)")
                default: throw error
                }
            }
        }
        // A lock that has ended lets the bucket forget what it kept.
        let kept = Set(certificate.locked)
        let isAllNamed = certificate.lockedVersions == kept.count
        let left = named.intersection(here).subtracting(kept)
        if isAllNamed || left.count > certificate.lockedVersions {
            for entry in left.sorted(by: { $0.key < $1.key }).prefix(10) {
                problems.append("\(entry.key) is still there")
            }
        }
        return CheckedErasure(object: object.text, certificate: certificate, problems: problems)
    }

    private func bytes(of object: ObjectKey) async throws(ArchiveError) -> [UInt8] {
        try await ArchiveError.storing { () throws(ObjectStoreError) in
            Array(try await self.objects.get(object, limit: ErasureCertificate.limit).readableBytesView)
        }
    }

    /// Every version below the tenant's name: whoever has it now may have some.
    private func versionsHere() async throws(ArchiveError) -> Set<ErasureCertificate.Entry> {
        var here: Set<ErasureCertificate.Entry> = []
        var place: VersionPlace?
        repeat {
            let (entries, next) = try await self.versions(below: self.paths.root, after: place)
            here.formUnion(entries)
            place = next
        } while place != nil
        return here
    }
}
