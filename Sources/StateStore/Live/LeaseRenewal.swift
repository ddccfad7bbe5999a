/// What a renewal found of a pod's lease.
package enum LeaseRenewal: Sendable, Hashable {
    /// It held.
    case kept
    /// It had lapsed: others may have taken over some of what this pod held.
    case lapsed
    /// It had lapsed and the pod was buried, or the store may have gone back in time: everything that it held was given to others
    /// or let go. It holds no slots, and has to look what else it lost.
    case forgotten
}
