// Names that are compared by their ASCII letters alone can look alike and be different: who sees one must not take it for the
// other (Unicode TR39).

import CSpoof
import IRC

/// What nicknames look like.
enum Likeness {
    /// ICU's tables; not changed once they are set up, so any thread may ask.
    private struct Checker: @unchecked Sendable {
        let pointer: OpaquePointer?

        init() {
            var status = U_ZERO_ERROR
            let pointer = spoof_open(&status)
            if let pointer { spoof_restrict(pointer, &status) }
            self.pointer = status.rawValue <= U_ZERO_ERROR.rawValue ? pointer : nil
        }
    }

    private static let checker = Checker()

    /// Whether a nickname is in ASCII, within which nothing looks alike but capitals.
    static func isUnlike(_ nick: Nickname) -> Bool { nick.folded.utf8.allSatisfy { $0 < 0x80 } }

    /// What all nicknames have in common that look like this one; of one in ASCII its folded form.
    ///
    /// The skeleton of TR39 section 4, in small letters. ASCII stands for itself: `l` and `1` are held apart by those who chose
    /// them.
    static func form(of nick: Nickname) -> String {
        self.isUnlike(nick) ? nick.folded : self.form(ofText: nick.raw)
    }

    /// The same of any text, in small letters.
    static func form(ofText text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.lowercased() }
        var form = ""
        var run = ""
        for scalar in text.unicodeScalars {
            guard let sign = self.ascii(scalar) else {
                run.unicodeScalars.append(scalar)
                continue
            }
            form += self.skeleton(of: run)
            run = ""
            form.unicodeScalars.append(sign)
        }
        return (form + self.skeleton(of: run)).lowercased()
    }

    /// An ASCII character, or the one that a wide form of it stands for.
    private static func ascii(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        switch scalar.value {
        case 0..<0x80: scalar
        case 0xFF01...0xFF5E: Unicode.Scalar(UInt8(truncatingIfNeeded: scalar.value - 0xFF01) + UInt8(ascii: "!"))
        default: nil
        }
    }

    /// TR39 has `rn` for an `m`, which stands for itself here.
    private static func skeleton(of run: String) -> String {
        guard !run.isEmpty else { return "" }
        return self.withUTF8(run) { checker, bytes, length in
            var status = U_ZERO_ERROR
            // A character's skeleton has at most eighteen characters of four bytes.
            let capacity = 72 * Int(length)
            return String(unsafeUninitializedCapacity: capacity) { skeleton in
                skeleton.withMemoryRebound(to: CChar.self) { skeleton in
                    let count = spoof_skeleton(
                        checker,
                        bytes,
                        length,
                        skeleton.baseAddress,
                        Int32(clamping: capacity),
                        &status
                    )
                    return status.rawValue <= U_ZERO_ERROR.rawValue ? min(Int(count), capacity) : 0
                }
            }.replacing("rn", with: "m")
        } ?? run
    }

    /// Whether a nickname mixes scripts that nobody mixes, or hides characters (TR39 section 5.2, highly restrictive: one script;
    /// or Latin with those of Chinese, Japanese or Korean).
    static func isMisleading(_ nick: Nickname) -> Bool {
        if self.isUnlike(nick) { return false }
        return self.withUTF8(nick.raw) { checker, bytes, length in
            var status = U_ZERO_ERROR
            return spoof_check(checker, bytes, length, &status) != 0
        } ?? false
    }

    private static func withUTF8<Result>(
        _ text: String,
        _ body: (OpaquePointer, UnsafePointer<CChar>, Int32) -> Result
    ) -> Result? {
        guard let checker = self.checker.pointer else { return nil }
        var text = text
        return text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { bytes in
                bytes.baseAddress.map { body(checker, $0, Int32(clamping: bytes.count)) }
            }
        }
    }
}
