import IRC

/// Whom an entry of a channel's list means, and what of: a mask or an extended ban, taken apart once.
package struct Ban: Hashable, Sendable {
    /// Whom it means.
    enum Subject: Hashable, Sendable {
        case mask(Mask)
        /// Who is logged in to an account of such a name.
        case account(Glob)
        case realname(Glob)
        /// Who is in a channel, by its folded name.
        case channel(String)
        /// Whose client has shown a certificate with this SHA-256, in lower-case hexadecimal digits.
        case fingerprint(String)
        /// Whose real address is in a network, and who else fits a mask for any host.
        case address(AddressRange, Mask)
    }

    /// What it is about.
    enum Effect: Hashable, Sendable {
        case everything
        case speaking
        /// Entering: who tries comes into another channel.
        case entering(forward: ChannelName)
    }

    /// What somebody is about to do.
    enum Act: Sendable { case enter, speak }

    let subject: Subject
    let effect: Effect
    /// As lists show it: masks in their full form.
    package let text: String

    /// As long as a mask may be.
    private static let maximumLength = 250

    /// `nil` if the text is neither a mask nor an extended ban.
    ///
    /// - `seesAddresses`: whether who writes it may see addresses: a mask of one then means those, and says so.
    package init?(_ text: String, seesAddresses: Bool = false) {
        guard text.utf8.count <= Self.maximumLength,
            text.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.properties.generalCategory != .control }),
            let (subject, effect, text) = Self.read(text[...], .everything, seesAddresses),
            // A line could not show it before its last parameter.
            text.utf8.count <= Self.maximumLength, !text.hasPrefix(":")
        else { return nil }
        (self.subject, self.effect, self.text) = (subject, effect, text)
    }

    private static func read(
        _ text: Substring,
        _ effect: Effect,
        _ seesAddresses: Bool
    ) -> (subject: Subject, effect: Effect, text: String)? {
        guard let (row, value) = ExtendedBan.split(text) else {
            if seesAddresses, let (subject, mask) = Self.address(text) {
                return (subject, effect, "\(ExtendedBan.address.name):\(mask)")
            }
            return Mask(text, under: Names.caseMapping).map { (.mask($0), effect, $0.text) }
        }
        switch row.kind {
        case .meaning(let meaning):
            return meaning(value).map { ($0, effect, text[..<value.startIndex] + $1) }
        case .act(let act):
            // What keeps from two things at once would keep from neither alone.
            guard effect == .everything, let rest = Self.read(value, act, seesAddresses) else { return nil }
            return (rest.subject, act, text[..<value.startIndex] + rest.text)
        case .forward:
            guard effect == .everything, let colon = value.firstIndex(of: ":"),
                let channel = ChannelName(value[..<colon], under: Names.caseMapping)
            else { return nil }
            let others = value[value.index(after: colon)...]
            guard let rest = Self.read(others, .entering(forward: channel), seesAddresses) else { return nil }
            return (rest.subject, rest.effect, text[..<others.startIndex] + rest.text)
        }
    }

    /// A pattern of a name or text; not an empty one.
    static func pattern(_ text: Substring) -> Glob? { text.isEmpty ? nil : Glob(text, under: Names.caseMapping) }

    /// The SHA-256 of a certificate, whole: nobody finds one out piece by piece.
    static func fingerprint(_ text: Substring) -> (subject: Subject, text: String)? {
        CertificateFingerprint(text).map { (.fingerprint($0.text), $0.text) }
    }

    /// A mask whose host is an address or a network, in its full form.
    static func address(_ text: Substring) -> (subject: Subject, text: String)? {
        guard let mask = Mask(text, under: Names.caseMapping), let at = mask.text.lastIndex(of: "@"),
            let range = AddressRange(mask.text[mask.text.index(after: at)...]),
            let others = Mask(mask.text[...at] + "*", under: Names.caseMapping)
        else { return nil }
        return (.address(range, others), mask.text)
    }

    /// Both mean the same; how they were spelled does not count.
    package static func == (left: Ban, right: Ban) -> Bool {
        left.subject == right.subject && left.effect == right.effect
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(self.subject) }

    // MARK: What it does

    /// The channel that those come into who are kept out.
    var forward: ChannelName? { if case .entering(let channel) = self.effect { channel } else { nil } }

    /// Whether it matters for what somebody is about to do.
    func concerns(_ act: Act) -> Bool {
        switch self.effect {
        case .everything: true
        case .speaking: act == .speak
        case .entering: act == .enter
        }
    }

    /// Whether it means who is shown so, of whom nothing else is known.
    func matches(shown prefix: String) -> Bool {
        if case .mask(let mask) = self.subject { mask.matches(prefix) } else { false }
    }

    /// Whether it means who is logged in to an account, of whom nothing else is asked.
    func matches(account: String) -> Bool {
        if case .account(let pattern) = self.subject {
            pattern.matches(folded: Names.caseMapping.fold(account))
        } else {
            false
        }
    }

    /// Whether a list may have it: nobody is forwarded for being excepted, and who needs no invitation speaks as all others.
    func fits(_ list: ListMode) -> Bool {
        switch self.effect {
        case .everything: true
        case .speaking: list != .inviteException
        case .entering: list == .ban
        }
    }

    /// Whether more than the user and its address has to be known.
    var asksForMore: Bool {
        switch self.subject {
        case .channel, .fingerprint: true
        case .mask, .account, .realname, .address: false
        }
    }

    /// Whether only who may see addresses sets it.
    var needsAddresses: Bool { if case .address = self.subject { true } else { false } }

    /// Whether it means somebody.
    func matches(_ requester: Requester) -> Bool {
        switch self.subject {
        case .mask(let mask): requester.matches(mask)
        case .account(let pattern):
            requester.user.account.map { pattern.matches(folded: Names.caseMapping.fold($0)) } ?? false
        case .realname(let pattern): pattern.matches(folded: Names.caseMapping.fold(requester.user.realname))
        case .channel(let name): requester.channels.contains(name)
        case .fingerprint(let digits): requester.fingerprint == digits
        case .address(let range, let others): range.contains(requester.realHost) && requester.matches(others)
        }
    }
}
