// What MemoServ, HostServ, HELP and templates of channels say, in French. Each by how it is in English.

extension Catalogue {
    static let frenchChannels: [String: String] = [
        "This network keeps no messages for who is away": "Ce réseau ne garde pas de messages pour les absents",
        "Log in first: messages are left for accounts, by accounts":
            "Connecte-toi d'abord : ce sont des comptes qui laissent des messages à des comptes",
        "There is no text to leave": "Il n'y a pas de texte à laisser",
        "{1} has as many messages as there may be": "{1} a déjà autant de messages qu'il peut y en avoir",
        "Wait until what you left before is read": "Attends que ce que tu as laissé avant soit lu",
        "MemoServ keeps messages for who is away. They are direct messages of two accounts.":
            "MemoServ garde des messages pour les absents. Ce sont des messages directs entre deux comptes.",
        "Leaves a message for an account, which is told of it when somebody logs in to it.":
            "Laisse un message à un compte ; qui s'y connecte l'apprend.",
        "Your message waits for {1}": "Ton message attend {1}",
        "Which messages there are for you.": "Quels messages il y a pour toi.",
        "Shows a message, or all that you have not read.": "Montre un message, ou tous ceux que tu n'as pas lus.",
        "Takes a message off your list, or all; they stay in the history of both.":
            "Retire un message de ta liste, ou tous ; ils restent dans l'historique des deux.",
        "Of whom you want no messages; they are not told.":
            "De qui tu ne veux pas de messages ; personne ne l'apprend.",
        "Messages that wait for you: {1}. /msg MemoServ READ NEW shows them":
            "Messages qui t'attendent : {1}. /msg MemoServ READ NEW les montre",
        "Messages for you: {1}, not read: {2}": "Messages pour toi : {1}, non lus : {2}",
        "You have read all messages": "Tu as lu tous les messages",
        "Message {1} of {2}, at {3}:": "Message {1} de {2}, le {3} :",
        "It cannot be shown just now, try again later":
            "Il ne peut pas être montré maintenant, réessayez plus tard",
        "It is not kept any more": "Il n'est plus gardé",
        "Messages taken off your list: {1}": "Messages retirés de ta liste : {1}",
        "You want no messages of: {1}": "Tu ne veux pas de messages de : {1}",
        "You get no messages of {1} any more": "Tu ne reçois plus de messages de {1}",
        "Your list is full": "Ta liste est pleine",
        "You get messages of {1} again": "Tu reçois de nouveau les messages de {1}",
        "{1} is not in your list": "{1} n'est pas dans ta liste",
        "{1} left a message for you: /msg MemoServ READ NEW shows it":
            "{1} t'a laissé un message : /msg MemoServ READ NEW le montre",
        "The same as HELP.": "La même chose que HELP.",
        "Services take commands, too: HELP {1}": "Les services aussi prennent des commandes : HELP {1}",
        "For example: {1}": "Par exemple : {1}",
        "Answers the server's PING: your client does it by itself.":
            "Répond au PING du serveur : ton client le fait de lui-même.",
        "What servers say to each other; from a client it does nothing.":
            "Ce que se disent des serveurs ; d'un client cela ne fait rien.",
        "A password, before you are here: <account>:<password>, or that of your nickname's account.":
            "Un mot de passe, avant d'être là : <compte>:<mot de passe>, ou celui du compte de ton pseudo.",
        "Who you are, before you are here: your client sends it with NICK.":
            "Qui tu es, avant d'être là : ton client l'envoie avec NICK.",
        "By which a gateway says for whom it speaks, before anything else.":
            "Par quoi une passerelle dit pour qui elle parle, avant tout le reste.",
        "Log in first: hosts belong to accounts": "Connecte-toi d'abord : les hôtes appartiennent à des comptes",
        "A host is two names at least of letters, digits and dashes, with dots between; no address, and none of this network":
            "Un hôte, ce sont deux noms au moins de lettres, chiffres et tirets, séparés par des points ; pas une adresse, et aucun de ce réseau",
        "This server keeps no hosts": "Ce serveur ne garde pas d'hôtes",
        "That host was not asked for": "Cet hôte n'a pas été demandé",
        "Nothing was asked for": "Rien n'a été demandé",
        "There is no such host": "Il n'y a pas d'hôte pareil",
        "Another account has that host, or asks for it": "Un autre compte a cet hôte, ou le demande",
        "Too many ask for hosts just now, try again later":
            "Trop de gens demandent des hôtes en ce moment, réessaie plus tard",
        "HostServ has accounts shown under a host of their own, once those agreed who look after the network.":
            "HostServ fait montrer les comptes sous un hôte à eux, une fois d'accord ceux qui s'occupent du réseau.",
        "Asks for a host.": "Demande un hôte.",
        "You asked for {1}: those decide who look after the network":
            "Tu as demandé {1} : ceux qui s'occupent du réseau décident",
        "Has your host shown.": "Fait montrer ton hôte.",
        "Your host is shown": "Ton hôte est montré",
        "Has the host shown that is made of your account's name.": "Fait montrer l'hôte fait du nom de ton compte.",
        "Your host is not shown": "Ton hôte n'est pas montré",
        "Who asks for a host. For operators.": "Qui demande un hôte. Pour les opérateurs.",
        "Gives an account the host that it asked for. For operators.":
            "Donne à un compte l'hôte qu'il a demandé. Pour les opérateurs.",
        "{1} has the host {2} now": "{1} a maintenant l'hôte {2}",
        "Refuses an account the host that it asked for; the reason is noted. For operators.":
            "Refuse à un compte l'hôte qu'il a demandé ; la raison est notée. Pour les opérateurs.",
        "{1} does not get what it asked for": "{1} ne reçoit pas ce qu'il a demandé",
        "Gives an account a host that it did not ask for. For operators.":
            "Donne à un compte un hôte qu'il n'a pas demandé. Pour les opérateurs.",
        "Takes an account's host. For operators.": "Retire l'hôte d'un compte. Pour les opérateurs.",
        "{1} has no host of its own any more": "{1} n'a plus d'hôte à lui",
        "Accounts that ask for a host: {1}": "Comptes qui demandent un hôte : {1}",
    ]
}
