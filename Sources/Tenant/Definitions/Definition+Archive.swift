// What a Tenant's status tells of its archive.

extension Definition {
    static let archive: PlainValue = [
        "description": "How its archive is, as of the last look; not there where there is none.", "type": "object",
        "properties": [
            "lastSegment": .count("The number of the last segment."),
            "lastSealedAt": .words("When a segment was put into the bucket last."),
            "lastVerified": .words("When the archive was verified last."),
            "verification": .words("What that found."),
            "findings": .count("How much of it was wrong."),
            "verifyRequested": .words(
                "The value of the annotation roost.chat/verify-archive that a verification was asked for last."
            ),
            "bytes": .count("Bytes of what the bucket has, as it was summed up last."),
            "objects": .count("Objects, likewise."),
            "pendingRecords": .count("Records that wait for their segment."),
            "lagSeconds": .count("For how many seconds the oldest of them has waited."),
        ],
    ]
}
