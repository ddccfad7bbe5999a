// The kernel's notices about files, inotify(7), as values.

import Glibc

/// One inotify instance, for one queue to use.
package struct Inotify: ~Copyable {
    /// What happened to a name in a watched folder, or to the folder itself.
    struct Event {
        /// The watch's number; negative if the kernel's queue overflowed, and anything may have happened.
        let watch: Int32
        /// The name in the folder; empty for the folder itself.
        let name: String
        /// Whether the watch ended, since its folder is gone.
        let ended: Bool
        /// What it means for who reads the file.
        let content: Content
    }

    /// What an event says of a file's contents.
    enum Content {
        /// Somebody is writing, and has the file open.
        case isBeingWritten
        /// They are whole: who wrote has closed the file, or it came with a name of its own.
        case isWhole
        /// Nothing.
        case unknown

        init(mask: UInt32) {
            self =
                if mask & UInt32(IN_MODIFY) != 0 {
                    .isBeingWritten
                } else if mask & UInt32(IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE) != 0 {
                    .isWhole
                } else {
                    .unknown
                }
        }
    }

    /// The descriptor, non-blocking, readable when there are events; whoever made the instance closes it.
    let descriptor: Int32

    private static let interest = UInt32(
        IN_MODIFY | IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF
            | IN_ATTRIB
    )

    /// Opens an instance.
    ///
    /// - Throws: ``WatchError`` if the kernel gives none.
    init() throws(WatchError) {
        self.descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        if self.descriptor < 0 { throw WatchError(code: errno) }
    }

    /// Watches a folder, or says again that it is watched.
    ///
    /// - Returns: The watch's number, the same for the same folder; `nil` if there is no such folder any more.
    /// - Throws: ``WatchError`` if the kernel refuses, as at its limit of watches.
    package func add(_ folder: String) throws(WatchError) -> Int32? {
        let watch = inotify_add_watch(self.descriptor, folder, Self.interest | UInt32(IN_ONLYDIR))
        if watch >= 0 { return watch }
        switch errno {
        case ENOENT, ENOTDIR, ELOOP, EACCES: return nil
        default: throw WatchError(code: errno)
        }
    }

    /// Ends a watch.
    func remove(_ watch: Int32) {
        _ = inotify_rm_watch(self.descriptor, watch)
    }

    /// Takes all events that have come, without waiting.
    func events() -> [Event] {
        var events: [Event] = []
        withUnsafeTemporaryAllocation(byteCount: 16384, alignment: 8) { buffer in
            while true {
                let length = read(self.descriptor, buffer.baseAddress, buffer.count)
                guard length > 0 else { return }
                var offset = 0
                let header = MemoryLayout<inotify_event>.size
                while offset + header <= length {
                    let event = buffer.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
                    let name = buffer[(offset + header)..<(offset + header + Int(event.len))].prefix { $0 != 0 }
                    let ended = event.mask & UInt32(IN_IGNORED | IN_DELETE_SELF | IN_MOVE_SELF) != 0
                    events.append(
                        Event(
                            watch: event.wd,
                            name: String(decoding: name, as: UTF8.self),
                            ended: ended,
                            content: Content(mask: event.mask)
                        )
                    )
                    offset += header + Int(event.len)
                }
            }
        }
        return events
    }
}

/// The kernel refuses to watch.
package struct WatchError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The `errno` value.
    package let code: Int32

    package init(code: Int32) { self.code = code }

    package var description: String {
        let advice =
            self.code == ENOSPC || self.code == EMFILE
            ? ": raise the sysctl fs.inotify.max_user_watches or max_user_instances" : ""
        return "cannot watch files: \(String(cString: strerror(self.code)))\(advice)"
    }
}
