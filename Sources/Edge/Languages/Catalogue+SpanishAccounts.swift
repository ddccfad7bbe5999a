// What is said of accounts, besides what is said of mail, in Spanish. Each by how it is in English.

extension Catalogue {
    static let spanishAccounts: [String: String] = [
        "At least {1} more sessions are not shown: CLIENTS LOGOUT {2} all ends them, too":
            "Al menos {1} sesiones más no se muestran: CLIENTS LOGOUT {2} all también las termina",
        "Logging in took too long: log in again": "El inicio de sesión tardó demasiado: inicia sesión otra vez",
        "Clients of {1}: more than {2}": "Clientes de {1}: más de {2}",
        "Your account was changed while you logged in: log in again":
            "Tu cuenta cambió mientras iniciabas sesión: inicia sesión otra vez",
        "The address of your account on {1}": "La dirección de tu cuenta en {1}",
        "This was the address of the account {1} on {2}, and is so no more.":
            "Esta era la dirección de la cuenta {1} en {2}, y ya no lo es.",
        "If you changed that, ignore this letter: nothing more is sent to you.":
            "Si lo cambiaste tú, no hagas caso de esta carta: no llegará nada más.",
        "If you did not, somebody knows your password: write to those who look after {1}.":
            "Si no, alguien conoce tu contraseña: escribe a la administración de {1}.",
    ]
}
