// Which fields the decoder knows, found out by asking: it names them all when it meets one that it does not know.

import Foundation
import Tenant
import Testing

/// Walks through a kind by giving the decoder fields that cannot be there.
struct DecoderFields {
    let resource: CustomResource
    /// Near to no field's name, so that the decoder lists them all instead of guessing which was meant.
    private static let stranger = "qqqqqqqqqqqqqqqqqqqqqqqq"

    /// Every path below `spec`.
    func all() throws -> Set<String> {
        var found: Set<String> = []
        try self.explore([.field("spec")], in: self.resource.document(spec: .object([:])), into: &found)
        return found
    }

    /// A field may be an object, a list or, like `redis`, both.
    private func explore(_ path: [FieldStep], in document: JSONValue, into found: inout Set<String>) throws {
        for companion in Self.companions[path.text] ?? [[:]] {
            let document = document.setting(path[...], to: .object(companion))
            let strange = path + [.field(Self.stranger)]
            let errors = try self.resource.decode(document.setting(strange[...], to: .integer(0))).errors
            let place = path.last == .element ? path.dropLast() : path[...]
            if errors.contains(where: { $0.field == Array(place).inErrors && $0.reason == .wrongType }) { return }
            let unknown = errors.filter { $0.field == strange.inErrors && $0.reason == .unknownField }
            if path.last == .element {
                found.insert(path.text)
            } else if unknown.isEmpty {
                found.insert(path.text + ".*")
            }
            for name in unknown.flatMap(Self.known) {
                let field = path + [.field(name)]
                guard found.insert(field.text).inserted else { continue }
                try self.explore(field, in: document, into: &found)
                try self.explore(field + [.element], in: document, into: &found)
            }
        }
    }

    private static func known(_ error: ResourceError) -> [String] {
        error.message.components(separatedBy: "known here: ").last?.components(separatedBy: ", ") ?? []
    }

    /// Where other fields are known beside some values.
    private static let companions: [String: [[String: JSONValue]]] = [
        "spec.price.prices[]": MeterPrice.Model.allCases.map { ["model": .string($0.rawValue)] }
    ]
}
