// Writes what is derived from the rows of settings: the definitions under k8s/crds, their copies in the chart, and what
// docs/operations says of settings. scripts/generate-crds calls it with the repository's folder.

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
    let limits = pages.appending(path: "limits.md")
    let text = try String(contentsOf: limits, encoding: .utf8)
    try Data(SettingsPages.limits(text).utf8).write(to: limits)
} catch {
    FileHandle.standardError.write(Data("definitions: \(error)\n".utf8))
    exit(1)
}
