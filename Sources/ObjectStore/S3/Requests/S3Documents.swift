// What is sent as a document.

import NIOCore

/// Writes the bodies of requests.
enum S3Documents {
    static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "&": result += "&amp;"
            case "\"": result += "&quot;"
            // A reader would make a line's end of it.
            case "\r": result += "&#13;"
            default: result.append(character)
            }
        }
    }

    private static let namespace = "http://s3.amazonaws.com/doc/2006-03-01/"

    /// Objects that are to be deleted; only what goes wrong is to be told.
    static func delete(_ objects: some Sequence<ObjectVersion>) -> ByteBuffer {
        let entries = objects.map { object in
            let version = object.version.map { "<VersionId>\(Self.escaped($0))</VersionId>" } ?? ""
            return "<Object><Key>\(Self.escaped(object.key.text))</Key>\(version)</Object>"
        }
        return ByteBuffer(
            string: "<Delete xmlns=\"\(Self.namespace)\">\(entries.joined())<Quiet>true</Quiet></Delete>"
        )
    }

    /// The parts that an object is made of, in their order.
    static func complete(_ parts: [S3Part], withChecksums isChecked: Bool) -> ByteBuffer {
        let entries = parts.map { part in
            let sum = isChecked ? "<ChecksumCRC32C>\(part.checksum)</ChecksumCRC32C>" : ""
            let etag = Self.escaped(part.etag)
            return "<Part><PartNumber>\(part.number)</PartNumber><ETag>&quot;\(etag)&quot;</ETag>\(sum)</Part>"
        }
        return ByteBuffer(
            string:
                "<CompleteMultipartUpload xmlns=\"\(Self.namespace)\">\(entries.joined())</CompleteMultipartUpload>"
        )
    }
}
