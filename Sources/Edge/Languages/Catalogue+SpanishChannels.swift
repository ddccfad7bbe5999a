// What MemoServ, HostServ, HELP and templates of channels say, in Spanish. Each by how it is in English.

extension Catalogue {
    static let spanishChannels: [String: String] = [
        "This network keeps no messages for who is away": "Esta red no guarda mensajes para quien está ausente",
        "Log in first: messages are left for accounts, by accounts":
            "Primero inicia sesión: los mensajes los dejan cuentas para cuentas",
        "There is no text to leave": "No hay texto que dejar",
        "{1} has as many messages as there may be": "{1} tiene ya tantos mensajes como puede haber",
        "Wait until what you left before is read": "Espera a que se lea lo que dejaste antes",
        "MemoServ keeps messages for who is away. They are direct messages of two accounts.":
            "MemoServ guarda mensajes para quien está ausente. Son mensajes directos entre dos cuentas.",
        "Leaves a message for an account, which is told of it when somebody logs in to it.":
            "Deja un mensaje a una cuenta; quien inicie sesión en ella lo sabrá.",
        "Your message waits for {1}": "Tu mensaje espera a {1}",
        "Which messages there are for you.": "Qué mensajes hay para ti.",
        "Shows a message, or all that you have not read.": "Muestra un mensaje, o todos los que no has leído.",
        "Takes a message off your list, or all; they stay in the history of both.":
            "Quita un mensaje de tu lista, o todos; quedan en el historial de ambos.",
        "Of whom you want no messages; they are not told.": "De quién no quieres mensajes; no se les dice.",
        "Messages that wait for you: {1}. /msg MemoServ READ NEW shows them":
            "Mensajes que te esperan: {1}. /msg MemoServ READ NEW los muestra",
        "Messages for you: {1}, not read: {2}": "Mensajes para ti: {1}, sin leer: {2}",
        "You have read all messages": "Has leído todos los mensajes",
        "Message {1} of {2}, at {3}:": "Mensaje {1} de {2}, a las {3}:",
        "It cannot be shown just now, try again later":
            "Ahora no se puede mostrar, inténtalo más tarde",
        "It is not kept any more": "Ya no se guarda",
        "Messages taken off your list: {1}": "Mensajes quitados de tu lista: {1}",
        "You want no messages of: {1}": "No quieres mensajes de: {1}",
        "You get no messages of {1} any more": "Ya no recibes mensajes de {1}",
        "Your list is full": "Tu lista está llena",
        "You get messages of {1} again": "Vuelves a recibir mensajes de {1}",
        "{1} is not in your list": "{1} no está en tu lista",
        "{1} left a message for you: /msg MemoServ READ NEW shows it":
            "{1} te dejó un mensaje: /msg MemoServ READ NEW lo muestra",
        "The same as HELP.": "Lo mismo que HELP.",
        "Services take commands, too: HELP {1}": "También los servicios aceptan órdenes: HELP {1}",
        "For example: {1}": "Por ejemplo: {1}",
        "Answers the server's PING: your client does it by itself.":
            "Responde al PING del servidor: tu cliente lo hace solo.",
        "What servers say to each other; from a client it does nothing.":
            "Lo que se dicen los servidores; de un cliente no hace nada.",
        "A password, before you are here: <account>:<password>, or that of your nickname's account.":
            "Una contraseña, antes de estar aquí: <cuenta>:<contraseña>, o la de la cuenta de tu apodo.",
        "Who you are, before you are here: your client sends it with NICK.":
            "Quién eres, antes de estar aquí: tu cliente lo envía con NICK.",
        "By which a gateway says for whom it speaks, before anything else.":
            "Con lo que una pasarela dice por quién habla, antes que nada.",
        "Log in first: hosts belong to accounts": "Primero inicia sesión: los hosts pertenecen a cuentas",
        "A host is two names at least of letters, digits and dashes, with dots between; no address, and none of this network":
            "Un host son al menos dos nombres de letras, cifras y guiones, con puntos entre ellos; ninguna dirección, y ninguno de esta red",
        "This server keeps no hosts": "Este servidor no guarda hosts",
        "That host was not asked for": "Ese host no se pidió",
        "Nothing was asked for": "No se pidió nada",
        "There is no such host": "No existe ese host",
        "Another account has that host, or asks for it": "Otra cuenta tiene ese host, o lo pide",
        "Too many ask for hosts just now, try again later": "Demasiados piden hosts ahora, inténtalo más tarde",
        "HostServ has accounts shown under a host of their own, once those agreed who look after the network.":
            "HostServ hace que las cuentas se muestren con un host propio, si están de acuerdo quienes cuidan de la red.",
        "Asks for a host.": "Pide un host.",
        "You asked for {1}: those decide who look after the network": "Pediste {1}: deciden quienes cuidan de la red",
        "Has your host shown.": "Hace que se muestre tu host.",
        "Your host is shown": "Se muestra tu host",
        "Has the host shown that is made of your account's name.":
            "Hace que se muestre el host hecho del nombre de tu cuenta.",
        "Your host is not shown": "No se muestra tu host",
        "Who asks for a host. For operators.": "Quién pide un host. Para operadores.",
        "Gives an account the host that it asked for. For operators.":
            "Da a una cuenta el host que pidió. Para operadores.",
        "{1} has the host {2} now": "{1} tiene ahora el host {2}",
        "Refuses an account the host that it asked for; the reason is noted. For operators.":
            "Niega a una cuenta el host que pidió; se anota el motivo. Para operadores.",
        "{1} does not get what it asked for": "{1} no recibe lo que pidió",
        "Gives an account a host that it did not ask for. For operators.":
            "Da a una cuenta un host que no pidió. Para operadores.",
        "Takes an account's host. For operators.": "Quita el host de una cuenta. Para operadores.",
        "{1} has no host of its own any more": "{1} ya no tiene host propio",
        "Accounts that ask for a host: {1}": "Cuentas que piden un host: {1}",
    ]
}
