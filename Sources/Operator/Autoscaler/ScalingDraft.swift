// What a Cell says about its fleet, in words and numbers.

import Numbers

/// The number of pods and why.
struct ScalingDraft {
    var replicas: Int
    var reason: ScalingReason
    var message: String
}

extension ScalingDraft {
    static func fixed(_ replicas: Int, _ view: FleetView) -> ScalingDraft {
        ScalingDraft(
            replicas: replicas,
            reason: .fixed,
            message: "spec.edge.replicas asks for \(Self.pods(replicas)); \(view.connections) connections on "
                + "\(Self.pods(view.accepting.count)) that accept more"
        )
    }

    static func blind(_ replicas: Int, _ view: FleetView, for blindFor: Int64) -> ScalingDraft {
        let seconds = blindFor / 1_000
        let isRaised = replicas > view.replicas
        let what = isRaised ? "raised from \(view.replicas) to \(replicas)" : "kept at \(replicas)"
        return ScalingDraft(
            replicas: replicas,
            reason: blindFor > Autoscaler.missingGrace ? .figuresMissing : .steady,
            message: view.accepting.isEmpty
                ? "none of \(Self.pods(view.staying.count)) has been ready for \(seconds) s; \(what)"
                : "none of \(Self.pods(view.accepting.count)) has reported for \(seconds) s; \(what), "
                    + "fallbackReplicas is \(view.settings.fallbackReplicas)"
        )
    }

    static func chosen(
        _ choice: ScalingChoice,
        _ up: Recommendation,
        _ view: FleetView,
        _ outlook: Outlook
    ) -> ScalingDraft {
        let maximum = view.settings.bounds.upperBound
        let isAtMaximum = up.replicas > maximum && choice.replicas >= maximum
        let reason: ScalingReason =
            if isAtMaximum {
                .atMaximum
            } else if choice.isForMissing {
                .figuresMissing
            } else {
                switch choice.direction {
                case .up: .scaledUp
                case .down: .scaledDown
                case .none: choice.obstacle == nil ? .steady : .stabilizing
                }
            }
        var parts = [Self.change(choice), Self.need(up, view, outlook)]
        if isAtMaximum { parts.append("\(up.replicas) are needed and maxReplicas is \(maximum)") }
        if choice.isPaced {
            let settings = view.settings
            parts.append(
                "no more than \(Self.pods(settings.scaleUpMaxPodsPerMinute)) or \(settings.scaleUpMaxPercentPerMinute) % "
                    + "come in a minute"
            )
        }
        if view.missing > 0 { parts.append("\(Self.pods(view.missing)) silent") }
        if let obstacle = choice.obstacle { parts.append(Self.reason(obstacle, view.settings)) }
        return ScalingDraft(replicas: choice.replicas, reason: reason, message: parts.joined(separator: "; "))
    }

    private static func change(_ choice: ScalingChoice) -> String {
        switch choice.direction {
        case .up(let from), .down(let from): "from \(from) to \(self.pods(choice.replicas))"
        case .none: self.pods(choice.replicas)
        }
    }

    /// What is needed and for what: only what decided is named.
    private static func need(_ up: Recommendation, _ view: FleetView, _ outlook: Outlook) -> String {
        let growth = Int(saturating: (outlook.growth * 60).rounded())
        let growing = growth > 0 ? ", \(growth) more a minute," : ""
        let settings = view.settings
        let carrying = max(up.byConnections, up.byUtilization)
        if up.byFullestPod > carrying + up.buffer {
            let fullest = view.accepting.compactMap(\.connections).max() ?? 0
            return "\(view.connections) connections\(growing) need \(up.byFullestPod) to spare the fullest, which has "
                + "\(fullest)"
        }
        if up.byUtilization > up.byConnections {
            let percent = Int(saturating: (outlook.work / Double(max(1, view.accepting.count)) * 100).rounded())
            return "loops busy to \(percent) % need \(up.byUtilization) at \(settings.targetLoopUtilization) %, and "
                + "\(up.buffer) spare"
        }
        return "\(view.connections) connections\(growing) need \(up.byConnections) at \(settings.targetConnections) % "
            + "of \(Int(saturating: view.podCapacity)), and \(up.buffer) spare"
    }

    private static func reason(_ obstacle: ScaleDownObstacle, _ settings: AutoscalerSettings) -> String {
        let window = settings.stabilization / 1_000
        return switch obstacle {
        case .justStarted: "none goes before \(window) s were seen"
        case .needed(let count): "\(count) were needed within the last \(window) s"
        case .changing: "none goes while pods come and go"
        case .starting(let pod): "none goes while \(pod) starts"
        case .unready(let pod): "none goes while \(pod) is not ready and may hold clients"
        case .noRoom(let pod): "none goes while \(pod) has no room for more"
        }
    }

    private static func pods(_ count: Int) -> String { count == 1 ? "1 pod" : "\(count) pods" }
}
