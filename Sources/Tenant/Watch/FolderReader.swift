// A folder is read while people write to it, with `cp` and with editors that empty a file first. What is written by half may
// well be YAML, with fewer tenants or fewer fields; who believed it would put people off the net.

import Backoff

/// How long files have to stay as they are before they are believed.
package struct FilePatience: Hashable, Sendable {
    /// For what they say.
    package var settled: Duration = .milliseconds(500)
    /// For what they do not say any more, and for not being there.
    package var whole: Duration = .seconds(3)
    /// For none of them being there.
    package var emptied: Duration = .seconds(30)

    /// Half a second, three, and thirty.
    package init() {}
}

/// Reads a folder again and again, and knows what it said before.
///
/// - A version of a file counts once nobody writes it and it has stayed as it is for ``FilePatience/settled``. Until then the
///   version before counts, as a whole: so there are no half files and no missing fields.
/// - A resource is gone once the file that it stood in has stayed without it, or has been gone, for ``FilePatience/whole``:
///   some write a file in several goes, and some remove it first.
/// - What stood in a file that is gone also stays while another one has not settled: it may say the same. And where no file
///   is left it stays for ``FilePatience/emptied``: perhaps the folder is that below a volume which is not there.
/// - What is broken keeps its previous version for as long as its file is there. So does what stood in a file that is empty
///   now, or cannot be read, and everything while there is no folder.
/// - What cannot be read is read again, ever more rarely: that says nothing of the file, which may stay as it is.
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
        /// Why what is there could not be read, if so, and when to try again.
        var unread: [ResourceError] = []
        var retry: Duration?
        var backoff = FolderReader.backoff

        /// Whether it is a file that may say other things than those that count.
        var isUnsettled: Bool {
            self.isListed && self.seen != nil
                && (self.version != self.seen || self.isBeingWritten || !self.unread.isEmpty)
        }

        /// Whether it is time to try again.
        func isDue(at now: Duration) -> Bool { self.retry.map { now >= $0 } ?? true }

        /// Believes a file, or what it said before if it could not be read.
        mutating func take(_ file: ResourceFile, of version: FileVersion?, at now: Duration) {
            if file.isUnread {
                self.unread = file.errors
                self.retry = now + self.backoff.failed()
            } else {
                (self.version, self.file) = (version, file)
                (self.unread, self.retry, self.backoff) = ([], nil, FolderReader.backoff)
            }
        }
    }

    private static let backoff = Backoff(first: .seconds(1), longest: .seconds(60))

    private let folder: String
    private let contents: @Sendable (String) -> [UInt8]?
    private let patience: FilePatience
    private var watched: [String: Watched] = [:]
    private var resources = ResourceSet()
    private var errors: [ResourceError] = []
    private var listing = FolderReader.backoff

    /// Has read nothing yet.
    ///
    /// - Parameters:
    ///   - folder: The folder's path, or that of one file.
    ///   - patience: How long files have to stay as they are.
    ///   - contents: What is in the file of a path; nil if it cannot be read.
    package init(
        folder: String,
        patience: FilePatience = FilePatience(),
        contents: @escaping @Sendable (String) -> [UInt8]?
    ) {
        self.folder = folder
        self.contents = contents
        self.patience = patience
    }

    /// Has read nothing yet, and reads from the disk.
    package init(folder: String) {
        self.init(folder: folder, contents: ResourceFile.contents)
    }

    /// Looks at the folder.
    ///
    /// - Parameters:
    ///   - now: The time on a clock that only goes on.
    ///   - isFirst: Whether files are taken as they are: nothing is lost where there was nothing.
    ///   - isAsked: Whether files are read though they seem to be as they were.
    ///   - writing: The files that somebody is writing.
    /// - Returns: What it says.
    package mutating func look(
        at now: Duration,
        isFirst: Bool = false,
        isAsked: Bool = false,
        writing: Set<FileIdentity> = []
    ) -> Reading {
        do throws(ResourceError) {
            let paths = try ResourceSet.files(in: self.folder)
            self.listing.succeeded()
            let hasRead = self.follow(paths, at: now, isFirst: isFirst, isAsked: isAsked, writing)
            return self.sum(paths, at: now, hasRead: hasRead)
        } catch {
            // Perhaps it is being replaced: what was in it stays until there is a folder again.
            defer { self.errors = [error] }
            let isNew = self.errors != [error]
            return Reading(
                resources: self.resources,
                errors: [error],
                isNew: isNew,
                lookAgain: self.listing.failed()
            )
        }
    }

    /// Reads what has settled.
    ///
    /// - Returns: Whether anything had.
    private mutating func follow(
        _ paths: [String],
        at now: Duration,
        isFirst: Bool,
        isAsked: Bool,
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
            let isDue =
                watched.unread.isEmpty ? watched.file == nil || watched.version != version : watched.isDue(at: now)
            if isSettled, isDue || isAsked {
                let file = ResourceFile(reading: path, self.contents)
                let after = FileVersion(path)
                if after == version || isFirst {
                    hasRead = hasRead || !file.isUnread
                    watched.take(file, of: version, at: now)
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
            (watched.retry, watched.backoff) = (nil, Self.backoff)
        }
        if !isListed { watched.isBeingWritten = false }
        self.watched[path] = watched
    }

    /// Puts together what counts, and keeps of the reading before what is not known to be gone.
    private mutating func sum(_ paths: [String], at now: Duration, hasRead: Bool) -> Reading {
        let files = paths.compactMap { self.watched[$0]?.file }
        var resources = ResourceSet()
        var errors = resources.add(files)
        errors += paths.flatMap { self.watched[$0]?.unread ?? [] }
        let broken = files.reduce(into: Set<ResourceKey>()) { $0.formUnion($1.broken) }
        let unsettled = paths.first { self.watched[$0]?.isUnsettled == true }
        let patience = paths.isEmpty ? self.patience.emptied : self.patience.whole
        var emptied: Set<String> = []
        var gone: Set<String> = []
        for resource in self.resources.all {
            let watched = self.watched[resource.source.file]
            let isKept = watched.map { self.keeps($0, unsettled != nil, patience, at: now) } ?? false
            guard isKept || broken.contains(resource.key), resources.add(resource) == nil, isKept, let watched
            else { continue }
            if !watched.isListed, now - watched.since >= self.patience.whole { gone.insert(resource.source.file) }
            if let file = watched.file, watched.isListed, file.isEmpty { emptied.insert(file.path) }
        }
        for path in emptied.sorted() {
            let message = "is empty: what it said before counts until there is something in it, or the file is removed"
            errors.append(ResourceError(file: path, .unreadable, message))
        }
        if let unsettled {
            for path in gone.sorted() {
                let message = "is gone: what it said counts until \(unsettled) has been read, which may say the same"
                errors.append(ResourceError(file: path, .unreadable, message))
            }
        } else if !gone.isEmpty {
            let time = GoDuration.text(self.patience.emptied)
            let message = "holds no file any more: what was in it counts for \(time), in case it comes back"
            errors.append(ResourceError(file: self.folder, .unreadable, message))
        }
        for path in paths where self.isHeldOpen(path, at: now) {
            let message = "is being written: what it said before counts until its writer closes it"
            errors.append(ResourceError(file: path, .unreadable, message))
        }
        let isNew = hasRead || errors != self.errors || resources.all.count != self.resources.all.count
        (self.resources, self.errors) = (resources, errors)
        let again = self.watched.values.compactMap { self.lookAgain(after: $0, patience, at: now) }.min()
        self.watched = self.watched.filter { $1.isListed || unsettled != nil || now - $1.since < patience }
        return Reading(resources: resources, errors: errors, isNew: isNew, lookAgain: again)
    }

    /// Whether what a file does not say may still be meant.
    ///
    /// `patience` is that with files that are gone, which stay while others are `unsettled`.
    private func keeps(_ watched: Watched, _ unsettled: Bool, _ patience: Duration, at now: Duration) -> Bool {
        guard watched.isListed else { return unsettled || now - watched.since < patience }
        if now - watched.since < self.patience.whole || watched.isBeingWritten || !watched.unread.isEmpty {
            return true
        }
        return watched.file.map { $0.hidesSome || $0.isEmpty } ?? false
    }

    private func isHeldOpen(_ path: String, at now: Duration) -> Bool {
        guard let watched = self.watched[path] else { return false }
        return watched.isBeingWritten && now - watched.since >= self.patience.whole
    }

    /// When a path may show something else, though nothing happens; `patience` is that with files that are gone.
    private func lookAgain(after watched: Watched, _ patience: Duration, at now: Duration) -> Duration? {
        let age = now - watched.since
        var times = [self.patience.whole]
        // The end of writing is an event; that it does not come is to be told.
        if !watched.isBeingWritten { times.append(self.patience.settled) }
        if !watched.isListed { times.append(patience) }
        let next = times.filter { age < $0 }.min().map { $0 - age }
        guard watched.isListed, let retry = watched.retry, retry > now else { return next }
        return min(next ?? retry - now, retry - now)
    }
}
