// The few things that the write-ahead journal asks of a file system, so that tests can have one whose power is cut.

package import NIOCore

/// A folder that one process writes.
package protocol JournalFolder: Sendable {
    /// The names of its files, in any order.
    func names() throws(FileFailure) -> [String]

    /// A whole file, with zeros where the disk does not give it back.
    func read(_ name: String) throws(FileFailure) -> JournalFileContents

    /// Makes a file, which must not be there, for its owner only.
    func create(_ name: String) throws(FileFailure) -> any JournalFile

    func remove(_ name: String) throws(FileFailure)

    /// Gives a file another name, in place of a file that has it.
    func rename(_ name: String, to other: String) throws(FileFailure)

    /// Makes sure that a power cut neither takes back files that were made nor brings back those that were removed.
    ///
    /// What a file holds is another matter: ``JournalFile/sync()``.
    func sync() throws(FileFailure)
}

/// A file that is open for writing.
package protocol JournalFile: AnyObject, Sendable {
    /// Writes all bytes at a place, which may be past the end.
    func write(_ bytes: ByteBuffer, at offset: Int) throws(FileFailure)

    /// Waits until everything that was written before survives a power cut.
    ///
    /// After a failure nobody can tell what of it does, and another call that succeeds says nothing about it: the kernel
    /// may have thrown it away.
    func sync() throws(FileFailure)

    func close()
}
