package import Tenant

/// What the projection holds at one moment.
package struct ProjectionState: Sendable {
    /// The tenants that are projected.
    package var tenants: [TenantID: ProjectedTenant] = [:]
    /// Tenants that are in the log and that this version cannot read.
    package var unreadable: Set<TenantID> = []
    /// The sealed certificates, by the tenant's name or ``Projection/wildcard``.
    package var certificates: [String: [UInt8]] = [:]
    /// Whether the log once got everything there is.
    package let isComplete: Bool
    /// How far the log had come; `Position.none` if there is no log.
    package let position: Position

    /// Reads the log's fields.
    package init(_ snapshot: Snapshot) {
        self.isComplete = snapshot.fields[Projection.complete] != nil
        self.position = snapshot.position
        for (field, value) in snapshot.fields {
            switch field.section {
            case Projection.tenants:
                guard let id = TenantID(field.name) else { continue }
                if let tenant = try? ProjectedTenant(field: field, value) {
                    self.tenants[id] = tenant
                } else {
                    self.unreadable.insert(id)
                }
            case Projection.certificates: self.certificates[field.name] = value
            default: continue
            }
        }
    }
}

extension ProjectedTenant {
    /// Reads a field of the projection.
    ///
    /// - Throws: `DecodingError` if it cannot be read, or is another tenant's than the field's name says.
    package init(field: FieldName, _ value: [UInt8]) throws {
        let tenant = try ProjectedTenant(json: value)
        guard tenant.id.text == field.name else {
            throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "it is the tenant \(tenant.id)"))
        }
        self = tenant
    }
}
