// A kind from its CustomResourceDefinition (apiextensions.k8s.io/v1).

extension ResourceType {
    /// Reads a definition; there is no kind in one that serves no version or lacks names.
    ///
    /// - Parameter definition: the whole object.
    init?(definition: DoubleJSON) {
        guard let group = definition[at: "spec.group"]?.string,
            let plural = definition[at: "spec.names.plural"]?.string,
            let kind = definition[at: "spec.names.kind"]?.string
        else { return nil }
        let served = (definition[at: "spec.versions"]?.array ?? []).filter { $0["served"]?.bool ?? false }
        // The storage version goes first: what is stored is written in it.
        let ordered = served.filter { $0["storage"] == true } + served.filter { $0["storage"] != true }
        guard !ordered.isEmpty else { return nil }
        let versions = ordered.map { version in
            let schema = SchemaNode(openAPI: version[at: "schema.openAPIV3Schema"] ?? .object([:]))
            return ResourceVersionInfo(
                name: version["name"]?.string ?? "",
                schema: BuiltInSchemas.object(fields: schema),
                hasStatus: version[at: "subresources.status"] != nil,
                scale: Self.scale(of: version)
            )
        }
        self.init(
            group: group,
            plural: plural,
            singular: definition[at: "spec.names.singular"]?.string ?? kind.lowercased(),
            kind: kind,
            shortNames: (definition[at: "spec.names.shortNames"]?.array ?? []).compactMap(\.string),
            categories: (definition[at: "spec.names.categories"]?.array ?? []).compactMap(\.string),
            isNamespaced: definition[at: "spec.scope"]?.string == "Namespaced",
            versions: versions,
            rules: .customResource,
            countsGeneration: true,
            allowsUnconditionalUpdate: false,
            selectableFields: (ordered[0]["selectableFields"]?.array ?? []).compactMap { field in
                field["jsonPath"]?.string.map { String($0.drop(while: { $0 == "." })) }
            }
        )
    }

    private static func scale(of version: DoubleJSON) -> ScalePaths? {
        guard let scale = version[at: "subresources.scale"],
            let spec = scale["specReplicasPath"]?.string, let status = scale["statusReplicasPath"]?.string
        else { return nil }
        func path(_ text: String) -> [String] { text.split(separator: ".").map(String.init) }
        return ScalePaths(
            specReplicas: path(spec),
            statusReplicas: path(status),
            selector: scale["labelSelectorPath"]?.string.map(path)
        )
    }
}
