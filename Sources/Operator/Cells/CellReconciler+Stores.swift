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
    /// The stores' URLs and the cell's keys, which are secrets, and the stores' ports, which are not.
    struct Access: Sendable {
        let keys: CellKeys
        let redis: [RedisInstance]
        let postgres: String
        let ports: [Int]
        /// The digest of the password for the mail server; nil if none is named, or none can be read.
        let mail: String?
        /// The same of the certificates that prove issuers of tokens.
        let issuers: String?
        /// Of the keys of archives, and of what their store asks for.
        let archive: ArchiveSecrets

        /// Tells other addresses from these, and nothing of them.
        var digest: String { self.keys.digest(self.redis.flatMap { [$0.name, $0.url] } + [self.postgres]) }
    }

    /// What the Secrets of a cell say.
    struct Secrets: Sendable {
        var access: Result<Access, CellStores.Problem>
        /// The cell's own certificate.
        var certificate: CellStores.OwnCertificate
        /// Whether something that is named cannot be used: looked for again at the next look.
        var lacks: Bool
    }

    /// Why something is not known that a Secret should say.
    private struct Unread: Error {
        let problem: CellStores.Problem
        /// Whether the API server may answer otherwise in a moment.
        var isPassing = false

        init(_ reason: String, _ message: String, isPassing: Bool = false) {
            self.problem = CellStores.Problem(reason: reason, message: message)
            self.isPassing = isPassing
        }
    }

    /// Reads the cell's Secrets, now and then: nobody tells us of a change, since we may not watch them.
    ///
    /// What they said holds for a while when the API server cannot be asked: that says nothing of the stores.
    func secrets(_ spec: CellSpec, _ object: KubeObject, _ runtime: CellRuntime) async -> Secrets {
        let (now, settings) = (TimeSource.continuous.now(), self.context.settings)
        let known = runtime.state.withLock { $0.secrets }.flatMap { $0.spec == spec ? $0 : nil }
        if let known, !known.found.lacks, now - known.at < settings.secretsPeriod { return known.found }
        var found = Secrets(access: .failure(.unasked), certificate: .notNamed, lacks: false)
        var isPassing = false
        do throws(Unread) {
            let access = try await self.access(spec, object)
            found.access = .success(access)
            if spec.edge.mail?.passwordSecretRef != nil, access.mail == nil { found.lacks = true }
            if access.archive.problem != nil { found.lacks = true }
            if spec.edge.oauth?.authoritiesSecretRef != nil, access.issuers == nil { found.lacks = true }
        } catch {
            found.access = .failure(error.problem)
            found.lacks = true
            isPassing = error.isPassing
        }
        found.certificate = await self.certificate(spec, runtime.name)
        if found.certificate.isLacking { found.lacks = true }
        let isUnknown = if case .unknown = found.certificate { true } else { false }
        if let known, isPassing || isUnknown, now - known.at < settings.secretsKept {
            if isPassing { found.access = known.found.access }
            if isUnknown { found.certificate = known.found.certificate }
        }
        let at = isPassing || isUnknown ? known?.at ?? now : now
        runtime.state.withLock { $0.secrets = (found, spec, at) }
        return found
    }

    /// The cell's own certificate; what the edges have stays if it cannot be used.
    private func certificate(_ spec: CellSpec, _ cell: String) async -> CellStores.OwnCertificate {
        guard let name = spec.tlsSecretRef?.name else { return .notNamed }
        let certificate = await self.readCertificate(name)
        let problem: String? =
            switch certificate {
            case .notNamed, .found: nil
            case .unusable(_, let message): message
            case .unknown(let why): why
            }
        if let problem {
            self.context.logger.warning(
                "the cell's certificate cannot be used",
                metadata: ["cell": "\(cell)", "secret": "\(name)", "reason": "\(problem)"]
            )
        }
        return certificate
    }

    private func readCertificate(_ name: String) async -> CellStores.OwnCertificate {
        let namespace = self.context.settings.namespace
        let found: KubeObject?
        do throws(KubeError) {
            found = try await self.context.client.find(.secrets, name, in: namespace)
        } catch {
            let text = "Secret \(name) in namespace \(namespace) cannot be read: \(error)"
            return error.isPassing ? .unknown(text) : .unusable(reason: "SecretForbidden", message: text)
        }
        guard let secret = found else {
            let text = "there is no Secret \(name) in namespace \(namespace)"
            return .unusable(reason: "SecretNotFound", message: text)
        }
        do throws(CertificateBundle.Problem) {
            return .found(try CertificateBundle(chain: secret.decoded("tls.crt"), key: secret.decoded("tls.key")))
        } catch {
            return .unusable(reason: "InvalidCertificate", message: "Secret \(name): \(error.text)")
        }
    }

    /// Reads the cell's keys, and the URLs that its references lead to.
    private func access(_ spec: CellSpec, _ object: KubeObject) async throws(Unread) -> Access {
        let keys: CellKeys
        do throws(KubeError) {
            keys = try await CellKeys.ensure(self.context, object)
        } catch {
            let text = "the cell's keys cannot be used: \(error)"
            throw Unread("KeysUnusable", text, isPassing: error.isPassing)
        }
        guard !spec.redis.isEmpty, let postgres = spec.postgres else {
            throw Unread("NotConfigured", "spec.redis and spec.postgres are needed")
        }
        var instances: [RedisInstance] = []
        for redis in spec.redis {
            guard !instances.contains(where: { $0.name == redis.name }) else {
                throw Unread(
                    "NotConfigured",
                    "spec.redis names \(redis.name) twice: each instance has a Secret or key of its own"
                )
            }
            instances.append(RedisInstance(name: redis.name, url: try await self.text(redis.secret)))
        }
        let places = instances.map { StorePlace(redis: $0.url) }
        guard Set(places).count == places.count else {
            throw Unread("NotConfigured", "two instances of spec.redis are one Redis: name it once")
        }
        let postgresURL = try await self.text(postgres)
        let ports = places.flatMap(\.ports) + StorePlace(database: postgresURL).ports
        func digest(_ reference: SecretKeyReference?, _ what: String) async -> String? {
            guard let reference else { return nil }
            return await self.digest(reference, what, keys, object.name)
        }
        return Access(
            keys: keys,
            redis: instances,
            postgres: postgresURL,
            ports: ports,
            mail: await digest(spec.edge.mail?.passwordSecretRef, "the password for the mail server"),
            issuers: await digest(spec.edge.oauth?.authoritiesSecretRef, "the certificates of issuers of tokens"),
            archive: await self.archiveSecrets(spec.archive, keys)
        )
    }

    /// A digest of what concerns nobody but the edges: the cell's stores serve without it.
    private func digest(
        _ reference: SecretKeyReference,
        _ what: String,
        _ keys: CellKeys,
        _ cell: String
    ) async -> String? {
        do throws(Unread) {
            return keys.digest([try await self.text(reference)])
        } catch {
            self.context.logger.warning(
                "\(what) cannot be read",
                metadata: ["cell": "\(cell)", "secret": "\(reference.name)", "reason": "\(error.problem.message)"]
            )
            return nil
        }
    }

    /// The text that a key of a Secret holds, such as a store's URL.
    private func text(_ reference: SecretKeyReference) async throws(Unread) -> String {
        let namespace = self.context.settings.namespace
        let secret: KubeObject?
        do throws(KubeError) {
            secret = try await self.context.client.find(.secrets, reference.name, in: namespace)
        } catch {
            let text = "Secret \(reference.name) in namespace \(namespace) cannot be read: \(error)"
            throw Unread("SecretUnreadable", text, isPassing: error.isPassing)
        }
        guard let secret else {
            throw Unread("SecretNotFound", "there is no Secret \(reference.name) in namespace \(namespace)")
        }
        guard let text = secret.decodedText(reference.key), !text.isEmpty else {
            throw Unread("SecretNotFound", "Secret \(reference.name) has no key \(reference.key)")
        }
        return text
    }

    /// Connects if nothing is connected, or to other stores than these.
    ///
    /// Stores that are connected stay so until the others are: an address with a password that does not hold yet, or no more,
    /// takes nobody off the net.
    ///
    /// - Returns: why there are no stores, if there are none, or what keeps new edges from them.
    func connect(
        _ runtime: CellRuntime,
        _ access: Result<Access, CellStores.Problem>,
        for object: KubeObject
    ) async -> CellStores.Problem? {
        // Those that are another's by now are asked for anew, for the time when that one is gone.
        if await runtime.stores?.isOccupied == true { await runtime.close() }
        let found: Access
        switch access {
        case .success(let usable): found = usable
        case .failure(let problem):
            runtime.state.withLock { $0.problem = problem }
            return problem
        }
        let digest = found.digest
        let isConnected = runtime.state.withLock { state in
            let isConnected = state.stores != nil && state.storesDigest == digest
            if isConnected { state.problem = nil }
            return isConnected
        }
        if isConnected { return nil }
        let places = found.redis.map { StorePlace(redis: $0.url) } + [StorePlace(database: found.postgres)]
        if let (place, other) = self.context.cells.claim(places, for: runtime.name) {
            let what = place.kind == .redis ? "Redis" : "database"
            let text = "its \(what) is that of cell \(other): give each Cell a Redis and a database of its own"
            let problem = CellStores.Problem(reason: "StoresInUse", message: text)
            runtime.state.withLock { $0.problem = problem }
            return problem
        }
        do throws(CellStores.Problem) {
            let stores = try await CellStores.open(
                redis: found.redis,
                postgres: found.postgres,
                owner: "cell \(runtime.name) of namespace \(self.context.settings.namespace) (\(object.uid))",
                seal: found.keys.seal,
                with: self.context.connector,
                leadership: self.context.leadership,
                logger: self.context.logger
            )
            await runtime.close()
            let (context, name) = (self.context, runtime.name)
            let keeper = Task {
                let settings = context.settings
                await stores.run(lookingEvery: settings.cellPeriod, patience: settings.storePatience) {
                    context.lookAtTenants(in: name)
                    context.cellQueue.add(name)
                }
            }
            runtime.state.withLock { state in
                state.stores = stores
                state.storesDigest = digest
                state.places = places
                state.keeper = keeper
                state.problem = nil
                state.usageAt = nil
                state.usageTriedAt = nil
                state.stored = nil
                state.archives.forget()
            }
            return nil
        } catch {
            var problem = error
            if runtime.stores != nil {
                let places = runtime.state.withLock { $0.places }
                _ = self.context.cells.claim(places, for: runtime.name)
                let text =
                    "\(error.message); so says the address in the Secret, and what was connected before is used on"
                problem = CellStores.Problem(reason: error.reason, message: text)
            }
            runtime.state.withLock { [problem] in $0.problem = problem }
            return problem
        }
    }
}

extension CellStores.Problem {
    /// Before the first answer.
    fileprivate static let unasked = CellStores.Problem(reason: "SecretUnreadable", message: "not read yet")
}

extension KubeError {
    /// Whether the server may answer otherwise in a moment, without anybody changing anything.
    var isPassing: Bool {
        switch self {
        case .status(let status): status.code == 429 || status.code >= 500
        case .unreachable, .timedOut: true
        case .tooLarge, .invalidAnswer, .credential, .configuration: false
        }
    }
}
