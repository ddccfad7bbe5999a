// Zstandard (RFC 8878) bit by bit: one frame of any length, of which no more is held than zstd's window.

import CZstd

/// Compresses one frame.
///
/// Not for two at a time.
final class ZstdCompressor {
    private let context: OpaquePointer
    private let room = ZSTD_CStreamOutSize()

    /// - Parameter level: 1 is quick, 19 is small.
    /// - Throws: ``ArchiveError/configuration(_:)`` for want of memory.
    init(level: Int32 = 6) throws(ArchiveError) {
        guard let context = ZSTD_createCCtx() else { throw .configuration("no memory to compress") }
        self.context = context
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
        ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, ZstdDecompressor.windowLog)
    }

    deinit { ZSTD_freeCCtx(self.context) }

    /// Takes bytes.
    ///
    /// - Parameters:
    ///   - bytes: What the frame goes on with.
    ///   - isEnd: Whether it ends with them.
    /// - Returns: What is to be written now; often nothing.
    /// - Throws: ``ArchiveError/damaged(_:)``
    func add(_ bytes: [UInt8], isEnd: Bool = false) throws(ArchiveError) -> [UInt8] {
        let mode = isEnd ? ZSTD_e_end : ZSTD_e_continue
        var done: [UInt8] = []
        var place = 0
        while true {
            var rest = 0
            let piece = [UInt8](unsafeUninitializedCapacity: self.room) { target, count in
                bytes.withUnsafeBytes { bytes in
                    var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: place)
                    var output = ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
                    rest = ZSTD_compressStream2(self.context, &output, &input, mode)
                    (place, count) = (input.pos, output.pos)
                }
            }
            if ZSTD_isError(rest) != 0 {
                throw .damaged("cannot be compressed: \(String(cString: ZSTD_getErrorName(rest)))")
            }
            done += piece
            if isEnd ? rest == 0 : place == bytes.count { return done }
        }
    }
}

/// Decompresses one frame.
///
/// Not for two at a time.
final class ZstdDecompressor {
    /// No more than two to the power of this is held of what came before: 8 MiB.
    static let windowLog: Int32 = 23

    private let context: OpaquePointer
    private let room = ZSTD_DStreamOutSize()
    /// Whether the frame has ended.
    private(set) var isAtEnd = false

    /// - Throws: ``ArchiveError/configuration(_:)`` for want of memory.
    init() throws(ArchiveError) {
        guard let context = ZSTD_createDCtx() else { throw .configuration("no memory to decompress") }
        self.context = context
        ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, Self.windowLog)
    }

    deinit { ZSTD_freeDCtx(self.context) }

    /// Decompresses a bit of some bytes: no more than 128 KiB, whatever they hold.
    ///
    /// - Parameter bytes: What comes next of the frame; what was taken of it goes.
    /// - Returns: What it holds; nothing if more has to come.
    /// - Throws: ``ArchiveError/damaged(_:)``
    func next(_ bytes: inout ArraySlice<UInt8>) throws(ArchiveError) -> [UInt8] {
        var (rest, taken) = (0, 0)
        let piece = [UInt8](unsafeUninitializedCapacity: self.room) { target, count in
            bytes.withUnsafeBytes { bytes in
                var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
                var output = ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
                rest = ZSTD_decompressStream(self.context, &output, &input)
                (taken, count) = (input.pos, output.pos)
            }
        }
        if ZSTD_isError(rest) != 0 { throw .damaged(String(cString: ZSTD_getErrorName(rest))) }
        bytes = bytes.dropFirst(taken)
        self.isAtEnd = rest == 0
        return piece
    }
}
