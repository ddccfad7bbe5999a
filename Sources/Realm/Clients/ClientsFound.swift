import Chat

/// The clients of an account, for all that was answered.
struct ClientsFound {
    var clients: [AttachedClient] = []
    /// Whether there are more than these.
    var areMore = false
}
