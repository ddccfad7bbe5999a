package import Tenant

extension EmailAddress {
    /// What stands before the @.
    package var local: Substring { self.text[..<(self.text.lastIndex(of: "@") ?? self.text.endIndex)] }
}
