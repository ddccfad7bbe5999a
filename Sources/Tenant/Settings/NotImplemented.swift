/// Says of a setting that may be written that this version does not act on it, so that nobody believes it does.
///
/// A setting of which this holds has no default in the definitions: what an object has was written by somebody then, who is
/// told (`WARN` in the log of who reads a folder, the condition `SettingsIgnored` of an object).
struct NotImplemented<Value>: Sendable {
    /// What this version does instead.
    let meanwhile: String
    /// Whether a value is one that this version does not do as it says.
    let concerns: @Sendable (Value) -> Bool

    /// Nothing reads it.
    static func yet(_ meanwhile: String) -> Self { Self(meanwhile: meanwhile) { _ in true } }

    /// Nothing reads it, and this version does as if it were one value.
    static func yet(_ meanwhile: String, but honoured: Value) -> Self where Value: Equatable & Sendable {
        Self(meanwhile: meanwhile) { $0 != honoured }
    }

    /// Some of what it may say does nothing.
    static func partly(_ meanwhile: String, _ concerns: @escaping @Sendable (Value) -> Bool) -> Self {
        Self(meanwhile: meanwhile, concerns: concerns)
    }
}
