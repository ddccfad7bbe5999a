// What goes wrong on purpose: refusals, delays, and requests that are held until the test lets them go.

/// One request to a resource, as RBAC sees it.
package struct KubeAPICall: Sendable, Hashable {
    /// `get`, `list`, `watch`, `create`, `update`, `patch`, `delete` or `deletecollection`.
    package var verb: String
    /// Empty for the core group.
    package var group: String
    /// The plural: `pods`.
    package var resource: String
    /// `status`, `scale`, or empty.
    package var subresource: String
    /// Nil in the cluster's scope.
    package var namespace: String?
    /// Empty where the request names no object.
    package var name: String
    /// The body's form, for patches: `application/apply-patch+yaml`.
    package var contentType: String = ""

    /// States a request; one to a resource's objects, unless it says more.
    package init(
        verb: String,
        group: String,
        resource: String,
        subresource: String = "",
        namespace: String?,
        name: String = "",
        contentType: String = ""
    ) {
        self.verb = verb
        self.group = group
        self.resource = resource
        self.subresource = subresource
        self.namespace = namespace
        self.name = name
        self.contentType = contentType
    }
}

/// Which requests a fault meets; nil meets all.
package struct KubeAPIMatch: Sendable {
    /// The verb.
    package var verb: String?
    /// The plural, or the plural with the subresource: `tenants`, `tenants/status`.
    package var resource: String?
    /// The object's name.
    package var name: String?
    /// The namespace.
    package var namespace: String?

    /// Meets the requests that agree with everything that is given.
    package init(verb: String? = nil, resource: String? = nil, name: String? = nil, namespace: String? = nil) {
        self.verb = verb
        self.resource = resource
        self.name = name
        self.namespace = namespace
    }

    /// Whether a request is met; a resource without subresource meets requests to its subresources too.
    package func meets(_ call: KubeAPICall) -> Bool {
        let full = call.subresource.isEmpty ? call.resource : "\(call.resource)/\(call.subresource)"
        return (verb.map { $0 == call.verb } ?? true)
            && (resource.map { $0 == full || $0 == call.resource } ?? true)
            && (name.map { $0 == call.name } ?? true) && (namespace.map { $0 == call.namespace } ?? true)
    }
}

/// What a fault does to a request.
enum FaultEffect: Sendable {
    /// Answers with a Status instead of carrying the request out.
    case refuse(KubeStatus)
    /// Carries the request out, but answers with a Status: the answer got lost.
    case refuseAfterwards(KubeStatus)
    /// Waits before it is carried out.
    case delay(Duration)
    /// Waits for the test.
    case hold(KubeAPIGate)
    /// Closes the connection without an answer.
    case disconnect
}

/// A fault that waits for its requests.
struct ArmedFault: Sendable {
    let id: Int
    let match: KubeAPIMatch
    let effect: FaultEffect
    /// How many requests it still meets; nil for all.
    var remaining: Int?
}

extension APIServerState {
    /// The effects that a request meets, and counts them as met.
    func takeFaults(for call: KubeAPICall) -> [FaultEffect] {
        var effects: [FaultEffect] = []
        for index in faults.indices where faults[index].match.meets(call) && faults[index].remaining != 0 {
            effects.append(faults[index].effect)
            if let remaining = faults[index].remaining { faults[index].remaining = remaining - 1 }
        }
        faults.removeAll { $0.remaining == 0 }
        return effects
    }

    /// Arms a fault.
    ///
    /// - Returns: what it is disarmed by.
    func arm(_ match: KubeAPIMatch, _ effect: FaultEffect, times: Int?) -> Int {
        nextFault += 1
        faults.append(ArmedFault(id: nextFault, match: match, effect: effect, remaining: times))
        return nextFault
    }
}
