// What HELP says, in Spanish. Each by how it is in English.

extension Catalogue {
    static let spanishHelp: [String: String] = [
        "Commands: {1}": "Comandos: {1}",
        "HELP <command> says more.": "HELP <comando> dice más.",
        "Modes of channels:": "Modos de los canales:",
        "Extended bans, in +b, +e and +I:": "Vetos extendidos, en +b, +e y +I:",
        "End of HELP": "Fin de la ayuda",
        "Owner: runs the channel and makes others owner or host.":
            "Propietario: dirige el canal y nombra a otros propietarios u operadores.",
        "Ban: these masks may neither join nor speak.": "Veto: estas máscaras no pueden entrar ni hablar.",
        "Exception: bans do not hold for these masks.": "Excepción: los vetos no valen para estas máscaras.",
        "Invite exception: these masks need no invitation.":
            "Excepción de invitación: estas máscaras no necesitan invitación.",
        "Forward: who is kept out by +i, +j, +l or +R comes into this channel instead.":
            "Redirección: quien no puede entrar por +i, +j, +l o +R entra en este canal.",
        "Throttle: so many come in, in so many seconds (5:10).": "Freno: cuántos entran, en cuántos segundos (5:10).",
        "Slow: members without a rank wait so many seconds between messages.":
            "Lento: los miembros sin rango esperan tantos segundos entre mensajes.",
        "No CTCP but ACTION.": "Sin CTCP, salvo ACTION.",
        "No colours and other formatting.": "Sin colores ni otro formato.",
        "Hosts of any channel may forward to this one.": "Los operadores de cualquier canal pueden redirigir a este.",
        "Only who is invited comes in.": "Solo entra quien está invitado.",
        "The past can be read since one joined, not before.": "Solo se puede leer lo dicho desde que uno entró.",
        "Only who is logged in or has a rank speaks.": "Solo habla quien ha iniciado sesión o tiene un rango.",
        "Only members with a rank speak.": "Solo hablan los miembros con rango.",
        "Only hosts change their nicknames.": "Solo los operadores cambian de nick.",
        "Only members speak.": "Solo hablan los miembros.",
        "Others see the name, not who is in it.": "Los demás ven el nombre, no quién está dentro.",
        "Only who is logged in comes in.": "Solo entra quien ha iniciado sesión.",
        "Registered to an account; the server sets it.": "Registrado a nombre de una cuenta; lo pone el servidor.",
        "Others do not see that it exists.": "Los demás no ven que existe.",
        "No notices.": "Sin avisos.",
        "Only hosts change the topic.": "Solo los operadores cambian el tema.",
        "What members without a rank say only hosts hear.":
            "Lo que dicen los miembros sin rango solo lo oyen los operadores.",
        "Members without a rank are seen by hosts only.": "A los miembros sin rango solo los ven los operadores.",
        "Only who is connected securely comes in.": "Solo entra quien está conectado de forma segura.",
        "Host: runs the channel.": "Operador: dirige el canal.",
        "Voice: may speak in a moderated channel.": "Voz: puede hablar en un canal moderado.",
        "Key: who joins has to know it.": "Clave: quien entra tiene que saberla.",
        "Limit: so many members at most.": "Límite: número máximo de miembros.",
        "a:<account>: who is logged in to it.": "a:<cuenta>: quien ha iniciado sesión en ella.",
        "i:<mask or network>: the address behind the host; for operators of the network.":
            "i:<máscara o red>: la dirección tras el host; para operadores de la red.",
        "c:<channel>: who is in it, if everybody may know.": "c:<canal>: quien está en él, si todos pueden saberlo.",
        "f:<channel>:<mask>: who comes into that channel instead.":
            "f:<canal>:<máscara>: quien entra en ese canal en su lugar.",
        "m:<mask>: who comes in, but does not speak.": "m:<máscara>: quien entra, pero no habla.",
        "r:<pattern>: whose real name is like that; ? stands for a space.":
            "r:<patrón>: aquel cuyo nombre real es así; ? vale por un espacio.",
        "z:<SHA-256>: whose client has a certificate of this fingerprint.":
            "z:<SHA-256>: aquel cuyo cliente tiene un certificado con esta huella.",
        "Begins or ends a message of several lines.": "Empieza o termina un mensaje de varias líneas.",
        "Enters channels; JOIN 0 leaves all.": "Entra en canales; JOIN 0 sale de todos.",
        "Leaves channels.": "Sale de canales.",
        "Shows or changes a channel's topic; an empty one clears it.":
            "Muestra o cambia el tema de un canal; uno vacío lo borra.",
        "Asks somebody into a channel; into an invite-only one hosts only.":
            "Invita a alguien a un canal; a uno con +i, solo los operadores.",
        "Removes people from a channel, or each from the channel at the same place.":
            "Expulsa a gente de un canal, o a cada uno del canal en el mismo lugar.",
        "Shows or changes modes.": "Muestra o cambia modos.",
        "What was said. A reference is msgid=… or timestamp=…, with LATEST also *.":
            "Lo que se dijo. Una referencia es msgid=… o timestamp=…; con LATEST también *.",
        "Up to where you have read, on all of your clients.": "Hasta dónde has leído, en todos tus clientes.",
        "Takes a message back: your own, or in a channel that you run.":
            "Retira un mensaje: tuyo, o en un canal que diriges.",
        "Looks for messages: text= from= in= before= after= limit=.":
            "Busca mensajes: text= from= in= before= after= limit=.",
        "Asks those who run a closed channel to let you in.":
            "Pide a quienes dirigen un canal cerrado que te dejen entrar.",
        "In which language this server speaks to you: en, de, es, fr; * for the language of the network.":
            "En qué idioma te habla el servidor: en, de, es, fr; * para el de la red.",
        "Who is in a channel.": "Quién está en un canal.",
        "Lists channels. Conditions: >n <n C>n C<n T>n T<n mask !mask.":
            "Lista canales. Condiciones: >n <n C>n C<n T>n T<n máscara !máscara.",
        "Sends a message to people or channels.": "Envía un mensaje a personas o canales.",
        "Sends a message that nothing answers by itself.": "Envía un mensaje al que nada responde por sí solo.",
        "Sends client-only tags without a text.": "Envía etiquetas entre clientes, sin texto.",
        "What people and channels say of themselves.": "Lo que personas y canales dicen de sí mismos.",
        "The keys of which your client is told.": "Las claves de las que se informa a tu cliente.",
        "Tells you when people come and go.": "Avisa cuando la gente llega y se va.",
        "Gives you the rights of an account's roles.": "Te da los derechos de los roles de una cuenta.",
        "Disconnects somebody. For operators.": "Desconecta a alguien. Para operadores.",
        "Tells everybody with user mode w. For operators.": "Avisa a todos los que tienen el modo w. Para operadores.",
        "Reads tenants and certificates again. For operators.":
            "Vuelve a leer tenants y certificados. Para operadores.",
        "Whether you stay on the network while no client is there.":
            "Si sigues en la red mientras no hay ningún cliente.",
        "Negotiates what your client understands.": "Negocia lo que tu cliente entiende.",
        "Changes your nickname.": "Cambia tu nick.",
        "Logs in to an account (SASL).": "Inicia sesión en una cuenta (SASL).",
        "Asks for a PONG.": "Pide un PONG.",
        "Says what somebody elsewhere said, as a bridge; for hosts of the channel.":
            "Dice, como puente, lo que alguien dijo en otra parte; para operadores del canal.",
        "Gives a channel another name; all in it come along.":
            "Da otro nombre a un canal; todos los que están en él van con él.",
        "The message of the day.": "El mensaje del día.",
        "How many people and channels there are.": "Cuántas personas y canales hay.",
        "The server's version and what it supports.": "La versión del servidor y lo que admite.",
        "The server's time, in UTC.": "La hora del servidor, en UTC.",
        "What this server is.": "Qué es este servidor.",
        "Who runs this network.": "Quién lleva esta red.",
        "The servers: there is one for everybody.": "Los servidores: hay uno para todos.",
        "How long the server is up; which operators are here; whose accounts are operators', for operators.":
            "Desde cuándo funciona el servidor; qué operadores están; qué cuentas son de operadores, para operadores.",
        "The servers as a tree: there is one for everybody.": "Los servidores en árbol: hay uno para todos.",
        "What there is, or what a command or a mode does.": "Lo que hay, o qué hace un comando o un modo.",
        "Of whom you want no messages and invitations, whatever their host if it is an account; alone, who they are.":
            "De quién no quieres mensajes ni invitaciones, con cualquier host si es una cuenta; a solas, quiénes son.",
        "Neither a mask nor an account, which is written account:name":
            "Ni una máscara ni una cuenta, que se escribe account:name",
        "What this network is like, for your client.": "Cómo es esta red, para tu cliente.",
        "Marks you as away, or as back without a reason.": "Te marca como ausente, o de vuelta si no hay motivo.",
        "Changes your real name.": "Cambia tu nombre real.",
        "The hosts of up to five people.": "Los hosts de hasta cinco personas.",
        "The addresses of up to five people.": "Las direcciones de hasta cinco personas.",
        "Which of these people are here.": "Cuáles de estas personas están aquí.",
        "Who somebody is.": "Quién es alguien.",
        "Who had a nickname before.": "Quién tuvo antes un nick.",
        "Who is there (WHOX). Flags: o operators; n u h i s r a what the mask is matched with.":
            "Quién está (WHOX). Opciones: o operadores; n u h i s r a con qué se compara la máscara.",
        "Has what you would want to know at once be pushed to a device of yours.":
            "Hace que se envíe a un dispositivo tuyo lo que querrías saber enseguida.",
        "Gives you an account, called like your nickname.": "Te da una cuenta que se llama como tu nick.",
        "Which client certificates log in to your account; ADD alone takes the one that you show.":
            "Qué certificados de cliente inician sesión en tu cuenta; ADD solo toma el que muestras.",
    ]
}
