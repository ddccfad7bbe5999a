// Writes what is derived from the rows of settings and of conditions: the definitions under k8s/crds, their copies in the chart, what
// docs/operations says of them, and what scripts/kubectl-roost knows of conditions. scripts/generate-crds calls it with the repository's folder.

import Foundation
import Tenant

let root = URL(filePath: CommandLine.arguments.dropFirst().first ?? ".")
do {
    for definition in Definition.all {
        for folder in ["k8s/crds", "helm/roost/files/crds"] {
            try Data(definition.text.utf8).write(to: root.appending(path: "\(folder)/\(definition.file)"))
        }
    }
    let pages = root.appending(path: "docs/operations")
    try Data(SettingsPages.settings.utf8).write(to: pages.appending(path: "settings.md"))
    for (path, fill) in [
        ("docs/operations/limits.md", SettingsPages.limits),
        ("docs/operations/failure-modes.md", ConditionPages.failureModes),
        ("scripts/kubectl-roost", ConditionPages.plugin),
    ] {
        let file = root.appending(path: path)
        let text = try String(contentsOf: file, encoding: .utf8)
        try Data(fill(text).utf8).write(to: file)
    }
} catch {
    FileHandle.standardError.write(Data("definitions: \(error)\n".utf8))
    exit(1)
}
