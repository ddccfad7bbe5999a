// Who makes segments, closes days or erases has a lease of the archive in the database, for as long as that takes.

import StateStore

extension ArchiveLease {
    /// Does something for which a lease is renewed again and again.
    ///
    /// Whether it was renewed or not, what rests on it is noted only while it is held.
    ///
    /// - Parameters:
    ///   - clock: By which.
    ///   - renew: Renews it.
    ///   - work: What is done; nothing is renewed any more when it returns.
    /// - Returns: What the work does.
    /// - Throws: What the work throws.
    static func keep<Answer>(
        on clock: any Clock<Duration>,
        renew: @escaping @Sendable () async -> Void,
        during work: () async throws(ArchiveError) -> Answer
    ) async throws(ArchiveError) -> Answer {
        let renewing = Task {
            while !Task.isCancelled {
                try? await clock.sleep(for: ArchiveService.renewal)
                if !Task.isCancelled { await renew() }
            }
        }
        let result: Result<Answer, ArchiveError>
        do throws(ArchiveError) { result = .success(try await work()) } catch { result = .failure(error) }
        renewing.cancel()
        await renewing.value
        return try result.get()
    }
}
