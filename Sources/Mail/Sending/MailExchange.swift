// One attempt to hand a mail over, as libcurl's callbacks see it.

import CCurl

/// What is read, and what is answered, while a mail is handed over; its thread alone touches it.
final class MailExchange {
    private var rest: ArraySlice<UInt8>
    /// Whether the server asked for the mail itself: from then on it may have it.
    private(set) var isUnderWay = false
    private var replies: [SMTPReply] = []
    private let isOver: () -> Bool
    /// More than follow the reply that ends an attempt.
    private static let replies = 4

    /// - Parameters:
    ///   - bytes: The mail.
    ///   - isOver: Whether to give up, asked each second at least.
    init(_ bytes: [UInt8], isOver: @escaping () -> Bool) {
        self.rest = bytes[...]
        self.isOver = isOver
    }

    /// The last reply with a code: libcurl takes its leave of a server that refused a mail, and that is answered, too.
    func reply(_ code: Int) -> SMTPReply? { self.replies.last { $0.code == code } }

    /// Has a handle tell this of what happens.
    func attach(to handle: UnsafeMutableRawPointer) throws(CurlProblem) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        try CurlProblem.check(
            curl_set_reader(
                handle,
                { bytes, size, count, context in
                    guard let bytes, let context else { return 0 }
                    return MailExchange.of(context).read(into: bytes, upTo: size * count)
                },
                context
            )
        )
        try CurlProblem.check(
            curl_set_reply_reader(
                handle,
                { bytes, size, count, context in
                    guard let bytes, let context else { return 0 }
                    let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
                    MailExchange.of(context).note(Array(line.prefix { $0 != 13 && $0 != 10 }))
                    return size * count
                },
                context
            )
        )
        try CurlProblem.check(
            curl_set_watcher(
                handle,
                { context, _, _, _, _ in
                    guard let context else { return 0 }
                    return MailExchange.of(context).isOver() ? 1 : 0
                },
                context
            )
        )
    }

    private static func of(_ context: UnsafeMutableRawPointer) -> MailExchange {
        Unmanaged<MailExchange>.fromOpaque(context).takeUnretainedValue()
    }

    private func read(into bytes: UnsafeMutablePointer<CChar>, upTo count: Int) -> Int {
        self.isUnderWay = true
        let part = self.rest.prefix(count)
        UnsafeMutableRawBufferPointer(start: bytes, count: count).copyBytes(from: part)
        self.rest = self.rest[part.endIndex...]
        return part.count
    }

    private func note(_ line: [UInt8]) {
        if let last = self.replies.indices.last, self.replies[last].isOpen {
            self.replies[last].add(line)
        } else if let reply = SMTPReply(line) {
            if self.replies.count == Self.replies { self.replies.removeFirst() }
            self.replies.append(reply)
        }
    }
}
