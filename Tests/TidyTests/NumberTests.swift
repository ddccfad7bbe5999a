// That arithmetic on numbers from outside is checked, and what these rules see.

import Testing

@Suite struct NumberTests {
    @Test func `no arithmetic on a number from outside can end the process, but for exceptions that are used`() {
        let files = Repository.swiftFiles(under: "Sources").filter { $0.module != "Simulation" }
        let fractions = Dictionary(grouping: files, by: \.module).mapValues(NumberRules.storedFractions)
        var unused = Set(Exceptions.reckoning)
        var errors: [String] = []
        for file in files {
            for finding in NumberRules(file, fractions: fractions[file.module] ?? []).findings {
                if let exception = Exceptions.reckoning.first(where: { $0.holds(file, finding.line) }) {
                    unused.remove(exception)
                } else {
                    errors.append("\(file.path):\(finding.line): \(finding.what)")
                }
            }
        }
        #expect(errors.isEmpty, "\(errors.listed)")
        #expect(unused.isEmpty)
    }

    @Test func `a fraction that another file declares is found`() {
        let bucket = SourceFile(path: "Sources/Edge/B.swift", text: "struct B {\n    var tokens: Double\n}")
        let user = SourceFile(path: "Sources/Edge/C.swift", text: "let granted = min(wanted, Int(current.tokens))")
        #expect(NumberRules(user).findings.isEmpty)
        #expect(NumberRules(user, fractions: NumberRules.storedFractions(in: [bucket])).findings.count == 1)
    }

    @Test(arguments: [
        // Fractions.
        "let a = Int(b.rounded())", "let a = Int(1.5 * b)", "UInt64((1 - b) / c * 1e9)", "Int(period / .seconds(1))",
        "Int64(date.timeIntervalSince1970 * 1000)", "Int(Double(b) * c)", "func f(b: Double) { Int(b) }",
        // Members.
        "let a = 2 * scope.messageLimit", "let a = quota.hardLimit! + 1", "a += tenant.retention",
        "let a = now - retention.components.seconds * 1000", "1 << edge.bufferPods", "a / edge.connectionsPerPod",
        "let a = Int64(edge.drainGracePeriod.components.seconds)", "UInt32(spec.edge.maxReplicas)",
        // What is bound to one, at one remove and at two.
        "guard let limit = scope.messageLimit else { return }\nreturn 2 * limit",
        "let a = scope.messageLimit\nlet b = a\nreturn b + 1",
        // What is read.
        "guard let length = bytes.readInteger(as: UInt32.self) else { return }\nlet a = length + 4",
        "let (first, count) = bytes.readMultipleIntegers(as: (UInt64, UInt64).self)\nreturn first + count",
        "if let number = Int(text) { return number * 60 }", "let a = try row.integer(0)\nreturn a + 1",
        "let a = object.spec[\"replicas\"].int ?? 0\nreturn a * 2", "let a = reply.integer ?? 0\nreturn UInt64(a)",
    ])
    func `what may trap is found`(code: String) {
        let findings = NumberRules(SourceFile(path: "a", text: code)).findings
        #expect(Set(findings.map(\.line)).count == 1, "\(findings)")
    }

    @Test(arguments: [
        "let a = Int(saturating: b.rounded())", "Int(exactly: 1.5 * b)", "let a = Int(text)", "let a = Int(3)",
        "let a = limit.times(2)", "let a = scope.messageLimit.times(2)", "let a = 2 * Double(scope.messageLimit)",
        "let a = max(1, scope.messageLimit / 20)", "let a = Int64(clamping: edge.connectionsPerPod)",
        "guard let limit = scope.messageLimit else { return }\nreturn limit.plus(1)",
        "let limit = min(scope.messageLimit, 10)\nreturn limit + 1",
        "guard let port = Int(text), (1...65535).contains(port) else { return }\nreturn port + 1",
        "let a = Int(clamping: bytes.readInteger(as: UInt32.self))\nreturn a + 1", "let a = \"\\(messageLimit) + 1\"",
        "let a = b.count + 1 // messageLimit * 2", "guard let n = UInt64(text) else { return }\nreturn n",
        "let a = -scope.messageLimit", "f(limit: scope.messageLimit, b + 1)",
    ])
    func `what may not is left alone`(code: String) {
        let findings = NumberRules(SourceFile(path: "a", text: code)).findings
        #expect(findings.isEmpty, "\(findings)")
    }
}
