// Who may use what the platform offers: namespaces, by their names or by their labels, as listeners of the Gateway API have it.

/// Which namespaces may use something.
package struct AllowedNamespaces: Hashable, Sendable {
    /// Those that are named.
    package var names: [String] = []
    /// Those whose labels it selects; `nil` selects none.
    package var selector: LabelSelector?

    /// Whether a namespace is among them.
    ///
    /// - Parameters:
    ///   - namespace: Its name.
    ///   - labels: Its labels.
    /// - Returns: Whether it is named or selected.
    package func contains(_ namespace: String, labels: [String: String]) -> Bool {
        self.names.contains(namespace) || self.selector?.selects(labels) == true
    }
}

/// A selector of labels (Kubernetes, "Labels and Selectors"): all of its requirements hold, and without any it selects everything.
package struct LabelSelector: Hashable, Sendable {
    /// Labels with the values that they have.
    package var matchLabels: [String: String] = [:]
    /// What else holds.
    package var matchExpressions: [LabelRequirement] = []

    /// Whether labels are as it wants them.
    package func selects(_ labels: [String: String]) -> Bool {
        self.matchLabels.allSatisfy { labels[$0.key] == $0.value }
            && self.matchExpressions.allSatisfy { $0.holds(of: labels[$0.key]) }
    }
}

/// What a label has to be like.
package struct LabelRequirement: Hashable, Sendable {
    /// How it is compared.
    package enum Comparison: String, Hashable, Sendable, CaseIterable {
        case oneOf = "In"
        case noneOf = "NotIn"
        case exists = "Exists"
        case isMissing = "DoesNotExist"
    }

    /// The label's name.
    package var key = ""
    /// How its value is compared.
    package var comparison = Comparison.exists
    /// With what, where that asks for values.
    package var values: [String] = []

    /// Whether it holds of a label's value, `nil` where there is no such label.
    func holds(of value: String?) -> Bool {
        switch self.comparison {
        case .oneOf: value.map(self.values.contains) ?? false
        // As in Kubernetes, what has no such label is not among the values either.
        case .noneOf: !(value.map(self.values.contains) ?? false)
        case .exists: value != nil
        case .isMissing: value == nil
        }
    }
}

extension AllowedNamespaces: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting("names", \.names, .list(of: .label, .set, most: 1000), "Namespaces by their names."),
        Setting("selector", \.selector, .object, "Namespaces by their labels; {} selects all."),
    ]

    /// None and an empty one are opposites.
    static var isOpen: Bool { true }
}

extension LabelSelector: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting("matchLabels", \.matchLabels, .texts, "Labels with the values that they must have."),
        Setting(
            "matchExpressions",
            \.matchExpressions,
            .list(of: .object, .ordered(), most: 100),
            "What else must hold of labels."
        ),
    ]

    static var isOpen: Bool { true }
}

extension LabelRequirement: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting("key", \.key, .line, required: "name the label", "The label's name."),
        Setting(
            "operator",
            \.comparison,
            .choice,
            required: "choose one of In, NotIn, Exists, DoesNotExist",
            "How its value is compared."
        ),
        Setting("values", \.values, .list(of: .text, .ordered(), most: 100), "The values for In and NotIn."),
    ]

    static let rules = [
        Schema.Rule(
            "(self.operator in ['In', 'NotIn']) == (has(self.values) && self.values.size() > 0)",
            Self.rule
        )
    ]

    private static let rule = "In and NotIn have values, Exists and DoesNotExist have none"

    static func check(_ value: Self, _ fields: ObjectFields) {
        if [.oneOf, .noneOf].contains(value.comparison) != value.values.isEmpty { return }
        fields["values"].report(.badValue, "\(Self.rule): correct one of them")
    }
}
