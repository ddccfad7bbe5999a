import Foundation
import Tenant

/// Up to which key each table of a copy is known to have the rows of its source: noted in the copy's own database, so that a
/// database that goes back in time goes back in this as well.
struct ConfirmedPlaces: Sendable {
    let tenant: TenantID

    /// The place in a table, or nil if nothing is confirmed yet.
    func place(in table: TenantTable, _ connection: any SQLConnection) throws(DurableStoreError) -> [SQLValue]? {
        let rows = try connection.execute(
            "SELECT place FROM tenant_copies WHERE tenant = $1 AND table_name = $2",
            [.text(self.tenant.text), .text(table.name)]
        )
        guard let text = try rows.first?.text(0) else { return nil }
        return Self.decode(text, table)
    }

    /// Notes a place.
    func note(
        _ place: [SQLValue],
        in table: TenantTable,
        _ connection: any SQLConnection
    ) throws(DurableStoreError) {
        _ = try connection.execute(
            """
            INSERT INTO tenant_copies (tenant, table_name, place) VALUES ($1, $2, $3)
            ON CONFLICT (tenant, table_name) DO UPDATE SET place = excluded.place
            """,
            [.text(self.tenant.text), .text(table.name), .text(Self.encode(place))]
        )
    }

    /// Forgets all places: the copy is complete.
    func forget(_ connection: any SQLConnection) throws(DurableStoreError) {
        _ = try connection.execute("DELETE FROM tenant_copies WHERE tenant = $1", [.text(self.tenant.text)])
    }

    private static func encode(_ place: [SQLValue]) -> String {
        let texts = place.map { value in
            switch value {
            case .integer(let integer): String(integer)
            case .text(let text): text
            case .blob(let bytes): Data(bytes).base64EncodedString()
            case .null, .real: ""  // No key has such.
            }
        }
        return (try? JSONEncoder().encode(texts)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// What cannot be read is no place: everything is confirmed anew.
    private static func decode(_ text: String, _ table: TenantTable) -> [SQLValue]? {
        guard let texts = try? JSONDecoder().decode([String].self, from: Data(text.utf8)),
            texts.count == table.key.count
        else { return nil }
        var place: [SQLValue] = []
        for (text, key) in zip(texts, table.key) {
            switch table.bulk.columns.first(where: { $0.name == key })?.type {
            case .integer:
                guard let integer = Int64(text) else { return nil }
                place.append(.integer(integer))
            case .blob:
                guard let bytes = Data(base64Encoded: text) else { return nil }
                place.append(.blob(Array(bytes)))
            default: place.append(.text(text))
            }
        }
        return place
    }
}
