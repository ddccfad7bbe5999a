// Zstandard (RFC 8878) by libzstd. Each call makes one frame with its size and a checksum in it, so that any reader can take it alone.

import CZstd

/// Compresses and decompresses whole frames, with a context that is used again.
///
/// Not for two at a time: each user has one of its own.
final class Zstd {
    private let compression: OpaquePointer
    private let decompression: OpaquePointer

    /// - Parameter level: 1 is quick, 19 is small.
    /// - Throws: ``ArchiveError/configuration(_:)`` for want of memory.
    init(level: Int32 = 3) throws(ArchiveError) {
        guard let compression = ZSTD_createCCtx() else { throw .configuration("no memory to compress") }
        guard let decompression = ZSTD_createDCtx() else {
            ZSTD_freeCCtx(compression)
            throw .configuration("no memory to decompress")
        }
        self.compression = compression
        self.decompression = decompression
        ZSTD_CCtx_setParameter(compression, ZSTD_c_compressionLevel, level)
        ZSTD_CCtx_setParameter(compression, ZSTD_c_checksumFlag, 1)
    }

    deinit {
        ZSTD_freeCCtx(self.compression)
        ZSTD_freeDCtx(self.decompression)
    }

    /// One frame of some bytes.
    func compress(_ bytes: [UInt8]) throws(ArchiveError) -> [UInt8] {
        try bytes.withUnsafeBytes { bytes in self.compressed(bytes) }.get()
    }

    private func compressed(_ bytes: UnsafeRawBufferPointer) -> Result<[UInt8], ArchiveError> {
        var failure: ArchiveError?
        let frame = [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(bytes.count)) { target, count in
            let size = ZSTD_compress2(
                self.compression,
                target.baseAddress,
                target.count,
                bytes.baseAddress,
                bytes.count
            )
            if ZSTD_isError(size) != 0 {
                failure = .damaged("cannot be compressed: \(String(cString: ZSTD_getErrorName(size)))")
            } else {
                count = size
            }
        }
        return failure.map { .failure($0) } ?? .success(frame)
    }

    /// What one frame holds.
    ///
    /// - Parameters:
    ///   - frame: All of it.
    ///   - limit: How many bytes it may hold at most; no room is made for more.
    /// - Returns: The bytes.
    /// - Throws: ``ArchiveError/damaged(_:)``, ``ArchiveError/tooLarge(_:)``
    func decompress(_ frame: ArraySlice<UInt8>, limit: Int) throws(ArchiveError) -> [UInt8] {
        try frame.withUnsafeBytes { frame in self.decompressed(frame, limit) }.get()
    }

    private func decompressed(_ frame: UnsafeRawBufferPointer, _ limit: Int) -> Result<[UInt8], ArchiveError> {
        let size = ZSTD_getFrameContentSize(frame.baseAddress, frame.count)
        // Above this are the two numbers that say: unknown, and no frame.
        guard size <= UInt64(Int64.max) else { return .failure(.damaged("no frame of zstd with its size")) }
        guard size <= UInt64(limit) else { return .failure(.tooLarge("a frame of \(size) bytes")) }
        var failure: ArchiveError?
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(size)) { target, count in
            let got = ZSTD_decompressDCtx(
                self.decompression,
                target.baseAddress,
                target.count,
                frame.baseAddress,
                frame.count
            )
            if ZSTD_isError(got) != 0 {
                failure = .damaged("a frame of zstd: \(String(cString: ZSTD_getErrorName(got)))")
            } else {
                count = got
            }
        }
        if let failure { return .failure(failure) }
        guard bytes.count == Int(size) else { return .failure(.damaged("a frame of zstd is shorter than it says")) }
        return .success(bytes)
    }
}
