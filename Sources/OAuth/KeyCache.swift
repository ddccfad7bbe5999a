import Tenant

/// The keys of issuers, fetched when they are needed and kept for a while.
///
/// Tokens come faster than keys change: whoever names a key that is not known has the issuer asked again, but seldom.
actor KeyCache {
    /// What came of looking for a key.
    enum Finding: Sendable {
        case found(IssuerKey)
        /// The issuer has none.
        case none
        /// Nobody knows which it has.
        case unavailable
    }

    private struct Entry {
        var keys: [IssuerKey]?
        /// When they were fetched last, and when that was tried.
        var fetched: ContinuousClock.Instant?
        var tried: ContinuousClock.Instant?
        var used: ContinuousClock.Instant
        var fetch: Task<[IssuerKey]?, Never>?
    }

    private let source: any KeySource
    private let now: @Sendable () -> ContinuousClock.Instant
    private var entries: [OAuthSettings: Entry] = [:]
    /// How many fetches are under way.
    private var fetches = 0

    /// For how long keys are as good as new.
    private static let freshness = Duration.seconds(600)
    /// For how long they are used at all, while the issuer cannot be asked.
    private static let lifetime = Duration.seconds(86_400)
    /// How long after it was asked an issuer is asked again, whoever names unknown keys.
    private static let pause = Duration.seconds(30)
    private static let mostFetches = 32
    private static let mostEntries = 4096

    init(_ source: any KeySource, now: @escaping @Sendable () -> ContinuousClock.Instant) {
        self.source = source
        self.now = now
    }

    /// Looks for the key that a token names.
    func key(_ id: String?, _ algorithm: SigningAlgorithm, by settings: OAuthSettings) async -> Finding {
        // Of the rest nothing is fetched anew.
        var place = OAuthSettings()
        (place.issuer, place.jwksURL) = (settings.issuer, settings.jwksURL)
        let entry = self.entry(place)
        let isFresh = entry.fetched.map { self.now() - $0 < Self.freshness } ?? false
        if isFresh, let key = Self.key(id, algorithm, in: entry.keys) { return .found(key) }
        await self.fetch(place)
        let latest = self.entries[place]
        guard let keys = latest?.keys, let fetched = latest?.fetched, self.now() - fetched < Self.lifetime else {
            return .unavailable
        }
        return Self.key(id, algorithm, in: keys).map { .found($0) } ?? .none
    }

    /// A token that names no key is the only one's that there is.
    private static func key(_ id: String?, _ algorithm: SigningAlgorithm, in keys: [IssuerKey]?) -> IssuerKey? {
        let able = (keys ?? []).filter { $0.algorithm == algorithm }
        guard let id else { return able.count == 1 ? able[0] : nil }
        return able.first { $0.id == id }
    }

    private func entry(_ place: OAuthSettings) -> Entry {
        let now = self.now()
        if self.entries[place] == nil, self.entries.count >= Self.mostEntries,
            let oldest = self.entries.min(by: { $0.value.used < $1.value.used })
        {
            self.entries[oldest.key] = nil
        }
        self.entries[place, default: Entry(used: now)].used = now
        return self.entries[place] ?? Entry(used: now)
    }

    /// Fetches the keys, unless that was tried just now; many who ask at once wait for the same answer.
    private func fetch(_ place: OAuthSettings) async {
        if let fetch = self.entries[place]?.fetch {
            _ = await fetch.value
            return
        }
        if let tried = self.entries[place]?.tried, self.now() - tried < Self.pause { return }
        guard self.fetches < Self.mostFetches else { return }
        let source = self.source
        let fetch = Task { await source.keys(by: place) }
        self.fetches += 1
        self.entries[place]?.tried = self.now()
        self.entries[place]?.fetch = fetch
        let keys = await fetch.value
        self.fetches -= 1
        self.entries[place]?.fetch = nil
        guard let keys else { return }
        self.entries[place]?.keys = keys
        self.entries[place]?.fetched = self.now()
    }
}
