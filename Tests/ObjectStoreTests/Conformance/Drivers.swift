import ObjectStore
import TestSupport

/// The drivers that must do the same.
enum Drivers {
    static let folder = StoreUnderTest(testDescription: "a folder") { body in
        try await withFolder { path in
            let store = try await FolderStore.open(path)
            do { try await body(store) } catch {
                await store.shutdown()
                throw error
            }
            await store.shutdown()
        }
    }

    static let s3 = StoreUnderTest(testDescription: "S3 by moto") { body in
        try await S3Bucket.with { store in try await body(store) }
    }

    static let gcs = StoreUnderTest(testDescription: "Google's Cloud Storage, as the double has it") { body in
        try await GCSDouble.with { store, _ in try await body(store) }
    }

    static let openStack = StoreUnderTest(testDescription: "S3 by OpenStack") { body in
        try await S3Bucket.with(on: .swift) { store in try await body(store) }
    }

    /// OpenStack looks whether an object is there before it takes the bytes, and not again when it has them.
    static let claiming: [StoreUnderTest] = [Self.folder, Self.s3, Self.gcs]

    static let all: [StoreUnderTest] = [Self.folder, Self.s3, Self.openStack, Self.gcs]
}
