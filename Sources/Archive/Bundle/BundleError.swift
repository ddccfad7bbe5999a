package import StateStore

/// Why a bundle could not be made or taken.
package enum BundleError: Error, Hashable, CustomStringConvertible {
    /// It is no bundle, or of a format that this version does not know.
    case format(String)
    /// It comes from a database that is newer than this one.
    case newer(schema: Int, known: Int)
    /// Which line, from 1 on, and what is wrong with it.
    case line(Int, String)
    /// It ends before its end.
    case truncated
    /// What it says of itself is not so.
    case differs(String)
    /// There is something of the tenant already.
    case refused(String)
    case file(FileFailure)
    case database(DurableStoreError)
    case archive(ArchiveError)

    package var description: String {
        switch self {
        case .format(let what): "\(what): name a file that `roost archive export` wrote"
        case .newer(let schema, let known):
            "the bundle comes from a database of version \(schema), this one is of version \(known): "
                + "use a newer program, and `roost migrate up`"
        case .line(let number, let what): "line \(number) of the bundle: \(what); nothing was changed: export it again"
        case .truncated: "the bundle ends before its end: copy or export it again"
        case .differs(let what): "the bundle is not what was exported: \(what); copy or export it again"
        case .refused(let what): what
        case .file(let failure): "cannot \(failure)"
        case .database(let error): error.description
        case .archive(let error): error.description
        }
    }
}
