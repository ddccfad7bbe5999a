// What is said of accounts, besides what is said of mail, in French. Each by how it is in English.

extension Catalogue {
    static let frenchAccounts: [String: String] = [
        "At least {1} more sessions are not shown: CLIENTS LOGOUT {2} all ends them, too":
            "Au moins {1} autres sessions ne sont pas montrées : CLIENTS LOGOUT {2} all les termine aussi",
        "Logging in took too long: log in again": "La connexion a pris trop de temps : connecte-toi de nouveau",
        "Clients of {1}: more than {2}": "Clients de {1} : plus de {2}",
        "Your account was changed while you logged in: log in again":
            "Ton compte a été modifié pendant que tu te connectais : connecte-toi de nouveau",
        "The address of your account on {1}": "L'adresse de ton compte sur {1}",
        "This was the address of the account {1} on {2}, and is so no more.":
            "C'était l'adresse du compte {1} sur {2}, et ce ne l'est plus.",
        "If you changed that, ignore this letter: nothing more is sent to you.":
            "Si c'est toi qui l'as changée, ne tiens pas compte de cette lettre : rien d'autre n'arrivera.",
        "If you did not, somebody knows your password: write to those who look after {1}.":
            "Sinon, quelqu'un connaît ton mot de passe : écris à l'administration de {1}.",
    ]
}
