/// A key of a configuration: `redis.url` in its file is `ROOST_REDIS_URL` in the environment.
struct ConfigurationKey<Configuration> {
    /// How it is called in the file, with a dot for each mapping that it is in.
    let name: String
    /// What to write, where it is not plain.
    var advice = ""
    /// Takes what is said; false if that does not fit.
    let set: (inout Configuration, [String]) -> Bool

    /// How it is called in the environment.
    var variable: String {
        "ROOST_"
            + self.name.map { $0 == "." ? "_" : $0.isUppercase ? "_\($0)" : $0.uppercased() }.joined()
    }
}
