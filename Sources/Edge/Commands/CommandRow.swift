import Chat
import IRC

/// A command as a row of the table: all that the dispatcher checks, so that no handler does.
///
/// A class, so that a call in hand holds one reference and not its parts.
final class CommandRow: Sendable {
    /// When a command may be used.
    struct Phases: OptionSet, Sendable {
        let rawValue: UInt8

        static let registering = Phases(rawValue: 1)
        static let registered = Phases(rawValue: 2)
        static let always: Phases = [.registering, .registered]
    }

    /// What a command must be given besides its parameters.
    enum Need: Sendable {
        case nothing
        /// The channel that a parameter names, as it is now; 403 if there is none.
        case channel(Int)
        /// The channel that a parameter names, whether it exists or not, followed from now on.
        case followedChannel(Int)
        /// The user that a parameter names; 401 if there is none.
        case user(Int)
        /// The channel or the user that a parameter names.
        case target(Int)
        /// The user that one parameter names and the channel that another names.
        case userAndChannel(Int, Int)
    }

    let name: String
    let minimumParameters: Int
    let phases: Phases
    /// Only for operators of the tenant.
    let isForOperators: Bool
    /// Errors are not answered (RFC 2812 3.3.2: a NOTICE never is).
    let isSilent: Bool
    /// What the flood control takes for it.
    let cost: Int
    /// A parameter that is a list separated by commas: the command is carried out for each element.
    let list: (parameter: Int, keys: Int?, limit: Int)?
    let need: Need
    let handler: @Sendable (Call) -> Void

    init(
        _ name: String,
        parameters: Int = 0,
        phases: Phases = .registered,
        operators: Bool = false,
        silent: Bool = false,
        cost: Int = 1,
        list: (parameter: Int, keys: Int?, limit: Int)? = nil,
        need: Need = .nothing,
        _ handler: @escaping @Sendable (Call) -> Void
    ) {
        self.name = name
        self.minimumParameters = parameters
        self.phases = phases
        self.isForOperators = operators
        self.isSilent = silent
        self.cost = cost
        self.list = list
        self.need = need
        self.handler = handler
    }
}

/// The rows by name.
struct CommandTable: Sendable {
    private let rows: [String: CommandRow]

    init(_ groups: [CommandRow]...) {
        self.rows = Dictionary(groups.joined().map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    subscript(name: String) -> CommandRow? { self.rows[name] }

    var names: [String] { self.rows.keys.sorted() }

    static let standard = CommandTable(
        RegistrationCommands.rows,
        MessageCommands.rows,
        ChannelCommands.rows,
        ChannelModeCommands.rows,
        ListingCommands.rows,
        UserCommands.rows,
        WhoCommands.rows,
        MonitorCommands.rows,
        ServerCommands.rows,
        OperatorCommands.rows
    )
}
