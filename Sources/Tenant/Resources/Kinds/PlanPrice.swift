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
    package var currency = ""
    /// How often there is an invoice.
    package var interval: Interval = .month
    /// The price of the interval itself, by default nothing.
    package var base: ExactDecimal = .zero
    /// Prices by meter.
    package var prices: [MeterPrice] = []
}

extension PlanPrice: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting(
            "currency",
            \.currency,
            .currency,
            required: "write a currency code such as EUR",
            "The currency's ISO 4217 code, such as EUR."
        ),
        Setting("interval", \.interval, .choice, "How often there is an invoice."),
        Setting("base", \.base, .amount, "The price of the interval itself, as a decimal number in quotes."),
        Setting("prices", \.prices, .list(of: .object, .ordered(), most: 100), "Prices by meter."),
    ]
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

        /// Whether the price is in tiers.
        var hasTiers: Bool { self == .graduated || self == .volume }
    }

    /// One step of ``Model/graduated`` and ``Model/volume``.
    package struct Tier: Hashable, Sendable {
        /// The last unit in it; `nil` in the last tier.
        package var upTo: Int?
        /// The amount for a unit.
        package var unit: ExactDecimal = .zero
    }

    /// The meter's name, such as `messages`.
    package var meter = ""
    /// How a quantity becomes an amount.
    package var model: Model = .flat
    /// The amount for a unit, a package, or all of it, by model; zero for tiers.
    package var unit: ExactDecimal = .zero
    /// Units in a package; 1 for other models.
    package var size = 1
    /// The tiers, ascending, the last without an end; empty for other models.
    package var tiers: [Tier] = []
    /// Units that cost nothing.
    package var included = 0
    /// The least amount of an invoice's line, if there is one.
    package var minimum: ExactDecimal?
    /// The greatest amount of an invoice's line, if there is one.
    package var maximum: ExactDecimal?
}

extension MeterPrice: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting(
            "meter",
            \.meter,
            .meter,
            required: "name the meter, such as messages",
            "The meter's name, such as messages."
        ),
        Setting(
            "model",
            \.model,
            .choice,
            required: "choose one of Flat, Unit, Graduated, Volume, Package",
            """
            Flat: one amount, however much is used. Unit: an amount for each unit. Graduated: each tier's amount for the units \
            that fall into it. Volume: for each unit the amount of the tier that the whole quantity reaches. Package: an amount \
            for each package of units begun.
            """
        ),
        Setting(
            "unit",
            \.unit,
            .amount,
            required: "write the price",
            when: .init(row: "model") { !$0.model.hasTiers },
            "The amount for a unit, a package, or all of it, by model."
        ),
        Setting(
            "size",
            \.size,
            .integer(1...Bounds.units, isWide: true),
            required: "write how many units a package has",
            when: .init(row: "model") { $0.model == .package },
            "Units in a package."
        ),
        Setting(
            "tiers",
            \.tiers,
            .tiers,
            required: "write at least one tier, such as [{unit: \"0.01\"}]",
            when: .init(row: "model") { $0.model.hasTiers },
            "Tiers of Graduated and Volume, ascending, the last without an end."
        ),
        Setting("included", \.included, .integer(0...Bounds.units, isWide: true), "Units that cost nothing."),
        Setting("minimum", \.minimum, .amount, "The least amount of an invoice's line."),
        Setting("maximum", \.maximum, .amount, "The greatest amount of an invoice's line."),
    ]

    static let rules: [Schema.Rule] = [
        .init("!(self.model in ['Graduated', 'Volume']) || has(self.tiers)", "Graduated and Volume need tiers"),
        .init("self.model in ['Graduated', 'Volume'] || !has(self.tiers)", "only Graduated and Volume have tiers"),
        .init(
            "!(self.model in ['Flat', 'Unit', 'Package']) || has(self.unit)",
            "Flat, Unit and Package need unit, the price"
        ),
        .init(
            "self.model in ['Flat', 'Unit', 'Package'] || !has(self.unit)",
            "Graduated and Volume have a unit in each tier, not beside them"
        ),
        .init("self.model != 'Package' || has(self.size)", "Package needs size, how many units a package has"),
        .init("self.model == 'Package' || !has(self.size)", "only Package has a size"),
        .init(
            "!has(self.minimum) || !has(self.maximum) || double(self.minimum) <= double(self.maximum)",
            "the maximum is less than the minimum"
        ),
    ]

    static func check(_ value: Self, _ fields: ObjectFields) {
        guard let minimum = value.minimum, let maximum = value.maximum, minimum > maximum else { return }
        fields["maximum"].report(.badValue, "\(maximum) is less than the minimum, \(minimum): swap them")
    }
}

extension MeterPrice.Tier: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting(
            "upTo",
            \.upTo,
            .integer(1...Bounds.units, isWide: true),
            "The last unit in this tier; left out in the last tier."
        ),
        Setting(
            "unit",
            \.unit,
            .amount,
            required: "write the price of a unit in this tier",
            "The amount for a unit."
        ),
    ]

    /// What holds of tiers beside each other.
    fileprivate static let rulesOfLists: [Schema.Rule] = [
        .init("self.size() > 0", "write at least one tier, such as [{unit: \"0.01\"}]"),
        .init("self.size() == 0 || !has(self[self.size() - 1].upTo)", "the last tier goes without upTo"),
        .init("self.filter(t, !has(t.upTo)).size() <= 1", "only the last tier goes without upTo"),
        .init(
            "self.filter(t, has(t.upTo)).map(t, t.upTo).isSorted()",
            "put the tiers in ascending order of upTo"
        ),
        .init(
            "self.filter(t, has(t.upTo)).all(t, self.filter(u, has(u.upTo)).exists_one(u, u.upTo == t.upTo))",
            "two tiers end at the same upTo"
        ),
    ]

    /// The same for who reads a file.
    fileprivate static func check(_ tiers: [(tier: Self, upTo: FieldCursor)], _ cursor: FieldCursor) {
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
    }
}

extension SettingType where Value == [MeterPrice.Tier] {
    fileprivate static var tiers: SettingType {
        var type = SettingType.list(of: .object, .ordered(MeterPrice.Tier.rulesOfLists), most: 50)
        type.read = { cursor in
            let tiers: [(tier: MeterPrice.Tier, upTo: FieldCursor)]? = cursor.list { element in
                element.object { fields in
                    var tier = MeterPrice.Tier()
                    let isComplete = MeterPrice.Tier.fill(&tier, MeterPrice.Tier.settings, fields) != nil
                    return isComplete ? (tier, fields["upTo"]) : nil
                }
            }
            guard let tiers else { return nil }
            MeterPrice.Tier.check(tiers, cursor)
            return tiers.map(\.tier)
        }
        return type
    }
}

extension SettingType where Value == String {
    fileprivate static var currency: SettingType {
        SettingType.text("currency", "currency: write its ISO 4217 code, such as EUR", pattern: "^[A-Z]{3}$") {
            $0.utf8.count == 3 && $0.utf8.allSatisfy((UInt8(ascii: "A")...UInt8(ascii: "Z")).contains) ? $0 : nil
        }
        .obeying([
            .init("self == oldSelf", "a plan keeps its currency, so that no bill mixes two; make another plan")
        ])
    }

    fileprivate static var meter: SettingType {
        SettingType.text("meter", "meter name: use a-z, 0-9 and `_`", pattern: "^[a-z0-9_]+$") { text in
            let isName = text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
            return isName && !text.isEmpty ? text : nil
        }
    }
}
