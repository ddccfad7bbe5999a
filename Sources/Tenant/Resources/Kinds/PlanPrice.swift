/// What a plan costs: a base price for an interval, and prices for what meters count.
package struct PlanPrice: Hashable, Sendable {
    /// How often there is an invoice.
    package enum Interval: String, Hashable, Sendable, CaseIterable {
        /// Every calendar month.
        case month = "Month"
        /// Every year.
        case year = "Year"
    }

    /// The currency's code, ISO 4217.
    package let currency: String
    /// How often there is an invoice, by default every month.
    package let interval: Interval
    /// The price of the interval itself, by default nothing.
    package let base: ExactDecimal
    /// Prices by meter.
    package let prices: [MeterPrice]
}

/// What the use of one meter costs.
package struct MeterPrice: Hashable, Sendable {
    /// How a quantity becomes an amount.
    package enum Model: String, Hashable, Sendable, CaseIterable {
        /// One amount, however much is used.
        case flat = "Flat"
        /// An amount for each unit.
        case unit = "Unit"
        /// Each tier's amount for the units that fall into it.
        case graduated = "Graduated"
        /// The amount of the tier that the whole quantity reaches, for each unit.
        case volume = "Volume"
        /// An amount for each package of units begun.
        case package = "Package"
    }

    /// One step of ``Model/graduated`` and ``Model/volume``.
    package struct Tier: Hashable, Sendable {
        /// The last unit in it; `nil` in the last tier.
        package let upTo: Int?
        /// The amount for a unit.
        package let unit: ExactDecimal
    }

    /// The meter's name, such as `messages`.
    package let meter: String
    /// How a quantity becomes an amount.
    package let model: Model
    /// The amount for a unit, a package, or all of it, by model; zero for tiers.
    package let unit: ExactDecimal
    /// Units in a package; 1 for other models.
    package let size: Int
    /// The tiers, ascending, the last without an end; empty for other models.
    package let tiers: [Tier]
    /// Units that cost nothing, by default 0.
    package let included: Int
    /// The least amount of an invoice's line, if there is one.
    package let minimum: ExactDecimal?
    /// The greatest amount of an invoice's line, if there is one.
    package let maximum: ExactDecimal?
}

extension PlanPrice {
    static func read(_ cursor: FieldCursor) -> PlanPrice? {
        cursor.object { fields in
            let currency = fields["currency"].required("write a currency code such as EUR")
                .parsed("currency: write its ISO 4217 code, such as EUR") {
                    $0.utf8.count == 3 && $0.utf8.allSatisfy((UInt8(ascii: "A")...UInt8(ascii: "Z")).contains)
                        ? $0 : nil
                }
            let interval = fields["interval"].choice(Interval.self)
            let base = fields["base"].amount()
            let prices = fields["prices"].list(MeterPrice.read)
            guard let currency else { return nil }
            return PlanPrice(
                currency: currency,
                interval: interval ?? .month,
                base: base ?? .zero,
                prices: prices ?? []
            )
        }
    }
}

extension MeterPrice {
    static func read(_ cursor: FieldCursor) -> MeterPrice? {
        cursor.object { fields in
            let meter = fields["meter"].required("name the meter, such as messages")
                .parsed("meter name: use a-z, 0-9 and `_`") {
                    !$0.isEmpty && $0.utf8.allSatisfy(Self.isMeterByte) ? $0 : nil
                }
            let model = fields["model"].required("choose one of Flat, Unit, Graduated, Volume, Package").choice(
                Model.self
            )
            let included = fields["included"].integer(0...Bounds.units)
            let minimum = fields["minimum"].amount()
            let maximum = fields["maximum"].amount()
            if let minimum, let maximum, minimum > maximum {
                fields["maximum"].report(.badValue, "\(maximum) is less than the minimum, \(minimum): swap them")
            }
            var unit: ExactDecimal?
            var size: Int?
            var tiers: [Tier]?
            switch model {
            case .graduated, .volume:
                tiers = Self.readTiers(fields["tiers"].required("write at least one tier, such as [{unit: \"0.01\"}]"))
            case .package:
                size = fields["size"].required("write how many units a package has").integer(1...Bounds.units)
                unit = fields["unit"].required("write the price of a package").amount()
            case .flat, .unit:
                unit = fields["unit"].required("write the price").amount()
            case nil:
                fields.ignore("tiers", "size", "unit")
            }
            guard let meter, let model else { return nil }
            return MeterPrice(
                meter: meter,
                model: model,
                unit: unit ?? .zero,
                size: size ?? 1,
                tiers: tiers ?? [],
                included: included ?? 0,
                minimum: minimum,
                maximum: maximum
            )
        }
    }

    private static func readTiers(_ cursor: FieldCursor) -> [Tier]? {
        let tiers: [(tier: Tier, upTo: FieldCursor)]? = cursor.list { element in
            element.object { fields in
                let upTo = fields["upTo"].integer(1...Bounds.units)
                let unit = fields["unit"].required("write the price of a unit in this tier").amount()
                return unit.map { (Tier(upTo: upTo, unit: $0), fields["upTo"]) }
            }
        }
        guard let tiers else { return nil }
        if tiers.isEmpty { cursor.report(.badValue, "is empty: write at least one tier, such as [{unit: \"0.01\"}]") }
        for (previous, next) in zip(tiers, tiers.dropFirst()) {
            guard let end = previous.tier.upTo else {
                previous.upTo.report(.missing, "is missing: only the last tier goes without an end")
                continue
            }
            if let nextEnd = next.tier.upTo, nextEnd <= end {
                next.upTo.report(
                    .badValue,
                    "\(nextEnd) does not exceed the tier before, \(end): put the tiers in ascending order"
                )
            }
        }
        if let last = tiers.last, last.tier.upTo != nil {
            last.upTo.report(.badValue, "ends the last tier: add a tier without upTo for what exceeds it")
        }
        return tiers.map(\.tier)
    }

    private static func isMeterByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
        default: false
        }
    }
}

extension FieldCursor {
    /// Reads an amount of money that is not negative.
    fileprivate func amount() -> ExactDecimal? {
        guard let value = self.decimal() else { return nil }
        if value >= .zero { return value }
        self.report(.badValue, "\(value) is negative: write 0 or more")
        return nil
    }
}
