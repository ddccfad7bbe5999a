// What the documentation says of every setting, from the rows.

/// The tables of `docs/operations/limits.md`, and the page `docs/operations/settings.md`.
package enum SettingsPages {
    /// The page of limits with its tables as they should be.
    package static func limits(_ page: String) -> String {
        MadeText.filled(page, ["quotas": Self.quotas, "bounds": Self.bounds])
    }

    /// The page of settings.
    package static var settings: String {
        """
        # Settings

        Everything that our objects may say, made by `scripts/generate-crds` from the rows that also read it.
        [Limits](limits.md) has how large a number may be.

        **Not yet:** this version takes the setting and does not act on it. Who writes one is told so: `roost dev` and `roost edge`
        warn in their log, with file, line and field; of an object in Kubernetes the condition `SettingsIgnored` is `True`, with the
        reason `NotImplemented` and the fields.

        \(Definition.all.map(Self.section).joined(separator: "\n\n"))

        """
    }

    private static func section(_ definition: Definition) -> String {
        let rows = definition.lines.map { line in
            let not = line.meanwhile.map { " **Not yet:** \($0)." } ?? ""
            let standard = line.standard.map { "`\($0)`" } ?? ""
            let says = line.says.replacing("|", with: "\\|").replacing(
                " {limit, mode, warnAt}",
                with: " `{limit, mode, warnAt}`"
            )
            return "| `\(line.path)` | \(line.kind) | \(standard) | \(says)\(not) |"
        }
        return """
            ## \(definition.kind)

            | setting | value | by default | what it does |
            | --- | --- | --- | --- |
            \(rows.joined(separator: "\n"))
            """
    }

    private static var quotas: String {
        let rows = QuotaName.allCases.map { name in
            let size = name.isSize ? ", which is `1Pi`" : ""
            return "| `\(name.rawValue)` | \(name.bounds.upperBound)\(size) | \(name.row.says) |"
        }
        return "| quota | at most | of |\n| --- | --- | --- |\n" + rows.joined(separator: "\n")
    }

    private static var bounds: String {
        let rows = Definition.all.flatMap { definition in
            definition.lines.compactMap { line -> String? in
                guard let least = line.least, let most = line.most, !line.path.contains(".quotas."),
                    !line.path.contains(".overrides.")
                else { return nil }
                return "| `\(definition.kind)` `\(line.path)` | `\(least)` | `\(most)` |"
            }
        }
        return "| field | from | to |\n| --- | --- | --- |\n" + rows.joined(separator: "\n")
    }
}
