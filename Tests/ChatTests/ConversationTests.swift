import Chat
import IRC
import Testing

struct ConversationTests {
    private static let ann = Conversation.Party.account("ann")
    private static let guest = Conversation.Party.guest(SessionID(rawValue: 12_345))

    @Test(arguments: [
        (Conversation.channel("#tea"), "#tea"), (.channel("&tea"), "&tea"),
        (.direct(.init(ann, .account("bob"))), "@aann abob"), (.direct(.init(.account("bob"), ann)), "@aann abob"),
        (.direct(.init(guest, ann)), "@aann g9ix"), (.direct(.init(guest, guest)), "@g9ix g9ix"),
    ])
    func `both sides find one text, and it is read back`(conversation: Conversation, text: String) {
        #expect(conversation.text == text)
        #expect(Conversation(text: text) == conversation)
    }

    @Test func `an account is never taken for a guest's session, whatever its name`() {
        let session = SessionID(rawValue: 12_345)
        let impostor = Conversation.Party.account(session.text)
        #expect(impostor.text != Conversation.Party.guest(session).text)
        #expect(Conversation.Party.account("g" + session.text).text != Conversation.Party.guest(session).text)
    }

    @Test(arguments: [
        "", "@", "@ ", "@aann", "@abob aann", "@aann abob acid", "@aann  abob", "tea", "aann abob", "@xann abob",
        "@a abob",
        "@aann g0009ix", "@aann gNOT-A-SESSION",
    ])
    func `what no conversation is called is none`(text: String) { #expect(Conversation(text: text) == nil) }

    @Test func `an account's party is under its folded name, and a guest's under its session`() {
        let session = SessionID(rawValue: 7)
        #expect(Conversation.Party(session, account: "Ann") == .account("ann"))
        #expect(Conversation.Party(session, account: nil) == .guest(session))
    }
}
