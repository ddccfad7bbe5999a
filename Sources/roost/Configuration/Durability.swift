import ArgumentParser

/// Where `roost dev` has messages that it acknowledged until they are in the history.
enum Durability: String, CaseIterable, ExpressibleByArgument {
    /// In a file that the acknowledgement waits for.
    case disk
    /// Nowhere but in this process.
    case memory

    /// What a client may rely on, for the start-up output.
    var promise: String {
        switch self {
        case .disk: "Durability disk: a message of a history that was acknowledged survives a crash and a power cut."
        case .memory: "Durability memory: messages of the last moments before a crash are not in the history."
        }
    }
}
