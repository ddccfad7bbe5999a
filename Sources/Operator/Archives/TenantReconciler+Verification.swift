// Who annotates a Tenant has its archive verified as a whole: a job in its cell's database, which a worker does.

import Archive
import Crypto
import KubeClient
import Logging
import StateStore
import Tenant

extension ArchiveVerdict {
    /// How much of an annotation's value counts.
    private static let valueLimit = 100

    /// For which value of the annotation a verification is to be asked for; nil for none.
    ///
    /// - Parameters:
    ///   - object: The Tenant.
    ///   - archive: What is known of its archive: where there is none yet there is nothing to verify.
    /// - Returns: The value.
    static func verification(_ object: KubeObject, _ archive: TenantView.Archive) -> String? {
        guard archive.standing != nil, let value = object.annotations[OperatorNames.verifyArchive], !value.isEmpty
        else { return nil }
        let bounded = String(value.prefix(Self.valueLimit))
        return bounded == object.status["archive"]["verifyRequested"].string ? nil : bounded
    }
}

extension TenantReconciler {
    /// Asks for what the plan says; where that is not possible now it is tried at the next look.
    func askForVerification(_ plan: inout TenantPlan, of object: KubeObject) async {
        guard let value = plan.verification, let cell = plan.cell, let id = TenantID(object.name) else { return }
        plan.verification = nil
        guard let stores = self.context.cells.existing(cell)?.stores else { return }
        do {
            var request = try ArchiveJobOrder.verify(.init()).request(by: OperatorNames.verifyArchive)
            // Whoever asks once more for the same, since the status could not be written, asks for nothing.
            let digest = SHA256.hash(data: Array("\(object.uid) \(value)".utf8))
            request.id = digest.prefix(6).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
            switch try await stores.durable.archiveJobs.ask(request, of: id) {
            case .asked(let job):
                let note = "its archive is verified as a whole: job \(job.id)"
                self.context.announce("VerificationRequested", note, of: object)
                plan.verification = value
            case .known: plan.verification = value
            case .tooMany: break
            }
        } catch {
            self.context.logger.warning(
                "no verification could be asked for",
                metadata: ["tenant": "\(object.key)", "reason": "\(error)"]
            )
        }
    }
}
