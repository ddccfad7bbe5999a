// How what a process is told at its start is read: YAML, in which every key may also come from the environment.

import Foundation
import Yams

/// A configuration that is a table of keys.
///
/// The environment wins. Unknown keys are errors, as are values that do not fit; all are told at once.
protocol KeyedConfiguration {
    /// Every key that there is.
    static var keys: [ConfigurationKey<Self>] { get }
}

extension KeyedConfiguration {
    static func text(_ name: String, _ path: WritableKeyPath<Self, String>) -> ConfigurationKey<Self> {
        ConfigurationKey(name: name) { configuration, values in
            configuration[keyPath: path] = values.first ?? ""
            return values.count == 1
        }
    }

    /// - Returns: A key whose value may be `off`.
    static func address(_ name: String, _ path: WritableKeyPath<Self, String?>) -> ConfigurationKey<Self> {
        ConfigurationKey(name: name) { configuration, values in
            guard let value = values.first, values.count == 1 else { return false }
            configuration[keyPath: path] = value == "off" || value.isEmpty ? nil : value
            return true
        }
    }

    static func number(
        _ name: String,
        _ bounds: ClosedRange<Int>,
        _ path: WritableKeyPath<Self, Int>
    ) -> ConfigurationKey<Self> {
        let advice = ": write a whole number from \(bounds.lowerBound) to \(bounds.upperBound)"
        return ConfigurationKey(name: name, advice: advice) { configuration, values in
            guard let value = values.first.flatMap({ Int($0) }), bounds.contains(value), values.count == 1
            else { return false }
            configuration[keyPath: path] = value
            return true
        }
    }

    static func flag(_ name: String, _ path: WritableKeyPath<Self, Bool>) -> ConfigurationKey<Self> {
        ConfigurationKey(name: name) { configuration, values in
            guard let value = values.first, let flag = Bool(value), values.count == 1 else { return false }
            configuration[keyPath: path] = flag
            return true
        }
    }

    static func list(_ name: String, _ path: WritableKeyPath<Self, [String]>) -> ConfigurationKey<Self> {
        ConfigurationKey(name: name) { configuration, values in
            configuration[keyPath: path] = values
            return true
        }
    }

    /// Reads a file and the environment.
    ///
    /// - Parameters:
    ///   - file: YAML; nil if there is none.
    ///   - environment: Wins over the file.
    ///   - problems: Gets a line for each value that cannot be taken.
    /// - Throws: ``EdgeConfiguration/Problem`` if the file is none.
    mutating func read(_ file: String?, _ environment: [String: String], _ problems: inout [String]) throws {
        if let file {
            guard let yaml = try? String(contentsOfFile: file, encoding: .utf8) else {
                throw EdgeConfiguration.Problem(
                    description: "\(file): cannot be read: check that it exists and is UTF-8"
                )
            }
            do {
                try self.read(yaml, from: file, &problems)
            } catch let error as YamlError {
                throw EdgeConfiguration.Problem(description: "\(file): is not YAML: \(error)")
            }
        }
        for key in Self.keys {
            guard let value = environment[key.variable] else { continue }
            let values = value.split(separator: " ").map(String.init)
            if !key.set(&self, values.isEmpty ? [""] : values) {
                problems.append(
                    "\(key.variable): `\(key.name.hasSuffix("url") ? "…" : value)` does not fit \(key.name)\(key.advice)"
                )
            }
        }
    }

    /// Takes the live stores after the first apart.
    ///
    /// - Parameters:
    ///   - urls: All live stores, the further ones as `NAME=URL`.
    ///   - problems: Gets a line if one of them has no name of its own.
    /// - Returns: The further ones.
    static func furtherStores(_ urls: [String], _ problems: inout [String]) -> [(name: String, url: String)] {
        let further = urls.dropFirst().map { text -> (name: String, url: String) in
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            // A URL that has no name before it may have that sign anywhere.
            return parts.count == 2 && !parts[0].contains("://") ? (parts[0], parts[1]) : ("", text)
        }
        let names = further.map(\.name)
        if names.contains("") || Set(names).count != names.count {
            problems.append("redis.url: all but the first are NAME=URL, each with another name")
        }
        return further
    }

    private mutating func read(_ yaml: String, from file: String, _ problems: inout [String]) throws {
        guard let root = try Yams.compose(yaml: yaml) else { return }
        guard root.mapping != nil else {
            throw EdgeConfiguration.Problem(description: "\(file):1: must be a mapping of keys")
        }
        for (path, node) in Self.leaves(of: root, path: "") {
            let place = "\(file):\(node.mark?.line ?? 1): \(path):"
            guard let key = Self.keys.first(where: { $0.name == path }) else {
                problems.append(
                    "\(place) there is no such key; the keys are \(Self.keys.map(\.name).joined(separator: ", "))"
                )
                continue
            }
            let values = node.sequence.map { $0.compactMap { $0.scalar?.string } } ?? [node.scalar?.string ?? ""]
            if !key.set(&self, values) { problems.append("\(place) the value does not fit\(key.advice)") }
        }
    }

    private static func leaves(of node: Node, path: String) -> [(String, Node)] {
        guard let mapping = node.mapping else { return [(path, node)] }
        return mapping.flatMap { key, value in
            self.leaves(of: value, path: (path.isEmpty ? "" : path + ".") + (key.string ?? "?"))
        }
    }
}
