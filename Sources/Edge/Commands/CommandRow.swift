import Chat
import IRC
import Realm

/// A command as a row of the table: all that the dispatcher checks, so that no handler does, and what HELP says.
///
/// A class, so that a call in hand holds one reference and not its parts.
final class CommandRow: Sendable {
    enum Handler: Sendable {
        /// Before there is a session, and after.
        case always(@Sendable (Call) -> Void)
        /// Only before.
        case registering(@Sendable (Call) -> Void)
        /// Only after.
        case registered(@Sendable (Call, Actor) -> Void)
    }

    /// A parameter that is a list separated by commas: the command is carried out for each element.
    struct List: Sendable {
        let parameter: Int
        /// A list beside it whose elements go with the same places.
        var keys: Int?
        /// A list beside it that has as many elements; one alone, on either side, goes with all of the other.
        var pairs: Int?
        let limit: Int
    }

    let name: String
    /// Whether it says something, so that its echo is its answer.
    let isMessage: Bool
    let minimumParameters: Int
    /// What whoever uses it needs.
    let rights: Rights
    /// What the flood control takes for it.
    let cost: Int
    let list: List?
    /// Which parameters name a server, by a mask too: there is one for everybody, and 402 is the answer for another.
    let servers: [Int]
    /// Its parameters are secrets: no answer repeats them.
    let isSecret: Bool
    /// Errors are not answered (RFC 2812 section 3.3.2: a NOTICE never is).
    let isSilent: Bool
    /// It comes behind all that the client said before, as far as the store's answers to that.
    let isBarrier: Bool
    /// The capability that it is part of: who has that knows its errors as FAIL (IRCv3 standard-replies).
    let capability: Capabilities
    /// How it is used, and what it does; nil for what has no help.
    let help: [Phrase]?
    let handler: Handler

    init(
        _ name: String,
        parameters: Int = 0,
        rights: Rights = [],
        cost: Int = 1,
        list: List? = nil,
        servers: [Int] = [],
        secret isSecret: Bool = false,
        silent isSilent: Bool = false,
        message isMessage: Bool = false,
        barrier isBarrier: Bool = false,
        of capability: Capabilities = [],
        help: [Phrase]? = nil,
        _ handler: Handler
    ) {
        self.name = name
        self.minimumParameters = parameters
        self.rights = rights
        self.cost = cost
        self.list = list
        self.servers = servers
        self.isSecret = isSecret
        self.isSilent = isSilent
        self.isMessage = isMessage
        self.isBarrier = isBarrier
        self.capability = capability
        self.help = help
        self.handler = handler
    }

    /// A command of somebody who is on the network.
    convenience init(
        _ name: String,
        parameters: Int = 0,
        rights: Rights = [],
        cost: Int = 1,
        list: List? = nil,
        servers: [Int] = [],
        silent isSilent: Bool = false,
        message isMessage: Bool = false,
        barrier isBarrier: Bool = false,
        of capability: Capabilities = [],
        help: [Phrase]? = nil,
        _ handler: @escaping @Sendable (Call, Actor) -> Void
    ) {
        self.init(
            name,
            parameters: parameters,
            rights: rights,
            cost: cost,
            list: list,
            servers: servers,
            silent: isSilent,
            message: isMessage,
            barrier: isBarrier,
            of: capability,
            help: help,
            .registered(handler)
        )
    }
}

/// The rows by name.
package struct CommandTable: Sendable {
    private let rows: [String: CommandRow]

    init(_ groups: [CommandRow]...) {
        self.rows = Dictionary(groups.joined().map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    subscript(name: String) -> CommandRow? { self.rows[name] }

    package var names: [String] { self.rows.keys.sorted() }

    /// Every command that there is.
    package static let standard = CommandTable(
        RegistrationCommands.rows,
        AccountCommands.rows,
        CertificateCommand.rows,
        ProofCommand.rows,
        GatewayCommand.rows,
        PersistenceCommand.rows,
        MessageCommands.rows,
        BatchCommand.rows,
        RelayCommand.rows,
        RenameCommand.rows,
        ChannelCommands.rows,
        ChannelModeCommands.rows,
        ListingCommands.rows,
        UserCommands.rows,
        SilenceCommand.rows,
        KnockCommand.rows,
        WhoCommands.rows,
        MonitorCommands.rows,
        MetadataCommand.rows,
        PushCommand.rows,
        HistoryCommands.rows,
        ServerCommands.rows,
        HelpCommand.rows,
        SupportCommand.rows,
        OperatorCommands.rows,
        NetworkBanCommand.rows,
        QuarantineCommands.rows,
        MoveCommands.rows,
        AuditCommand.rows,
        ReportCommands.rows,
        InviteLinkCommand.rows,
        RaidCommand.rows,
        MuteCommands.rows,
        HeldMessagesCommand.rows,
        ChecksCommand.rows,
        LanguageCommand.rows,
        Service.rows
    )
}
