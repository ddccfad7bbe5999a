// What is said of who is let in and who gets an account, in French. Each by how it is in English.

extension Catalogue {
    static let frenchAdmission: [String: String] = [
        "You must log in with SASL to connect from your network: {1}":
            "Depuis ton réseau, il faut s'identifier par SASL pour se connecter : {1}",
        "Nobody registers an account from your network: {1}":
            "Depuis ton réseau, personne n'enregistre de compte : {1}",
        "Nobody registers an account from your address":
            "Depuis ton adresse, personne n'enregistre de compte",
        "Who has an account has logged in: say a mask, address or network":
            "Qui a un compte s'est identifié : indiquer un masque, une adresse ou un réseau",
        "You must log in with SASL to connect: {1}":
            "Il faut s'identifier par SASL pour se connecter : {1}",
        "This network does not take you from your address":
            "Ce réseau ne t'accepte pas depuis ton adresse",
        "Your address {1} is listed by {2}":
            "Ton adresse {1} figure dans la liste {2}",
        "Open {1} in a browser and try again when it says so":
            "Ouvre {1} dans un navigateur et réessaie quand la page le dit",
        "That is no answer, or it is too old: ask again":
            "Ce n'est pas une réponse, ou elle est trop ancienne : redemander",
        "That answer was used already":
            "Cette réponse a déjà servi",
        "It is accepted: try again now":
            "C'est accepté : réessayer maintenant",
        "Shows the work that was asked for by PROOF_REQUIRED.":
            "Montre le travail demandé par PROOF_REQUIRED.",
    ]
}
