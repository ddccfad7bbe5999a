import StateStore

/// Reads the lines of a bundle's file, one after the other; it holds one of them, and what zstd holds.
final class BundleLines {
    /// The most that a line may have, in bytes.
    static let longestLine = 16 << 20
    private static let piece = 128 << 10

    private let path: String
    private let file: ReadFile
    private let zstd: ZstdDecompressor
    /// Compressed, and not taken yet.
    private var input: ArraySlice<UInt8> = []
    private var output: [UInt8] = []
    /// Where in the output the next line begins.
    private var start = 0
    /// Up to where there is no line feed.
    private var looked = 0
    /// How many lines were read.
    private(set) var number = 0

    init(_ path: String) throws(BundleError) {
        self.path = path
        do throws(FileFailure) { self.file = try ReadFile(path) } catch { throw .file(error) }
        do throws(ArchiveError) { self.zstd = try ZstdDecompressor() } catch { throw .archive(error) }
    }

    /// The next line with its line feed.
    ///
    /// - Returns: nil at the end of the file.
    /// - Throws: ``BundleError``
    func next() throws(BundleError) -> ArraySlice<UInt8>? {
        while true {
            if let end = self.output[self.looked...].firstIndex(of: 0x0A) {
                let line = self.output[self.start...end]
                (self.start, self.looked) = (end + 1, end + 1)
                self.number += 1
                return line
            }
            self.output.removeFirst(self.start)
            (self.start, self.looked) = (0, self.output.count)
            guard self.output.count <= Self.longestLine else {
                throw .line(self.number + 1, "it is longer than \(Self.longestLine) bytes")
            }
            guard try self.fill() else {
                if self.output.isEmpty { return nil }
                throw .truncated
            }
        }
    }

    /// Takes more of the file.
    ///
    /// - Returns: false if there is no more.
    private func fill() throws(BundleError) -> Bool {
        while !self.zstd.isAtEnd {
            var isAtEndOfFile = false
            if self.input.isEmpty {
                self.input = try self.read()[...]
                isAtEndOfFile = self.input.isEmpty
            }
            let piece: [UInt8]
            do throws(ArchiveError) { piece = try self.zstd.next(&self.input) } catch {
                if self.number == 0 && self.output.isEmpty { throw .format("\(self.path) is no bundle") }
                throw .line(self.number + 1, "\(error)")
            }
            self.output += piece
            if !piece.isEmpty { return true }
            if isAtEndOfFile && !self.zstd.isAtEnd { throw .truncated }
        }
        guard self.input.isEmpty, try self.read().isEmpty else {
            throw .line(self.number + 1, "something follows the end of what was compressed")
        }
        return false
    }

    private func read() throws(BundleError) -> [UInt8] {
        do throws(FileFailure) { return try self.file.read(Self.piece) } catch { throw .file(error) }
    }
}
