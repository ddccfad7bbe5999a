// What is said of mail and of codes for logging in, in German. Each by how it is in English.

extension Catalogue {
    static let germanMail: [String: String] = [
        "This network takes addresses at {1} alone": "Dieses Netzwerk nimmt nur Adressen bei {1}",
        "This network takes no addresses of that provider: write another":
            "Dieses Netzwerk nimmt keine Adressen dieses Anbieters: eine andere angeben",
        "That address has as many accounts as it may: write another":
            "Diese Adresse hat so viele Konten, wie sie haben darf: eine andere angeben",
        "This network has much mail to send just now, try later":
            "Dieses Netzwerk hat gerade viel Mail zu senden, später noch einmal versuchen",
        "Several mails were sent there already, try later":
            "Dorthin ging schon mehrmals Mail, später noch einmal versuchen",
        "You are logged in to another account": "Du bist an einem anderen Konto angemeldet",
        "That is not the code that was sent last, or it is too old":
            "Das ist nicht der zuletzt gesendete Code, oder er ist zu alt",
        "This network sends no mail: ask its administrators":
            "Dieses Netzwerk sendet keine Mail: an die Verwaltung wenden",
        "Your account asks for codes already": "Dein Konto verlangt schon Codes",
        "That is no code of the secret that your account was given last":
            "Das ist kein Code zu dem Geheimnis, das dein Konto zuletzt bekam",
        "Your account asks for no codes": "Dein Konto verlangt keine Codes",
        "Too many wrong codes, try again in some minutes":
            "Zu viele falsche Codes, in einigen Minuten noch einmal versuchen",
        "Write the code that was sent to your address first (VERIFY)":
            "Schreib zuerst den Code, der an deine Adresse ging (VERIFY)",
        "Your account asks for a code: write it behind the password, or show a certificate":
            "Dein Konto verlangt einen Code: hinter das Passwort schreiben, oder ein Zertifikat zeigen",
        "An account is called like a nickname: choose another name":
            "Ein Konto heißt wie ein Nickname: einen anderen Namen wählen",
        "This network sends a code by mail first: write your address":
            "Dieses Netzwerk sendet zuerst einen Code per Mail: die Adresse angeben",
        "Makes an account yours by the code that was sent to you.":
            "Macht ein Konto mit dem Code, der gesendet wurde, zum eigenen.",
        "Mail to your account goes there from now on": "Mail an dein Konto geht ab jetzt dorthin",
        "A code was sent to {1}: write VERIFY {2} and the code":
            "Ein Code ging an {1}: schreib VERIFY {2} und den Code",
        "A code was sent to {1}: write VERIFY and the code": "Ein Code ging an {1}: schreib VERIFY und den Code",
        "Logs you in. Where your account asks for a code, write the account, too.":
            "Meldet an. Wo das Konto einen Code verlangt, auch das Konto angeben.",
        "Changes your password, after which no certificate logs in to your account, or your address.":
            "Ändert das Passwort, wonach kein Zertifikat mehr anmeldet, oder die Adresse.",
        "Takes the code that was sent to you by mail: for a new account, or for your address.":
            "Nimmt den Code, der per Mail kam: für ein neues Konto oder für die Adresse.",
        "Sends a code to your address by which RESETPASS takes a new password.":
            "Sendet einen Code an die Adresse, mit dem RESETPASS ein neues Passwort nimmt.",
        "A code is on its way, if there is such an account and it has an address":
            "Ein Code ist unterwegs, wenn es das Konto gibt und es eine Adresse hat",
        "Gives an account a new password, by the code that SENDPASS sent.":
            "Gibt einem Konto ein neues Passwort, mit dem Code von SENDPASS.",
        "Has your account ask for a code of an authenticator app, too; it stands behind the password.":
            "Lässt das Konto auch einen Code einer Authenticator-App verlangen; er steht hinter dem Passwort.",
        "Your account has no address any more": "Dein Konto hat keine Adresse mehr",
        "Give this to your app: {1}": "Das bekommt deine App: {1}",
        "Then write MFA VERIFY and the code that it shows: until then nothing is asked for":
            "Dann schreib MFA VERIFY und den Code, den sie zeigt: bis dahin wird nichts verlangt",
        "Your account asks for a code from now on: write it behind your password":
            "Dein Konto verlangt ab jetzt einen Code: hinter das Passwort schreiben",
        "If you lose the app, each of these works once: {1}": "Ist die App verloren, geht jeder von diesen einmal: {1}",
        "Your account asks for no codes any more": "Dein Konto verlangt keine Codes mehr",
        "Mail goes to {1}, which is not verified": "Mail geht an {1}, was nicht bestätigt ist",
        "It asks for a code behind the password": "Es verlangt einen Code hinter dem Passwort",
        "Certificates log in without a code: CERT LIST shows which, CERT DEL ends one":
            "Zertifikate melden ohne Code an: CERT LIST zeigt welche, CERT DEL beendet eines",
        "Your account asks for codes: end that first (MFA DISABLE), and begin again after it":
            "Dein Konto verlangt Codes: das zuerst beenden (MFA DISABLE) und danach neu beginnen",
        "Your account on {1}": "Dein Konto bei {1}",
        "Somebody, most likely you, registered the account {1} on {2}.":
            "Jemand, wahrscheinlich du, hat bei {2} das Konto {1} registriert.",
        "Your code is {1}. Write it there within a day:": "Dein Code ist {1}. Schreib ihn dort innerhalb eines Tages:",
        "If it was not you, ignore this letter: the account goes by itself.":
            "Wenn du das nicht warst, kümmere dich nicht darum: Das Konto vergeht von selbst.",
        "Your address on {1}": "Deine Adresse bei {1}",
        "The account {1} on {2} says that this is its address.": "Das Konto {1} bei {2} gibt das als seine Adresse an.",
        "If the account is not yours, ignore this letter: nothing more is sent to you.":
            "Wenn das nicht dein Konto ist, kümmere dich nicht darum: Es kommt nichts weiter.",
        "A new password on {1}": "Ein neues Passwort bei {1}",
        "Somebody, most likely you, asked for a new password of the account {1} on {2}.":
            "Jemand, wahrscheinlich du, hat bei {2} ein neues Passwort für das Konto {1} verlangt.",
        "Your code is {1}. Write it there within an hour, and the new password behind it:":
            "Dein Code ist {1}. Schreib ihn dort innerhalb einer Stunde, und das neue Passwort dahinter:",
        "If it was not you, ignore this letter: your password stays as it is.":
            "Wenn du das nicht warst, kümmere dich nicht darum: Das Passwort bleibt, wie es ist.",
    ]
}
