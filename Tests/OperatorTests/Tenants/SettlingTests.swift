import Operator
import Tenant
import Testing

/// When a projection may be called whole, and what it costs to find out.
struct SettlingTests {
    private static func tenants(_ count: Int) throws -> [TenantID] {
        try (0..<count).map { try #require(TenantID("t\($0)")) }
    }

    @Test(arguments: [100, 1000]) func `everybody is asked after a few times, however many there are`(count: Int) throws
    {
        let everybody = try Self.tenants(count)
        var settling = Settling()
        var asked = 0
        var isWhole = false
        for id in everybody {
            guard settling.settle(id) else { continue }
            asked += 1
            isWhole = settling.isWhole(everybody) { _ in true }
        }
        #expect(isWhole)
        #expect(asked <= 3)
    }

    @Test func `who came meanwhile is waited for, and who is not served again`() throws {
        let (early, late) = (Array(try Self.tenants(3).prefix(2)), try Self.tenants(3))
        var settling = Settling()
        /// Has one looked at, and everybody asked after if it may have been the last one.
        func look(at id: TenantID, _ everybody: [TenantID], isServed: (TenantID) -> Bool = { _ in true }) -> Bool? {
            settling.settle(id) ? settling.isWhole(everybody, isServed: isServed) : nil
        }
        #expect([look(at: early[0], early), look(at: early[0], early)] == [false, nil])
        // One more has come.
        #expect(look(at: early[1], late) == false)
        // It is not served as it was.
        #expect(look(at: late[2], late) { $0 != early[1] } == false)
        #expect(look(at: early[0], late) == nil)
        #expect(look(at: early[1], late) == true)
    }
}
