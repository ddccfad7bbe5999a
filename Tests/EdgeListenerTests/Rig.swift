import Chat
import Crypto
import Edge
import IRC
import Logging
import Metering
import NIOCore
import NIOPosix
import NIOSSL
import Realm
import StateStore
import Tenant

/// Two tenants on one shard without a network or a disk behind it, for listeners to be put in front of.
struct Rig {
    let group: MultiThreadedEventLoopGroup
    let shards: ShardSet
    let directory: TenantDirectory
    /// The installation's secret.
    let secret: SymmetricKey
    let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    /// An address on loopback with a free port.
    static func anyPort() throws -> SocketAddress { try SocketAddress(ipAddress: "127.0.0.1", port: 0) }

    /// Runs a body with a rig, and ends it.
    static func run(_ body: (Rig) async throws -> Void) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let rig = try await Rig(group)
        do {
            try await body(rig)
        } catch {
            try await group.shutdownGracefully()
            throw error
        }
        try await group.shutdownGracefully()
    }

    private init(_ group: MultiThreadedEventLoopGroup) async throws {
        self.group = group
        let key = SymmetricKey(size: .bits256)
        self.secret = key
        self.shards = await ShardSet.start(
            on: group,
            environment: EdgeEnvironment(
                realm: RealmEnvironment(
                    store: InProcessLiveStore(),
                    authenticator: Nobody(),
                    logger: self.logger,
                    usage: NoUsage(),
                    cloak: { HostCloak(tenantKey: HostCloak.tenantKey(from: key, tenant: $0)) },
                    loginSeal: { LoginSeal(from: key, tenant: $0) },
                    proofKey: { ProofKey(from: key, tenant: $0) }
                )
            )
        )
        self.directory = TenantDirectory(
            TenantCatalog([
                HostedTenant(id: try Self.id("acme"), hostnames: ["acme.localhost"]),
                HostedTenant(id: try Self.id("beta"), hostnames: ["beta.localhost"], features: []),
            ])
        )
        await self.shards.apply(self.directory.current)
    }

    private struct NoSuchName: Error {}

    private static func id(_ text: String) throws -> TenantID {
        guard let id = TenantID(text) else { throw NoSuchName() }
        return id
    }
}

private struct Nobody: Authenticator {
    let sendsMail = false

    func request(
        _ order: CodeOrder,
        of account: String,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> CodeRequest { throw .unavailable }

    func redeem(
        _ code: Redacted<String>,
        of account: String,
        for purpose: CodePurpose,
        password: Redacted<String>?,
        by rules: CodeRules,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> CodeOutcome { throw .unavailable }

    func removeAddress(
        of account: String,
        telling language: Language,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> Bool { throw .unavailable }

    func use(
        _ code: CodeUse,
        of account: Account,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> Bool { throw .unavailable }

    func beginSecondFactor(of account: String, in tenant: TenantID) async throws(AuthenticationError) -> TOTP? {
        throw .unavailable
    }

    func confirmSecondFactor(
        _ code: Redacted<String>,
        of account: String,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> [Redacted<String>]? { throw .unavailable }

    func removeSecondFactor(of account: String, in tenant: TenantID) async throws(AuthenticationError) -> Bool {
        throw .unavailable
    }

    func names(in tenant: TenantID, unless version: String?) async throws(AuthenticationError) -> OwnedNames? {
        throw .unavailable
    }

    func names(of account: String, in tenant: TenantID) async throws(AuthenticationError) -> [String] {
        throw .unavailable
    }

    func add(
        _ nick: Nickname,
        to account: String,
        in tenant: TenantID,
        limit: Int
    ) async throws(AuthenticationError) -> NameAddition { throw .unavailable }

    func remove(
        _ nick: Nickname,
        from account: String,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> Bool { throw .unavailable }

    func setPassword(
        _ password: Redacted<String>,
        of account: String,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> Bool { throw .unavailable }

    func remove(_ account: String, in tenant: TenantID) async throws(AuthenticationError) -> Bool {
        throw .unavailable
    }

    func register(
        _ account: AllowedAccount,
        in tenant: TenantID,
        limit: Int?
    ) async throws(AuthenticationError) -> AccountCreation { throw .unavailable }

    func find(
        _ certificate: CertificateFingerprint,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> Account? { throw .unavailable }

    func certificates(
        of account: String,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> [AccountCertificate] { throw .unavailable }

    func add(
        _ certificate: CertificateFingerprint,
        to account: String,
        in tenant: TenantID,
        limit: Int
    ) async throws(AuthenticationError) -> CertificateAddition { throw .unavailable }

    func remove(
        _ certificate: CertificateFingerprint,
        from account: String,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> Bool { throw .unavailable }

    func noteLogIn(to account: Account, in tenant: TenantID) async {}

    func setAlwaysOn(_ isAlwaysOn: Bool?, of account: String, in tenant: TenantID) async throws(AuthenticationError) {}

    func changeMetadata(
        of account: String,
        in tenant: TenantID,
        _ change: @escaping @Sendable (Metadata) -> Result<Metadata, Refusal>
    ) async throws(AuthenticationError) -> Result<MetadataStep, Refusal>? { throw .unavailable }

    func find(_ name: String, in tenant: TenantID) async throws(AuthenticationError) -> Account? { throw .unavailable }

    func verify(
        _ password: String,
        of account: Account?,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> PasswordProof { .wrong }

    func scramCredentials(
        _ hash: ScramHash,
        of account: Account?,
        named name: String,
        in tenant: TenantID
    ) -> ScramCredentials {
        .unknown(name, key: SymmetricKey(size: .bits128), hash)
    }
}

struct NoUsage: UsageSink {
    func report(_ delta: UsageDelta, of tenant: TenantID, shard: Int) {}
}
