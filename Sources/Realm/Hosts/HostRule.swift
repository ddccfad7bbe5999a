import Chat
import IRC
import Tenant

/// Which hosts an account may be shown under in place of the one that is made of its name.
enum HostRule {
    /// The longest, in bytes: lines of others have to have room for it.
    static let longest = 63
    /// What hosts begin with that are made by the network (ADR 0008).
    private static let made = ["user", "local"]

    /// A host as it is kept, in lower case.
    ///
    /// - Parameters:
    ///   - text: As somebody wrote it.
    ///   - hostnames: What the tenant is reached under: nobody looks like the network itself.
    /// - Returns: nil if nobody may be shown so.
    static func check(_ text: String, hostnames: [String]) -> String? {
        let host = text.lowercased()
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        guard host.utf8.count <= Self.longest, labels.count > 1, labels.allSatisfy({ TenantID($0) != nil }),
            let first = labels.first, let last = labels.last
        else { return nil }
        // No address, nor the end of one.
        guard IPAddress(host) == nil, last.contains(where: \.isLetter) else { return nil }
        if Self.made.contains(String(first)) || last.hasPrefix(AccountHost.networkPrefix) { return nil }
        let isNetworks = hostnames.map { $0.lowercased() }.contains { host == $0 || host.hasSuffix("." + $0) }
        return isNetworks ? nil : host
    }
}
