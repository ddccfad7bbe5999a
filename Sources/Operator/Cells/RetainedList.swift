// Which deleted tenants' data a cell keeps, for people: a ConfigMap beside the edges. Nothing reads it but `kubectl roost retained`.

package import KubeClient
package import StateStore
import Tenant

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The deleted tenants of a cell, as an object.
package enum RetainedList {
    /// How many are listed at most, so that the object stays below its bound: those whose time comes first.
    package static let most = 4000

    /// The object's name.
    package static func name(_ cell: String) -> String { "roost-\(cell)-retained" }

    /// The list: `NAMESPACE.NAME` with the date and the object's id.
    ///
    /// - Parameters:
    ///   - notes: What is kept.
    ///   - cell: Where.
    ///   - owner: The Cell, which it goes with.
    ///   - namespace: The operator's.
    /// - Returns: The object; how many it leaves out is an annotation.
    package static func object(
        _ notes: [StoredTenant],
        in cell: String,
        owner: JSON,
        namespace: String
    ) -> KubeObject {
        func order(_ note: StoredTenant) -> (Int64, String) { (note.eraseAt ?? .max, note.tenant.text) }
        let listed = notes.sorted { order($0) < order($1) }.prefix(Self.most)
        var data: [String: String] = [:]
        for note in listed {
            let date = note.eraseAt.map { KubeTime.text(Date(timeIntervalSince1970: Double($0) / 1000)) } ?? "never"
            data["\(note.namespace).\(note.tenant)"] = "\(date) \(note.uid)"
        }
        var object = KubeObject(.configMaps, name: Self.name(cell), namespace: namespace, ["data": JSON(data)])
        object.json["metadata"]["labels"] = JSON(
            OperatorNames.labels(cell).merging([OperatorNames.retainedLabel: "true"]) { $1 }
        )
        object.json["metadata"]["ownerReferences"] = [owner]
        object.json["metadata"]["annotations"] = [
            OperatorNames.leftOut: .string("\(notes.count - listed.count)")
        ]
        return object
    }
}
