// What services say and what channels' people are told, in French. Each by how it is in English.

extension Catalogue {
    static let frenchServices: [String: String] = [
        "Log in first: channels belong to accounts":
            "Il faut d'abord se connecter : les salons appartiennent à des comptes",
        "The channel is registered already": "Le salon est déjà enregistré",
        "The founder cannot be the successor": "Le salon ne peut pas revenir à qui le possède déjà",
        "Only who owns the channel by its registration does this":
            "Seul un propriétaire du salon d'après son enregistrement peut le faire",
        "The founder is an owner already": "Le salon appartient déjà à ce compte",
        "Your account has no rank in this channel": "Ce compte n'a aucun rang dans ce salon",
        "The channel is not registered": "Le salon n'est pas enregistré",
        "Only the founder of the channel does this": "Seul le fondateur du salon peut le faire",
        "is a service of the network": "est un service du réseau",
        "ChanServ looks after registered channels: they stay, and know their people by their accounts.":
            "ChanServ s'occupe des salons enregistrés : ils restent et reconnaissent leurs membres à leurs comptes.",
        "Has a channel that you own belong to your account.":
            "Fait appartenir à votre compte un salon que vous possédez.",
        "{1} belongs to you now": "{1} vous appartient désormais",
        "Has a channel belong to nobody any more: it goes with its last member.":
            "Fait qu'un salon n'appartient plus à personne : il disparaît avec son dernier membre.",
        "{1} belongs to nobody now": "{1} n'appartient plus à personne",
        "To whom a channel belongs, and since when.": "À qui appartient un salon, et depuis quand.",
        "What accounts are in the channel whenever they come in.":
            "Ce que sont les comptes dans le salon chaque fois qu'ils y entrent.",
        "The same as modes are written.": "La même chose, écrite comme des modes.",
        "Gives you the rank that your account has in the channel.": "Donne le rang que votre compte a dans le salon.",
        "You have your rank in {1}": "Vous avez votre rang dans {1}",
        "Makes somebody a host of the channel, or you what your account is there.":
            "Fait de quelqu'un un hôte du salon, ou de vous ce que votre compte y est.",
        "Has somebody, or you, be a host no more.": "Retire à quelqu'un, ou à vous, le rang d'hôte.",
        "Gives somebody voice in the channel, or you what your account is there.":
            "Donne la parole à quelqu'un dans le salon, ou à vous ce que votre compte y est.",
        "Takes voice from somebody, or from you.": "Retire la parole à quelqu'un, ou à vous.",
        "Whose the channel is, and after you; which modes are always on or off; ON or OFF; what it is about; * for nothing.":
            "À qui est le salon, et à qui ensuite ; quels modes sont toujours mis ou non ; ON ou OFF ; de quoi il parle ; * pour rien.",
        "{1} is not registered": "{1} n'est pas enregistré",
        "{1} belongs to {2}": "{1} appartient à {2}",
        "It was registered at {1}": "Il a été enregistré le {1}",
        "After that it goes to {1}": "Ensuite il revient à {1}",
        "Its topic is {1}": "Son sujet est {1}",
        "Its modes are {1}": "Ses modes sont {1}",
        "{1} is {2} in {3} from now on": "{1} est désormais {2} dans {3}",
        "{1} has no rank in {2} any more": "{1} n'a plus de rang dans {2}",
        "You are not in {1}": "Vous n'êtes pas dans {1}",
        "Accounts with a rank in {1}: {2}": "Comptes qui ont un rang dans {1} : {2}",
        "{1} belongs to {2} now": "{1} appartient désormais à {2}",
        "{1} goes to {2} after you": "{1} reviendra à {2} après vous",
        "{1} has no successor now": "{1} ne reviendra plus à personne",
        "NickServ looks after accounts. An account is called like your nickname when you register.":
            "NickServ s'occupe des comptes. Un compte porte le pseudo avec lequel on s'inscrit.",
        "Since when an account is there, and more of your own.":
            "Depuis quand un compte existe, et davantage du vôtre.",
        "The channels that belong to you.": "Les salons qui vous appartiennent.",
        "Ends a session that has your nickname.": "Met fin à une session qui a votre pseudo.",
        "Ends a session that has your nickname, and gives it to you.":
            "Met fin à une session qui a votre pseudo, et vous le rend.",
        "Removes your account. Your channels go to their successors, or belong to nobody.":
            "Supprime votre compte. Vos salons reviennent à leurs successeurs, ou n'appartiennent à personne.",
        "You have an account now: {1}": "Vous avez maintenant un compte : {1}",
        "{1} was registered at {2}": "{1} a été enregistré le {2}",
        "It waits for an administrator of the network to agree": "Il attend l'accord de l'administration du réseau",
        "Somebody logged in last at {1}": "Dernière connexion le {1}",
        "Mail goes to {1}": "Le courrier va à {1}",
        "No channel belongs to you": "Aucun salon ne vous appartient",
        "Your channels: {1}": "Vos salons : {1}",
        "Your account has the new password now": "Votre compte a maintenant le nouveau mot de passe",
        "{1} logs in to your account now": "{1} connecte désormais à votre compte",
        "Certificates of your account: {1}": "Certificats de votre compte : {1}",
        "{1} is no nickname": "{1} n'est pas un pseudo",
        "You have the nickname now": "Vous avez maintenant le pseudo",
        "That session ends": "Cette session prend fin",
        "A message to {1}: {2} HELP says which.": "Un message à {1} : {2} HELP dit lesquels.",
        "There is no such command: /msg {1} HELP says which there are":
            "Cette commande n'existe pas : /msg {1} HELP dit lesquelles existent",
        "There is no such command; did you mean {1}?": "Cette commande n'existe pas ; s'agissait-il de {1} ?",
        "For example: /msg {1} {2}": "Par exemple : /msg {1} {2}",
        "HELP <command> says how one is written": "HELP <command> dit comment une s'écrit",
        "Write {1} {2}": "Il faut écrire {1} {2}",
        "{1} is no channel": "{1} n'est pas un salon",
        "Your account is in the network's configuration: it is changed there":
            "Votre compte est dans la configuration du réseau : c'est là qu'il se modifie",
        "That is you": "C'est vous",
        "That nickname is not your account's": "Ce pseudo n'est pas à votre compte",
        "There is no account {1}": "Il n'y a pas de compte {1}",
        "Log in first: you have no account here": "Il faut d'abord se connecter : aucun compte ici",
        "This server keeps no channels": "Ce serveur ne conserve pas de salons",
        "Only a channel whose name begins with # can be registered":
            "Seul un salon dont le nom commence par # peut être enregistré",
        "You may have {1} channels: give one up first":
            "Vous pouvez avoir {1} salons : il faut d'abord en abandonner un",
        "What is kept cannot be asked now, try again":
            "Ce qui est conservé ne peut pas être consulté maintenant, merci de réessayer",
        "That nickname belongs to an account: log in to it, or choose another nickname":
            "Ce pseudo appartient à un compte : il faut s'y connecter ou en choisir un autre",
        "This nickname belongs to an account: log in to it by /msg NickServ IDENTIFY <password>":
            "Ce pseudo appartient à un compte : connexion par /msg NickServ IDENTIFY <password>",
        "Otherwise you get another nickname in {1} seconds": "Sinon, un autre pseudo sera donné dans {1} secondes",
        "Your account may have {1} more nicknames: give one up first":
            "Un compte peut avoir {1} autres pseudos : il faut d'abord en abandonner un",
        "That is none of the nicknames that you gave to your account":
            "Ce n'est aucun des pseudos donnés à votre compte",
        "Has your nickname belong to your account, too.": "Fait aussi appartenir votre pseudo à votre compte.",
        "Has a nickname belong to your account no more.": "Fait qu'un pseudo n'appartient plus à votre compte.",
        "{1} belongs to your account now": "{1} appartient maintenant à votre compte",
        "{1} belongs to your account no more": "{1} n'appartient plus à votre compte",
        "Its nicknames: {1}": "Ses pseudos : {1}",
        "You are banned from this network: {1}": "L'accès à ce réseau est interdit : {1}",
        "There are {1} bans: lift one first": "Il y a {1} interdictions : il faut d'abord en lever une",
        "Say whom: nick!user@host, an address or network, a:<account>, r:<real name> or z:<certificate>":
            "Il faut dire qui : nick!user@host, une adresse ou un réseau, a:<account>, r:<real name> ou z:<certificate>",
        "That would be you, too": "Cela vous viserait aussi",
        "There is no such ban": "Cette interdiction n'existe pas",
        "This server keeps no bans": "Ce serveur ne conserve pas d'interdictions",
        "The ban is lifted": "L'interdiction est levée",
        "End of the network's bans": "Fin des interdictions du réseau",
        "A duration is written like 90m, 12h or 7d": "Une durée s'écrit comme 90m, 12h ou 7d",
        "It holds until {1}": "Elle vaut jusqu'au {1}",
        "It holds until it is lifted": "Elle vaut jusqu'à ce qu'elle soit levée",
        "no reason was given": "sans motif indiqué",
        "Who may not be on the network, by mask, address, network, a:<account>, r:<real name> or z:<certificate>; 90m, 7d.":
            "Qui ne peut pas être sur le réseau, par masque, adresse, réseau, a:<account>, r:<real name> ou z:<certificate> ; 90m, 7d.",
        "{1} has as many channels as an account may": "{1} a autant de salons qu'un compte peut en avoir",
        "is a guide of the network": "est guide du réseau",
        "is a moderator of the network": "modère le réseau",
        "is an administrator of the network": "administre le réseau",
        "You are now a guide of the network": "Vous êtes maintenant guide du réseau",
        "You are now a moderator of the network": "Vous modérez maintenant le réseau",
        "You are now an administrator of the network": "Vous administrez maintenant le réseau",
        "{1} has rights that you lack": "{1} a des droits que vous n'avez pas",
        "Cannot send to channel: you are in quarantine": "Impossible d'envoyer au salon : vous êtes en quarantaine",
        "You are in quarantine: you can only talk to operators":
            "Vous êtes en quarantaine : vous ne pouvez parler qu'aux opérateurs",
        "You are in quarantine: {1}": "Vous êtes en quarantaine : {1}",
        "You can only talk to operators, STATS p shows them; {1}":
            "Vous ne pouvez parler qu'aux opérateurs, STATS p les montre ; {1}",
        "You are not in quarantine any more": "Vous n'êtes plus en quarantaine",
        "{1} is not in quarantine": "{1} n'est pas en quarantaine",
        "The quarantine is ended": "La quarantaine est terminée",
        "UBAN takes ADD, QUARANTINE, REQUIRE-SASL or DEL with a mask, or LIST":
            "UBAN veut ADD, QUARANTINE, REQUIRE-SASL ou DEL avec un masque, ou LIST",
        "Has somebody talk to operators and to nobody else; 90m, 7d. For operators.":
            "Fait que quelqu'un ne parle qu'aux opérateurs ; 90m, 7d. Pour les opérateurs.",
        "Ends somebody's quarantine. For operators.": "Met fin à la quarantaine de quelqu'un. Pour les opérateurs.",
        "Takes somebody into channels. For operators.": "Fait entrer quelqu'un dans des salons. Pour les opérateurs.",
        "Takes somebody out of channels. For operators.": "Fait sortir quelqu'un de salons. Pour les opérateurs.",
        "Gives somebody another nickname. For operators.": "Donne à quelqu'un un autre pseudo. Pour les opérateurs.",
        "Changes a channel's modes, as MODE does. For operators.":
            "Change les modes d'un salon, comme MODE. Pour les opérateurs.",
        "Tells everybody on the network. For operators.": "Avertit tout le réseau. Pour les opérateurs.",
        "This server keeps no audit log": "Ce serveur ne tient pas de journal d'audit",
        "End of the audit log": "Fin du journal d'audit",
        "What was done by right: who, what, to whom, why. For operators.":
            "Ce qui a été fait par droit : qui, quoi, à qui, pourquoi. Pour les opérateurs.",
        "{1} has the rights that you have": "{1} a les mêmes droits que vous",
        "Whom the channel keeps out, and why: by mask, a:<account> or r:<real name>; for 90m, 7d, or for good.":
            "Qui le salon tient dehors et pourquoi : par masque, a:<account> ou r:<real name> ; pour 90m, 7d ou sans fin.",
        "{1} does not keep {2} out any more": "{1} ne tient plus {2} dehors",
        "{1} keeps {2} out until {3}": "{1} tient {2} dehors jusqu'au {3}",
        "{1} keeps {2} out from now on": "{1} tient {2} dehors désormais",
        "Kept out of {1}: {2}": "Tenus hors de {1} : {2}",
        "You are kept out of this channel: {1}": "Ce salon vous tient dehors : {1}",
        "A reason has {1} bytes at most": "Une raison a {1} octets au plus",
        "Say whom: nick!user@host, a:<account> or r:<real name>":
            "Il faut dire qui : nick!user@host, a:<account> ou r:<real name>",
        "The channel keeps out as many as it may: lift one first":
            "Le salon ne peut tenir plus de monde dehors : levez-en un d'abord",
        "The channel keeps nobody out by that mask": "Le salon ne tient personne dehors par ce masque",
        "There is no mode {1}": "Il n'y a pas de mode {1}",
        "Mode {1} can only be locked off": "Le mode {1} ne peut être verrouillé que retiré",
        "Mode {1} cannot be locked": "Le mode {1} ne peut être verrouillé",
        "Say which modes are always on or off, such as +nt-s":
            "Il faut dire quels modes sont toujours mis ou non, comme +nt-s",
        "A channel is private or secret, not both": "Un salon est privé ou secret, pas les deux",
        "The topic is locked: accounts change it that are host or owner of the channel":
            "Le sujet est verrouillé : le changent les comptes qui sont hôtes ou propriétaires du salon",
        "A description has {1} bytes at most": "Une description a {1} octets au plus",
        "Only accounts that are host or owner of the channel do this":
            "Seuls le font les comptes qui sont hôtes ou propriétaires du salon",
        "Only accounts that are host or owner of {1} change its topic now":
            "Seuls les comptes hôtes ou propriétaires changent désormais le sujet de {1}",
        "The topic of {1} is not locked any more": "Le sujet de {1} n'est plus verrouillé",
        "{1} has no description now": "{1} n'a plus de description",
        "{1} is described so now": "{1} est décrit ainsi désormais",
        "Only its people are told of {1} now": "Seuls ses gens apprennent désormais {1}",
        "Everybody is told of {1} now": "Tout le monde apprend désormais {1}",
        "No modes of {1} are locked now": "Aucun mode de {1} n'est plus verrouillé",
        "The modes of {1} are locked now": "Les modes de {1} sont verrouillés désormais",
        "{1} is private: only its people are told of it": "{1} est privé : seuls ses gens en apprennent plus",
        "It is about {1}": "Il parle de {1}",
        "Its topic is locked": "Son sujet est verrouillé",
        "Of those are locked: {1}": "De ceux-là sont verrouillés : {1}",
        "Asks you into a channel where your account has a rank; hosts and owners ask others, too.":
            "Vous invite dans un salon où votre compte a un rang ; hôtes et propriétaires invitent aussi d'autres.",
        "{1} is invited to {2}": "{1} a une invitation pour {2}",
        "Lifts the bans of the channel that keep you, or somebody, out.":
            "Lève les bannissements du salon qui vous tiennent dehors, vous ou quelqu'un.",
        "The bans of {1} that mean {2} are lifted": "Les bannissements de {1} contre {2} sont levés",
        "No ban of {1} means {2}": "Aucun bannissement de {1} ne vise {2}",
        "The key of a channel of which your account is host or owner.":
            "La clé d'un salon dont votre compte est hôte ou propriétaire.",
        "The key of {1} is {2}": "La clé de {1} est {2}",
        "{1} has no key": "{1} n'a pas de clé",
        "Lifts all bans, kicks everybody without a rank by account, or takes ranks that are by no account.":
            "Lève tous les bannissements, expulse qui n'a pas de rang par compte, ou retire les rangs qui ne sont pas par compte.",
        "The registered channels that you may know of.": "Les salons enregistrés que vous pouvez connaître.",
        "{1} is not on the network": "{1} n'est pas sur le réseau",
        "{1} has no bans now": "{1} n'a plus de bannissements",
        "Only accounts that are host or owner of {1} are so now":
            "Dans {1}, seuls des comptes sont encore hôtes ou propriétaires",
        "Members taken out of {1}: {2}": "Membres retirés de {1} : {2}",
        "Registered channels: {1}": "Salons enregistrés : {1}",
        "There are more: say which by a mask, such as LIST *tea*":
            "Il y en a plus : précisez par un masque, comme LIST *tea*",
        "MODE cannot be set due to channel having an active MLOCK restriction policy":
            "MODE est impossible : le salon a verrouillé ce mode par MLOCK",
        "Somebody with rights that you lack has said so": "Quelqu'un l'a dit qui a des droits que vous n'avez pas",
    ]
}
