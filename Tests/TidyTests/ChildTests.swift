import Foundation
import TestChildren
import Testing

/// How tests start processes.
@Suite struct ChildTests {
    @Test func `a child starts beside thousands of descriptors, and has none of them`() throws {
        // Without a mark that closes them in a child, as some libraries open them.
        let descriptors = (0..<3000).map { _ in open("/dev/null", O_RDONLY) }
        defer { for descriptor in descriptors { close(descriptor) } }
        for _ in 0..<20 {
            let child = try Child("/bin/sh", ["-c", "ls /proc/self/fd | wc -l"], output: .pipe)
            let text = child.readAll()
            #expect(child.wait() == 0)
            // Three, and the folder that is listed.
            #expect(text.trimmingCharacters(in: .whitespacesAndNewlines) == "4")
        }
    }

    @Test func `what a child is told and says, and how it ends, is known`() async throws {
        let child = try Child(
            "/bin/sh",
            ["-c", "read line; echo $line-$WORD-$PWD; exit 7"],
            environment: ["WORD": "a"],
            folder: "/",
            input: .pipe,
            output: .pipe
        )
        #expect(child.isRunning)
        child.write("told\n")
        #expect(child.readAll() == "told-a-/\n")
        #expect(await child.status() == 7)
        #expect(!child.isRunning)
        let other = try Child("/bin/cat", input: .pipe)
        other.send(SIGTERM)
        #expect(other.wait() == SIGTERM)
        let third = try Child("/bin/cat", input: .pipe)
        third.endInput()
        #expect(third.wait() == 0)
        #expect(throws: Child.Failure.self) { try Child("/nowhere/at/all") }
    }
}
