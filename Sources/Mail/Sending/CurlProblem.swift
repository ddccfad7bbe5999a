// libcurl's numbers, as an error.

import CCurl

/// A call of libcurl that failed.
struct CurlProblem: Error {
    let code: CURLcode

    /// What libcurl calls it.
    var text: String { String(cString: curl_easy_strerror(self.code)) }

    /// Throws if a call failed.
    static func check(_ code: CURLcode) throws(CurlProblem) {
        guard code == CURLE_OK else { throw CurlProblem(code: code) }
    }
}
