import ArgumentParser
import Foundation

/// Ends the program with a message on standard error and one of the documented exit codes.
struct Failure: Error {
    /// After sysexits.h: 69 a needed service is away, 78 configuration.
    enum Code: Int32 {
        case unavailable = 69
        case configuration = 78
    }

    let code: Code
    let text: String

    init(_ code: Code, _ text: String) {
        self.code = code
        self.text = text
    }

    /// Runs something whose errors are the configuration's fault.
    ///
    /// - Throws: ``Failure``.
    static func configuration<Value>(_ body: () throws -> Value) throws(Failure) -> Value {
        do { return try body() } catch { throw Failure(.configuration, "\(error)") }
    }
}
