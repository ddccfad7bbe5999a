// What is said of who is let in and who gets an account, in German. Each by how it is in English.

extension Catalogue {
    static let germanAdmission: [String: String] = [
        "You must log in with SASL to connect from your network: {1}":
            "Von deinem Netz aus musst du dich mit SASL anmelden, um dich zu verbinden: {1}",
        "Nobody registers an account from your network: {1}":
            "Von deinem Netz aus richtet niemand ein Konto ein: {1}",
        "Nobody registers an account from your address":
            "Von deiner Adresse aus richtet niemand ein Konto ein",
        "Who has an account has logged in: say a mask, address or network":
            "Wer ein Konto hat, ist angemeldet: eine Maske, eine Adresse oder ein Netz angeben",
        "You must log in with SASL to connect: {1}":
            "Zum Verbinden musst du dich mit SASL anmelden: {1}",
        "This network does not take you from your address":
            "Dieses Netzwerk nimmt dich von deiner Adresse aus nicht auf",
        "Your address {1} is listed by {2}":
            "Deine Adresse {1} steht in der Liste {2}",
        "Open {1} in a browser and try again when it says so":
            "{1} im Browser öffnen und noch einmal versuchen, wenn es dort heißt",
        "That is no answer, or it is too old: ask again":
            "Das ist keine Antwort, oder sie ist zu alt: noch einmal fragen",
        "That answer was used already":
            "Diese Antwort wurde schon verwendet",
        "It is accepted: try again now":
            "Angenommen: jetzt noch einmal versuchen",
        "Shows the work that was asked for by PROOF_REQUIRED.":
            "Zeigt die Arbeit, die mit PROOF_REQUIRED verlangt wurde.",
    ]
}
