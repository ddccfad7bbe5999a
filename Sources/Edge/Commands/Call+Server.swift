// Servers that commands name (RFC 2812 3.4): clients see one, whatever pod they are on.

import Chat
import IRC
import Realm

extension Call {
    /// Goes on if all of some parameters mean this server: by its name, a mask that fits it, or somebody who is on it; 402
    /// is the answer otherwise.
    func ifMeant(_ places: ArraySlice<Int>, _ body: @escaping () -> Void) {
        guard let place = places.first else { return body() }
        let rest = places.dropFirst()
        guard let name = self.optional(place), !self.isThisServer(name) else { return self.ifMeant(rest, body) }
        self.find(name) { found in
            if found == nil { self.reply(.errNoSuchServer, name.asWord) } else { self.ifMeant(rest, body) }
        }
    }

    /// Whether a mask fits the server's name.
    func isThisServer(_ mask: String) -> Bool {
        Glob(mask, under: Names.caseMapping).matches(folded: Names.caseMapping.fold(self.server))
    }
}
