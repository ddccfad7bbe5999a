/// What the program calls itself.
package enum Product {
    package static let version = "0.1.0"
    package static let nameAndVersion = "roost-\(Product.version)"
}
