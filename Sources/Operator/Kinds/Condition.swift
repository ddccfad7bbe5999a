// Conditions (Kubernetes API conventions, "Typical status properties"): what holds of an object, why, and since when.

package import KubeClient
package import Tenant

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// One condition.
package struct Condition: Hashable, Sendable {
    /// Whether it holds.
    package enum Status: String, Hashable, Sendable {
        case yes = "True"
        case no = "False"
        case unknown = "Unknown"
    }

    package let type: String
    package let status: Status
    /// One word for programs; `docs/operations/failure-modes.md` has them all.
    package let reason: String
    /// What is and what to do, for people.
    package let message: String
    /// The generation of the object that it was found for, if that is an earlier one.
    package let observedGeneration: Int?

    package init(
        _ type: String,
        _ status: Status,
        _ reason: String,
        _ message: String,
        observedGeneration: Int? = nil
    ) {
        assert(ConditionCatalog.severity(type, reason) != nil, "no row says what \(type) \(reason) means")
        self.type = type
        self.status = status
        self.reason = reason
        self.message = message
        self.observedGeneration = observedGeneration
    }

    /// How bad it is.
    package var severity: ConditionSeverity { ConditionCatalog.severity(self.type, self.reason) ?? .complaint }

    /// Says which fields of an object this version does not act on; nothing if it acts on all.
    ///
    /// - Parameter ignored: The fields, each with what is done instead.
    package init?(ignored: [String]) {
        guard !ignored.isEmpty else { return nil }
        self.init("SettingsIgnored", .yes, "NotImplemented", ignored.joined(separator: "; "))
    }

    /// A condition as an object's status has it; nothing if it has none of this type.
    package init?(_ type: String, of object: KubeObject) {
        guard let known = object.condition(type), let status = known["status"].string.flatMap(Status.init) else {
            return nil
        }
        // Another version may have written it.
        self.type = type
        self.status = status
        self.reason = known["reason"].string ?? ""
        self.message = known["message"].string ?? ""
        self.observedGeneration = known["observedGeneration"].int.map { Int($0) }
    }
}

extension [Condition] {
    /// The conditions as the status has them.
    ///
    /// - Parameters:
    ///   - object: What they are of; a condition whose status is the same as in it keeps its time.
    ///   - now: The time of those that changed.
    /// - Returns: A list, in this order.
    package func json(of object: KubeObject, now: Date) -> JSON {
        .array(
            self.map { condition in
                let before = object.condition(condition.type)
                let isSame = before?["status"].string == condition.status.rawValue
                let since = isSame ? before?["lastTransitionTime"].string : nil
                return [
                    "type": .string(condition.type), "status": .string(condition.status.rawValue),
                    "reason": .string(condition.reason), "message": .string(condition.message),
                    "lastTransitionTime": .string(since ?? KubeTime.text(now)),
                    "observedGeneration": .integer(Int64(condition.observedGeneration ?? object.generation)),
                ]
            }
        )
    }

    /// Those whose status or reason is another than in the object.
    package func changed(since object: KubeObject) -> [Condition] {
        self.filter { condition in
            let before = object.condition(condition.type)
            return before?["status"].string != condition.status.rawValue
                || before?["reason"].string != condition.reason
        }
    }

    package subscript(_ type: String) -> Condition? { self.first { $0.type == type } }
}
