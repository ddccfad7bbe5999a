// The definitions that a cluster gets accept what `roost dev` reads from a folder, field by field and value by value.

import Foundation
import Tenant
import Testing

@Suite struct `Custom resource definitions` {
    @Test(arguments: CustomResource.allCases)
    func `name the kind as the decoder does`(resource: CustomResource) throws {
        let spec = try resource.definition()["spec"]
        #expect(spec["group"] == .string("roost.chat"))
        #expect(spec["names"]["kind"] == .string(resource.rawValue))
        #expect(spec["scope"] == .string(resource.isNamespaced ? "Namespaced" : "Cluster"))
        #expect(spec["names"]["categories"] == .list([.string("roost")]))
        #expect(spec["versions"].elements.count == 1)
        #expect(try resource.version()["name"] == .string("v1alpha1"))
        #expect(try resource.version()["subresources"]["status"] == .object([:]))
    }

    @Test(arguments: [
        (
            CustomResource.tenant, "READY REASON PLAN CELL HOST CONNECTIONS LIMIT AGE",
            "ACCOUNTS CHANNELS MESSAGES/S ARCHIVE LAG"
        ),
        (.cell, "READY REASON DESIRED READY-PODS CONNECTIONS TENANTS IMAGE AGE", ""),
        (.plan, "TENANTS BASE CURRENCY AGE", ""),
        (.tenantGrant, "READY REASON WHY AGE", ""),
        (.tenantQuota, "WITHIN REASON TENANTS OF CONNECTIONS OF-CONNS STORAGE OF-STORAGE AGE", ""),
    ])
    func `show these columns`(resource: CustomResource, columns: String, wide: String) throws {
        let all = try resource.version()["additionalPrinterColumns"].elements
        func names(_ isWide: Bool) -> String {
            all.filter { ($0["priority"] == .integer(1)) == isWide }.compactMap { $0["name"].text?.uppercased() }
                .joined(separator: " ")
        }
        #expect(names(false) == columns && names(true) == wide)
        let schema = try resource.schema()
        for column in all {
            let path = try #require(column["jsonPath"].text).split(separator: "[").first ?? ""
            let steps = path.split(separator: ".").map { FieldStep.field(String($0)) }
            let isKnown = steps.first == .field("metadata") || schema.node(steps[...]) != nil
            #expect(isKnown, "\(path) is no field")
        }
    }

    @Test(arguments: CustomResource.allCases)
    func `have the fields that the decoder knows and no others`(resource: CustomResource) throws {
        let known = try DecoderFields(resource: resource).all()
        let paths = try resource.schema().paths([]).filter { $0.first == .field("spec") && $0.count > 1 }.map(\.text)
        #expect(known.subtracting(paths).sorted() == [], "the schema lacks them")
        #expect(Set(paths).subtracting(known).sorted() == [], "the decoder does not know them")
        #expect(known.count >= resource.leastFields)
    }

    @Test(arguments: CustomResource.allCases)
    func `have every field explained`(resource: CustomResource) throws {
        let schema = try resource.schema()
        let silent = schema.paths([]).filter { path in
            // An element of a list, or a value under a free name, is explained with what it is in.
            guard case .field = path.last, path != [.field("metadata")] else { return false }
            return schema.node(path[...])?.says == nil
        }
        #expect(silent.map(\.text) == [])
    }

    @Test(arguments: CustomResource.allCases)
    func `default to what the decoder defaults to`(resource: CustomResource) throws {
        let schema = try resource.schema()
        let least = resource.least
        let full = schema.defaulted(least)
        #expect(schema.problems(full, at: resource.rawValue) == [])
        let (one, errors) = try resource.decode(least)
        let (other, more) = try resource.decode(full)
        #expect(errors + more == [])
        switch resource {
        case .plan: #expect(try #require(one.plans["a"]).spec == other.plans["a"]?.spec)
        case .cell: #expect(try #require(one.cells["a"]).spec == other.cells["a"]?.spec)
        case .tenant: #expect(try #require(one.tenants.first).spec == other.tenants.first?.spec)
        case .tenantGrant:
            #expect(try #require(one.tenantGrants["default/a"]).spec == other.tenantGrants["default/a"]?.spec)
        case .tenantQuota:
            #expect(try #require(one.tenantQuotas["default/a"]).spec == other.tenantQuotas["default/a"]?.spec)
        }
    }

    @Test func `leave open only what depends on something else`() throws {
        let open = try CustomResource.allCases.flatMap { resource in
            let schema = try resource.schema()
            let full = schema.defaulted(resource.least)
            return try #require(schema.node([.field("spec")])).properties.keys.flatMap { section in
                Self.unset(full["spec"][section], schema.node([.field("spec"), .field(section)]), section)
            }
            .map { "\(resource.rawValue) \($0)" }
        }
        let expected = """
            Cell allowedNamespaces, Cell archive, Cell hostnameSuffixes, Cell edge.autoscaling.maxReplicas,
            Cell edge.autoscaling.scaleDown.maxPodsAtOnce, Cell edge.dns.servers, Cell edge.drain.longest, Cell edge.image,
            Cell edge.mail, Cell edge.oauth,
            Cell edge.networkPolicy.egressPorts, Cell edge.pod.annotations,
            Cell edge.pod.imagePullSecrets, Cell edge.pod.nodeSelector, Cell edge.pod.priorityClassName,
            Cell edge.pod.tolerations, Cell edge.podMonitor.labels, Cell edge.push.contact, Cell edge.replicas,
            Cell edge.resources,
            Cell edge.service.annotations, Cell edge.service.ipFamilyPolicy, Cell edge.service.loadBalancerClass,
            Cell postgres, Cell redis, Cell routes, Cell tls, Cell worker,
            Plan allowedNamespaces, Plan displayName, Plan overrides, Plan price, Plan quotas,
            TenantGrant plans, TenantGrant quotas, TenantGrant reason,
            TenantQuota connections, TenantQuota storage, TenantQuota tenants,
            Tenant admission.dnsbl, Tenant archive.hold, Tenant archive.storageClass, Tenant limits.rates,
            Tenant accounts.emailDomains, Tenant accounts.refusedEmailDomains,
            Tenant accounts.oauth, Tenant accounts.sasl, Tenant admins, Tenant channels.templates, Tenant cellRef, Tenant displayName, Tenant history.enabled,
            Tenant history.retention,
            Tenant clientTagDeny, Tenant guests.maximumChannels, Tenant icon, Tenant ircx.ownerPrefix,
            Tenant moderation.checks, Tenant motd, Tenant quotas,
            Tenant serverName, Tenant sessions.alwaysOn, Tenant sts.duration, Tenant tls
            """
        let wanted = Set(expected.replacing("\n", with: " ").components(separatedBy: ", "))
        // What nothing reads has none, so that who has it wrote it.
        let idle = Definition.all.flatMap { definition in
            definition.lines.filter { $0.meanwhile != nil }.map { "\(definition.kind) \($0.path.dropFirst(5))" }
        }
        #expect(open.filter { !wanted.contains($0) && !idle.contains($0) }.sorted() == [])
        #expect(wanted.subtracting(open) == [])
    }

    @Test(arguments: CustomResource.allCases)
    func `judge every value of every field as the decoder does`(resource: CustomResource) throws {
        let schema = try resource.schema()
        let whole = try #require(try Self.documents("documented.yaml").first { $0["kind"].text == resource.rawValue })
        let samples = Sample.all(of: resource, from: whole, schema)
        #expect(samples.count > 50 * resource.leastFields)
        let accepted = try resource.accepts(samples.map(\.document))
        #expect(accepted.count { $0 } > 5 * resource.leastFields)
        var differences: [String] = []
        for (sample, isAccepted) in zip(samples, accepted) {
            let problems = schema.problems(sample.document, at: resource.rawValue)
            guard problems.isEmpty != isAccepted else { continue }
            let stricter = isAccepted ? Difference.Stricter.schema : .decoder
            guard !Difference.all.contains(where: { $0.explains(sample, stricter) }) else { continue }
            differences.append("\(sample.text): only the \(stricter) refuses it \(problems.joined(separator: "; "))")
        }
        #expect(differences.isEmpty, "\n\(differences.prefix(100).joined(separator: "\n"))")
    }

    @Test func `accept what is documented`() throws {
        let examples = try ["k8s/examples", "k8s/examples/cluster"].flatMap { folder in
            let folder = CustomResource.root.appending(path: folder).path
            return try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".yaml") }
                .map { "\(folder)/\($0)" }
        }
        let documents = try Self.documents("documented.yaml") + examples.flatMap { try Self.documents(inFile: $0) }
        for resource in CustomResource.allCases {
            let ours = documents.filter { $0["kind"].text == resource.rawValue }
            #expect(!ours.isEmpty)
            for document in ours {
                #expect(try resource.schema().problems(document, at: resource.rawValue) == [])
                #expect(try resource.decode(document).errors.mistakes == [])
            }
        }
    }

    /// The same list is judged by the CEL rules of the definitions in Tests/PackagingTests.
    @Test func `leave to CEL what the decoder refuses alike`() throws {
        for rule in try Self.documents("rules.yaml") {
            let resource = try #require(CustomResource(rawValue: rule["kind"].text ?? ""))
            var document = resource.least
            for (section, value) in rule["spec"].fields {
                document = document.setting([.field("spec"), .field(section)], to: value)
            }
            if let name = rule["name"].text {
                document = document.setting([.field("metadata"), .field("name")], to: .string(name))
            }
            #expect(try resource.schema().problems(document, at: resource.rawValue) == [], "\(rule.json)")
            let isRefused = try !resource.decode(document).errors.mistakes.isEmpty
            #expect(isRefused == (rule["refused"].text != nil && rule["onlyHere"] != .bool(true)), "\(rule.json)")
        }
    }

    /// The paths without a value in a document to which defaults were added.
    private static func unset(_ value: JSONValue, _ schema: StructuralSchema?, _ path: String) -> [String] {
        if value == .null { return [path] }
        guard let schema, case .object = value else { return [] }
        return schema.properties.flatMap { Self.unset(value[$0.key], $0.value, "\(path).\($0.key)") }
    }

    private static func documents(_ name: String) throws -> [JSONValue] {
        try self.documents(inFile: CustomResource.root.appending(path: "Tests/PackagingTests/cases/\(name)").path)
    }

    private static func documents(inFile path: String) throws -> [JSONValue] {
        try String(contentsOfFile: path, encoding: .utf8).components(separatedBy: "\n---\n").map {
            try JSONValue(yaml: $0)
        }
    }
}
