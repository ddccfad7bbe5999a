// How an edge looks up names.

import Logging
import NameLookup

extension EdgeRunner {
    /// Looks names up, where somebody does.
    static func lookup(_ names: NameResolver?) -> (@Sendable (String) async -> [UInt32]?)? {
        guard let names else { return nil }
        return { await names.addresses(of: $0) }
    }

    /// Who asks name servers; nil, said in the log, if that cannot be done: then no list of addresses has anybody.
    func nameResolver() -> NameResolver? {
        do throws(NameResolver.Problem) {
            return try NameResolver(self.nameServers)
        } catch {
            self.logger.error(
                "no names are looked up, so nobody is in any list of addresses",
                metadata: ["why": "\(error)"]
            )
            return nil
        }
    }
}
