// What is said of who is let in and who gets an account, in Spanish. Each by how it is in English.

extension Catalogue {
    static let spanishAdmission: [String: String] = [
        "You must log in with SASL to connect from your network: {1}":
            "Desde tu red tienes que identificarte con SASL para conectarte: {1}",
        "Nobody registers an account from your network: {1}":
            "Desde tu red nadie registra una cuenta: {1}",
        "Nobody registers an account from your address":
            "Desde tu dirección nadie registra una cuenta",
        "Who has an account has logged in: say a mask, address or network":
            "Quien tiene una cuenta ya se ha identificado: indica una máscara, una dirección o una red",
        "You must log in with SASL to connect: {1}":
            "Tienes que identificarte con SASL para conectarte: {1}",
        "This network does not take you from your address":
            "Esta red no te admite desde tu dirección",
        "Your address {1} is listed by {2}":
            "Tu dirección {1} está en la lista {2}",
        "Open {1} in a browser and try again when it says so":
            "Abre {1} en un navegador e inténtalo de nuevo cuando te lo diga",
        "That is no answer, or it is too old: ask again":
            "Eso no es una respuesta, o es demasiado antigua: pregunta de nuevo",
        "That answer was used already":
            "Esa respuesta ya se ha usado",
        "It is accepted: try again now":
            "Aceptada: inténtalo de nuevo ahora",
        "Shows the work that was asked for by PROOF_REQUIRED.":
            "Muestra el trabajo que se pidió con PROOF_REQUIRED.",
    ]
}
