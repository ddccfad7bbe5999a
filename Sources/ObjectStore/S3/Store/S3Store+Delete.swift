import Crypto
import NIOCore
import NIOHTTP1

/// Deleting and copying.
extension S3Store {
    package func delete(
        _ objects: [ObjectVersion]
    ) async throws(ObjectStoreError) -> [ObjectVersion: ObjectStoreError] {
        guard !objects.isEmpty else { return [:] }
        guard objects.count <= 1000 else { throw .configuration("a thousand objects are deleted at once at most") }
        guard self.dialect.deletesMany else { return await self.deleteOneByOne(objects) }
        var request = S3Request("POST")
        request.ask("delete")
        let body = S3Documents.delete(objects)
        request.body = body
        // The one checksum of it that all stores know.
        request.add("content-md5", Array(Insecure.MD5.hash(data: Array(body.readableBytesView))).base64)
        request.add("content-type", "application/xml")
        let root = try await self.document(request)
        var failures: [ObjectVersion: ObjectStoreError] = [:]
        for node in root.all("Error") {
            let version = node.text("VersionId").flatMap { $0.isEmpty ? nil : $0 }
            let code = node.text("Code") ?? ""
            guard let text = node.text("Key"), !["NoSuchKey", "NoSuchVersion"].contains(code),
                let object = objects.first(where: { $0.key.text == text && ($0.version == version || version == nil) })
            else { continue }
            let status = code == "AccessDenied" ? 403 : code == "InternalError" ? 500 : code == "SlowDown" ? 503 : 400
            let fault = S3Fault(status: status, code: code, message: String((node.text("Message") ?? "").prefix(300)))
            failures[object] = await self.explained(fault.error(object.key, bucket: self.bucket), object)
        }
        return failures
    }

    private func deleteOneByOne(_ objects: [ObjectVersion]) async -> [ObjectVersion: ObjectStoreError] {
        await withTaskGroup(of: (ObjectVersion, ObjectStoreError?).self) { group in
            // What bounds the requests on their way is the client's gate, and its queue is not to be filled by one
            // call.
            var rest = objects[...]
            var failures: [ObjectVersion: ObjectStoreError] = [:]
            for object in rest.prefix(8) { group.addTask { (object, await self.deleteOne(object)) } }
            rest = rest.dropFirst(8)
            for await (object, failure) in group {
                if let failure { failures[object] = failure }
                if let next = rest.popFirst() { group.addTask { (next, await self.deleteOne(next)) } }
            }
            return failures
        }
    }

    private func deleteOne(_ object: ObjectVersion) async -> ObjectStoreError? {
        var request = S3Request("DELETE", object.key)
        self.add(version: object.version, to: &request)
        do throws(ObjectStoreError) {
            _ = try await self.send(request)
            return nil
        } catch {
            if case .notFound = error { return nil }
            return await self.explained(error, object)
        }
    }

    /// Stores say of a version that is locked that access is denied.
    private func explained(_ error: ObjectStoreError, _ object: ObjectVersion) async -> ObjectStoreError {
        guard case .accessDenied = error, object.version != nil,
            let attributes = try? await self.head(object.key, version: object.version)
        else { return error }
        if attributes.legalHold { return .locked("\(object.key) is on legal hold") }
        guard let until = attributes.lockedUntil, until * 1000 > self.client.time.wall() else { return error }
        return .locked("\(object.key) until \(until) seconds since 1970")
    }

    package func copy(
        _ source: ObjectKey,
        to key: ObjectKey,
        _ options: PutOptions
    ) async throws(ObjectStoreError) -> ObjectAttributes {
        // Not every store keeps to a condition here, and none checks a digest.
        if options.ifAbsent || options.sha256 != nil { return try await self.copyThroughHere(source, to: key, options) }
        var request = S3Request("PUT", key)
        request.headers = try self.headers(for: options)
        let path = PercentEncoding.encode("/\(self.bucket)/\(source.text)", keepsSlashes: true)
        request.add("\(self.dialect.prefix)copy-source", path)
        request.add("\(self.dialect.prefix)metadata-directive", "REPLACE")
        if case .customer(let customerKey) = self.client.settings.encryption {
            request.headers += self.dialect.headers(for: customerKey, of: "copy-source-")
        }
        request.mayFailInside = true
        let answer: S3Answer
        do throws(ObjectStoreError) { answer = try await self.send(request) } catch {
            switch error {
            case .notFound: throw .notFound(source)
            // More than 5 GiB are not copied in one request.
            case .rejected(400, "InvalidRequest", _), .rejected(400, "EntityTooLarge", _):
                return try await self.copyThroughHere(source, to: key, options)
            default: throw error
            }
        }
        // The answer does not say how large it is.
        let version = answer.headers.first(name: self.dialect.versionHeader)
        return try await self.head(key, version: version)
    }

    private func copyThroughHere(
        _ source: ObjectKey,
        to key: ObjectKey,
        _ options: PutOptions
    ) async throws(ObjectStoreError) -> ObjectAttributes {
        let reading = try await self.get(source, nil, version: nil)
        return try await self.put(key, options) { writer in
            for try await piece in reading.body { try await writer.write(piece) }
        }
    }
}
