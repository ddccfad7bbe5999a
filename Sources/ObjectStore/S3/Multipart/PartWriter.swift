// Cuts what comes into parts of one size, and hands each over when it is full. How many are in memory is bound by who
// takes them.

import Crypto
import NIOCore
import Synchronization

/// Takes an object's pieces and makes parts of them.
final class PartWriter: ObjectWriter {
    private struct State {
        var part = ByteBuffer()
        var size = 0
        var checksum = CRC32C()
        var digest: SHA256?
        var isOver = false
        var failure: ObjectStoreError?
    }

    private let partSize: Int
    private let take: @Sendable (ByteBuffer) async throws(ObjectStoreError) -> Void
    private let state: Mutex<State>

    /// Makes a writer.
    ///
    /// - Parameters:
    ///   - partSize: How many bytes a part has.
    ///   - wantsDigest: Whether somebody will ask for the SHA-256.
    ///   - take: Gets every part that is full; returns when there is room for another.
    init(
        partSize: Int,
        wantsDigest: Bool,
        _ take: @escaping @Sendable (ByteBuffer) async throws(ObjectStoreError) -> Void
    ) {
        self.partSize = partSize
        self.take = take
        var state = State()
        state.digest = wantsDigest ? SHA256() : nil
        self.state = Mutex(state)
    }

    func write(_ bytes: ByteBuffer) async throws { try await self.add(bytes) }

    private func add(_ bytes: ByteBuffer) async throws(ObjectStoreError) {
        var rest = bytes
        while rest.readableBytes > 0 {
            let result = self.state.withLock { state -> Result<ByteBuffer?, ObjectStoreError> in
                if let failure = state.failure { return .failure(failure) }
                if state.isOver { return .failure(.bodyFailed("a piece came behind the end")) }
                return .success(self.fill(&state, &rest))
            }
            guard let part = try result.get() else { continue }
            do throws(ObjectStoreError) { try await self.take(part) } catch {
                self.state.withLock { $0.failure = error }
                throw error
            }
        }
    }

    /// - Returns: The part, if it is full by now.
    private func fill(_ state: inout State, _ rest: inout ByteBuffer) -> ByteBuffer? {
        let count = min(self.partSize - state.part.readableBytes, rest.readableBytes)
        guard let piece = rest.readSlice(length: count) else { return nil }
        state.checksum.update(piece)
        piece.withUnsafeReadableBytes { state.digest?.update(bufferPointer: $0) }
        state.part.writeImmutableBuffer(piece)
        state.size += count
        guard state.part.readableBytes == self.partSize else { return nil }
        let part = state.part
        state.part = ByteBuffer()
        return part
    }

    /// What there was in all.
    struct Whole: Sendable {
        /// What is in no part yet.
        let rest: ByteBuffer
        let size: Int
        let checksum: CRC32C
        let sha256: [UInt8]?
    }

    /// Ends it.
    ///
    /// - Throws: What went wrong before, also where whoever wrote did not pass it on.
    func finish() throws(ObjectStoreError) -> Whole {
        let (whole, failure) = self.state.withLock { state in
            state.isOver = true
            let digest = state.digest.map { Array($0.finalize()) }
            let whole = Whole(rest: state.part, size: state.size, checksum: state.checksum, sha256: digest)
            return (whole, state.failure)
        }
        if let failure { throw failure }
        return whole
    }
}
