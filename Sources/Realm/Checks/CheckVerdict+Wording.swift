// What people are told of a check that their message hit: what it looks at, and not what would not have hit it.

import Checks
import IRC

extension CheckVerdict.Reason {
    /// Why, for who said it.
    var told: Phrase {
        switch self {
        case .rate: "too many messages in a short time"
        case .repeated: "the same was said too often"
        case .capitals: "too many capitals"
        case .formatting: "too many colours and other formatting"
        case .link: "a link that is not wanted here"
        case .word: "a word that is not wanted here"
        case .pattern: "a text that is not wanted here"
        }
    }
}
