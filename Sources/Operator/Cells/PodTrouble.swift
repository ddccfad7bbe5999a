// Why a pod is not ready, as its own status has it: within seconds, and not when a rollout has run out of time.

package import KubeClient

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// What keeps a pod from being ready, in a sentence.
package enum PodTrouble {
    /// How long a container that runs may take to become ready, in seconds.
    private static let patience: Double = 20
    /// What a container waits for while all is well.
    private static let usual: Set = ["ContainerCreating", "PodInitializing"]
    /// How much of a program's last words is told.
    private static let longest = 300

    /// Judges a pod.
    ///
    /// - Returns: nil if it is ready, goes, or is on its way.
    package static func sentence(of pod: KubeObject, now: Date) -> String? {
        guard pod.deletionTimestamp == nil, !pod.isPodReady, let trouble = Self.trouble(of: pod, now) else {
            return nil
        }
        return "pod \(pod.name) \(trouble)"
    }

    private static func trouble(of pod: KubeObject, _ now: Date) -> String? {
        let status = pod.status
        if status["phase"] == "Failed" {
            return Self.told("has failed", status["reason"].string, status["message"].string)
        }
        if let scheduled = pod.condition("PodScheduled"), scheduled["reason"] == "Unschedulable" {
            return Self.told("cannot be scheduled", nil, scheduled["message"].string)
        }
        let lists = ["initContainerStatuses", "containerStatuses"].flatMap { status[$0].elements ?? [] }
        for container in lists {
            if let trouble = Self.trouble(of: container, now) { return trouble }
        }
        return nil
    }

    private static func trouble(of container: JSON, _ now: Date) -> String? {
        let (state, ended) = (container["state"], container["lastState"]["terminated"])
        if let reason = state["waiting"]["reason"].string, !Self.usual.contains(reason) {
            if reason == "CrashLoopBackOff" { return "ends again and again, " + Self.end(ended) }
            return Self.told("does not start", reason, state["waiting"]["message"].string)
        }
        guard container["ready"].bool != true else { return nil }
        if state["terminated"] != .null, state["terminated"]["exitCode"].int != 0 {
            return "has ended, " + Self.end(state["terminated"])
        }
        guard let started = state["running"]["startedAt"].string.flatMap(KubeTime.parse) else { return nil }
        if ended["reason"] == "OOMKilled" { return "was started again, " + Self.end(ended) }
        guard now.timeIntervalSince(started) > Self.patience else { return nil }
        return "runs since \(KubeTime.text(started)) and does not become ready: its readiness probe fails"
    }

    /// How a container ended; the last line that it wrote, if it ended by itself.
    private static func end(_ terminated: JSON) -> String {
        if terminated["reason"] == "OOMKilled" {
            return "the last time by using more memory than its limit (OOMKilled)"
        }
        let lines = (terminated["message"].string ?? "").split(whereSeparator: \.isNewline)
        let code = terminated["exitCode"].int.map { "with exit code \($0)" } ?? "for a reason that is not known yet"
        return "the last time \(code)" + (lines.last.map { ": \($0.prefix(Self.longest))" } ?? "")
    }

    private static func told(_ what: String, _ reason: String?, _ message: String?) -> String {
        let words = [reason, message].compactMap { $0 }.filter { !$0.isEmpty }
        return words.isEmpty ? what : "\(what): \(words.joined(separator: ": ").prefix(Self.longest))"
    }
}
