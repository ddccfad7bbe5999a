// NickServ and ChanServ: what people write to them.

import Simulation
import Testing

@Suite struct ServiceTests {
    private func notices(_ lines: [Line]) -> [String] { lines.with("NOTICE").map(\.text) }

    @Test func `NS and NICKSERV are messages to NickServ, CS and CHANSERV to ChanServ`() async throws {
        let ann = await (try OwnershipRig()).harness.client("ann")
        for (ways, nick) in [
            (
                [
                    "NS HELP INFO", "NICKSERV HELP INFO", "PRIVMSG NickServ :HELP INFO",
                    "PRIVMSG nickserv@acme.localhost :help info",
                ], "NickServ"
            ),
            (["CS HELP INFO", "CHANSERV HELP INFO", "PRIVMSG CHANSERV :HELP INFO", "CS :HELP INFO"], "ChanServ"),
        ] {
            var answers: Set<[String]> = []
            for way in ways {
                let lines = await ann.send(way)
                #expect(
                    lines.allSatisfy { $0.nick == nick && $0.command == "NOTICE" } && lines.count >= 2,
                    "\(way): \(lines)"
                )
                answers.insert(lines.map(\.text))
            }
            #expect(answers.count == 1)
        }
    }

    @Test func `a service explains itself, and guesses what was meant`() async throws {
        let ann = await (try OwnershipRig()).harness.client("ann")
        let help = self.notices(await ann.send("NS HELP"))
        for word in ["REGISTER", "IDENTIFY", "GHOST", "REGAIN", "DROP", "CERT", "LISTCHANS", "SET", "INFO"] {
            #expect(help.contains { $0.hasPrefix(word) }, "\(word)")
        }
        #expect(
            self.notices(await ann.send("NS HELP IDENTIFY")) == [
                "IDENTIFY [<account>] <password> [<code>]",
                "Logs you in. Where your account asks for a code, write the account, too.",
                "For example: /msg NickServ IDENTIFY alice correct-horse",
            ]
        )
        #expect(self.notices(await ann.send("NS IDENTFY x")) == ["There is no such command; did you mean IDENTIFY?"])
        let none = "There is no such command: /msg NickServ HELP says which there are"
        #expect(self.notices(await ann.send("NS x", "NS HELP x")) == [none, none])
        #expect(
            self.notices(await ann.send("CS ACCESS #a ADD", "NS SET MAIL x y")) == [
                "Write ACCESS <channel> LIST | ADD <account> <owner, host or voice> | DEL <account>",
                "Write SET PASSWORD <password> <new password> | EMAIL <password> <address or *>",
            ]
        )
        #expect(self.notices(await ann.send("CS INFO tea")) == ["tea is no channel"])
        #expect(await ann.send("NS").map(\.command) == ["461"])
        let channels = self.notices(await ann.send("CS HELP"))
        for word in ["AKICK", "SET", "LIST", "INVITE", "UNBAN", "GETKEY", "CLEAR"] {
            #expect(channels.contains { $0.hasPrefix(word + " ") }, "\(word)")
        }
        #expect(
            self.notices(await ann.send("CS HELP AKICK")).first
                == "AKICK <channel> ADD <mask> [<duration>] [<reason>] | DEL <mask> | LIST"
        )
        #expect(
            self.notices(await ann.send("CS HELP SET")).last == "For example: /msg ChanServ SET #tea MLOCK +nt-s"
        )
        #expect(
            self.notices(await ann.send("CS AKIK #a LIST", "CS UNBANN #a")) == [
                "There is no such command; did you mean AKICK?", "There is no such command; did you mean UNBAN?",
            ]
        )
        // Only what is said to it is answered.
        #expect(await ann.send("NOTICE NickServ :HELP").isEmpty)
    }

    @Test func `an account is registered, logged in to, and told of`() async throws {
        let rig = try await OwnershipRig()
        let dora = await rig.harness.client("dora")
        let registered = await dora.send("NS REGISTER correct-horse dora@example.com")
        #expect(self.notices(registered) == ["You have an account now: dora", "You are now logged in as dora"])
        #expect(registered.with("900").count == 1)
        #expect(await dora.send("WHOIS dora").with("330").map { $0.parameters[2] } == ["dora"])
        let info = self.notices(await dora.send("NS INFO"))
        #expect(
            info.first?.hasPrefix("dora was registered at ") == true
                && info.contains("Mail goes to dora@example.com, which is not verified")
        )
        #expect(
            self.notices(await dora.send("NS REGISTER correct-horse")) == ["You are logged in to an account already"]
        )

        let eve = await rig.harness.client("eve", "standard-replies")
        #expect(self.notices(await eve.send("NS INFO dora")).count == 1)
        #expect(self.notices(await eve.send("NS INFO nobody")) == ["There is no account nobody"])
        #expect(self.notices(await eve.send("NS IDENTIFY dora wrong")) == ["Password incorrect"])
        #expect(self.notices(await eve.send("NS IDENTIFY ann sesame")) == ["You are now logged in as ann"])
        #expect(self.notices(await eve.send("NS REGISTER x")) == ["You are logged in to an account already"])
        let taken = await rig.harness.client("bob")
        let refused = self.notices(await taken.send("NS REGISTER correct-horse"))
        #expect(refused.first?.hasPrefix("There is an account bob already") == true)
        #expect(self.notices(await taken.send("NS ID sesame")) == ["You are now logged in as bob"])
    }

    @Test func `a password is changed by who knows it`() async throws {
        let rig = try await OwnershipRig()
        let bob = await rig.member("bob")
        #expect(self.notices(await bob.send("NS SET PASSWORD wrong correct-horse")) == ["Password incorrect"])
        #expect(
            self.notices(await bob.send("NS SET PASSWORD sesame abc")).first?.hasPrefix("Choose a longer password")
                == true
        )
        #expect(
            self.notices(await bob.send("NS SET PASSWORD sesame correct-horse")) == [
                "Your account has the new password now",
                "Other clients that lose their connection have to log in again; CLIENTS LOGOUT all ends them",
            ]
        )
        let eve = await rig.harness.client("eve")
        #expect(self.notices(await eve.send("NS IDENTIFY bob sesame")) == ["Password incorrect"])
        #expect(
            self.notices(await eve.send("NS SET PASSWORD sesame correct-horse")) == [
                "Log in first: you have no account here"
            ]
        )
    }

    @Test(arguments: [1, 2])
    func `who has an account gets its nickname back`(shards: Int) async throws {
        let rig = try await OwnershipRig(shards: shards)
        let thief = await rig.harness.client("bob", shard: shards - 1)
        let bob = await rig.harness.client("bobby")
        let eve = await rig.harness.client("eve")
        #expect(self.notices(await bob.send("NS GHOST bob")) == ["Log in first: you have no account here"])
        _ = await bob.send("NS IDENTIFY bob sesame")
        #expect(self.notices(await bob.send("NS GHOST eve")) == ["That nickname is not your account's"])
        #expect(self.notices(await bob.send("NS GHOST bobby")) == ["That is you"])
        #expect(self.notices(await bob.send("NS GHOST nobody")) == ["No such nick or channel"])
        _ = await bob.send("NS REGAIN bob")
        await rig.harness.advance(by: 3)
        #expect(thief.isClosed && !eve.isClosed)
        #expect(await bob.send("PING x").first?.source != "")
        #expect(await eve.send("WHOIS bob").with("330").map { $0.parameters[2] } == ["bob"])
    }

    @Test func `certificates are added by NickServ, too`() async throws {
        let rig = try await OwnershipRig()
        let bob = await rig.member("bob")
        let print = String(repeating: "ab", count: 32)
        #expect(self.notices(await bob.send("NS CERT ADD \(print)")) == ["\(print) logs in to your account now"])
        #expect(self.notices(await bob.send("NS CERT LIST")).last == "Certificates of your account: 1")
        #expect(self.notices(await bob.send("NS CERT DEL \(print)")) == ["It does not log in to your account any more"])
        #expect(
            self.notices(await bob.send("NS CERT ADD zz")) == ["A fingerprint is the SHA-256 in 64 hexadecimal digits"]
        )
        #expect(self.notices(await bob.send("NS CERT DEL")).first?.hasPrefix("Write CERT ADD") == true)
    }

    @Test func `ranks are given by ChanServ as by MODE`() async throws {
        let rig = try await OwnershipRig()
        let ann = await rig.member("ann", in: "#a")
        let eve = await rig.harness.client("eve", in: "#a")
        _ = await ann.send("CS REGISTER #a")
        await [ann, eve].listen()
        _ = await ann.send("CS OP #a eve", "CS VOICE #a eve", "CS DEOP #a eve", "CS DEVOICE #a eve", "CS DEOP #a")
        #expect(
            await eve.hears().map(\.short) == [
                "ann MODE #a +o eve", "ann MODE #a +v eve", "ann MODE #a -o eve", "ann MODE #a -v eve",
                "ann MODE #a -o ann",
            ]
        )
        #expect(self.notices(await eve.send("CS OP #a eve")) == ["You are not a channel operator"])
        #expect(self.notices(await ann.send("CS OP #a")) == ["You have your rank in #a"])
        #expect(await eve.hears().map(\.short) == ["ann MODE #a +o ann"])
    }

    @Test func `who may not know of a channel learns nothing of it`() async throws {
        let rig = try await OwnershipRig()
        let ann = await rig.member("ann", in: "#a")
        let eve = await rig.harness.client("eve")
        _ = await ann.send("CS REGISTER #a", "TOPIC #a :hidden")
        #expect(self.notices(await eve.send("CS INFO #a")).contains("#a belongs to ann"))
        #expect(self.notices(await eve.send("CS ACCESS #a LIST")) == ["You are not in #a"])
        _ = await ann.send("MODE #a +s")
        #expect(
            self.notices(await eve.send("CS INFO #a", "CS ACCESS #a LIST", "CS INFO #b")) == [
                "#a is not registered", "#a is not registered", "#b is not registered",
            ]
        )
        _ = await ann.send("MODE #a -s+p")
        #expect(!self.notices(await eve.send("CS INFO #a")).contains { $0.contains("hidden") })
    }

    @Test func `services are seen where people look for them, and nobody else is called so`() async throws {
        let ann = await (try OwnershipRig()).harness.client("ann")
        let whois = await ann.send("WHOIS nickserv")
        #expect(whois.map(\.command) == ["311", "312", "313", "318"])
        #expect(whois.first?.parameters[1] == "NickServ" && whois[2].text == "is a service of the network")
        #expect(await ann.send("ISON x chanserv ann").first?.text == "ChanServ ann")
        #expect(await ann.send("NICK ChanServ").map(\.command) == ["432"])
    }

    @Test func `what is said to a service is nobody else's, and is answered under its label`() async throws {
        let rig = try await PastRig(shards: 1)
        let ann = await rig.logIn(
            "ann",
            capabilities: "echo-message labeled-response batch draft/chathistory message-tags"
        )
        let lines = await rig.harness.send(ann, "@label=x PRIVMSG NickServ :IDENTIFY sesame2")
        #expect(!lines.contains { $0.contains("sesame2") } && lines.contains { $0.contains("label=x") })
        #expect(try await rig.feed().isEmpty)
    }
}
