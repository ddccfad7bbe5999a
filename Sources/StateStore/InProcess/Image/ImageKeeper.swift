// Who writes images, and when.

import Logging
import NIOCore
import Numbers
import Synchronization

/// Where a store's images are to be, and how often.
package struct ImagePlace: Sendable {
    let folder: any JournalFolder
    let interval: Duration
    let worker: any JournalWorker

    /// - Parameters:
    ///   - folder: Nobody else may use it.
    ///   - interval: How long a change may be on no disk, if the disk is quick.
    ///   - worker: Waits for the disk; not the one that writes messages, which must not wait for an image.
    package init(
        _ folder: any JournalFolder,
        every interval: Duration = .seconds(5),
        worker: any JournalWorker = QueueWorker()
    ) {
        self.folder = folder
        self.interval = interval
        self.worker = worker
    }
}

/// Keeps a store's image on a disk, on a thread of its own.
final class ImageKeeper: Sendable {
    let worker: any JournalWorker
    let interval: Duration
    private let folder: ImageFolder
    private let logger: Logger
    private let progress = Mutex(Progress())

    private struct Progress {
        /// The change up to which the disk has everything.
        var written: UInt64?
        /// Why it does not have the last image.
        var failure: FileFailure?
        /// How large it was.
        var size = 0
        /// Whether something lies there that must not be overwritten.
        var isOff = false
    }

    init(_ place: ImagePlace, logger: Logger) {
        self.folder = ImageFolder(folder: place.folder)
        self.worker = place.worker
        self.interval = place.interval
        self.logger = logger
    }

    /// What an earlier process left.
    ///
    /// What cannot be used is told of and put aside: the store begins without it.
    func read(at time: Int64) -> LiveImage? {
        let reason: String
        do throws(ImageFolder.Problem) { return try self.folder.read() } catch {
            switch error {
            case .failed(let failure): reason = "cannot \(failure)"
            case .unusable(let problem): reason = problem.description
            }
        }
        var metadata: Logger.Metadata = ["reason": "\(reason)"]
        do throws(FileFailure) { metadata["kept as"] = "\(try self.folder.setAside(at: time))" } catch {
            self.progress.withLock { $0.isOff = true }
            metadata["left as it is"] = "cannot \(error)"
        }
        self.logger.error(
            "who was there and in which channels cannot be read: everybody and every channel begins anew",
            metadata: metadata
        )
        return nil
    }

    /// Whether the disk lacks a change.
    func lacks(_ change: UInt64) -> Bool { self.progress.withLock { !$0.isOff && $0.written != change } }

    /// What a disk is asked to write in a second at most, over time.
    private static let rate = 2 << 20

    /// Over how long the last image has to be spread.
    var timeOfLast: Duration { self.progress.withLock { .milliseconds($0.size.times(1000) / Self.rate) } }

    /// Writes an image.
    ///
    /// A failure is told of once, until it is well again.
    ///
    /// - Parameters:
    ///   - image: The file.
    ///   - change: The change up to which everything is in it.
    /// - Returns: What could not be done.
    @discardableResult
    func write(_ image: ByteBuffer, upTo change: UInt64) -> FileFailure? {
        var failure: FileFailure?
        do throws(FileFailure) { try self.folder.write(image) } catch { failure = error }
        let before = self.progress.withLock { progress in
            defer { progress.failure = failure }
            progress.size = image.readableBytes
            if failure == nil { progress.written = change }
            return progress.failure
        }
        if let failure, before == nil {
            self.logger.error(
                "who is there and in which channels cannot be written: a restart may not find it as it was",
                metadata: ["reason": "cannot \(failure)"]
            )
        } else if failure == nil, before != nil {
            self.logger.notice("who is there and in which channels can be written again")
        }
        return failure
    }
}
