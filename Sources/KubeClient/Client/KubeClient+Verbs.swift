// The verbs of the API (kubernetes.io/docs/reference/using-api/api-concepts).

import NIOHTTP1

/// How objects are chosen from a collection.
package struct ListOptions: Sendable, Hashable {
    /// Such as `app=web,tier in (a, b)`.
    package var labelSelector: String?
    /// Such as `metadata.name=acme`.
    package var fieldSelector: String?
    /// Leaves out `managedFields` as pages come: they are most of an object's size.
    package var leavesOutManagedFields = false

    package init(labelSelector: String? = nil, fieldSelector: String? = nil) {
        self.labelSelector = labelSelector
        self.fieldSelector = fieldSelector
    }

    var query: [(String, String)] {
        var query: [(String, String)] = []
        if let labelSelector { query.append(("labelSelector", labelSelector)) }
        if let fieldSelector { query.append(("fieldSelector", fieldSelector)) }
        return query
    }
}

extension KubeClient {
    /// How many objects are asked for at once.
    private static let pageSize = 500

    /// Reads one object.
    package func get(
        _ resource: KubeResource,
        _ name: String,
        in namespace: String? = nil
    ) async throws(KubeError) -> KubeObject {
        let path = resource.path(namespace: namespace, name: name)
        return KubeObject(try await self.send("get", .GET, path, resource: resource))
    }

    /// Reads one object; `nil` if there is none.
    package func find(
        _ resource: KubeResource,
        _ name: String,
        in namespace: String? = nil
    ) async throws(KubeError) -> KubeObject? {
        do throws(KubeError) {
            return try await self.get(resource, name, in: namespace)
        } catch {
            if error.isNotFound { return nil }
            throw error
        }
    }

    /// Reads a collection as it is at one revision, page by page.
    ///
    /// When the server has forgotten the revision of the first page (410), it begins again, once.
    package func list(
        _ resource: KubeResource,
        in namespace: String? = nil,
        _ options: ListOptions = ListOptions()
    ) async throws(KubeError) -> KubeList {
        do throws(KubeError) {
            return try await self.listOnce(resource, namespace, options)
        } catch {
            guard error.isGone else { throw error }
            return try await self.listOnce(resource, namespace, options)
        }
    }

    private func listOnce(
        _ resource: KubeResource,
        _ namespace: String?,
        _ options: ListOptions
    ) async throws(KubeError) -> KubeList {
        var items: [KubeObject] = []
        var next: String?
        var size = Self.pageSize
        repeat {
            var query = options.query + [("limit", String(size))]
            if let next { query.append(("continue", next)) }
            let page: JSON
            do throws(KubeError) {
                page = try await self.send(
                    "list",
                    .GET,
                    resource.path(namespace: namespace),
                    resource: resource,
                    query: query
                )
            } catch {
                // Objects that are fat come fewer at a time.
                guard error == .tooLarge, size > 1 else { throw error }
                size /= 2
                continue
            }
            guard let elements = page["items"].elements ?? (page["items"] == .null ? [] : nil) else {
                throw .invalidAnswer("a list without items")
            }
            for element in elements {
                var object = KubeObject(element)
                // Elements of a list leave out what the list says for all.
                if object.kind.isEmpty { object.json["kind"] = .string(resource.kind) }
                if object.apiVersion.isEmpty { object.json["apiVersion"] = .string(resource.apiVersion) }
                items.append(options.leavesOutManagedFields ? object.withoutManagedFields : object)
            }
            next = page["metadata"]["continue"].string.flatMap { $0.isEmpty ? nil : $0 }
            if next == nil {
                return KubeList(items: items, resourceVersion: page["metadata"]["resourceVersion"].string ?? "")
            }
        } while true
    }

    /// Makes an object.
    package func create(_ resource: KubeResource, _ object: KubeObject) async throws(KubeError) -> KubeObject {
        let path = resource.path(namespace: object.namespace)
        return KubeObject(try await self.send("create", .POST, path, resource: resource, body: object.json))
    }

    /// Replaces an object, if it is still as it was read (``KubeObject/resourceVersion``).
    package func replace(_ resource: KubeResource, _ object: KubeObject) async throws(KubeError) -> KubeObject {
        let path = resource.path(namespace: object.namespace, name: object.name)
        return KubeObject(try await self.send("update", .PUT, path, resource: resource, body: object.json))
    }

    /// Applies an object server-side: the fields in it become ours, those that we applied before and left out now go.
    ///
    /// - Parameters:
    ///   - resource: The object's kind.
    ///   - object: The fields that we want to have, nothing else.
    ///   - manager: Who we are among those who apply.
    ///   - force: Whether fields of other managers become ours too.
    ///   - subresource: `status` applies the status alone.
    /// - Returns: The object as it is then.
    /// - Throws: ``KubeError``, a conflict if a field is another manager's and `force` is not set.
    package func apply(
        _ resource: KubeResource,
        _ object: KubeObject,
        manager: String,
        force: Bool = true,
        subresource: String? = nil
    ) async throws(KubeError) -> KubeObject {
        var json = object.json
        json["apiVersion"] = .string(resource.apiVersion)
        json["kind"] = .string(resource.kind)
        let answer = try await self.send(
            "patch",
            .PATCH,
            resource.path(namespace: object.namespace, name: object.name, subresource: subresource),
            resource: resource,
            query: [("fieldManager", manager), ("force", force ? "true" : "false")],
            body: json,
            // JSON is YAML.
            contentType: "application/apply-patch+yaml"
        )
        return KubeObject(answer)
    }

    /// Changes an object by a JSON merge patch (RFC 7396).
    package func patch(
        _ resource: KubeResource,
        _ name: String,
        in namespace: String? = nil,
        manager: String,
        _ patch: JSON
    ) async throws(KubeError) -> KubeObject {
        let answer = try await self.send(
            "patch",
            .PATCH,
            resource.path(namespace: namespace, name: name),
            resource: resource,
            query: [("fieldManager", manager)],
            body: patch,
            contentType: "application/merge-patch+json"
        )
        return KubeObject(answer)
    }

    /// Deletes an object, and in time what belongs to it; none is as good.
    ///
    /// - Parameters:
    ///   - resource: The object's kind.
    ///   - name: The object's name.
    ///   - namespace: Its namespace.
    ///   - uid: Only this very object, not one that was made anew under the name.
    /// - Throws: ``KubeError``
    package func delete(
        _ resource: KubeResource,
        _ name: String,
        in namespace: String? = nil,
        uid: String? = nil
    ) async throws(KubeError) {
        var options: JSON = ["apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background"]
        if let uid { options["preconditions"] = ["uid": .string(uid)] }
        do throws(KubeError) {
            _ = try await self.send(
                "delete",
                .DELETE,
                resource.path(namespace: namespace, name: name),
                resource: resource,
                body: options
            )
        } catch {
            if !error.isNotFound { throw error }
        }
    }

    /// Whether the server has a kind, such as one of an operator that may be installed or not.
    package func serves(_ resource: KubeResource) async throws(KubeError) -> Bool {
        do throws(KubeError) {
            let list = try await self.send("get", .GET, resource.root, resource: nil)
            return (list["resources"].elements ?? []).contains { $0["name"].string == resource.plural }
        } catch {
            if error.isNotFound { return false }
            throw error
        }
    }
}
