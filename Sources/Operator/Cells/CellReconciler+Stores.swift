// Which stores a cell has, and being connected to them.

import KubeClient
import Logging
import StateStore
import Synchronization
import Tenant

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension CellReconciler {
    /// The stores' URLs, which are secrets, and their ports, which are not.
    struct Access: Sendable {
        let redis: String
        let postgres: String
        let ports: [Int]
    }

    /// What the Secrets of a cell say.
    struct Secrets: Sendable {
        let keys: CellKeys
        let access: Result<Access, CellStores.Problem>
        /// The cell's own certificate; nil if it names none or what it names cannot be used.
        let certificate: CertificateBundle?

        /// Whether something that is named was not found: looked for again at the next look.
        let lacks: Bool
    }

    /// How long what the Secrets said is good: nobody tells us of a change, since we may not watch Secrets.
    private static let secretsLifetime: Duration = .seconds(30)

    /// Reads the cell's Secrets, now and then.
    func secrets(_ spec: CellSpec, _ object: KubeObject, _ runtime: CellRuntime) async throws(KubeError) -> Secrets {
        let now = TimeSource.continuous.now()
        if let known = runtime.state.withLock({ $0.secrets }), !known.found.lacks, known.spec == spec,
            now - known.at < Self.secretsLifetime
        {
            return known.found
        }
        let access = await self.access(spec)
        let certificate = await self.certificate(spec, runtime.name)
        let isCertificateMissing = spec.tlsSecretRef != nil && certificate == nil
        let lacksAccess = if case .failure = access { true } else { false }
        let found = Secrets(
            keys: try await CellKeys.ensure(self.context, object),
            access: access,
            certificate: certificate,
            lacks: lacksAccess || isCertificateMissing
        )
        runtime.state.withLock { $0.secrets = (found, spec, now) }
        return found
    }

    /// The cell's own certificate; what the edges have stays if it cannot be used.
    private func certificate(_ spec: CellSpec, _ cell: String) async -> CertificateBundle? {
        guard let name = spec.tlsSecretRef?.name else { return nil }
        do {
            let namespace = self.context.settings.namespace
            let secret = try await self.context.client.get(.secrets, name, in: namespace)
            return try CertificateBundle(chain: secret.decoded("tls.crt"), key: secret.decoded("tls.key"))
        } catch {
            let reason = (error as? CertificateBundle.Problem)?.text ?? "\(error)"
            self.context.logger.warning(
                "the cell's certificate cannot be used",
                metadata: ["cell": "\(cell)", "secret": "\(name)", "reason": "\(reason)"]
            )
            return nil
        }
    }

    /// Reads the URLs that the cell's references lead to.
    func access(_ spec: CellSpec) async -> Result<Access, CellStores.Problem> {
        guard let redis = spec.redis.first, let postgres = spec.postgres else {
            return .failure(.init(reason: "NotConfigured", message: "spec.redis and spec.postgres are needed"))
        }
        guard spec.redis.count == 1 else {
            let text = "spec.redis names \(spec.redis.count) instances and one is supported: make a Cell for each"
            return .failure(.init(reason: "NotConfigured", message: text))
        }
        do throws(CellStores.Problem) {
            let redisURL = try await self.url(redis)
            let postgresURL = try await self.url(postgres)
            return .success(
                Access(
                    redis: redisURL,
                    postgres: postgresURL,
                    ports: [
                        Self.port(of: redisURL, standard: 6379), Self.port(of: postgresURL, standard: 5432),
                    ]
                )
            )
        } catch { return .failure(error) }
    }

    private func url(_ reference: SecretKeyReference) async throws(CellStores.Problem) -> String {
        let namespace = self.context.settings.namespace
        do {
            guard let secret = try await self.context.client.find(.secrets, reference.name, in: namespace) else {
                let text = "there is no Secret \(reference.name) in namespace \(namespace)"
                throw CellStores.Problem(reason: "SecretNotFound", message: text)
            }
            guard let url = secret.decodedText(reference.key), !url.isEmpty else {
                let text = "Secret \(reference.name) has no key \(reference.key)"
                throw CellStores.Problem(reason: "SecretNotFound", message: text)
            }
            return url
        } catch {
            throw error as? CellStores.Problem ?? .init(reason: "SecretNotFound", message: "\(error)")
        }
    }

    static func port(of url: String, standard: Int) -> Int {
        guard let start = url.firstRange(of: "://")?.upperBound else { return standard }
        let authority = url[start...].prefix { !"/?#".contains($0) }
        let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? authority
        let name = host.hasPrefix("[") ? host.drop { $0 != "]" } : host
        guard let colon = name.lastIndex(of: ":") else { return standard }
        return Int(name[name.index(after: colon)...]) ?? standard
    }

    /// Connects if nothing is connected, or to other stores than these.
    ///
    /// - Returns: why there are no stores, if there are none.
    func connect(
        _ runtime: CellRuntime,
        _ access: Result<Access, CellStores.Problem>,
        _ keys: CellKeys
    ) async -> CellStores.Problem? {
        let found: Access
        switch access {
        case .success(let usable): found = usable
        case .failure(let problem):
            // Stores that are connected stay so while a Secret cannot be read.
            runtime.state.withLock { $0.problem = problem }
            return problem
        }
        let digest = keys.digest([found.redis, found.postgres])
        let (current, known) = runtime.state.withLock { ($0.stores, $0.storesDigest) }
        if current != nil, known == digest { return nil }
        await runtime.close()
        do throws(CellStores.Problem) {
            let stores = try await CellStores.open(
                redis: found.redis,
                postgres: found.postgres,
                seal: keys.seal,
                with: self.context.connector,
                leadership: self.context.leadership,
                logger: self.context.logger
            )
            let (context, name) = (self.context, runtime.name)
            let keeper = Task {
                await stores.run {
                    for key in context.directory.tenants(in: name) { context.tenantQueue.add(key) }
                    context.cellQueue.add(name)
                }
            }
            runtime.state.withLock { state in
                state.stores = stores
                state.storesDigest = digest
                state.keeper = keeper
                state.problem = nil
                state.usageAt = nil
                state.usageTriedAt = nil
                state.stored = nil
            }
            return nil
        } catch {
            runtime.state.withLock { $0.problem = error }
            return error
        }
    }
}
