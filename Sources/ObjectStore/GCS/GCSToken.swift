/// A token of Google's, for a while.
struct GCSToken: Expiring {
    let token: Secret
    let expires: Int64?
}
