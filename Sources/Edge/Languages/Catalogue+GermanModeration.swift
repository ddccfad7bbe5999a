// Reports and what else moderators do, in German. Each by how it is in English.

extension Catalogue {
    static let germanModeration: [String: String] = [
        "Tells the network's moderators of somebody or of a message, with what was said around it.":
            "Meldet der Moderation des Netzes jemanden oder eine Nachricht, mit dem, was ringsum gesagt wurde.",
        "What people reported. For operators.": "Was gemeldet wurde. Für Operatoren.",
        "Say why you report it": "Bitte einen Grund für die Meldung angeben",
        "Your report {1} waits to be looked at; you are told what becomes of it":
            "Die Meldung {1} wartet darauf, angesehen zu werden; was daraus wird, kommt als Nachricht",
        "The report is yours": "Die Meldung ist übernommen",
        "The report is closed": "Die Meldung ist abgeschlossen",
        "REPORTS takes LIST, or SHOW, CLAIM or CLOSE with a report's number; CLOSE with what was done, too":
            "REPORTS will LIST, oder SHOW, CLAIM oder CLOSE mit der Nummer einer Meldung; CLOSE auch damit, was getan wurde",
        "End of the reports": "Ende der Meldungen",
        "End of the report": "Ende der Meldung",
        "Report {1} by {2} about {3}: {4}": "Meldung {1} von {2} über {3}: {4}",
        "Your report {1} is closed: {2}": "Die Meldung {1} ist abgeschlossen: {2}",
        "This server takes no reports": "Dieser Server nimmt keine Meldungen an",
        "You have reported a lot just now, try again in some minutes":
            "Das waren gerade viele Meldungen, bitte in einigen Minuten wieder versuchen",
        "Too many reports wait to be looked at, try later":
            "Zu viele Meldungen warten darauf, angesehen zu werden, bitte später versuchen",
        "You cannot read a message with this id": "Eine Nachricht mit dieser Kennung ist hier nicht zu lesen",
        "There is no report {1}": "Es gibt keine Meldung {1}",
        "{1} has closed it": "{1} hat sie abgeschlossen",
        "{1} has taken it on": "{1} hat sie übernommen",
    ]
}
