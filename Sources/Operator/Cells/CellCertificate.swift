// How a cell's own certificate is, as its Secret has it and as its edges do: these may differ, since one that cannot be used takes
// none away that is served.

import KubeClient
import StateStore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Judges a cell's certificate.
enum CellCertificate {
    /// The condition `CertificateReady` of a Cell.
    ///
    /// - Parameters:
    ///   - certificate: What the Cell names.
    ///   - served: When the one ends that the edges have, if they have one.
    ///   - now: The time.
    /// - Returns: The condition.
    static func condition(_ certificate: CellStores.OwnCertificate, served: Date?, now: Date) -> Condition {
        func condition(_ status: Condition.Status, _ reason: String, _ text: String) -> Condition {
            var text = text
            if status != .yes, let served {
                let verb = served > now ? "is served until" : "is served, which ended at"
                text += "; the one that the edges have \(verb) \(KubeTime.text(served))"
            }
            return Condition("CertificateReady", status, reason, text)
        }
        switch certificate {
        case .notNamed:
            let text = "spec.tls names no certificate: tenants can be reached that bring their own"
            return condition(.yes, "NotNamed", text)
        case .unusable(let reason, let message): return condition(.no, reason, message)
        case .unknown(let why): return condition(.unknown, "SecretUnreadable", why)
        case .found(let bundle) where bundle.notAfter <= now:
            return condition(.no, "Expired", "the certificate ended at \(KubeTime.text(bundle.notAfter)): renew it")
        case .found(let bundle): return condition(.yes, "Served", "until \(KubeTime.text(bundle.notAfter))")
        }
    }
}
