// What an edge is to serve, on its way from the operator: one log of the cell in the live store. Its fields are the
// state, for whoever begins; its entries are the changes, for whoever follows. Edges need no access to Kubernetes then,
// and an operator that is away takes nothing from them.

package import Tenant

/// Where the projection is and what its fields are called.
///
/// Every entry's payload says what the entry did to the fields (``ProjectionChange``), since followers get no fields.
package enum Projection {
    /// The log.
    package static let log = LogKey(.cell, .projection, "tenants")
    /// Fields with a ``ProjectedTenant`` as JSON, by the tenant's name.
    package static let tenants = Section("t")
    /// Fields with a sealed certificate, by the tenant's name or ``wildcard``.
    package static let certificates = Section("c")
    /// What is said of the log itself.
    package static let marks = Section("m")
    /// Set once an empty log got everything there is: from then on what is not in the log is not to be served.
    package static let complete = FieldName(Self.marks, "complete")
    /// Says who may write: who took the log over last.
    static let claim = FieldName(Self.marks, "claim")
    /// The certificate's name that is the cell's, for all tenants below its domain; no tenant can be called so.
    package static let wildcard = "*"

    /// The field of a tenant.
    package static func field(of tenant: TenantID) -> FieldName { FieldName(Self.tenants, tenant.text) }

    /// The field of a certificate.
    package static func field(ofCertificate name: String) -> FieldName { FieldName(Self.certificates, name) }
}
