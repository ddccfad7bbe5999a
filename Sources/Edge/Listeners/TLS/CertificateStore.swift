package import Logging
import NIOCore
package import StateStore
import Synchronization
import Tenant

/// The certificates of the listeners, by hostname; kept up to date with their files, or handed over in memory.
///
/// A certificate whose new files are broken stays as it was, and that is logged; connections keep what they began with.
package final class CertificateStore: Sendable {
    private struct State {
        var loaded: [CertificateFiles: LoadedCertificate] = [:]
        /// Certificates that were handed over in memory, by their names in the order in which they hold.
        var provided: [String: Provided] = [:]
        var order: [String] = []
        /// Those that could not be used, so that each is told once.
        var rejected: [String: ProjectedCertificate] = [:]
        var byName: [String: TLSContexts] = [:]
    }

    /// A certificate in memory, with the texts that it was made of.
    private struct Provided {
        let certificate: ProjectedCertificate
        let loaded: LoadedCertificate
        /// What it is used for.
        var hostnames: [String]
    }

    private let files: [CertificateFiles]
    private let authority: DevelopmentAuthority?
    private let logger: Logger
    private let state: Mutex<State>

    /// Reads the certificates.
    ///
    /// - Parameters:
    ///   - files: Certificates in order: of two for the same name the earlier holds, and the first of all serves names that
    ///     none is for.
    ///   - authority: Makes certificates for names that no file is for; development only.
    ///   - logger: Told of certificates that cannot be used.
    /// - Throws: ``ListenerError/badCertificate(file:reason:)``: at the start a broken certificate is an error.
    package init(
        files: [CertificateFiles] = [],
        authority: DevelopmentAuthority? = nil,
        logger: Logger
    ) throws(ListenerError) {
        self.files = files
        self.authority = authority
        self.logger = logger
        var state = State()
        for pair in files { state.loaded[pair] = try pair.load() }
        Self.index(&state, in: files)
        self.state = Mutex(state)
    }

    /// The certificate for a hostname: one with that very name, else a wildcard's, else the authority's, else the first.
    ///
    /// - `hostname`: In any letter case, with or without the root's dot.
    /// - Returns: `nil` only if there is no certificate at all, or the authority fails, which is logged.
    package func contexts(for hostname: String) -> TLSContexts? {
        var name = hostname.lowercased()
        if name.hasSuffix(".") { name.removeLast() }
        let found = self.state.withLock { state -> TLSContexts? in
            if let contexts = state.byName[name] { return contexts }
            return DNSName.wildcard(for: name).flatMap { state.byName[$0] }
        }
        if let found { return found }
        guard let authority = self.authority else {
            return self.state.withLock { state in self.files.first.flatMap { state.loaded[$0]?.contexts } }
        }
        do {
            return try authority.contexts(for: name)
        } catch {
            self.logger.error("no certificate can be made", metadata: ["hostname": "\(name)", "error": "\(error)"])
            return nil
        }
    }

    /// Reads all files again; what is broken stays as it was.
    package func reload() {
        var fresh: [CertificateFiles: LoadedCertificate] = [:]
        for pair in self.files {
            do throws(ListenerError) {
                fresh[pair] = try pair.load()
            } catch {
                self.logger.error("certificate kept as it was", metadata: ["reason": "\(error)"])
            }
        }
        self.state.withLock { [fresh] state in
            state.loaded.merge(fresh) { _, new in new }
            Self.index(&state, in: self.files)
        }
    }

    /// Replaces the certificates that are handed over in memory; those of files stay, and hold before them.
    ///
    /// One that cannot be used stays as it was, which is logged, as far as its name is still among those given.
    ///
    /// - `certificates`: All of them, in the order in which they hold. `owned` restricts a certificate to
    ///   hostnames that its owner has, whatever it claims; nil is for all that it claims.
    package func provide(_ certificates: [(name: String, certificate: ProjectedCertificate, owned: [String]?)]) {
        let (before, known) = self.state.withLock { ($0.provided, $0.rejected) }
        var provided: [String: Provided] = [:]
        var rejected: [String: ProjectedCertificate] = [:]
        for (name, certificate, owned) in certificates {
            var current = before[name]
            if known[name] == certificate {
                rejected[name] = certificate
            } else if current?.certificate != certificate {
                do throws(ListenerError) {
                    let loaded = try LoadedCertificate(
                        hostnames: certificate.hostnames,
                        certificatePEM: certificate.certificatePEM,
                        keyPEM: certificate.keyPEM,
                        name: name
                    )
                    current = Provided(certificate: certificate, loaded: loaded, hostnames: [])
                } catch {
                    rejected[name] = certificate
                    self.logger.error("certificate kept as it was", metadata: ["reason": "\(error)"])
                }
            }
            guard var current else { continue }
            let claimed = current.loaded.hostnames
            current.hostnames = owned?.filter { DNSName.isCovered($0, by: claimed) } ?? claimed
            provided[name] = current
        }
        self.state.withLock { [provided, rejected] state in
            state.provided = provided
            state.rejected = rejected
            state.order = certificates.map(\.name)
            Self.index(&state, in: self.files)
        }
    }

    private static func index(_ state: inout State, in order: [CertificateFiles]) {
        state.byName = [:]
        func take(_ contexts: TLSContexts, for hostnames: [String]) {
            for name in hostnames where state.byName[name.lowercased()] == nil {
                state.byName[name.lowercased()] = contexts
            }
        }
        for pair in order {
            if let loaded = state.loaded[pair] { take(loaded.contexts, for: loaded.hostnames) }
        }
        for name in state.order {
            if let provided = state.provided[name] { take(provided.loaded.contexts, for: provided.hostnames) }
        }
    }

    /// Reads files again whenever they change, until the task is cancelled.
    ///
    /// - Throws: ``WatchError`` if the kernel refuses to watch.
    package func run() async throws {
        let watcher = try FileWatcher(paths: self.files.flatMap { [$0.certificate, $0.key] })
        // What changed between the reading and the watch.
        if !self.files.isEmpty { self.reload() }
        var last: WatchError?
        for await refusal in watcher.changes {
            if let refusal, refusal != last {
                self.logger.warning("certificate files are read every minute: \(refusal)")
            } else if refusal == nil {
                self.logger.info("certificate files changed")
            }
            last = refusal
            self.reload()
        }
    }
}
