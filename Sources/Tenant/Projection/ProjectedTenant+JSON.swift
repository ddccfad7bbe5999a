// The projection's JSON. Operator and edges are upgraded one after the other, so it is read leniently: unknown keys are
// passed over, absent ones and such of another type take their defaults. A word that this version does not know means the
// choice that lets nobody do more than was meant: an unknown state is a suspension, an unknown registration is closed.
// A quota or a time of keeping has no such choice, since none is unlimited and a short one deletes: one that is there and
// cannot be used makes the whole unreadable, so that the tenant stays as it was. What a tenant's settings are, and which of
// these holds for each, their rows say.

package import FoundationEssentials

extension ProjectedTenant: Codable {
    /// Reads a tenant from its JSON.
    ///
    /// - Throws: `DecodingError` if it is no JSON, has no usable name or hostname, or a limit that cannot be used.
    package init(json: some DataProtocol) throws {
        self = try JSONDecoder().decode(ProjectedTenant.self, from: Data(json))
    }

    /// The tenant as JSON: the same bytes for the same tenant.
    ///
    /// - Throws: `EncodingError`, which no tenant leads to.
    package func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self))
    }

    package init(from decoder: any Decoder) throws {
        let object = try ProjectionObject(decoder)
        let name: String = try object.required("id")
        guard let id = TenantID(name) else { throw object.mistake("id", "is no tenant's name") }
        let hostnames: [String] = try object.required("hostnames")
        guard !hostnames.isEmpty else { throw object.mistake("hostnames", "is empty") }
        var hosted = HostedTenant(
            id: id,
            hostnames: hostnames,
            quotas: try Quotas(object.whole("quotas")),
            adminNames: object.value("admins") ?? [],
            features: object.choices("features").map { Set($0) } ?? Set(Feature.allCases),
            planName: object.value("planName") ?? "default",
            namespace: object.value("namespace") ?? "default"
        )
        try hosted.settings.take(from: object)
        hosted.redis = object.value("redis")
        // Who does not know of this takes it for suspended.
        if let farewell: String = object.value("farewell") { hosted = hosted.departed(saying: farewell) }
        self.init(
            hosted,
            uid: object.value("uid") ?? "",
            generation: object.value("generation") ?? 0,
            leavesAt: object.value("leavesAt")
        )
    }

    package func encode(to encoder: any Encoder) throws {
        let tenant = self.hosted
        try tenant.settings.plain.encode(to: encoder)
        var object = encoder.container(keyedBy: ProjectionKey.self)
        try object.encode(tenant.id.text, forKey: "id")
        try object.encode(tenant.hostnames, forKey: "hostnames")
        try object.encode(tenant.features.map(\.rawValue).sorted(), forKey: "features")
        try object.encode(tenant.planName, forKey: "planName")
        try object.encode(tenant.namespace, forKey: "namespace")
        try object.encode(self.admins, forKey: "admins")
        try object.encode(self.uid, forKey: "uid")
        try object.encode(self.generation, forKey: "generation")
        try object.encodeIfPresent(tenant.redis, forKey: "redis")
        try object.encodeIfPresent(tenant.farewell, forKey: "farewell")
        try object.encodeIfPresent(self.leavesAt, forKey: "leavesAt")
        var quotas = object.nestedContainer(keyedBy: ProjectionKey.self, forKey: "quotas")
        for name in QuotaName.allCases where tenant.quotas[name] != .unlimited {
            var quota = quotas.nestedContainer(keyedBy: ProjectionKey.self, forKey: ProjectionKey(name.rawValue))
            try quota.encodeIfPresent(tenant.quotas[name].limit, forKey: "limit")
            try quota.encode(tenant.quotas[name].mode.rawValue, forKey: "mode")
            try quota.encode(tenant.quotas[name].warnAt, forKey: "warnAt")
        }
    }
}

extension Quotas {
    fileprivate init(_ object: ProjectionObject?) throws {
        self.init()
        for name in QuotaName.allCases {
            guard let quota = try object?.whole(ProjectionKey(name.rawValue)) else { continue }
            self[name] = Quota(
                limit: try quota.number("limit", in: name.bounds),
                mode: quota.choice("mode", unknown: .hard) ?? .hard,
                warnAt: quota.value("warnAt") ?? Quota.unlimited.warnAt
            )
        }
    }
}
