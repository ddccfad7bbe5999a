/// What a renewal found of a pod's lease.
package enum LeaseRenewal: Sendable, Hashable {
    /// It held.
    case kept
    /// It had lapsed: others may have taken over some of what this pod held.
    case lapsed
    /// It had lapsed and the pod was buried: everything that it held was given to others.
    case forgotten
}
