// The definitions that a cluster gets (k8s/crds, and the chart's copies): the kinds as tables, their specifications derived from
// the rows of settings.

/// What defines one of our kinds to an API server.
package struct Definition: Sendable {
    /// A column of `kubectl get`.
    struct Column: Sendable {
        let name: String
        let type: String
        let path: String
        var says = ""
        var isWide = false
    }

    /// The kind, such as `Tenant`.
    package let kind: String
    /// What a reader of the file should know.
    let comment: String
    let isNamespaced: Bool
    /// What `kubectl` also takes for the plural.
    let shortName: String
    /// What an object of this kind is.
    let says: String
    let columns: [Column]
    /// The specification.
    let spec: Schema
    /// The documentation of every setting.
    package let lines: [SettingLine]
    /// The fields of the status beside `observedGeneration` and `conditions`.
    let status: PlainValue
    /// What holds of the object's name.
    var rules: [Schema.Rule] = []
    /// The paths of the subresource `scale`, if there is one.
    var scale: PlainValue?

    init<Spec: SettingsObject>(
        _ kind: String,
        _: Spec.Type,
        comment: String,
        isNamespaced: Bool = false,
        shortName: String,
        says: String,
        specSays: String,
        columns: [Column],
        status: PlainValue,
        rules: [Schema.Rule] = [],
        scale: PlainValue? = nil
    ) {
        self.kind = kind
        self.comment = comment
        self.isNamespaced = isNamespaced
        self.shortName = shortName
        self.says = says
        self.columns = columns
        self.spec = SettingType<Spec>.object.schema.described(specSays)
        self.lines = Spec.settings.flatMap { $0.lines() }.map { $0.below("spec") }
        self.status = status
        self.rules = rules
        self.scale = scale
    }

    /// The plural, by which the API server serves it.
    var plural: String { self.kind.lowercased() + "s" }

    /// The name of the file.
    package var file: String { "\(self.plural).roost.chat.yaml" }

    /// The file's text.
    package var text: String {
        YAMLText.comment(self.comment) + "\n" + YAMLText.document(self.object)
    }

    private var object: PlainValue {
        [
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": [
                "name": .text("\(self.plural).roost.chat"), "labels": ["app.kubernetes.io/part-of": "roost"],
            ],
            "spec": [
                "group": "roost.chat", "scope": self.isNamespaced ? "Namespaced" : "Cluster",
                "names": [
                    "kind": .text(self.kind), "listKind": .text(self.kind + "List"), "plural": .text(self.plural),
                    "singular": .text(self.kind.lowercased()), "shortNames": [.text(self.shortName)],
                    "categories": ["roost"],
                ],
                "versions": [
                    [
                        "name": "v1alpha1", "served": true, "storage": true, "subresources": self.subresources,
                        "additionalPrinterColumns": .list(self.columns.map(\.plain)),
                        "schema": ["openAPIV3Schema": self.schema.plain],
                    ]
                ],
            ],
        ]
    }

    private var subresources: PlainValue {
        let status = PlainValue.Member(name: "status", value: .object([]))
        return .object([status] + (self.scale.map { [PlainValue.Member(name: "scale", value: $0)] } ?? []))
    }

    private var schema: Schema {
        let status = Schema(
            ["type": "object", "properties": .object(Self.everyStatus.members + self.status.members)]
        )
        return Schema(
            object: [
                ("apiVersion", Schema(["type": "string"]).described("The version of the kind, roost.chat/v1alpha1.")),
                ("kind", Schema(["type": "string"]).described("The kind, \(self.kind).")),
                // What is said of it is the server's own affair.
                ("metadata", Schema(["type": "object"])),
                ("spec", self.spec),
                ("status", status.described("What the operator saw last.")),
            ],
            required: self.spec["required"] == nil ? [] : ["spec"],
            rules: self.rules
        )
        .described(self.says)
    }

    private static let everyStatus: PlainValue = [
        "observedGeneration": .count(
            "The generation of the object that this tells of; a lower one than it has is out of date."
        ),
        "conditions": [
            "description": "What is the case, one entry a type.", "type": "array", "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["type"],
            "items": [
                "type": "object", "required": ["type", "status", "reason", "message", "lastTransitionTime"],
                "properties": [
                    "type": [
                        "description": "What it is about, such as Ready.", "type": "string", "minLength": 1,
                        "maxLength": 316,
                    ],
                    "status": [
                        "description": "Whether it holds.", "type": "string", "enum": ["True", "False", "Unknown"],
                    ],
                    "reason": [
                        "description":
                            "Why, in one word for programs. docs/operations/failure-modes.md explains each.",
                        "type": "string", "minLength": 1, "maxLength": 1024,
                    ],
                    "message": [
                        "description": "Why and what to do, for people.", "type": "string", "maxLength": 32768,
                    ],
                    "lastTransitionTime": [
                        "description": "When the status changed last.", "type": "string", "format": "date-time",
                    ],
                    "observedGeneration": .count("The generation of the object that it was found for."),
                ],
            ],
        ],
    ]
}

extension Definition.Column {
    fileprivate var plain: PlainValue {
        var members: [PlainValue.Member] = [
            .init(name: "name", value: .text(self.name)), .init(name: "type", value: .text(self.type)),
            .init(name: "jsonPath", value: .text(self.path)),
        ]
        if !self.says.isEmpty { members.append(.init(name: "description", value: .text(self.says))) }
        if self.isWide { members.append(.init(name: "priority", value: 1)) }
        return .object(members)
    }
}

extension PlainValue {
    /// The schema of a count in a status.
    static func count(_ says: String = "") -> PlainValue {
        Schema(["type": "integer", "format": "int64", "minimum": 0]).described(says).plain
    }

    /// The schema of a text in a status.
    static func words(_ says: String) -> PlainValue { Schema(["type": "string"]).described(says).plain }
}
