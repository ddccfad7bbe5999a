/// What a renewal found of a pod's lease.
package enum LeaseRenewal: Sendable, Hashable {
    /// It held.
    case kept
    /// It had lapsed, or the store may have gone back in time: some of what this pod held may be gone, or others'.
    case lapsed
    /// It had lapsed and the pod was buried: everything that it held was given to others.
    case forgotten
}
