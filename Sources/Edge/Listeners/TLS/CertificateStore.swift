package import Logging
import NIOCore
import Synchronization
import Tenant

/// The certificates of the listeners, by hostname; kept up to date with their files.
///
/// A certificate whose new files are broken stays as it was, and that is logged; connections keep what they began with.
package final class CertificateStore: Sendable {
    private struct State {
        var loaded: [CertificateFiles: LoadedCertificate] = [:]
        var byName: [String: TLSContexts] = [:]
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
    /// - Parameter hostname: In any letter case, with or without the root's dot.
    /// - Returns: `nil` only if there is no certificate at all, or the authority fails, which is logged.
    package func contexts(for hostname: String) -> TLSContexts? {
        var name = hostname.lowercased()
        if name.hasSuffix(".") { name.removeLast() }
        let found = self.state.withLock { state -> TLSContexts? in
            if let contexts = state.byName[name] { return contexts }
            // A wildcard stands for one label (RFC 6125 section 6.4.3).
            guard let dot = name.firstIndex(of: ".") else { return nil }
            return state.byName["*" + name[dot...]]
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

    private static func index(_ state: inout State, in order: [CertificateFiles]) {
        state.byName = [:]
        for pair in order {
            guard let loaded = state.loaded[pair] else { continue }
            for name in loaded.hostnames where state.byName[name.lowercased()] == nil {
                state.byName[name.lowercased()] = loaded.contexts
            }
        }
    }

    /// Reads files again whenever they change, until the task is cancelled.
    ///
    /// - Throws: ``WatchError`` if the kernel refuses to watch.
    package func run() async throws {
        let watcher = try FileWatcher(paths: self.files.flatMap { [$0.certificate, $0.key] })
        // What changed between the reading and the watch.
        if !self.files.isEmpty { self.reload() }
        for await _ in watcher.changes {
            self.logger.info("certificate files changed")
            self.reload()
        }
    }
}
