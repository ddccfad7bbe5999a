// What services say and what channels' people are told, in Spanish. Each by how it is in English.

extension Catalogue {
    static let spanishServices: [String: String] = [
        "Log in first: channels belong to accounts": "Primero inicia sesión: los canales pertenecen a cuentas",
        "The channel is registered already": "El canal ya está registrado",
        "The founder cannot be the successor": "Quien posee el canal no puede ser también quien le suceda",
        "Only who owns the channel by its registration does this":
            "Solo puede hacerlo quien posee el canal según su registro",
        "The founder is an owner already": "Quien fundó el canal ya lo posee",
        "Your account has no rank in this channel": "Tu cuenta no tiene rango en este canal",
        "The channel is not registered": "El canal no está registrado",
        "Only the founder of the channel does this": "Solo puede hacerlo quien fundó el canal",
        "is a service of the network": "es un servicio de la red",
        "ChanServ looks after registered channels: they stay, and know their people by their accounts.":
            "ChanServ cuida de los canales registrados: permanecen y conocen a su gente por sus cuentas.",
        "Has a channel that you own belong to your account.": "Hace que un canal que posees pertenezca a tu cuenta.",
        "{1} belongs to you now": "{1} ahora te pertenece",
        "Has a channel belong to nobody any more: it goes with its last member.":
            "Hace que un canal ya no pertenezca a nadie: desaparece con su último miembro.",
        "{1} belongs to nobody now": "{1} ya no pertenece a nadie",
        "To whom a channel belongs, and since when.": "A quién pertenece un canal y desde cuándo.",
        "What accounts are in the channel whenever they come in.":
            "Qué son las cuentas en el canal cada vez que entran.",
        "The same as modes are written.": "Lo mismo, escrito como los modos.",
        "Gives you the rank that your account has in the channel.": "Te da el rango que tu cuenta tiene en el canal.",
        "You have your rank in {1}": "Tienes tu rango en {1}",
        "Makes somebody a host of the channel, or you what your account is there.":
            "Hace a alguien anfitrión del canal, o a ti lo que tu cuenta es ahí.",
        "Has somebody, or you, be a host no more.": "Quita a alguien, o a ti, el rango de anfitrión.",
        "Gives somebody voice in the channel, or you what your account is there.":
            "Da voz a alguien en el canal, o a ti lo que tu cuenta es ahí.",
        "Takes voice from somebody, or from you.": "Quita la voz a alguien, o a ti.",
        "Whose the channel is, and after you; which modes are always on or off; ON or OFF; what it is about; * for nothing.":
            "De quién es el canal, y de quién después; qué modos están siempre puestos o no; ON u OFF; de qué trata; * para nada.",
        "{1} is not registered": "{1} no está registrado",
        "{1} belongs to {2}": "{1} pertenece a {2}",
        "It was registered at {1}": "Se registró el {1}",
        "After that it goes to {1}": "Después pasa a {1}",
        "Its topic is {1}": "Su tema es {1}",
        "Its modes are {1}": "Sus modos son {1}",
        "{1} is {2} in {3} from now on": "{1} es {2} en {3} a partir de ahora",
        "{1} has no rank in {2} any more": "{1} ya no tiene rango en {2}",
        "You are not in {1}": "No estás en {1}",
        "Accounts with a rank in {1}: {2}": "Cuentas con rango en {1}: {2}",
        "{1} belongs to {2} now": "{1} pertenece ahora a {2}",
        "{1} goes to {2} after you": "{1} pasará a {2} después de ti",
        "{1} has no successor now": "{1} ya no pasará a nadie",
        "NickServ looks after accounts. An account is called like your nickname when you register.":
            "NickServ cuida de las cuentas. Una cuenta se llama como tu apodo cuando te registras.",
        "Since when an account is there, and more of your own.": "Desde cuándo existe una cuenta, y más de la tuya.",
        "The channels that belong to you.": "Los canales que te pertenecen.",
        "Ends a session that has your nickname.": "Termina una sesión que tiene tu apodo.",
        "Ends a session that has your nickname, and gives it to you.":
            "Termina una sesión que tiene tu apodo, y te lo da.",
        "Removes your account. Your channels go to their successors, or belong to nobody.":
            "Elimina tu cuenta. Tus canales pasan a quienes les suceden, o no pertenecen a nadie.",
        "You have an account now: {1}": "Ya tienes una cuenta: {1}",
        "{1} was registered at {2}": "{1} se registró el {2}",
        "It waits for an administrator of the network to agree": "Espera la aprobación de la administración de la red",
        "Somebody logged in last at {1}": "Alguien inició sesión por última vez el {1}",
        "Mail goes to {1}": "El correo va a {1}",
        "No channel belongs to you": "No te pertenece ningún canal",
        "Your channels: {1}": "Tus canales: {1}",
        "Your account has the new password now": "Tu cuenta tiene ahora la contraseña nueva",
        "{1} logs in to your account now": "{1} inicia ahora sesión en tu cuenta",
        "Certificates of your account: {1}": "Certificados de tu cuenta: {1}",
        "{1} is no nickname": "{1} no es un apodo",
        "You have the nickname now": "Ahora tienes el apodo",
        "That session ends": "Esa sesión termina",
        "A message to {1}: {2} HELP says which.": "Un mensaje a {1}: {2} HELP dice cuáles hay.",
        "There is no such command: /msg {1} HELP says which there are":
            "No existe ese comando: /msg {1} HELP dice cuáles hay",
        "There is no such command; did you mean {1}?": "No existe ese comando; ¿querías decir {1}?",
        "For example: /msg {1} {2}": "Por ejemplo: /msg {1} {2}",
        "HELP <command> says how one is written": "HELP <command> dice cómo se escribe uno",
        "Write {1} {2}": "Escribe {1} {2}",
        "{1} is no channel": "{1} no es un canal",
        "Your account is in the network's configuration: it is changed there":
            "Tu cuenta está en la configuración de la red: se cambia ahí",
        "That is you": "Ese apodo ya es tuyo",
        "That nickname is not your account's": "Ese apodo no es de tu cuenta",
        "There is no account {1}": "No existe la cuenta {1}",
        "Log in first: you have no account here": "Primero inicia sesión: aquí no tienes cuenta",
        "This server keeps no channels": "Este servidor no guarda canales",
        "Only a channel whose name begins with # can be registered":
            "Solo se puede registrar un canal cuyo nombre empiece por #",
        "You may have {1} channels: give one up first": "Puedes tener {1} canales: primero renuncia a uno",
        "What is kept cannot be asked now, try again": "Ahora no se puede consultar lo guardado, inténtalo de nuevo",
        "That nickname belongs to an account: log in to it, or choose another nickname":
            "Ese apodo pertenece a una cuenta: inicia sesión en ella o elige otro",
        "This nickname belongs to an account: log in to it by /msg NickServ IDENTIFY <password>":
            "Este apodo pertenece a una cuenta: inicia sesión con /msg NickServ IDENTIFY <password>",
        "Otherwise you get another nickname in {1} seconds": "Si no, recibirás otro apodo en {1} segundos",
        "Your account may have {1} more nicknames: give one up first":
            "Tu cuenta puede tener {1} apodos más: primero renuncia a uno",
        "That is none of the nicknames that you gave to your account":
            "Ese no es ninguno de los apodos que diste a tu cuenta",
        "Has your nickname belong to your account, too.": "Hace que tu apodo también pertenezca a tu cuenta.",
        "Has a nickname belong to your account no more.": "Hace que un apodo ya no pertenezca a tu cuenta.",
        "{1} belongs to your account now": "{1} pertenece ahora a tu cuenta",
        "{1} belongs to your account no more": "{1} ya no pertenece a tu cuenta",
        "Its nicknames: {1}": "Sus apodos: {1}",
        "You are banned from this network: {1}": "Tienes prohibida la entrada a esta red: {1}",
        "There are {1} bans: lift one first": "Hay {1} prohibiciones: primero levanta una",
        "Say whom: nick!user@host, an address or network, a:<account>, r:<real name> or z:<certificate>":
            "Di a quién: nick!user@host, una dirección o red, a:<account>, r:<real name> o z:<certificate>",
        "That would be you, too": "Eso te incluiría a ti",
        "There is no such ban": "No existe esa prohibición",
        "This server keeps no bans": "Este servidor no guarda prohibiciones",
        "The ban is lifted": "La prohibición se ha levantado",
        "End of the network's bans": "Fin de las prohibiciones de la red",
        "A duration is written like 90m, 12h or 7d": "Una duración se escribe como 90m, 12h o 7d",
        "It holds until {1}": "Vale hasta {1}",
        "It holds until it is lifted": "Vale hasta que se levante",
        "no reason was given": "sin indicar el motivo",
        "Who may not be on the network, by mask, address, network, a:<account>, r:<real name> or z:<certificate>; 90m, 7d.":
            "Quién no puede estar en la red, por máscara, dirección, red, a:<account>, r:<real name> o z:<certificate>; 90m, 7d.",
        "{1} has as many channels as an account may": "{1} tiene tantos canales como puede tener una cuenta",
        "is a guide of the network": "es guía de la red",
        "is a moderator of the network": "modera la red",
        "is an administrator of the network": "administra la red",
        "You are now a guide of the network": "Ahora eres guía de la red",
        "You are now a moderator of the network": "Ahora moderas la red",
        "You are now an administrator of the network": "Ahora administras la red",
        "{1} has rights that you lack": "{1} tiene derechos que te faltan",
        "Cannot send to channel: you are in quarantine": "No se puede enviar al canal: estás en cuarentena",
        "You are in quarantine: you can only talk to operators":
            "Estás en cuarentena: solo puedes hablar con operadores",
        "You are in quarantine: {1}": "Estás en cuarentena: {1}",
        "You can only talk to operators, STATS p shows them; {1}":
            "Solo puedes hablar con operadores, STATS p los muestra; {1}",
        "You are not in quarantine any more": "Ya no estás en cuarentena",
        "{1} is not in quarantine": "{1} no está en cuarentena",
        "The quarantine is ended": "La cuarentena ha terminado",
        "UBAN takes ADD, QUARANTINE, REQUIRE-SASL or DEL with a mask, or LIST":
            "UBAN quiere ADD, QUARANTINE, REQUIRE-SASL o DEL con una máscara, o LIST",
        "Has somebody talk to operators and to nobody else; 90m, 7d. For operators.":
            "Hace que alguien solo hable con operadores; 90m, 7d. Para operadores.",
        "Ends somebody's quarantine. For operators.": "Termina la cuarentena de alguien. Para operadores.",
        "Takes somebody into channels. For operators.": "Mete a alguien en canales. Para operadores.",
        "Takes somebody out of channels. For operators.": "Saca a alguien de canales. Para operadores.",
        "Gives somebody another nickname. For operators.": "Da a alguien otro apodo. Para operadores.",
        "Changes a channel's modes, as MODE does. For operators.":
            "Cambia los modos de un canal, como MODE. Para operadores.",
        "Tells everybody on the network. For operators.": "Avisa a todos en la red. Para operadores.",
        "This server keeps no audit log": "Este servidor no guarda registro de auditoría",
        "End of the audit log": "Fin del registro de auditoría",
        "What was done by right: who, what, to whom, why. For operators.":
            "Lo que se hizo por derecho: quién, qué, a quién, por qué. Para operadores.",
        "{1} has the rights that you have": "{1} tiene los mismos derechos que tú",
        "Whom the channel keeps out, and why: by mask, a:<account> or r:<real name>; for 90m, 7d, or for good.":
            "A quién deja fuera el canal y por qué: por máscara, a:<account> o r:<real name>; por 90m, 7d o sin fin.",
        "{1} does not keep {2} out any more": "{1} ya no deja fuera a {2}",
        "{1} keeps {2} out until {3}": "{1} deja fuera a {2} hasta {3}",
        "{1} keeps {2} out from now on": "{1} deja fuera a {2} desde ahora",
        "Kept out of {1}: {2}": "Fuera de {1}: {2}",
        "You are kept out of this channel: {1}": "Este canal te deja fuera: {1}",
        "A reason has {1} bytes at most": "Un motivo tiene {1} bytes como máximo",
        "Say whom: nick!user@host, a:<account> or r:<real name>":
            "Di a quién: nick!user@host, a:<account> o r:<real name>",
        "The channel keeps out as many as it may: lift one first":
            "El canal no puede dejar fuera a más: quita uno antes",
        "The channel keeps nobody out by that mask": "Con esa máscara el canal no deja fuera a nadie",
        "There is no mode {1}": "No hay modo {1}",
        "Mode {1} can only be locked off": "El modo {1} solo se puede bloquear como quitado",
        "Mode {1} cannot be locked": "El modo {1} no se puede bloquear",
        "Say which modes are always on or off, such as +nt-s": "Di qué modos están siempre puestos o no, como +nt-s",
        "A channel is private or secret, not both": "Un canal es privado o secreto, no ambas cosas",
        "The topic is locked: accounts change it that are host or owner of the channel":
            "El tema está bloqueado: lo cambian cuentas que son anfitrión o propietario del canal",
        "A description has {1} bytes at most": "Una descripción tiene {1} bytes como máximo",
        "Only accounts that are host or owner of the channel do this":
            "Esto solo lo hacen cuentas que son anfitrión o propietario del canal",
        "Only accounts that are host or owner of {1} change its topic now":
            "El tema de {1} lo cambian ahora solo cuentas que son anfitrión o propietario allí",
        "The topic of {1} is not locked any more": "El tema de {1} ya no está bloqueado",
        "{1} has no description now": "{1} ya no tiene descripción",
        "{1} is described so now": "{1} queda descrito así",
        "Only its people are told of {1} now": "Ahora solo su gente sabe de {1}",
        "Everybody is told of {1} now": "Ahora todo el mundo sabe de {1}",
        "No modes of {1} are locked now": "En {1} ya no hay modos bloqueados",
        "The modes of {1} are locked now": "Los modos de {1} quedan bloqueados",
        "{1} is private: only its people are told of it": "{1} es privado: solo su gente sabe de él",
        "It is about {1}": "Trata de {1}",
        "Its topic is locked": "Su tema está bloqueado",
        "Of those are locked: {1}": "De esos están bloqueados: {1}",
        "Asks you into a channel where your account has a rank; hosts and owners ask others, too.":
            "Te invita a un canal donde tu cuenta tiene un rango; anfitriones y propietarios también a otra gente.",
        "{1} is invited to {2}": "{1} tiene invitación a {2}",
        "Lifts the bans of the channel that keep you, or somebody, out.":
            "Quita los bans del canal que te dejan fuera, a ti o a alguien.",
        "The bans of {1} that mean {2} are lifted": "Los bans de {1} contra {2} quedan quitados",
        "No ban of {1} means {2}": "Ningún ban de {1} es contra {2}",
        "The key of a channel of which your account is host or owner.":
            "La clave de un canal del que tu cuenta es anfitrión o propietario.",
        "The key of {1} is {2}": "La clave de {1} es {2}",
        "{1} has no key": "{1} no tiene clave",
        "Lifts all bans, kicks everybody without a rank by account, or takes ranks that are by no account.":
            "Quita todos los bans, expulsa a quien no tiene rango por cuenta, o quita rangos que no son por cuenta.",
        "The registered channels that you may know of.": "Los canales registrados que puedes conocer.",
        "{1} is not on the network": "{1} no está en la red",
        "{1} has no bans now": "{1} ya no tiene bans",
        "Only accounts that are host or owner of {1} are so now":
            "En {1} ahora solo hay anfitriones y propietarios por cuenta",
        "Members taken out of {1}: {2}": "Miembros sacados de {1}: {2}",
        "Registered channels: {1}": "Canales registrados: {1}",
        "There are more: say which by a mask, such as LIST *tea*":
            "Hay más: di cuáles con una máscara, como LIST *tea*",
        "MODE cannot be set due to channel having an active MLOCK restriction policy":
            "MODE no se puede aplicar: el canal tiene ese modo bloqueado con MLOCK",
        "Somebody with rights that you lack has said so": "Lo dijo alguien con derechos que no tienes",
    ]
}
