import Chat
import IRC

/// What goes wrong with METADATA: the drafts have different codes.
enum MetadataFault {
    case invalidTarget, invalidKey, invalidValue, invalidSubcommand, forbidden, keyNotSet, tooManyKeys,
        tooManySubscriptions

    var text: Phrase {
        switch self {
        case .invalidTarget: "There is no such user or channel"
        case .invalidKey: "A key has a-z, 0-9 and _ . / - only, and at most \(Metadata.maximumKeyBytes) bytes"
        case .invalidValue: "A value has at most \(Metadata.maximumValueBytes) bytes"
        case .invalidSubcommand: "METADATA takes GET, LIST, SET, CLEAR, SYNC, SUB, UNSUB and SUBS"
        case .forbidden: "You may not see or change that"
        case .keyNotSet: "The key is not set"
        case .tooManyKeys: "That is more than one may have"
        case .tooManySubscriptions: "You are told of as many keys as you may be"
        }
    }

    /// As the latest draft that the client asked for calls it.
    func code(for connection: Connection) -> String {
        let isThird = connection.capabilities.contains(.metadata3)
        return switch self {
        case .invalidTarget: "INVALID_TARGET"
        case .invalidKey: isThird ? "INVALID_KEY" : "KEY_INVALID"
        case .invalidValue: isThird ? "INVALID_VALUE" : "VALUE_INVALID"
        case .invalidSubcommand: isThird ? "INVALID_PARAMS" : "SUBCOMMAND_INVALID"
        case .forbidden: "KEY_NO_PERMISSION"
        case .keyNotSet: "KEY_NOT_SET"
        case .tooManyKeys: "LIMIT_REACHED"
        case .tooManySubscriptions: isThird ? "LIMIT_REACHED" : "TOO_MANY_SUBS"
        }
    }
}

extension Call {
    func fail(_ fault: MetadataFault, _ context: String...) { self.fail(fault, context) }

    private func fail(_ fault: MetadataFault, _ context: [String]) {
        self.connection.standardReply(
            .fail,
            command: self.row.name,
            code: fault.code(for: self.connection),
            context: context,
            fault.text
        )
    }

    /// A value is too long: the later draft says whose.
    func failValue(of key: String) {
        self.fail(.invalidValue, self.connection.capabilities.contains(.metadata3) ? [key] : [])
    }

    /// There is no room for a key.
    func failFull(_ target: String) {
        let limit = String(Metadata.maximumKeys)
        self.fail(.tooManyKeys, [target] + (self.connection.capabilities.contains(.metadata3) ? [limit] : []))
    }

    /// There is no room for a subscription.
    func failSubscription(to key: String) {
        let limit = String(Metadata.maximumSubscriptions)
        self.fail(.tooManySubscriptions, [key] + (self.connection.capabilities.contains(.metadata3) ? [limit] : []))
    }
}
