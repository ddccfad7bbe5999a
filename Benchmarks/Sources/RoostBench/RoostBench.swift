// Puts one kind of load on one server and prints what it did and what it cost.

import Glibc

@main
struct RoostBench {
    static func main() {
        do throws(BenchError) {
            let options = try Options(Array(CommandLine.arguments.dropFirst()))
            prepareProcess()
            print(try Run(options).report().json)
        } catch {
            let text = Array("roost-bench: \(error)\n".utf8)
            _ = write(STDERR_FILENO, text, text.count)
            if case .usage = error { exit(64) }
            exit(1)
        }
    }

    /// As many files as allowed, and timers that fire when they should.
    private static func prepareProcess() {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let slack = open("/proc/self/timerslack_ns", O_WRONLY | O_CLOEXEC)
        guard slack >= 0 else { return }
        _ = write(slack, "1000", 4)
        close(slack)
    }
}
