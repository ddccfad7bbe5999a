// Which hostnames may be had in a cell, and by whom: as listeners of a Gateway have hostnames, and namespaces that may attach to them.

/// The hostnames below a name, and who may have them.
package struct HostnameSuffix: Hashable, Sendable {
    /// The name, lower case: itself and all names below it are meant.
    package var suffix = ""
    /// The namespaces whose tenants may have them; `nil` means all that may use the cell.
    package var allowedNamespaces: AllowedNamespaces?

    /// Whether a hostname is meant.
    func covers(_ hostname: String) -> Bool { hostname == self.suffix || hostname.hasSuffix("." + self.suffix) }
}

extension HostnameSuffix: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting(
            "suffix",
            \.suffix,
            .hostname,
            required: "write a name, such as chat.example.com",
            "The name; itself and all names below it are meant."
        ),
        Setting(
            "allowedNamespaces",
            \.allowedNamespaces,
            .object,
            "Which namespaces' tenants may have them; by default all that may use the cell."
        ),
    ]
}

extension CellSpec {
    /// What holds for a hostname here: the longest suffix decides, so that a name below one that all may use can be somebody's own.
    ///
    /// - Parameter hostname: In lower case.
    /// - Returns: `nil` if no suffix is meant for it.
    package func rule(for hostname: String) -> HostnameSuffix? {
        self.hostnameSuffixes.filter { $0.covers(hostname) }.max { $0.suffix.utf8.count < $1.suffix.utf8.count }
    }
}
