// Documents made from a right one by changing one field, and where schema and decoder differ on purpose.

import Foundation
import Testing

/// A document with one change.
struct Sample {
    let path: [FieldStep]
    /// `nil` removed the field.
    let value: JSONValue?
    let document: JSONValue

    var text: String { "\(self.path.text) = \(self.value?.json ?? "nothing")" }

    /// Every field of a document, its own values and the values below put into it in turn, and removed.
    ///
    /// Beside the changed field only its own section of `spec` is kept, and what the kind cannot be without.
    static func all(of resource: CustomResource, from whole: JSONValue, _ schema: StructuralSchema) -> [Sample] {
        schema.paths([]).filter { $0.first == .field("spec") && $0.count > 1 }.flatMap { path in
            var document = resource.least
            if case .field(let section) = path[1], whole["spec"][section] != .null {
                document = document.setting([.field("spec"), .field(section)], to: whole["spec"][section])
            }
            let values = Self.values + (schema.node(path[...])?.choices ?? [])
            return ([nil] + values).map { value in
                Sample(path: path, value: value, document: document.setting(path[...], to: value))
            } + [Self.withStranger(path, in: document)].compactMap { $0 }
        }
    }

    /// The object at a path with a field that does not exist.
    private static func withStranger(_ path: [FieldStep], in document: JSONValue) -> Sample? {
        guard case .object = path.reduce(document, { $0.at($1) }) else { return nil }
        let field = path + [.field("qqqqqqqqqqqqqqqqqqqqqqqq")]
        return Sample(path: field, value: .integer(0), document: document.setting(field[...], to: .integer(0)))
    }

    static let values: [JSONValue] =
        [.null, .bool(true), .bool(false), .list([]), .object([:]), .number(0.5), .number(1.5)]
        + [-1, 0, 1, 2, 50, 100, 101, 1000, 1001, 1024, 1025, 10_000, 10_001, .max].map { .integer($0) }
        // Each greatest number and the next.
        + [1_000_000, 10_000_000, 100_000_000, 1_000_000_000_000_000, 1 << 50].flatMap {
            [.integer($0), .integer($0 + 1), .object(["limit": .integer($0)]), .object(["limit": .integer($0 + 1)])]
        }
        + [
            "", " ", "a", "A", "a.b", "a..b", "-a", "a-", "a_b", "al ice", "[a]{|}^`\\", "a/b", "a.1", "10.0.0.1", "é",
            "0", "00", "1", "007", "1.5", ".5", "5.", "-1", "1,5", "+1", "1e3", "1E+3", "1e19", "1Pi", "2Pi", "10Gi",
            "1.5Ti", "10Gb",
            "1E", "100m", "123456789012345678", "1234567890123456789", "0.123456789012345678", "0.1234567890123456789",
            "90s", "1h30m", "1.5h", "30d", "0d", "5µs", "5μs", "1x", "s", "1", "1m 1s", "-1s", "1d12h", "12h1d", "1.5d",
            "24h", "25h", "36500d",
            "36501d", "999999d",
            "two\nlines", "two\r\nlines", "a\rb", "a\0b", "a\tb", "a\u{85}b", "a\n",
            "15 3 * * *", " 15  3 * * 1-5 ", "*/5 0,12 * jan MON", "daily", "* * * *", "* * * * * *", "@ * * * *",
            ".", "~", "@", "..", "https://s3.example.com", "http://x", "ftp://x", "x https://x", "EUR", "eur", "EURO",
            "smtp://x", "smtps://Mail.example.com:465", "smtp://10.0.0.1:1", "smtp://x:65535", "smtp://x:65536",
            "smtp://x:0", "smtp://x:025", "smtp://x:", "smtp://x:+1", "smtp://x:1:1", "smtp://", "smtp://x/",
            "SMTP://x", "smtp://a:b@x", "smtp://x_y", "smtp://-x", "smtp://x..y", "smtp://é", "smtp:x", "a@b.c", "a@b",
            "@b.c", "a@", "a.b+c@X-1.example", ".a@b.c", "a.@b.c", "a..b@b.c", "a@b..c", "a@-b.c", "a@b-.c", "a@b@c.d",
            "a b@c.d", "é@b.c", "a@é.c", "a@b_c.d", "Anna <a@b.c>",
            "10.0.0.1:53", "10.0.0.1:0", "10.0.0.1:65536", "10.0.0.256", "[::1]:53", "[10.0.0.1]:53", "::1",
            "True", "free", "open",
        ].map { .string($0) }
        + [31, 32, 33, 63, 64, 253, 254].map { .string(String(repeating: "a", count: $0)) }
        + [(63, 4), (62, 4)].map { size, count in
            .string(Array(repeating: String(repeating: "a", count: size), count: count).joined(separator: "."))
        }
        + [
            "[a]", "[a, a]", "[a, b]", "[1]", "[80, 100]", "[80, 80]", "[0]", "[101]", "[null]", "[[]]", "[{}]",
            "[PLAIN]", "[EXTERNAL, PLAIN]", "[PLAIN, PLAIN]", "[WebSocket, Api]", "[Api, Api]",
            "{name: a}", "{name: A}", "{name: a, key: b}", "{key: b}", "{name: a, key: 1}", "{secretRef: {name: a}}",
            "{secretRef: {}}", "{urlSecretRef: {name: a, key: b}}", "[{urlSecretRef: {name: a, key: b}}]",
            "[{urlSecretRef: {name: a}}]", "{limit: 1}", "{limit: 10Gi}", "{limit: true}", "{limit: {}}",
            "{limit: []}", "{limit: -1}", "{limit: 1.5}", "{limit: 1, mode: Soft}", "{limit: 1, warnAt: [50]}",
            "{limit: 1, mode: Hard, warnAt: []}", "{mode: Soft}", "{limit: 1, colour: red}", "{limit: 1, mode: soft}",
            "{limit: 1, mode: Soft, colour: red}", "{limit: 1, mode: Soft, warnAt: [1], colour: red}",
            "{limit: null}", "{limit: 1, mode: null}", "{a: b}", "{a: 1}", "{cpu: 1, memory: 1Gi}", "{a: [1]}",
            "[{account: a, passwordSecretRef: {name: a, key: b}}]",
            "[{account: a, passwordSecretRef: {name: a, key: b}}, {account: a, passwordSecretRef: {name: b, key: b}}]",
            "[{meter: m, model: Unit, unit: \"1\"}]", "[{upTo: 5, unit: \"1\"}, {unit: \"0\"}]",
        ].compactMap { try? JSONValue(yaml: $0) }
}

/// Where the decoder and the schema judge differently, and why.
struct Difference: Sendable {
    enum Stricter: Sendable { case schema, decoder }

    let stricter: Stricter
    let reason: String
    let holds: @Sendable (_ path: String, _ value: JSONValue?) -> Bool

    func explains(_ sample: Sample, _ stricter: Stricter) -> Bool {
        self.stricter == stricter && self.holds(sample.path.text, sample.value)
    }

    /// Whether it is one of Kubernetes' quantities.
    private static func isQuantity(_ path: String) -> Bool {
        ["spec.edge.resources.", "spec.worker.resources."].contains { path.hasPrefix($0) }
    }

    /// No other difference is tolerated.
    static let all: [Difference] = [
        Difference(stricter: .schema, reason: "the decoder folds case, an API server cannot") { path, value in
            let names = [value].compactMap { $0?.text } + (value?.elements.compactMap(\.text) ?? [])
            return path.lowercased().hasPrefix("spec.hostnames") && names.contains { $0.contains(where: \.isUppercase) }
        },
        Difference(stricter: .schema, reason: "the decoder leaves quantities of resources to the API server") {
            path,
            _ in
            Self.isQuantity(path)
        },
        Difference(stricter: .decoder, reason: "an API server drops a null before anybody sees it") { path, value in
            Self.isQuantity(path) && (value == .null || value?.fields.values.contains(.null) == true)
        },
        Difference(stricter: .decoder, reason: "CEL: a duration has a bound") { path, value in
            let end = path.split(separator: ".").last ?? ""
            let isDuration = [
                "retention", "rememberFor", "resumeGrace", "alwaysOn", "stabilization", "gracePeriod", "longest",
                "announce", "duration", "nickTimeout", "channelExpiry", "linksAfter", "per",
            ]
            .contains(end)
            let text = value?.text ?? value?["limit"].text ?? ""
            let isOver =
                switch end {
                case "rememberFor", "resumeGrace", "alwaysOn", "duration", "linksAfter":
                    ["36500d", "36501d", "999999d"].contains(text)
                case "stabilization", "gracePeriod", "longest", "nickTimeout", "per":
                    ["1d12h", "25h", "30d", "36500d", "36501d", "999999d"].contains(text)
                case "announce":
                    ["100m", "1h30m", "1.5h", "1d12h", "24h", "25h", "30d", "36500d", "36501d", "999999d"].contains(
                        text
                    )
                default: ["36501d", "999999d"].contains(text)
                }
            return isDuration && isOver
        },
        Difference(stricter: .decoder, reason: "CEL: an address is no host name") { path, value in
            [
                "spec.hostnames[]", "spec.hostnameSuffixes[].suffix", "spec.serverName", "spec.accounts.emailDomains[]",
                "spec.accounts.refusedEmailDomains[]", "spec.admission.dnsbl[].zone",
                "spec.moderation.checks[].allow[]", "spec.moderation.checks[].deny[]",
            ]
            .contains(path)
                && value?.text?.split(separator: ".").last?.allSatisfy(\.isNumber) == true
        },
        Difference(stricter: .decoder, reason: "only the time zone database knows which there are") { path, value in
            path == "spec.archive.timeZone" && value?.text.map { TimeZone(identifier: $0) == nil } == true
        },
        Difference(stricter: .decoder, reason: "CEL: times of checks have bounds, below as above") { path, value in
            let tooShort = ["0", "0d", "5µs", "5μs"]
            let tooLong = ["36500d", "36501d", "999999d"]
            let texts: [String] =
                switch path {
                case "spec.moderation.checks[].within":
                    tooShort + tooLong + ["1.5h", "100m", "1d12h", "1h30m", "24h", "25h", "30d"]
                case "spec.moderation.checks[].duration": tooShort
                case "spec.archive.delay": tooShort + tooLong + ["1d12h", "25h", "30d"]
                case "spec.moderation.heldFor": tooShort + tooLong + ["90s"]
                default: []
                }
            return value?.text.map { texts.contains($0) } == true
        },
        Difference(stricter: .decoder, reason: "CEL: a sender's last messages are remembered, and no more") {
            path,
            value in
            path == "spec.moderation.checks[].limit" && value?.text == nil
        },
        Difference(stricter: .decoder, reason: "CEL: between people nobody is muted, kicked or banned") { path, _ in
            path == "spec.moderation.checks[].directMessages"
        },
        Difference(stricter: .decoder, reason: "PCRE2 alone says what a regular expression is") { path, _ in
            path == "spec.moderation.checks[].patterns[]"
        },
        Difference(stricter: .decoder, reason: "CEL: maxReplicas is at least minReplicas") { path, _ in
            [
                "spec.edge.autoscaling.minReplicas", "spec.edge.autoscaling.maxReplicas", "spec.worker.minReplicas",
                "spec.worker.maxReplicas",
            ]
            .contains(path)
        },
        Difference(stricter: .decoder, reason: "CEL: the PROXY protocol goes without a gateway") { path, _ in
            path == "spec.edge.service.proxyProtocol"
        },
        Difference(stricter: .decoder, reason: "CEL: only a load balancer has a class") { path, _ in
            path == "spec.edge.service.type"
        },
        Difference(stricter: .decoder, reason: "CEL: a mail server's user has a password") { path, _ in
            ["spec.edge.mail.username", "spec.edge.mail.passwordSecretRef"].contains(path)
        },
        Difference(stricter: .decoder, reason: "CEL: a password for a mail server goes by TLS alone") { path, _ in
            path == "spec.edge.mail.tls"
        },
        Difference(stricter: .decoder, reason: "CEL: archives go to one place") { path, _ in
            // The sample has s3.
            path == "spec.archive.s3"
                || ["spec.archive.gcs", "spec.archive.folder"].contains { path.hasPrefix($0) }
        },
        Difference(stricter: .decoder, reason: "CEL: no element twice in lists that are atomic") { path, value in
            // The samples put a value into the place of the first element.
            ["spec.features[]", "spec.accounts.sasl[]"].contains(path)
                || ["spec.features", "spec.accounts.sasl"].contains(path)
                    && Set(value?.elements ?? []).count < (value?.elements.count ?? 0)
        },
        Difference(stricter: .decoder, reason: "CEL: comparisons of labels go with their values") { path, _ in
            ["operator", "values"].contains { path.hasSuffix("atchExpressions[].\($0)") }
        },
        Difference(stricter: .decoder, reason: "CEL: who requires accounts offers a mechanism") { path, value in
            path == "spec.accounts.sasl" && value == .list([])
        },
        Difference(stricter: .decoder, reason: "CEL: the fields of a price go with its model") { path, _ in
            ["model", "tiers", "unit", "size"].map { "spec.price.prices[].\($0)" }.contains(path)
        },
        Difference(stricter: .decoder, reason: "CEL: tiers ascend and only the last is open") { path, _ in
            path.hasPrefix("spec.price.prices[].tiers[]")
        },
        Difference(stricter: .decoder, reason: "CEL: the minimum of a price is not above its maximum") { path, _ in
            ["spec.price.prices[].minimum", "spec.price.prices[].maximum"].contains(path)
        },
    ]
}

extension JSONValue {
    fileprivate func at(_ step: FieldStep) -> JSONValue {
        switch step {
        case .field(let name): self[name]
        case .element: self.elements.first ?? .null
        case .anyField: self["a"]
        }
    }
}
