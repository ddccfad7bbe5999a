// The autoscaler's times and shares that a Cell does not set, each with what it is for.

extension Autoscaler {
    /// A report older than this counts as missing, in milliseconds; edges report every five seconds or so.
    static let staleAfter: Int64 = 30_000
    /// A pod that is not ready, or going, and silent for longer than this is down, in milliseconds.
    static let silentAfter: Int64 = 12_000
    /// How long nobody may report before the fallback is taken, in milliseconds.
    static let missingGrace: Int64 = 60_000
    /// For how long after it became ready a pod's utilization says nothing, in milliseconds.
    static let warmUp: Int64 = 60_000

    /// How long a pod may take to be ready before it is taken for one that never will be, in milliseconds.
    static let longestStart: Int64 = 300_000

    /// How long growth is taken to go on where a full pod has to stand it, in seconds.
    static let growthHorizon = 600.0
    /// How much of that is over when growth is seen, in seconds.
    static let noticeTime = 30.0
    /// When a pod that is asked for now is ready, where none was seen to become so, in seconds.
    static let usualLeadTime = 60.0
    /// What is believed of how long pods take to be ready, in seconds.
    static let leadTimes = 20.0...180.0

    /// No pod shall be fuller, as a share of its capacity.
    static let limit = 0.9
    /// The least room that is divided by, as a share of capacity: a pod at its limit cannot be helped by endless others.
    ///
    /// Where clients stay for four hours and their number doubles in one, a pod near its limit stays below it if it has
    /// this much room for ten minutes of growth.
    static let leastRoom = 0.015
    /// The same where a loss is to be provided for: a pod that is all but full is not worth that many others.
    static let leastRoomForLoss = 0.04
    /// By how much utilization may be off its target without anything being done.
    static let tolerance = 0.1
}
