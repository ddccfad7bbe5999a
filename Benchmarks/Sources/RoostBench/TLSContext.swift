// TLS for idle clients: a handshake that trusts anyone, and as little memory as OpenSSL can do with.

import COpenSSL
import Glibc

/// One OpenSSL session of a client.
struct TLSSession {
    let pointer: OpaquePointer

    /// What a step of OpenSSL came to.
    enum Step {
        case done(Int)
        case wantsRead
        case wantsWrite
        case closed
        case failed(String)
    }

    func handshake() -> Step {
        outcome(of: SSL_connect(pointer))
    }

    func read(into buffer: UnsafeMutableRawPointer, capacity: Int) -> Step {
        outcome(of: SSL_read(pointer, buffer, Int32(capacity)))
    }

    func write(_ bytes: UnsafeRawPointer, count: Int) -> Step {
        outcome(of: SSL_write(pointer, bytes, Int32(count)))
    }

    func free() {
        SSL_free(pointer)
    }

    private func outcome(of result: Int32) -> Step {
        if result > 0 { return .done(Int(result)) }
        switch SSL_get_error(pointer, result) {
        case SSL_ERROR_WANT_READ: return .wantsRead
        case SSL_ERROR_WANT_WRITE: return .wantsWrite
        case SSL_ERROR_ZERO_RETURN: return .closed
        default:
            let code = ERR_get_error()
            guard code != 0, let text = ERR_reason_error_string(code) else { return .closed }
            return .failed(String(cString: text))
        }
    }
}

/// What the TLS clients of a run have in common.
struct TLSContext {
    private let context: OpaquePointer
    private let serverName: String

    /// - Parameter serverName: the server name that clients indicate.
    /// - Throws: ``BenchError/tls(_:)`` when OpenSSL gives no context.
    init(serverName: String) throws(BenchError) {
        guard let context = SSL_CTX_new(TLS_client_method()) else { throw .tls("no context") }
        SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nil)
        _ = SSL_CTX_ctrl(context, SSL_CTRL_MODE, Int(SSL_MODE_RELEASE_BUFFERS), nil)
        self.context = context
        self.serverName = serverName
    }

    func session(on descriptor: Int32) throws(BenchError) -> TLSSession {
        guard let session = SSL_new(context), SSL_set_fd(session, descriptor) == 1 else { throw .tls("no session") }
        // SSL_set_tlsext_host_name is a macro for this call.
        let named = serverName.withCString { name in
            SSL_ctrl(
                session,
                SSL_CTRL_SET_TLSEXT_HOSTNAME,
                Int(TLSEXT_NAMETYPE_host_name),
                UnsafeMutableRawPointer(mutating: name)
            )
        }
        guard named == 1 else { throw .tls("the server name \(serverName) is refused") }
        return TLSSession(pointer: session)
    }
}
