import Chat
import HTTPTypes
import Hummingbird
import NIOCore
import Realm
import Tenant

/// `/proof/<challenge>` on a tenant's own host: a page that does the work which a client was asked for, and takes its answer.
///
/// What is asked for stands in the path. Of who opens it nothing is known but how much came from their address: no cookies.
enum ProofRoutes {
    static func add(
        to router: Router<ClientRequestContext>,
        _ directory: TenantDirectory,
        _ shards: ShardSet,
        _ pace: RequestPace
    ) {
        let proofs = router.group("proof").add(middleware: PacedRequests(pace))
        proofs.get(":challenge") { request, context -> Response in
            guard let (tenant, text, shard) = Self.place(request, context, directory, shards),
                let challenge = await shard.proofChallenge(text, of: tenant)
            else { return Response.plain(.notFound) }
            let nonce = Base64URL.encode((0..<16).map { _ in UInt8.random(in: 0...255) })
            let page = ProofPage(difficulty: challenge.difficulty, network: tenant.displayName, nonce: nonce)
            return Response.text(
                page.html(in: tenant.settings.language),
                type: "text/html; charset=utf-8",
                headers: Self.headers(nonce)
            )
        }
        proofs.post(":challenge") { request, context -> Response in
            guard let (tenant, text, shard) = Self.place(request, context, directory, shards) else {
                return Response.plain(.notFound)
            }
            guard let body = try? await request.body.collect(upTo: 64) else { return Response.plain(.contentTooLarge) }
            switch await shard.answerProof(text, with: String(buffer: body), of: tenant) {
            case nil: return Response.plain(.ok)
            case .wrongProof?: return Response.plain(.forbidden)
            case .rateLimited?: return Response.tooMany(retryAfter: 3600 / ProofChallenge.answersAnHour)
            default: return Response.plain(.serviceUnavailable)
            }
        }
    }

    private static func place(
        _ request: Request,
        _ context: ClientRequestContext,
        _ directory: TenantDirectory,
        _ shards: ShardSet
    ) -> (tenant: HostedTenant, text: String, shard: Shard)? {
        guard let tenant = WebSocketAdmission.tenant(ofHost: request.head.authority, directory: directory),
            let text = context.parameters.get("challenge"), let shard = shards.all.randomElement()
        else { return nil }
        return (tenant, text, shard)
    }

    /// Nothing but what stands in the page itself (Content Security Policy Level 3), in nobody's frame.
    private static func headers(_ nonce: String) -> HTTPFields {
        var headers = HTTPFields()
        let policy = [
            "default-src 'none'", "script-src 'nonce-\(nonce)'", "style-src 'nonce-\(nonce)'", "connect-src 'self'",
            "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
        ]
        headers[.contentSecurityPolicy] = policy.joined(separator: "; ")
        headers[.xContentTypeOptions] = "nosniff"
        headers[.cacheControl] = "no-store"
        if let name = HTTPField.Name("Referrer-Policy") { headers[name] = "no-referrer" }
        return headers
    }
}
