import StateStore
import Tenant

/// What the projection means to an edge: which tenants to serve, with which certificates.
///
/// Reads only what changed. What cannot be read stays as it was: an edge never stops serving somebody because of what it
/// does not understand.
struct ProjectionView {
    /// All tenants now.
    private(set) var catalog = TenantCatalog.empty
    /// The certificates now, opened, by tenant's name or ``Projection/wildcard``.
    private var opened: [String: ProjectedCertificate] = [:]
    private var tenants: [TenantID: HostedTenant] = [:]
    /// The fields as they were read last.
    private var fields: [FieldName: [UInt8]] = [:]
    private let seal: CertificateSeal?

    /// Something that could not be read, for the log.
    struct Problem: Hashable {
        let field: FieldName
        let reason: String
    }

    /// - `seal`: opens certificates; nil to pass over them.
    init(seal: CertificateSeal?) { self.seal = seal }

    /// The certificates in the order in which they hold: tenants' own before the cell's.
    ///
    /// A tenant's certificate is used for its own hostnames only, whatever it claims.
    var certificates: [(name: String, certificate: ProjectedCertificate, owned: [String]?)] {
        let own = self.opened.keys.filter { $0 != Projection.wildcard }.sorted()
        return (own + [Projection.wildcard]).compactMap { name in
            guard let certificate = self.opened[name] else { return nil }
            if name == Projection.wildcard { return (name, certificate, nil) }
            return (name, certificate, TenantID(name).flatMap { self.tenants[$0]?.hostnames } ?? [])
        }
    }

    /// Takes all fields of a complete projection.
    ///
    /// - Returns: What could not be read of that which changed.
    mutating func read(_ fields: [FieldName: [UInt8]]) -> [Problem] {
        var problems: [Problem] = []
        for field in self.fields.keys where fields[field] == nil { self.forget(field) }
        for (field, value) in fields where self.fields[field] != value {
            if let reason = self.read(field, value) { problems.append(Problem(field: field, reason: reason)) }
        }
        self.fields = fields
        self.catalog = TenantCatalog(self.tenants.values.sorted { $0.id < $1.id })
        return problems
    }

    private mutating func forget(_ field: FieldName) {
        switch field.section {
        case Projection.tenants: if let id = TenantID(field.name) { self.tenants[id] = nil }
        case Projection.certificates: self.opened[field.name] = nil
        default: return
        }
    }

    /// - Returns: why the field cannot be read.
    private mutating func read(_ field: FieldName, _ value: [UInt8]) -> String? {
        switch field.section {
        case Projection.tenants:
            do {
                let tenant = try ProjectedTenant(field: field, value)
                self.tenants[tenant.id] = tenant.hosted
            } catch {
                return "it is no tenant that can be served: \((error as? DecodingError)?.reason ?? "\(error)")"
            }
        case Projection.certificates:
            guard let seal else { break }
            do throws(CertificateSeal.Problem) {
                self.opened[field.name] = try seal.open(value, name: field.name)
            } catch { return error.description }
        default: break
        }
        return nil
    }
}
