// Lists of objects that the projection holds.

extension SettingType {
    /// A list of objects that are told apart by a field, `most` at most.
    static func objects<Element: SettingsObject, Key: Hashable & Sendable>(
        by name: String,
        _ path: any KeyPath<Element, Key> & Sendable,
        most: Int
    ) -> SettingType where Value == [Element] {
        SettingType.list(of: .object, .objects(by: name, path), most: most).projected { object, key in
            try object.objects(key)?.map { inner in
                var element = Element()
                try element.take(from: inner)
                return element
            }
        }
    }

    /// The same, read from the projection in another way.
    func projected(
        _ read: @escaping @Sendable (ProjectionObject, ProjectionKey) throws -> Value?
    ) -> SettingType {
        var type = self
        type.decode = { object, key, _ in try read(object, key) }
        return type
    }
}
