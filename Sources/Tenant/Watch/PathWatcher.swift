import Backoff
import Dispatch
import Glibc
import Numbers

/// Calls back, some milliseconds after the last of a burst of changes to files and folders.
///
/// Everything runs on one serial queue: kernel events, the callback, and the change of what is watched. The callback may
/// read files; it blocks nobody else.
///
/// `@unchecked Sendable`: all mutable state is touched on `queue` only, but for `init`, before anybody else has it.
package final class PathWatcher: @unchecked Sendable {
    /// Watches a folder, as ``Inotify/add(_:)`` does.
    package typealias Add = @Sendable (_ inotify: borrowing Inotify, _ folder: String) throws(WatchError) -> Int32?
    /// Whether the look was asked for, which files somebody is writing, and why not everything is watched, if so; after which
    /// time to look though nothing changes, if so.
    package typealias Look =
        @Sendable (_ isAsked: Bool, _ writing: Set<FileIdentity>, _ refusal: WatchError?) -> Duration?

    /// How long it must be quiet before the callback runs.
    private static let quiet = DispatchTimeInterval.milliseconds(50)
    /// How long a burst that never pauses can put it off.
    private static let patience: UInt64 = 250_000_000

    private let queue = DispatchQueue(label: "roost.watch")
    private let paths: [String]
    private let add: Add
    private let look: Look
    private let inotify: Inotify
    private let source: any DispatchSourceRead
    private let timer: any DispatchSourceTimer
    private var plan = WatchPlan(paths: [])
    private var watches: [Int32: (folder: String, names: Set<String>?)] = [:]
    /// The files that somebody has open and has written to.
    private var writing: Set<FileIdentity> = []
    private var burstBegan: UInt64?
    /// Why not everything is watched, since the paths mean something else than before.
    private var refusal: WatchError?
    private var backoff = Backoff(first: .seconds(1), longest: .seconds(60))
    private var isCancelled = false

    /// Watches from now on; what changes after this is not missed.
    ///
    /// - Parameters:
    ///   - paths: Files and folders, there or not.
    ///   - first: Called once the watch stands and before any callback: what changes meanwhile is told afterwards. Says, as
    ///     `look` does, when to look again.
    ///   - add: Watches a folder.
    ///   - look: Called on the watcher's queue; where the kernel refuses to renew watches, ever more rarely also without a
    ///     change, since changes may be missed.
    /// - Throws: ``WatchError`` if the kernel refuses.
    package init(
        paths: [String],
        first: () -> Duration? = { nil },
        add: @escaping Add = { (inotify: borrowing Inotify, folder: String) throws(WatchError) in
            try inotify.add(folder)
        },
        look: @escaping Look
    ) throws(WatchError) {
        self.paths = paths
        self.add = add
        self.look = look
        self.inotify = try Inotify()
        let descriptor = self.inotify.descriptor
        self.source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: self.queue)
        self.timer = DispatchSource.makeTimerSource(queue: self.queue)
        self.source.setCancelHandler { close(descriptor) }
        // Weak, or source and watcher would hold each other; `deinit` cancels both sources.
        self.source.setEventHandler { [weak self] in self?.receive() }
        self.timer.setEventHandler { [weak self] in self?.fire() }
        self.timer.schedule(deadline: .distantFuture)
        self.timer.activate()
        do throws(WatchError) {
            try self.follow()
            self.wait(first())
            self.source.activate()
        } catch {
            // A source that was never activated must not be let go.
            self.source.activate()
            self.source.cancel()
            throw error
        }
    }

    deinit {
        self.source.cancel()
        self.timer.cancel()
    }

    /// Ends the watch; no callback begins after this has run on the queue.
    package func cancel() {
        self.queue.async {
            self.isCancelled = true
            self.source.cancel()
            self.timer.cancel()
        }
    }

    /// Calls back soon, as if something had changed.
    package func poke() {
        self.queue.async {
            if !self.isCancelled { self.renew(isAsked: true) }
        }
    }

    private func receive() {
        guard !self.isCancelled else { return }
        let matters = self.inotify.events().filter(self.matters)
        for event in matters { self.note(event) }
        // Nobody has to look while a file is being written: its writer will close it.
        guard matters.contains(where: { $0.content != .isBeingWritten }) else { return }
        let now = DispatchTime.now()
        let began = self.burstBegan ?? now.uptimeNanoseconds
        self.burstBegan = began
        let latest = DispatchTime(uptimeNanoseconds: began + Self.patience)
        self.timer.schedule(deadline: min(now + Self.quiet, latest))
    }

    private func matters(_ event: Inotify.Event) -> Bool {
        if event.watch < 0 { return true }
        guard let watch = self.watches[event.watch] else { return false }
        return event.ended || watch.names?.contains(event.name) != false
    }

    /// Keeps account of who writes.
    private func note(_ event: Inotify.Event) {
        // Events were lost: perhaps that somebody has closed a file.
        if event.watch < 0 { self.writing = [] }
        guard event.content != .unknown, let folder = self.watches[event.watch]?.folder,
            let identity = FileVersion("\(folder)/\(event.name)")?.identity
        else { return }
        if event.content == .isBeingWritten { self.writing.insert(identity) } else { self.writing.remove(identity) }
    }

    private func wait(_ time: Duration?) {
        // A burst is looked at sooner, and whoever looks then says again how long to wait.
        guard let time, self.burstBegan == nil else { return }
        self.timer.schedule(deadline: .now() + .nanoseconds(Int(saturating: time / .nanoseconds(1))))
    }

    private func fire() {
        guard !self.isCancelled else { return }
        self.burstBegan = nil
        self.renew(isAsked: false)
    }

    /// Brings the watches up to date and looks.
    private func renew(isAsked: Bool) {
        // Before reading: what changes in between is an event of its own then. At the kernel's limit the old watches stay.
        var retry: Duration?
        do throws(WatchError) {
            try self.follow()
            self.refusal = nil
            self.backoff.succeeded()
        } catch {
            self.refusal = error
            retry = self.backoff.failed()
        }
        let again = self.look(isAsked, self.writing, self.refusal)
        self.wait([again, retry].compactMap(\.self).min())
    }

    /// Brings the watches in line with what the paths mean now.
    private func follow() throws(WatchError) {
        // A folder may come between the plan and its watch; that changes the plan. A few rounds settle it.
        for _ in 0..<5 {
            let plan = WatchPlan(paths: self.paths)
            var watches: [Int32: (folder: String, names: Set<String>?)] = [:]
            for (folder, names) in plan.folders {
                guard let watch = try self.add(self.inotify, folder) else { continue }
                // One folder by two paths: what matters by either.
                let others = watches[watch].map(\.names) ?? []
                watches[watch] = (folder, others.flatMap { others in names.map(others.union) })
            }
            for stale in self.watches.keys where watches[stale] == nil { self.inotify.remove(stale) }
            self.watches = watches
            self.plan = plan
            if WatchPlan(paths: self.paths) == plan { return }
        }
    }
}
