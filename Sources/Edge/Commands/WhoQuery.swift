/// What a WHO asks for: `o` for operators only, `%tcuihsnfdlaor,token` for the fields of WHOX.
struct WhoQuery {
    let onlyOperators: Bool
    let fields: Set<Character>?
    let token: String

    init(_ text: String) {
        let parts = text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        self.onlyOperators = parts.first?.contains("o") ?? false
        guard parts.count == 2 else {
            self.fields = nil
            self.token = ""
            return
        }
        let rest = parts[1].split(separator: ",", maxSplits: 1)
        self.fields = Set(rest.first ?? "")
        self.token = rest.count == 2 ? String(rest[1].prefix(3)) : "0"
    }
}
