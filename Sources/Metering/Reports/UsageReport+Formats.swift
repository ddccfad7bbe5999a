// How a report is written. A tenant's name, the meters, units and moments are of letters, digits and `-_:.` only, so
// neither CSV nor JSON has anything to quote or escape.

extension UsageReport {
    /// The forms of a report.
    package enum Format: String, Hashable, Sendable, CaseIterable {
        case table
        case csv
        case json
    }

    /// The whole report, with the last line's end.
    package func text(_ format: Format) -> String {
        switch format {
        case .table: self.table
        case .csv: self.csv
        case .json: self.json
        }
    }

    private var table: String {
        let rows = [("METER", "QUANTITY", "UNIT")] + self.lines.map { ($0.meter.rawValue, $0.text, $0.meter.unit) }
        let widths = rows.reduce((0, 0)) { (max($0.0, $1.0.count), max($0.1, $1.1.count)) }
        let lines = rows.map { meter, quantity, unit in
            meter + String(repeating: " ", count: widths.0 - meter.count + 2)
                + String(repeating: " ", count: widths.1 - quantity.count) + quantity + "  " + unit
        }
        return (["Usage of \(self.tenant) from \(self.from) to \(self.to)", ""] + lines).map { $0 + "\n" }.joined()
    }

    /// RFC 4180: a header, and lines that end with CR LF.
    private var csv: String {
        let rows = self.lines.map {
            "\(self.tenant),\(self.from),\(self.to),\($0.meter.rawValue),\($0.text),\($0.meter.unit)"
        }
        return (["tenant,from,to,meter,quantity,unit"] + rows).map { $0 + "\r\n" }.joined()
    }

    /// Quantities are texts, so that no reader makes a binary fraction of a decimal one.
    private var json: String {
        let lines = self.lines.map {
            #"    {"meter": "\#($0.meter.rawValue)", "quantity": "\#($0.text)", "unit": "\#($0.meter.unit)"}"#
        }
        return """
            {
              "tenant": "\(self.tenant)",
              "from": "\(self.from)",
              "to": "\(self.to)",
              "meters": [
            \(lines.joined(separator: ",\n"))
              ]
            }

            """
    }
}
