// What can be wrong with the settings of a mail server. None of the texts repeats a secret.

/// Why settings of a mail server were not taken: what is wrong, and what to write.
package enum MailServerProblem: Error, Hashable, CustomStringConvertible {
    case scheme
    case credentialsInURL
    case host
    case port
    case path
    case noUsername
    case noPassword
    case controls
    case plainCredentials
    case plainTLS
    case authorities(path: String)

    package var description: String {
        switch self {
        case .scheme:
            "the URL of a mail server begins with smtp:// (STARTTLS) or smtps:// (TLS from the start), "
                + "for example smtp://mail.example.com:587"
        case .credentialsInURL:
            "the URL of a mail server holds no username or password, since URLs get into logs: "
                + "give both as settings of their own"
        case .host:
            "the URL of a mail server needs a host: a name (xn--… for one that is not ASCII), an IPv4 address, or an "
                + "IPv6 address in brackets, for example smtp://mail.example.com"
        case .port: "the port of a mail server is a number from 1 to 65535, for example smtp://mail.example.com:587"
        case .path: "the URL of a mail server ends with the host or the port: write nothing behind it"
        case .noUsername: "there is a password for the mail server, and no username: give both or neither"
        case .noPassword: "there is a username for the mail server, and no password: give both or neither"
        case .controls:
            "the username or the password for the mail server is empty, longer than 1000 bytes, or holds a control such as "
                + "a line feed: write it without, for example with printf instead of echo"
        case .plainCredentials:
            "a username and a password go to a mail server without encryption on the same machine only: require "
                + "encryption, or leave them out"
        case .plainTLS:
            "smtps:// is always encrypted: write smtp:// for a server without encryption, or require encryption"
        case .authorities(let path):
            "\(path) is no file that can be read and holds certificates: name a PEM file with the authorities of the mail "
                + "server's certificate, or none to trust the system's"
        }
    }
}
