// The functions that run inside Redis, and the name they are loaded under.
//
// The library's name carries a hash of its text: pods of two versions work side by side during an upgrade, and none
// ever calls functions that mean something else than it thinks.

/// The Lua library of the live store, as Redis 7 functions.
enum RedisLibrary {
    /// `roost_` and the text's hash.
    static let name = "roost_" + TextHash.digits(of: Self.template)

    /// The text for `FUNCTION LOAD`.
    static let source: String = Self.template.split(separator: "@", omittingEmptySubsequences: false)
        .joined(separator: Self.name)

    /// One of the library's functions.
    enum Function: String, CaseIterable {
        case apply, ping, check, excerpts, listing, page, changed, pod, renew, figures, holds, lapsed, orphans, bury,
            readers,
            acknowledge, standing, mentions, forget

        /// As `FCALL` takes it.
        var name: String { Self.names[self] ?? "" }

        /// What Redis is told of it.
        ///
        /// What keeps a pod alive and what frees memory must work when there is none left; `apply` refuses the rest itself.
        fileprivate var flag: String {
            switch self {
            case .check, .excerpts, .listing, .page, .changed, .figures, .holds, .lapsed, .orphans, .standing,
                .mentions:
                "'no-writes'"
            case .apply, .ping, .renew, .bury, .readers, .acknowledge, .forget: "'allow-oom'"
            case .pod: ""
            }
        }

        private static let names: [Function: String] = {
            Dictionary(uniqueKeysWithValues: Function.allCases.map { ($0, "\(RedisLibrary.name)_\($0.rawValue)") })
        }()
    }

    private static let registration = Function.allCases.map { function in
        let name = function.rawValue
        return "redis.register_function{function_name = '@_\(name)', callback = \(name), flags = {\(function.flag)}}\n"
    }.joined()

    private static let template =
        Self.server + Self.logs + Self.feedItems + Self.buckets + Self.calls + Self.reads + Self.feed + Self.leases
        + Self.registration
}
