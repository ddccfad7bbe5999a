import ObjectStore

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

    static let all: [StoreUnderTest] = [Self.folder]
}
