// What the server adds to the spec of a pod beyond the defaults that a schema can say, and how it writes quantities.

/// Defaults of pods that depend on other fields.
enum PodDefaults {
    /// Completes a pod's spec.
    static func complete(_ spec: inout DoubleJSON) {
        // The old name of the field is kept beside it, and stands in for it.
        if let account = spec["serviceAccountName"] ?? spec["serviceAccount"] {
            spec["serviceAccountName"] = account
            spec["serviceAccount"] = account
        }
        for list in ["containers", "initContainers"] {
            guard var containers = spec[list]?.array else { continue }
            for index in containers.indices { complete(container: &containers[index]) }
            spec[list] = .array(containers)
        }
    }

    /// A request that is not given is as large as its limit; that is so of pods, not of templates.
    static func request(_ pod: inout DoubleJSON) {
        guard var containers = pod[at: "spec.containers"]?.array else { return }
        for index in containers.indices {
            let limits = containers[index][path: ["resources", "limits"]]?.object ?? [:]
            for (name, amount) in limits where containers[index][path: ["resources", "requests", name]] == nil {
                containers[index][path: ["resources", "requests", name]] = amount
            }
        }
        pod[at: "spec.containers"] = .array(containers)
    }

    /// Every pod stays five minutes on a node that is lost.
    static func tolerate(_ pod: inout DoubleJSON) {
        var tolerations = pod[at: "spec.tolerations"]?.array ?? []
        for key: DoubleJSON in ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"]
        where !tolerations.contains(where: { $0["key"] == key }) {
            tolerations.append(["key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300])
        }
        pod[at: "spec.tolerations"] = .array(tolerations)
    }

    private static func complete(container: inout DoubleJSON) {
        if container["imagePullPolicy"] == nil, let image = container["image"]?.string {
            let last = image.split(separator: "/").last ?? ""
            let isFloating = !last.contains("@") && (!last.contains(":") || last.hasSuffix(":latest"))
            container["imagePullPolicy"] = isFloating ? "Always" : "IfNotPresent"
        }
        for kind in ["requests", "limits"] {
            guard let amounts = container[path: ["resources", kind]]?.object else { continue }
            container[path: ["resources", kind]] = .object(amounts.mapValues(canonical))
        }
    }

    /// A quantity as the server writes it back: the largest unit that keeps it whole.
    /// https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
    static func canonical(_ quantity: DoubleJSON) -> DoubleJSON {
        let text = quantity.string ?? quantity.text
        let digits = text.prefix { $0.isNumber }
        let unit = String(text.dropFirst(digits.count))
        guard var number = Int(digits) else { return .string(text) }
        let binary = ["", "Ki", "Mi", "Gi", "Ti", "Pi"]
        let decimal = ["m", "", "k", "M", "G", "T", "P"]
        if number > 0, let start = binary.firstIndex(of: unit), start > 0 {
            var place = start
            while number % 1_024 == 0, place + 1 < binary.count {
                number /= 1_024
                place += 1
            }
            return .string("\(number)\(binary[place])")
        }
        guard number > 0, var place = decimal.firstIndex(of: unit) else { return .string(text) }
        while number % 1_000 == 0, place + 1 < decimal.count {
            number /= 1_000
            place += 1
        }
        return .string("\(number)\(decimal[place])")
    }
}
