// A message of several lines while a client is sending it (https://ircv3.net/specs/extensions/multiline, client-batch).

import NIOCore

/// What a batch has brought so far; its bounds are looked at before anything of a line is kept.
package struct MultilineBatch: Sendable {
    /// The tag that says that a line goes on where the one before ended.
    package static let continuationTag = "draft/multiline-concat"

    /// How much one message may have.
    package struct Limits: Sendable, Hashable {
        /// Bytes of text, line feeds between lines included.
        package var bytes = 4096
        package var lines = 32

        package init() {}

        /// The capability's value in `CAP LS`.
        package var value: String { "max-bytes=\(self.bytes),max-lines=\(self.lines)" }
    }

    /// Why nothing comes of a batch.
    package enum Fault: Error, Hashable, Sendable {
        case tooManyBytes(limit: Int)
        case tooManyLines(limit: Int)
        /// A line is for somebody else than the batch.
        case otherTarget(batch: String, line: String)
        /// Anything else, in words for people.
        case invalid(Phrase)
    }

    /// The commands that a batch may be made of.
    package enum Verb: String, Sendable {
        case privmsg = "PRIVMSG"
        case notice = "NOTICE"
    }

    package let reference: String
    package let target: String
    private let limits: Limits
    package private(set) var verb: Verb?
    package private(set) var text = MultilineText()
    private var lines = 0
    private var bytes = 0
    private var isBlank = true

    package init(reference: String, target: String, limits: Limits = Limits()) {
        self.reference = reference
        self.target = target
        self.limits = limits
    }

    /// How many lines there are.
    package var count: Int { self.lines }

    /// Whether a batch may be called so: letters, digits and hyphens (ircv3.net batch).
    package static func isReference(_ text: String) -> Bool {
        1...64 ~= text.utf8.count && text.utf8.allSatisfy { $0.isLetterOrDigit || $0 == UInt8(ascii: "-") }
    }

    /// Takes a line of the batch.
    package mutating func add(_ message: Message) throws(Fault) {
        guard let verb = Verb(rawValue: message.command), self.verb ?? verb == verb else {
            throw .invalid("A message is of PRIVMSG alone, or of NOTICE alone")
        }
        guard message.parameterCount >= 2 else { throw .invalid("A line of the message has no target or no text") }
        let target = message.parameters[0]
        guard target == self.target else { throw .otherTarget(batch: self.target, line: target) }
        var (isContinuation, hasOthers) = (false, false)
        message.tags.forEach { key, _ in
            if key == Self.continuationTag { isContinuation = true } else if key != "batch" { hasOthers = true }
        }
        if hasOthers { throw .invalid("Tags belong on the beginning of the batch") }
        let text = message.parameters.bytes(1)
        let isBlank = text.readableBytes == 0
        if isContinuation, isBlank { throw .invalid("A line that goes on says something") }
        // Nothing comes before the first line that it could go on.
        isContinuation = isContinuation && self.lines > 0
        guard self.lines < self.limits.lines else { throw .tooManyLines(limit: self.limits.lines) }
        let added = text.readableBytes + (isContinuation || self.lines == 0 ? 0 : 1)
        guard self.bytes + added <= self.limits.bytes else { throw .tooManyBytes(limit: self.limits.bytes) }
        self.verb = verb
        self.lines += 1
        self.bytes += added
        self.isBlank = self.isBlank && isBlank
        self.text.append(.init(text, isContinuation: isContinuation))
    }

    /// Whether what there is is a message.
    package func check() throws(Fault) {
        if self.isBlank { throw .invalid("The message says nothing") }
    }
}
