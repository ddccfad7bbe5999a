import FoundationEssentials
package import StateStore

/// What a job is to do; its kind and its parameters as they stand in the database.
package enum ArchiveJobOrder: Hashable, Sendable {
    case verify(Verify)
    case restore(Restore)
    case erase(Erase)

    /// Looks whether everything is there as it was put.
    package struct Verify: Codable, Hashable, Sendable {
        package enum Depth: String, Codable, Sendable {
            case presence
            case lines
        }

        package var depth: Depth
        /// Of which days, in milliseconds since 1970; nil is from the first, or to the last.
        package var from: Int64?
        package var to: Int64?
        /// Of how many segments the bytes are looked at, drawn by chance; nil is of all.
        package var sample: Int?

        package init(_ depth: Depth = .lines, from: Int64? = nil, to: Int64? = nil, sample: Int? = nil) {
            self.depth = depth
            self.from = from
            self.to = to
            self.sample = sample
        }

        /// Whether everything is looked at.
        package var isWhole: Bool { self.depth == .lines && self.from == nil && self.to == nil && self.sample == nil }
    }

    /// Has what was said come back into the tenant's history.
    package struct Restore: Codable, Hashable, Sendable {
        /// From and until when, in milliseconds since 1970.
        package var from: Int64
        package var to: Int64
        /// `Conversation.text`; nil is every one.
        package var conversation: String?

        package init(from: Int64 = 0, to: Int64 = .max, conversation: String? = nil) {
            self.from = from
            self.to = to
            self.conversation = conversation
        }
    }

    /// Takes out what a person said, of the history and the archive.
    package struct Erase: Codable, Hashable, Sendable {
        /// As it is written in what was said.
        package var account: String

        package init(account: String) { self.account = account }
    }

    /// All kinds that this version can do.
    package static let kinds = ["verify", "restore", "erase"]

    package var kind: String {
        switch self {
        case .verify: "verify"
        case .restore: "restore"
        case .erase: "erase"
        }
    }

    /// Reads a job's.
    ///
    /// - Throws: ``ArchiveError/configuration(_:)``
    package init(_ job: ArchiveJob) throws(ArchiveError) {
        let (decoder, data) = (JSONDecoder(), Data(job.parameters.utf8))
        do {
            switch job.kind {
            case "verify": self = .verify(try decoder.decode(Verify.self, from: data))
            case "restore": self = .restore(try decoder.decode(Restore.self, from: data))
            case "erase": self = .erase(try decoder.decode(Erase.self, from: data))
            default: throw ArchiveError.configuration("a job `\(job.kind)` is not known to this version")
            }
        } catch let error as ArchiveError { throw error } catch {
            throw .configuration("the parameters of the job \(job.id) cannot be read: ask for it again")
        }
        if case .restore(let restore) = self, restore.from > restore.to {
            throw .configuration("the job \(job.id) ends before it begins: ask for it again")
        }
    }

    /// As it is asked for.
    ///
    /// - Parameter askedBy: Who asks.
    /// - Returns: The request.
    /// - Throws: ``ArchiveError/configuration(_:)``
    package func request(by askedBy: String) throws(ArchiveError) -> ArchiveJobRequest {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            let data =
                switch self {
                case .verify(let verify): try encoder.encode(verify)
                case .restore(let restore): try encoder.encode(restore)
                case .erase(let erase): try encoder.encode(erase)
                }
            return ArchiveJobRequest(self.kind, String(decoding: data, as: UTF8.self), by: askedBy)
        } catch { throw .configuration("the job cannot be written") }
    }
}
