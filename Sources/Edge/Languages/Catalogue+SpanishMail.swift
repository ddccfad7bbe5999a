// What is said of mail and of codes for logging in, in Spanish. Each by how it is in English.

extension Catalogue {
    static let spanishMail: [String: String] = [
        "This network takes addresses at {1} alone": "Esta red solo admite direcciones de {1}",
        "This network takes no addresses of that provider: write another":
            "Esta red no admite direcciones de ese proveedor: escribe otra",
        "That address has as many accounts as it may: write another":
            "Esa dirección tiene tantas cuentas como puede: escribe otra",
        "This network has much mail to send just now, try later":
            "Esta red tiene mucho correo por enviar, inténtalo más tarde",
        "Several mails were sent there already, try later": "Ya se envió correo ahí varias veces, inténtalo más tarde",
        "You are logged in to another account": "Has iniciado sesión en otra cuenta",
        "That is not the code that was sent last, or it is too old":
            "Ese no es el último código enviado, o es demasiado antiguo",
        "This network sends no mail: ask its administrators": "Esta red no envía correo: consulta a su administración",
        "Your account asks for codes already": "Tu cuenta ya pide códigos",
        "That is no code of the secret that your account was given last":
            "Ese no es un código del último secreto que recibió tu cuenta",
        "Your account asks for no codes": "Tu cuenta no pide códigos",
        "Too many wrong codes, try again in some minutes": "Demasiados códigos erróneos, inténtalo en unos minutos",
        "Write the code that was sent to your address first (VERIFY)":
            "Escribe primero el código enviado a tu dirección (VERIFY)",
        "Your account asks for a code: write it behind the password, or show a certificate":
            "Tu cuenta pide un código: escríbelo detrás de la contraseña, o muestra un certificado",
        "An account is called like a nickname: choose another name":
            "Una cuenta se llama como un nick: elige otro nombre",
        "This network sends a code by mail first: write your address":
            "Esta red envía antes un código por correo: escribe tu dirección",
        "Makes an account yours by the code that was sent to you.":
            "Hace tuya una cuenta con el código que se te envió.",
        "Mail to your account goes there from now on": "El correo a tu cuenta irá ahí a partir de ahora",
        "A code was sent to {1}: write VERIFY {2} and the code":
            "Se envió un código a {1}: escribe VERIFY {2} y el código",
        "A code was sent to {1}: write VERIFY and the code": "Se envió un código a {1}: escribe VERIFY y el código",
        "Logs you in. Where your account asks for a code, write the account, too.":
            "Inicia tu sesión. Si tu cuenta pide un código, escribe también la cuenta.",
        "Changes your password, after which no certificate logs in to your account, or your address.":
            "Cambia tu contraseña, tras lo cual ningún certificado inicia sesión, o tu dirección.",
        "Takes the code that was sent to you by mail: for a new account, or for your address.":
            "Recibe el código que te llegó por correo: de una cuenta nueva o de tu dirección.",
        "Sends a code to your address by which RESETPASS takes a new password.":
            "Envía a tu dirección un código con el que RESETPASS admite otra contraseña.",
        "A code is on its way, if there is such an account and it has an address":
            "Un código va en camino, si existe la cuenta y tiene una dirección",
        "Gives an account a new password, by the code that SENDPASS sent.":
            "Da a una cuenta otra contraseña, con el código de SENDPASS.",
        "Has your account ask for a code of an authenticator app, too; it stands behind the password.":
            "Hace que tu cuenta pida también un código de una aplicación; va detrás de la contraseña.",
        "Your account has no address any more": "Tu cuenta ya no tiene dirección",
        "Give this to your app: {1}": "Dale esto a tu aplicación: {1}",
        "Then write MFA VERIFY and the code that it shows: until then nothing is asked for":
            "Luego escribe MFA VERIFY y el código que muestra: hasta entonces no se pide nada",
        "Your account asks for a code from now on: write it behind your password":
            "Tu cuenta pide un código a partir de ahora: escríbelo detrás de tu contraseña",
        "If you lose the app, each of these works once: {1}":
            "Si pierdes la aplicación, cada uno de estos sirve una vez: {1}",
        "Your account asks for no codes any more": "Tu cuenta ya no pide códigos",
        "Mail goes to {1}, which is not verified": "El correo va a {1}, que no está verificada",
        "It asks for a code behind the password": "Pide un código detrás de la contraseña",
        "Certificates log in without a code: CERT LIST shows which, CERT DEL ends one":
            "Los certificados inician sesión sin código: CERT LIST los muestra, CERT DEL quita uno",
        "Your account asks for codes: end that first (MFA DISABLE), and begin again after it":
            "Tu cuenta pide códigos: termina eso antes (MFA DISABLE) y vuelve a empezar después",
        "Your account on {1}": "Tu cuenta en {1}",
        "Somebody, most likely you, registered the account {1} on {2}.":
            "Alguien, seguramente tú, registró la cuenta {1} en {2}.",
        "Your code is {1}. Write it there within a day:": "Tu código es {1}. Escríbelo ahí en el plazo de un día:",
        "If it was not you, ignore this letter: the account goes by itself.":
            "Si no fuiste tú, ignora esta carta: la cuenta desaparece sola.",
        "Your address on {1}": "Tu dirección en {1}",
        "The account {1} on {2} says that this is its address.": "La cuenta {1} en {2} dice que esta es su dirección.",
        "If the account is not yours, ignore this letter: nothing more is sent to you.":
            "Si la cuenta no es tuya, ignora esta carta: no se te enviará nada más.",
        "A new password on {1}": "Una contraseña nueva en {1}",
        "Somebody, most likely you, asked for a new password of the account {1} on {2}.":
            "Alguien, seguramente tú, pidió otra contraseña para la cuenta {1} en {2}.",
        "Your code is {1}. Write it there within an hour, and the new password behind it:":
            "Tu código es {1}. Escríbelo ahí en el plazo de una hora, y la contraseña nueva detrás:",
        "If it was not you, ignore this letter: your password stays as it is.":
            "Si no fuiste tú, ignora esta carta: tu contraseña sigue igual.",
    ]
}
