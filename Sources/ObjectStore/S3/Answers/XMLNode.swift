// What stores answer in: elements and text. A parser of our own, since it must read what strangers send within bounds,
// and since Foundation's would bring a library into the program that its image does not have. It knows no document
// types, on purpose.

/// An element of a document.
struct XMLNode: Hashable, Sendable {
    /// Without its prefix.
    var name: String
    /// The text directly in it.
    var text = ""
    var children: [XMLNode] = []

    init(_ name: String) { self.name = name }

    /// The first element of a name.
    subscript(_ name: String) -> XMLNode? { self.children.first { $0.name == name } }

    /// All elements of a name.
    func all(_ name: String) -> [XMLNode] { self.children.filter { $0.name == name } }

    /// The text of the first element of a name.
    func text(_ name: String) -> String? { self[name]?.text }
}
