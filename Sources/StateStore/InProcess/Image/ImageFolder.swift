// Where images are: one file in a folder, replaced as a whole.

import NIOCore

/// The file that an image is in.
struct ImageFolder: Sendable {
    static let name = "image"
    /// The one that is being written.
    static let newName = "image.new"

    let folder: any JournalFolder

    /// Why what is there cannot be used.
    enum Problem: Error {
        case failed(FileFailure)
        case unusable(LiveImage.Problem)
    }

    /// What the last process left; nil if there is nothing.
    ///
    /// - Throws: ``Problem``
    func read() throws(Problem) -> LiveImage? {
        let contents: JournalFileContents
        do throws(FileFailure) {
            guard try self.folder.names().contains(Self.name) else { return nil }
            contents = try self.folder.read(Self.name)
        } catch { throw .failed(error) }
        do throws(LiveImage.Problem) { return try LiveImage(contents.bytes) } catch { throw .unusable(error) }
    }

    /// Gives a file that cannot be used a name under which nobody reads it, and nobody overwrites it.
    ///
    /// - Returns: The name.
    func setAside(at time: Int64) throws(FileFailure) -> String {
        let name = "\(Self.name).unusable-\(time)"
        try self.folder.rename(Self.name, to: name)
        try self.folder.sync()
        return name
    }

    /// Puts an image in the place of the one that is there: after a power cut there is one or the other.
    func write(_ image: ByteBuffer) throws(FileFailure) {
        try self.removeNew()
        let file = try self.folder.create(Self.newName)
        do throws(FileFailure) {
            defer { file.close() }
            try file.write(image, at: 0)
            try file.sync()
        } catch {
            // What there is room for belongs to others.
            try? self.removeNew()
            throw error
        }
        try self.folder.rename(Self.newName, to: Self.name)
        try self.folder.sync()
    }

    private func removeNew() throws(FileFailure) {
        do throws(FileFailure) { try self.folder.remove(Self.newName) } catch {
            guard error.isAbsence else { throw error }
        }
    }
}
