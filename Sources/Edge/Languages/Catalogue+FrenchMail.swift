// What is said of mail and of codes for logging in, in French. Each by how it is in English.

extension Catalogue {
    static let frenchMail: [String: String] = [
        "This network takes addresses at {1} alone": "Ce réseau n'accepte que des adresses chez {1}",
        "This network takes no addresses of that provider: write another":
            "Ce réseau n'accepte pas les adresses de ce fournisseur : il en faut une autre",
        "That address has as many accounts as it may: write another":
            "Cette adresse a autant de comptes qu'elle peut en avoir : il en faut une autre",
        "This network has much mail to send just now, try later":
            "Ce réseau a beaucoup de courriels à envoyer, à réessayer plus tard",
        "Several mails were sent there already, try later":
            "Plusieurs courriels y ont déjà été envoyés, à réessayer plus tard",
        "You are logged in to another account": "Vous êtes connecté à un autre compte",
        "That is not the code that was sent last, or it is too old":
            "Ce n'est pas le dernier code envoyé, ou il est trop ancien",
        "This network sends no mail: ask its administrators":
            "Ce réseau n'envoie pas de courriel : à voir avec son administration",
        "Your account asks for codes already": "Votre compte demande déjà des codes",
        "That is no code of the secret that your account was given last":
            "Ce n'est pas un code du dernier secret donné à votre compte",
        "Your account asks for no codes": "Votre compte ne demande pas de codes",
        "Too many wrong codes, try again in some minutes": "Trop de codes erronés, à réessayer dans quelques minutes",
        "Write the code that was sent to your address first (VERIFY)":
            "Il faut d'abord écrire le code envoyé à votre adresse (VERIFY)",
        "Your account asks for a code: write it behind the password, or show a certificate":
            "Votre compte demande un code : à écrire après le mot de passe, ou présentez un certificat",
        "An account is called like a nickname: choose another name":
            "Un compte se nomme comme un pseudo : il faut un autre nom",
        "This network sends a code by mail first: write your address":
            "Ce réseau envoie d'abord un code par courriel : il faut une adresse",
        "Makes an account yours by the code that was sent to you.":
            "Rend un compte vôtre par le code qui vous a été envoyé.",
        "Mail to your account goes there from now on": "Le courrier de votre compte y va désormais",
        "A code was sent to {1}: write VERIFY {2} and the code":
            "Un code a été envoyé à {1} : écrivez VERIFY {2} et le code",
        "A code was sent to {1}: write VERIFY and the code": "Un code a été envoyé à {1} : écrivez VERIFY et le code",
        "Logs you in. Where your account asks for a code, write the account, too.":
            "Vous connecte. Si votre compte demande un code, il faut aussi écrire le compte.",
        "Changes your password, after which no certificate logs in to your account, or your address.":
            "Change votre mot de passe, après quoi aucun certificat ne connecte plus, ou votre adresse.",
        "Takes the code that was sent to you by mail: for a new account, or for your address.":
            "Reçoit le code venu par courriel : pour un nouveau compte, ou pour votre adresse.",
        "Sends a code to your address by which RESETPASS takes a new password.":
            "Envoie à votre adresse un code avec lequel RESETPASS prend un nouveau mot de passe.",
        "A code is on its way, if there is such an account and it has an address":
            "Un code est en route, si ce compte existe et qu'il a une adresse",
        "Gives an account a new password, by the code that SENDPASS sent.":
            "Donne à un compte un nouveau mot de passe, par le code de SENDPASS.",
        "Has your account ask for a code of an authenticator app, too; it stands behind the password.":
            "Fait demander aussi un code d'une application ; il s'écrit après le mot de passe.",
        "Your account has no address any more": "Votre compte n'a plus d'adresse",
        "Give this to your app: {1}": "À donner à votre application : {1}",
        "Then write MFA VERIFY and the code that it shows: until then nothing is asked for":
            "Puis écrivez MFA VERIFY et le code affiché : d'ici là rien n'est demandé",
        "Your account asks for a code from now on: write it behind your password":
            "Votre compte demande désormais un code : à écrire après votre mot de passe",
        "If you lose the app, each of these works once: {1}":
            "Si l'application est perdue, chacun de ceux-ci sert une fois : {1}",
        "Your account asks for no codes any more": "Votre compte ne demande plus de codes",
        "Mail goes to {1}, which is not verified": "Le courrier va à {1}, qui n'est pas vérifiée",
        "It asks for a code behind the password": "Il demande un code après le mot de passe",
        "Certificates log in without a code: CERT LIST shows which, CERT DEL ends one":
            "Les certificats connectent sans code : CERT LIST les montre, CERT DEL en retire un",
        "Your account asks for codes: end that first (MFA DISABLE), and begin again after it":
            "Votre compte demande des codes : à arrêter d'abord (MFA DISABLE), puis à reprendre",
        "Your account on {1}": "Votre compte sur {1}",
        "Somebody, most likely you, registered the account {1} on {2}.":
            "Quelqu'un, sans doute vous, a enregistré le compte {1} sur {2}.",
        "Your code is {1}. Write it there within a day:": "Votre code est {1}. Écrivez-le là-bas d'ici un jour :",
        "If it was not you, ignore this letter: the account goes by itself.":
            "Si ce n'était pas vous, ignorez cette lettre : le compte disparaît de lui-même.",
        "Your address on {1}": "Votre adresse sur {1}",
        "The account {1} on {2} says that this is its address.":
            "Le compte {1} sur {2} dit que cette adresse est la sienne.",
        "If the account is not yours, ignore this letter: nothing more is sent to you.":
            "Si ce compte n'est pas le vôtre, ignorez cette lettre : rien d'autre ne vous sera envoyé.",
        "A new password on {1}": "Un nouveau mot de passe sur {1}",
        "Somebody, most likely you, asked for a new password of the account {1} on {2}.":
            "Quelqu'un, sans doute vous, a demandé un nouveau mot de passe pour le compte {1} sur {2}.",
        "Your code is {1}. Write it there within an hour, and the new password behind it:":
            "Votre code est {1}. Écrivez-le là-bas d'ici une heure, puis le nouveau mot de passe :",
        "If it was not you, ignore this letter: your password stays as it is.":
            "Si ce n'était pas vous, ignorez cette lettre : votre mot de passe reste le même.",
    ]
}
