// Who a request is from. A test's own requests bear no token and may do everything, as `system:masters` may; who bears one is
// the user that it was given for, and may do what RBAC says.

/// Somebody whom the server knows.
package struct KubeAPIUser: Sendable, Hashable {
    /// As a subject of the kind `User` names it.
    package let name: String
    /// As subjects of the kind `Group` name them.
    package let groups: Set<String>

    /// A person.
    package init(_ name: String, groups: Set<String> = []) {
        self.name = name
        self.groups = groups.union(["system:authenticated"])
    }

    /// The user that a ServiceAccount is.
    package static func serviceAccount(_ name: String, in namespace: String) -> KubeAPIUser {
        KubeAPIUser(
            "system:serviceaccount:\(namespace):\(name)",
            groups: ["system:serviceaccounts", "system:serviceaccounts:\(namespace)"]
        )
    }
}

extension KubeAPIDouble {
    /// Lets somebody in who bears a token; from then on a token that nobody was given is refused.
    package func admit(_ user: KubeAPIUser, token: String) {
        withState { $0.users[token] = user }
    }

    /// Whether RBAC allows a request.
    package func isAllowed(_ call: KubeAPICall, to user: KubeAPIUser) -> Bool {
        withState { $0.isAllowed(call, to: user) }
    }

    /// Every kind that the server has, with its subresources: `tenants/status`.
    package var kinds: [(group: String, resource: String, isNamespaced: Bool)] {
        withState { state in
            state.types.values.flatMap { type in
                let subresources =
                    (type.versions[0].hasStatus ? ["/status"] : []) + (type.versions[0].scale == nil ? [] : ["/scale"])
                return ([""] + subresources).map { (type.group, type.plural + $0, type.isNamespaced) }
            }
        }
    }
}

extension APIServerState {
    /// Who bears what a request's `Authorization` says.
    ///
    /// - Throws: 401 for a token that nobody was given.
    func user(bearing authorization: String?) throws(KubeStatus) -> KubeAPIUser? {
        guard !users.isEmpty, let authorization else { return nil }
        guard authorization.hasPrefix("Bearer "), let user = users[String(authorization.dropFirst("Bearer ".count))]
        else { throw .unauthorized }
        return user
    }

    /// Refuses what its user may not do.
    ///
    /// - Throws: 403.
    func authorize(_ request: APIRequest) throws(KubeStatus) {
        guard let user = request.user else { return }
        var call = request.authorizedCall
        guard isAllowed(call, to: user) else { throw .forbidden(call, user: user.name) }
        // What is applied and is not there is created, which is a right of its own.
        guard call.contentType == "application/apply-patch+yaml", call.subresource.isEmpty,
            let type = types.values.first(where: { $0.group == call.group && $0.plural == call.resource }),
            (try? object(type, namespace: call.namespace, name: call.name)) == nil
        else { return }
        call.verb = "create"
        guard isAllowed(call, to: user) else { throw .forbidden(call, user: user.name) }
    }
}

extension APIRequest {
    /// The request as authorization sees it: one that asks for a single name by a field selector is about that name, and one
    /// about a namespace is in it.
    var authorizedCall: KubeAPICall {
        var call = call
        if ["list", "watch"].contains(call.verb) {
            let terms = (query["fieldSelector"] ?? "").split(separator: ",")
            let name = terms.first { $0.hasPrefix("metadata.name=") }?.split(separator: "=").last
            call.name = name.map(String.init) ?? ""
        }
        if call.group.isEmpty, call.resource == "namespaces", !call.name.isEmpty { call.namespace = call.name }
        return call
    }
}
