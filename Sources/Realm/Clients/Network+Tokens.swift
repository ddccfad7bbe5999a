import Chat
import IRC
import Logging
import NIOCore
import StateStore

/// What leads clients back into an account's session without its password goes when that changes.
extension Network {
    /// How often it is tried again to end them.
    private static let tokenTries = 8

    /// What proves an account is another by now: what was proved before leads nobody into it.
    ///
    /// Tokens end, and log-ins that are under way. Who is connected stays.
    ///
    /// - `account`: its name.
    /// - `kept`: the client whose token stays; nil for none.
    /// - `then`: goes on once that was tried.
    func proofChanged(of account: String, except kept: UInt32?, _ then: @escaping () -> Void) {
        let folded = Names.accountMapping.fold(account)
        // Here at once, whatever the store says.
        self.recentNews.note(folded, endsBefore: self.shard.now, at: self.shard.now)
        self.announceProof(of: folded, attempt: 0) { self.endTokens(of: account, except: kept, then) }
    }

    /// It is tried again for a while if the store does not answer, as the tokens are.
    private func announceProof(of folded: String, attempt: Int, _ then: @escaping () -> Void = {}) {
        let event = TenantEvent.proofChanged(account: folded)
        self.store.append(Transaction(changes: [LogChange(self.ownLog, payload: event.encoded)])) { result in
            then()
            guard case .failure(let error) = result else { return }
            guard attempt < Self.tokenTries else {
                let metadata: Logger.Metadata = ["tenant": "\(self.id)", "reason": "\(error)"]
                return self.shard.logger.warning("that an account's proof changed is not told", metadata: metadata)
            }
            self.shard.later(self.shard.pause(after: attempt)) { self.announceProof(of: folded, attempt: attempt + 1) }
        }
    }

    /// Ends the tokens by which clients take their place in an account's session again.
    ///
    /// It is tried again for a while if the store does not answer: what it goes with has been done.
    ///
    /// - `account`: its name.
    /// - `kept`: the client whose token stays; nil for none.
    /// - `time`: those stay that were given later, in milliseconds since 1970.
    /// - `then`: goes on once it was tried.
    func endTokens(
        of account: String,
        except kept: UInt32?,
        givenBefore time: Int64 = .max,
        attempt: Int = 0,
        _ then: @escaping () -> Void = {}
    ) {
        let again = {
            then()
            guard attempt < Self.tokenTries else {
                let tenant = "\(self.id)"
                self.shard.logger.warning("tokens of an account stay until they end", metadata: ["tenant": "\(tenant)"])
                return
            }
            self.shard.later(self.shard.pause(after: attempt)) {
                self.endTokens(of: account, except: kept, givenBefore: time, attempt: attempt + 1)
            }
        }
        self.claimed(by: account) { result in
            guard case .success(let found) = result else { return again() }
            guard let found else { return then() }
            self.endTokens(in: self.inboxKey(found), except: kept, givenBefore: time) { $0 ? then() : again() }
        }
    }

    /// Ends the tokens by which clients take their place in one session again.
    ///
    /// - `then`: gets whether the store has it.
    func endTokens(
        in inbox: LogKey,
        except kept: UInt32? = nil,
        givenBefore time: Int64 = .max,
        _ then: @escaping (Bool) -> Void
    ) {
        self.store.load([inbox]) { result in
            guard case .success(let snapshots) = result else { return then(false) }
            let fields = ResumeToken.fields(in: snapshots[0], except: kept, givenBefore: time)
            if fields.isEmpty { return then(true) }
            let change = LogChange(inbox, fields: fields.map { .remove($0) })
            self.store.append(Transaction(conditions: [Condition(inbox, .exists)], changes: [change])) { result in
                if case .failure = result { then(false) } else { then(true) }
            }
        }
    }
}

extension Session {
    /// Whether it outlives its connections and is logged in to an account whose session it is not.
    ///
    /// No token leads back into it: those that end with the account's password are looked for in the account's session.
    var isOutsideItsAccount: Bool {
        guard let holds = self.holds, let account = self.user.account else { return false }
        return Names.accountMapping.fold(account) != holds.account
    }
}

extension ResumeToken {
    /// The fields of a session's log that have tokens.
    ///
    /// - `kept`: the client whose token is left out; nil for none.
    /// - `time`: those are left out that were given later, in milliseconds since 1970.
    static func fields(
        in snapshot: Snapshot,
        except kept: UInt32?,
        givenBefore time: Int64 = .max
    ) -> [FieldName] {
        snapshot.fields.compactMap { name, bytes in
            guard let token = Self.read(name, bytes), token.number != kept else { return nil }
            let (given, overflow) = token.until.subtractingReportingOverflow(Self.lifetime)
            return overflow || given < time ? name : nil
        }
    }

    /// Reads a token's field: of which client it is, and until when, in milliseconds since 1970.
    ///
    /// - Returns: nil if it is none.
    static func read(_ name: FieldName, _ bytes: [UInt8]) -> (number: UInt32, until: Int64)? {
        guard name.section == Section(FieldKey.Section.setting.rawValue), name.name.hasPrefix(Self.fieldPrefix),
            let number = UInt32(name.name.dropFirst(Self.fieldPrefix.count), radix: 36)
        else { return nil }
        var buffer = ByteBuffer(bytes: bytes)
        return buffer.readInteger(as: Int64.self).map { (number, $0) }
    }
}
