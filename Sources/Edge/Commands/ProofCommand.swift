import Chat
import IRC
import Realm

/// PROOF: the answer to `PROOF_REQUIRED` of a client that reckons itself, in place of the page in a browser.
enum ProofCommand {
    static let rows: [CommandRow] = [
        CommandRow(
            "PROOF",
            parameters: 2,
            cost: 3,
            help: ["PROOF <challenge> <number>", "Shows the work that was asked for by PROOF_REQUIRED."],
            .always { call in
                let connection = call.connection
                call.network.answer(
                    call[0],
                    with: call[1],
                    call.awaitingAny { result in
                        switch result {
                        case .success:
                            connection.standardReply(
                                .note,
                                command: call.row.name,
                                code: "ACCEPTED",
                                "It is accepted: try again now"
                            )
                        case .failure(let refusal):
                            connection.refuse(refusal, command: call.row.name, context: [], isForAll: true)
                        }
                    }
                )
            }
        )
    ]
}
