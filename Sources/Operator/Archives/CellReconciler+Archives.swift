// What a cell's archives need of Secrets, and how its bucket is.

import KubeClient
import StateStore
import Synchronization
import Tenant

/// What the Secrets say that a cell's archives need.
enum ArchiveSecrets: Sendable, Hashable {
    /// The cell has no archive.
    case notNamed
    /// A digest of all that they hold: pods read it when they start, and are replaced when it changes.
    case found(String)
    /// Why one cannot be read.
    case missing(String)

    /// The digest; nil if it is not known.
    var digest: String? { if case .found(let digest) = self { digest } else { nil } }

    /// Why it is not known, if it should be.
    var problem: String? { if case .missing(let problem) = self { problem } else { nil } }
}

extension CellReconciler {
    /// Reads the Secrets that a cell's archives need: they concern nobody but who puts something there.
    ///
    /// - Parameters:
    ///   - archive: Where archives go; nil if nowhere.
    ///   - keys: What digests are made with.
    /// - Returns: What was found.
    func archiveSecrets(_ archive: CellArchive?, _ keys: CellKeys) async -> ArchiveSecrets {
        guard let archive else { return .notNamed }
        let namespace = self.context.settings.namespace
        var texts: [String] = []
        let names = [
            archive.keysSecretRef.name, archive.credentialsSecretRef?.name, archive.s3?.authoritiesSecretRef?.name,
        ]
        for name in names.compactMap(\.self) {
            let secret: KubeObject?
            do throws(KubeError) {
                secret = try await self.context.client.find(.secrets, name, in: namespace)
            } catch {
                return .missing("Secret \(name) in namespace \(namespace) cannot be read: \(error)")
            }
            guard let secret else {
                return .missing("there is no Secret \(name) in namespace \(namespace)")
            }
            let data = secret.json["data"].fields ?? [:]
            guard !data.isEmpty else {
                return .missing("Secret \(name) in namespace \(namespace) is empty")
            }
            texts.append(name)
            for (key, value) in data.sorted(by: { $0.key < $1.key }) {
                texts += [key, value.string ?? ""]
            }
        }
        return .found(keys.digest(texts))
    }

    /// The condition `ArchiveReady` of a Cell.
    ///
    /// - Parameters:
    ///   - spec: What the Cell says.
    ///   - access: What its Secrets say; nil if not all of them can be read.
    ///   - runtime: What is known of it.
    /// - Returns: The condition.
    func archiveCondition(_ spec: CellSpec, _ access: Access?, _ runtime: CellRuntime) -> Condition {
        if let problem = access?.archive.problem {
            let text = "who archives goes on as before, or waits for it"
            return Condition("ArchiveReady", .no, "Misconfigured", "\(problem): \(text)")
        }
        let standings = runtime.state.withLock { $0.archives.standings }
        return ArchiveVerdict.condition(
            isConfigured: spec.archive != nil,
            isKnown: standings != nil,
            bucket: standings?[.cell]
        )
    }
}
