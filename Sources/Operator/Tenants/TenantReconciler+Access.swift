// Who may use which cell, and which hostnames there.

import KubeClient
import Synchronization
import Tenant

extension NamespaceDirectory {
    /// Whether a hostname may be had from a namespace in a cell.
    func allows(hostname: String, from namespace: String, in cell: CellSpec) -> Bool {
        if cell.hostnameSuffixes.isEmpty { return true }
        return cell.rule(for: hostname).map { self.allows($0.allowedNamespaces, namespace) } ?? false
    }
}

extension TenantReconciler {
    /// Why a tenant may not live in a cell as it is written, if it may not.
    func denial(of parsed: Parsed<TenantResource>, in name: String) -> TenantView.Refusal? {
        let (directory, namespaces) = (self.context.directory, self.context.namespaces)
        let namespace = parsed.object.namespace
        // What one said that cannot be read any more still holds.
        let known =
            directory.cell(name)?.resource?.spec
            ?? self.context.cells.existing(name)?.state.withLock { $0.spec }
        guard let resource = parsed.resource, let cell = known else { return nil }
        guard namespaces.allows(cell.allowedNamespaces, namespace) else {
            let text = "tenants of namespace \(namespace) may not live in cell \(name): "
            return .init("CellNotAllowed", text + "name another in spec.cellRef, or have the platform allow it")
        }
        let denied = resource.spec.hostnames.filter { !namespaces.allows(hostname: $0, from: namespace, in: cell) }
        guard !denied.isEmpty else { return nil }
        let own = cell.hostnameSuffixes.filter { namespaces.allows($0.allowedNamespaces, namespace) }.map(\.suffix)
        let advice =
            own.isEmpty ? "none may be had there" : "choose names below \(own.summary())"
        let text = "\(denied.summary()) may not be had by namespace \(namespace) in cell \(name): \(advice)"
        return .init("HostnameNotAllowed", text)
    }
}
