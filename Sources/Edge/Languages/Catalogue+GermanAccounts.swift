// What is said of accounts, besides what is said of mail, in German. Each by how it is in English.

extension Catalogue {
    static let germanAccounts: [String: String] = [
        "At least {1} more sessions are not shown: CLIENTS LOGOUT {2} all ends them, too":
            "Mindestens {1} weitere Sitzungen werden nicht gezeigt: CLIENTS LOGOUT {2} all beendet auch sie",
        "Logging in took too long: log in again": "Die Anmeldung hat zu lange gedauert: noch einmal anmelden",
        "Clients of {1}: more than {2}": "Clients von {1}: mehr als {2}",
        "Your account was changed while you logged in: log in again":
            "Dein Konto wurde geändert, während du dich angemeldet hast: noch einmal anmelden",
        "The address of your account on {1}": "Die Adresse deines Kontos auf {1}",
        "This was the address of the account {1} on {2}, and is so no more.":
            "Dies war die Adresse des Kontos {1} auf {2} und ist es nicht mehr.",
        "If you changed that, ignore this letter: nothing more is sent to you.":
            "Wenn du das geändert hast, ist nichts zu tun: mehr kommt nicht.",
        "If you did not, somebody knows your password: write to those who look after {1}.":
            "Wenn nicht, kennt jemand dein Passwort: an die Verwaltung von {1} wenden.",
    ]
}
