// The outbox is the table of codes: a row that is due is a mail to send. Whoever takes one has it for a while; if nothing is heard
// of it after that, another takes it, so a mail may come twice, with the same code and the same Message-ID, and is never lost.

import Backoff
package import Logging
import Observability
package import StateStore
import Tenant

/// Sends the codes that wait in the durable store: the service of an edge that does so.
///
/// Any number of these may run at a time.
package struct MailWriter: Sendable {
    /// What it has done, for metrics.
    package let figures: MailFigures
    private let codes: AccountCodeRepository
    private let sender: MailSender
    private let bell: MailBell
    private let letter: @Sendable (DueCode) -> MailMessage?
    private let now: @Sendable () -> Int64
    private let clock: any Clock<Duration>
    private let logger: Logger

    /// How many are taken at a time.
    private static let batch = 8
    /// For how long they are nobody else's, in milliseconds: longer than they take to be sent or not.
    private static let holding: Int64 = 120_000
    /// How long a mail of a tenant that is not served here waits for who serves it, in milliseconds.
    private static let elsewhere: Int64 = 60_000
    /// How often is looked for what others left.
    private static let pause = Duration.seconds(2)
    /// Every how many looks what waits is counted.
    private static let looks = 15

    /// Puts the service together.
    ///
    /// - Parameters:
    ///   - codes: What is to be sent.
    ///   - sender: Who sends.
    ///   - bell: Rings when there is more.
    ///   - letter: Writes the mail of a code; nil if its tenant is not served here.
    ///   - figures: What it counts.
    ///   - now: Milliseconds since 1970.
    ///   - clock: Times the waits.
    ///   - logger: Hears of failures; never of a code, or where it is sent to.
    package init(
        codes: AccountCodeRepository,
        sender: MailSender,
        bell: MailBell,
        letter: @escaping @Sendable (DueCode) -> MailMessage?,
        figures: MailFigures = MailFigures(),
        now: @escaping @Sendable () -> Int64 = WallClock.system,
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) {
        self.codes = codes
        self.sender = sender
        self.bell = bell
        self.letter = letter
        self.figures = figures
        self.now = now
        self.clock = clock
        self.logger = logger
    }

    /// Sends what there is, until the task is cancelled; what is being sent then is ended first.
    package func run() async {
        await withTaskGroup(of: Void.self) { group in
            let (bell, clock) = (self.bell, self.clock)
            group.addTask {
                // Edges that began at once do not look at once.
                while (try? await clock.sleep(for: Self.pause * Double.random(in: 0.5...1.5))) != nil { bell.ring() }
            }
            let sender = self.sender
            await withTaskCancellationHandler {
                var look = 0
                for await _ in self.bell.rings {
                    if look % Self.looks == 0 { await self.count() }
                    look += 1
                    await self.sendAll()
                }
            } onCancel: {
                // What is being sent has some seconds; what waits is sent by others.
                Task { await sender.close() }
            }
            group.cancelAll()
        }
    }

    /// Sends all that is due.
    private func sendAll() async {
        var isMore = true
        while isMore, !Task.isCancelled {
            let due: [DueCode]
            do throws(DurableStoreError) {
                let now = self.now()
                due = try await self.codes.takeDue(Self.batch, now: now, again: now + Self.holding)
            } catch {
                self.logger.debug("no mail can be read", metadata: ["reason": "\(error)"])
                return
            }
            await withTaskGroup(of: Void.self) { group in
                for code in due { group.addTask { await self.send(code) } }
            }
            isMore = due.count == Self.batch
        }
    }

    private func send(_ code: DueCode) async {
        guard let message = self.letter(code) else {
            return await self.set(self.now() + Self.elsewhere, code)
        }
        let tenant = Logger.MetadataValue.string("\(code.tenant)")
        do throws(MailError) {
            try await self.sender.send(message)
            self.figures.ended(.sent)
            await self.set(nil, code)
        } catch {
            let reason = Self.withoutAddress(error.description, code.subject.address)
            switch error {
            case .refused:
                self.figures.ended(.refused)
                self.logger.warning("a mail was refused", metadata: ["tenant": tenant, "reason": "\(reason)"])
                await self.set(nil, code)
            case .deferred, .busy:
                self.figures.ended(.deferred)
                self.logger.warning("a mail is sent later", metadata: ["tenant": tenant, "reason": "\(reason)"])
                await self.set(self.now() + Self.delay(after: code.tries), code)
            }
        }
    }

    /// What a server answers without what may be the address, however it writes that.
    private static func withoutAddress(_ reason: String, _ address: String) -> String {
        let local = address.lowercased().prefix { $0 != "@" }
        return reason.split(separator: " ").map { word in
            let bare = word.lowercased().drop { !$0.isLetter && !$0.isNumber }
            return word.contains("@") || !local.isEmpty && bare.hasPrefix(local) ? "…" : String(word)
        }.joined(separator: " ")
    }

    /// How long a mail waits that could not be sent, in milliseconds: from a quarter of a minute to half an hour.
    private static func delay(after tries: Int) -> Int64 {
        var backoff = Backoff(first: .seconds(30), longest: .seconds(1800))
        var delay = Duration.zero
        for _ in 0..<max(1, min(tries, 10)) { delay = backoff.failed() }
        return delay.components.seconds * 1000
    }

    /// If it fails, the mail is sent once more.
    private func set(_ time: Int64?, _ code: DueCode) async {
        let (codes, logger) = (self.codes, self.logger)
        // Of what was sent is said so also when this is told to end.
        await Task {
            do throws(DurableStoreError) { try await codes.setDue(time, of: code) } catch {
                logger.debug("a mail may be sent twice", metadata: ["reason": "\(error)"])
            }
        }.value
    }

    private func count() async {
        do throws(DurableStoreError) { self.figures.waiting = try await self.codes.waiting() } catch {
            self.logger.debug("mail cannot be counted", metadata: ["reason": "\(error)"])
        }
    }
}
