// A folder is read while people write to it, with `cp` and with editors that empty a file first. What is written by half may
// well be YAML, with fewer tenants or fewer fields; who believed it would put people off the net.

/// How long files have to stay as they are before they are believed.
package struct FilePatience: Hashable, Sendable {
    /// For what they say, and for not being there.
    package var settled: Duration = .milliseconds(500)
    /// For what they do not say any more.
    package var whole: Duration = .seconds(3)

    /// Half a second, and three.
    package init() {}
}

/// Reads a folder again and again, and knows what it said before.
///
/// - A version of a file counts once nobody writes it and it has stayed as it is for ``FilePatience/settled``. Until then the
///   version before counts, as a whole: so there are no half files and no missing fields.
/// - A resource is gone once the file that it stood in has stayed without it for ``FilePatience/whole``, since some write a
///   file in several goes; or once the file has been gone for ``FilePatience/settled``, since some remove it first.
/// - What is broken keeps its previous version for as long as its file is there. So does what stood in a file that is empty
///   now, or cannot be read, and everything while there is no folder.
///
/// Holds no clock and no watch: it says when to look again.
package struct FolderReader: Sendable {
    /// What a look came to.
    package struct Reading: Sendable {
        /// Everything that counts.
        package let resources: ResourceSet
        /// Everything that is wrong, in the order of files and lines.
        package let errors: [ResourceError]
        /// Whether this is another reading than the one before.
        package let isNew: Bool
        /// After which time there may be more to see, though nothing happens; nil if there will not.
        package let lookAgain: Duration?
    }

    /// What is known of a path.
    private struct Watched: Sendable {
        /// What is there; nil if nothing is, or only a link that leads nowhere.
        var seen: FileVersion?
        /// Whether the folder has such a name.
        var isListed: Bool
        /// Since when, by the caller's clock.
        var since: Duration
        /// Whether somebody is writing it.
        var isBeingWritten = false
        /// Which version counts, and what it says.
        var version: FileVersion?
        var file: ResourceFile?
    }

    private let folder: String
    private let patience: FilePatience
    private var watched: [String: Watched] = [:]
    private var resources = ResourceSet()
    private var errors: [ResourceError] = []

    /// Has read nothing yet.
    ///
    /// - Parameters:
    ///   - folder: The folder's path, or that of one file.
    ///   - patience: How long files have to stay as they are.
    package init(folder: String, patience: FilePatience = FilePatience()) {
        self.folder = folder
        self.patience = patience
    }

    /// Looks at the folder.
    ///
    /// - Parameters:
    ///   - now: The time on a clock that only goes on.
    ///   - isFirst: Whether files are taken as they are: nothing is lost where there was nothing.
    ///   - writing: The files that somebody is writing.
    /// - Returns: What it says.
    package mutating func look(at now: Duration, isFirst: Bool = false, writing: Set<FileIdentity> = []) -> Reading {
        do throws(ResourceError) {
            let paths = try ResourceSet.files(in: self.folder)
            let hasRead = self.follow(paths, at: now, isFirst: isFirst, writing)
            return self.sum(paths, at: now, hasRead: hasRead)
        } catch {
            // Perhaps it is being replaced: what was in it stays until there is a folder again.
            defer { self.errors = [error] }
            return Reading(resources: self.resources, errors: [error], isNew: self.errors != [error], lookAgain: nil)
        }
    }

    /// Reads what has settled.
    ///
    /// - Returns: Whether anything had.
    private mutating func follow(
        _ paths: [String],
        at now: Duration,
        isFirst: Bool,
        _ writing: Set<FileIdentity>
    ) -> Bool {
        var hasRead = false
        let gone = Set(self.watched.keys).subtracting(paths)
        for path in gone { self.note(nil, isListed: false, at: path, now) }
        for path in paths {
            let version = FileVersion(path)
            self.note(version, isListed: true, at: path, now)
            guard var watched = self.watched[path] else { continue }
            watched.isBeingWritten = version.map { writing.contains($0.identity) } ?? false
            let isSettled = isFirst || !watched.isBeingWritten && now - watched.since >= self.patience.settled
            if isSettled, watched.file == nil || watched.version != version {
                let file = ResourceFile(reading: path)
                let after = FileVersion(path)
                if after == version || isFirst {
                    (watched.version, watched.file) = (version, file)
                    hasRead = true
                } else {
                    // It changed while it was read.
                    (watched.seen, watched.since) = (after, now)
                }
            }
            self.watched[path] = watched
        }
        return hasRead
    }

    private mutating func note(_ version: FileVersion?, isListed: Bool, at path: String, _ now: Duration) {
        var watched = self.watched[path] ?? Watched(seen: version, isListed: isListed, since: now)
        if watched.seen != version || watched.isListed != isListed {
            (watched.seen, watched.isListed, watched.since) = (version, isListed, now)
        }
        if !isListed { watched.isBeingWritten = false }
        self.watched[path] = watched
    }

    /// Puts together what counts, and keeps of the reading before what is not known to be gone.
    private mutating func sum(_ paths: [String], at now: Duration, hasRead: Bool) -> Reading {
        let files = paths.compactMap { self.watched[$0]?.file }
        var resources = ResourceSet()
        var errors = resources.add(files)
        let broken = files.reduce(into: Set<ResourceKey>()) { $0.formUnion($1.broken) }
        var emptied: Set<String> = []
        for resource in self.resources.all where broken.contains(resource.key) || self.keeps(resource, at: now) {
            guard resources.add(resource) == nil, let file = self.watched[resource.source.file]?.file else { continue }
            if file.isEmpty { emptied.insert(file.path) }
        }
        for path in emptied.sorted() {
            let message = "is empty: what it said before counts until there is something in it, or the file is removed"
            errors.append(ResourceError(file: path, .unreadable, message))
        }
        for path in paths where self.isHeldOpen(path, at: now) {
            let message = "is being written: what it said before counts until its writer closes it"
            errors.append(ResourceError(file: path, .unreadable, message))
        }
        let isNew = hasRead || errors != self.errors || resources.all.count != self.resources.all.count
        (self.resources, self.errors) = (resources, errors)
        let again = self.watched.values.compactMap { self.lookAgain(after: $0, at: now) }.min()
        self.watched = self.watched.filter { $1.isListed || now - $1.since < self.patience.settled }
        return Reading(resources: resources, errors: errors, isNew: isNew, lookAgain: again)
    }

    /// Whether a resource that nobody describes may still be there.
    private func keeps(_ resource: AnyResource, at now: Duration) -> Bool {
        guard let watched = self.watched[resource.source.file] else { return false }
        if now - watched.since < self.patience(with: watched) || watched.isBeingWritten { return true }
        guard watched.isListed, let file = watched.file else { return false }
        return file.hidesSome || file.isEmpty
    }

    /// How long what stood in a file is kept while the file does not say it.
    private func patience(with watched: Watched) -> Duration {
        watched.isListed ? self.patience.whole : self.patience.settled
    }

    private func isHeldOpen(_ path: String, at now: Duration) -> Bool {
        guard let watched = self.watched[path] else { return false }
        return watched.isBeingWritten && now - watched.since >= self.patience.whole
    }

    private func lookAgain(after watched: Watched, at now: Duration) -> Duration? {
        let age = now - watched.since
        // The end of writing is an event; that it does not come is to be told.
        if age < self.patience.settled, !watched.isBeingWritten { return self.patience.settled - age }
        let patience = self.patience(with: watched)
        return age < patience ? patience - age : nil
    }
}
