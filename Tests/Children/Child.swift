// Processes that the tests start. Foundation's `Process` looks through the folder of open descriptors before it starts one, and now
// and then reads beyond the end of what it was given, which ends the tests; here the child closes what is not its own.

import CSpawn
import Foundation
import Synchronization

/// A process that was started by this one.
package final class Child: Sendable {
    /// Why there is none.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// What its standard input is.
    package enum Input: Sendable {
        case nothing
        /// What ``Child/write(_:)`` gets, until ``Child/endInput()``.
        case pipe
    }

    /// Where its standard output and error go.
    package enum Output: Sendable {
        case nothing
        /// To who calls ``Child/readAll()``.
        case pipe
        /// Into a file, which is made anew.
        case file(String)
    }

    private let pid: pid_t
    private let input: Mutex<FileHandle?>
    private let output: FileHandle?
    /// How it ended, once somebody has asked: until then its number is nobody else's.
    private let ended = Mutex<Int32?>(nil)

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - program: Its path.
    ///   - arguments: What it gets behind its name.
    ///   - environment: All of its variables; nil for those of this process.
    ///   - folder: Where it runs; nil for where this process does.
    ///   - input: What it reads.
    ///   - output: Where it writes.
    /// - Throws: ``Failure``
    package init(
        _ program: String,
        _ arguments: [String] = [],
        environment: [String: String]? = nil,
        folder: String? = nil,
        input: Input = .nothing,
        output: Output = .nothing
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // Theirs are closed here when the child has them.
        var theirs: [FileHandle] = []
        defer { for end in theirs { try? end.close() } }
        var (writing, reading): (FileHandle?, FileHandle?)
        switch input {
        case .nothing: posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        case .pipe:
            let pipe = Pipe()
            theirs.append(pipe.fileHandleForReading)
            writing = pipe.fileHandleForWriting
            posix_spawn_file_actions_adddup2(&actions, pipe.fileHandleForReading.fileDescriptor, 0)
        }
        switch output {
        case .nothing: posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        case .file(let path):
            posix_spawn_file_actions_addopen(&actions, 1, path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        case .pipe:
            let pipe = Pipe()
            theirs.append(pipe.fileHandleForWriting)
            reading = pipe.fileHandleForReading
            posix_spawn_file_actions_adddup2(&actions, pipe.fileHandleForWriting.fileDescriptor, 1)
        }
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        posix_spawn_file_actions_addclosefrom_np(&actions, 3)
        if let folder { posix_spawn_file_actions_addchdir_np(&actions, folder) }
        let variables = (environment ?? ProcessInfo.processInfo.environment).map { "\($0)=\($1)" }
        self.pid = try Self.spawn(program, [program] + arguments, variables, &actions)
        self.input = Mutex(writing)
        self.output = reading
    }

    /// Signals are to the child what they are to a program that a shell starts.
    private static func spawn(
        _ program: String,
        _ arguments: [String],
        _ variables: [String],
        _ actions: inout posix_spawn_file_actions_t
    ) throws(Failure) -> pid_t {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var pid: pid_t = 0
        var (list, environment) = (arguments.map { strdup($0) } + [nil], variables.map { strdup($0) } + [nil])
        defer { for text in list + environment { free(text) } }
        let code = posix_spawn(&pid, program, &actions, &attributes, &list, &environment)
        guard code == 0 else { throw Failure(description: "cannot start \(program): error \(code)") }
        return pid
    }

    // MARK: What it reads and writes

    /// Writes to its standard input.
    package func write(_ text: String) { self.input.withLock { try? $0?.write(contentsOf: Data(text.utf8)) } }

    /// Ends its standard input.
    package func endInput() {
        self.input.withLock { input in
            try? input?.close()
            input = nil
        }
    }

    /// Everything that it writes to its pipe, to the end.
    package func readAll() -> String {
        String(decoding: (try? self.output?.readToEnd()) ?? Data(), as: UTF8.self)
    }

    /// Where Linux says what it takes, while nobody has asked how it ended.
    package var process: String { "/proc/\(self.pid)" }

    // MARK: Its end

    /// Whether it has not ended.
    package var isRunning: Bool { self.ended.withLock { $0 == nil && !self.reap(&$0, WNOHANG) } }

    /// Sends it a signal, if it has not ended.
    package func send(_ signal: Int32) {
        self.ended.withLock { ended in
            if ended == nil, !self.reap(&ended, WNOHANG) { kill(self.pid, signal) }
        }
    }

    /// Waits for its end, and keeps the thread for so long.
    ///
    /// - Returns: Its exit status, or the signal that ended it.
    @discardableResult
    package func wait() -> Int32 {
        // Without the lock, and without taking the answer: others may ask meanwhile whether it runs.
        var information = siginfo_t()
        while waitid(P_PID, id_t(self.pid), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        return self.ended.withLock { ended in
            if ended == nil { _ = self.reap(&ended, 0) }
            return ended ?? -1
        }
    }

    /// Waits for its end, on a thread of its own.
    ///
    /// - Returns: As ``wait()`` does.
    package func status() async -> Int32 {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: self.wait()) }
        }
    }

    /// - Returns: Whether it has ended.
    private func reap(_ ended: inout Int32?, _ options: Int32) -> Bool {
        var status: Int32 = 0
        guard waitpid(self.pid, &status, options) == self.pid else { return false }
        ended = status & 0x7F == 0 ? status >> 8 & 0xFF : status & 0x7F
        return true
    }
}
