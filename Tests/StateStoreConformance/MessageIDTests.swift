import StateStore
import Testing

struct MessageIDTests {
    @Test(arguments: [
        Stamp(position: Position(epoch: 1, sequence: 1), time: 0),
        Stamp(position: Position(epoch: UInt64(Int64.max), sequence: 1 << 60), time: 1_790_000_000_000),
    ])
    func `an id is read back, and has nothing that a tag's value must not have`(stamp: Stamp) {
        #expect(Stamp(messageID: stamp.messageID) == stamp)
        #expect(stamp.messageID.utf8.count < 64)
        #expect(stamp.messageID.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !";\\:, ".utf8.contains($0) })
    }

    @Test(arguments: [0, 1, 35, 36, 1295, 1296, UInt64(Int64.max), .max])
    func `its numbers are written with 36 digits`(number: UInt64) {
        let time = Int64(truncatingIfNeeded: number)
        let stamp = Stamp(position: Position(epoch: number, sequence: number), time: time)
        let digits = String(number, radix: 36)
        #expect(stamp.messageID == "\(String(time, radix: 36))-\(digits)-\(digits)")
    }

    @Test(arguments: ["", "-", "1-1", "1-1-1-1", "01-1-1", "1-+1-1", "A-1-1", "1-1-zzzzzzzzzzzzzzz", "1--1", " 1-1-1"])
    func `what is no id is none`(text: String) { #expect(Stamp(messageID: text) == nil) }
}
