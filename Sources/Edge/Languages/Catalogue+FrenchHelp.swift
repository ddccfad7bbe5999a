// What HELP says, in French. Each by how it is in English.

extension Catalogue {
    static let frenchHelp: [String: String] = [
        "Commands: {1}": "Commandes : {1}",
        "HELP <command> says more.": "HELP <commande> en dit plus.",
        "Modes of channels:": "Modes des salons :",
        "Extended bans, in +b, +e and +I:": "Bannissements étendus, dans +b, +e et +I :",
        "End of HELP": "Fin de l'aide",
        "Owner: runs the channel and makes others owner or host.":
            "Propriétaire : dirige le salon et en nomme d'autres propriétaires ou opérateurs.",
        "Ban: these masks may neither join nor speak.": "Bannissement : ces masques ne peuvent ni entrer ni parler.",
        "Exception: bans do not hold for these masks.": "Exception : les bannissements ne valent pas pour ces masques.",
        "Invite exception: these masks need no invitation.":
            "Exception d'invitation : ces masques n'ont pas besoin d'invitation.",
        "Forward: who is kept out by +i, +j, +l or +R comes into this channel instead.":
            "Redirection : qui ne peut entrer à cause de +i, +j, +l ou +R arrive dans ce salon.",
        "Throttle: so many come in, in so many seconds (5:10).":
            "Frein : combien de personnes entrent, en combien de secondes (5:10).",
        "Slow: members without a rank wait so many seconds between messages.":
            "Lent : les membres sans rang attendent tant de secondes entre deux messages.",
        "No CTCP but ACTION.": "Pas de CTCP, sauf ACTION.",
        "No colours and other formatting.": "Pas de couleurs ni d'autre mise en forme.",
        "Hosts of any channel may forward to this one.":
            "Les opérateurs de tout salon peuvent rediriger vers celui-ci.",
        "Only who is invited comes in.": "N'entrent que les invités.",
        "The past can be read since one joined, not before.":
            "On ne peut lire que ce qui s'est dit depuis son arrivée.",
        "Only who is logged in or has a rank speaks.": "Ne parlent que ceux qui sont identifiés ou qui ont un rang.",
        "Only members with a rank speak.": "Ne parlent que les membres ayant un rang.",
        "Only hosts change their nicknames.": "Seuls les opérateurs changent de pseudo.",
        "Only members speak.": "Seuls les membres parlent.",
        "Others see the name, not who is in it.": "Les autres voient le nom, pas qui s'y trouve.",
        "Only who is logged in comes in.": "N'entrent que ceux qui sont identifiés.",
        "Registered to an account; the server sets it.":
            "Enregistré au nom d'un compte ; c'est le serveur qui le pose.",
        "Others do not see that it exists.": "Les autres ne voient pas qu'il existe.",
        "No notices.": "Pas de notices.",
        "Only hosts change the topic.": "Seuls les opérateurs changent le sujet.",
        "What members without a rank say only hosts hear.":
            "Ce que disent les membres sans rang, seuls les opérateurs l'entendent.",
        "Members without a rank are seen by hosts only.": "Les membres sans rang ne sont vus que des opérateurs.",
        "Only who is connected securely comes in.": "N'entrent que ceux qui sont connectés de façon sécurisée.",
        "Host: runs the channel.": "Opérateur : dirige le salon.",
        "Voice: may speak in a moderated channel.": "Voix : peut parler dans un salon modéré.",
        "Key: who joins has to know it.": "Clé : il faut la connaître pour entrer.",
        "Limit: so many members at most.": "Limite : nombre maximal de membres.",
        "a:<account>: who is logged in to it.": "a:<compte> : qui y est identifié.",
        "i:<mask or network>: the address behind the host; for operators of the network.":
            "i:<masque ou réseau> : l'adresse derrière l'hôte ; pour les opérateurs du réseau.",
        "c:<channel>: who is in it, if everybody may know.":
            "c:<salon> : qui s'y trouve, si tout le monde peut le savoir.",
        "f:<channel>:<mask>: who comes into that channel instead.": "f:<salon>:<masque> : qui arrive dans ce salon-là.",
        "m:<mask>: who comes in, but does not speak.": "m:<masque> : qui entre, mais ne parle pas.",
        "r:<pattern>: whose real name is like that; ? stands for a space.":
            "r:<motif> : dont le nom réel est ainsi ; ? vaut une espace.",
        "z:<SHA-256>: whose client has a certificate of this fingerprint.":
            "z:<SHA-256> : dont le client a un certificat de cette empreinte.",
        "Begins or ends a message of several lines.": "Commence ou termine un message de plusieurs lignes.",
        "Enters channels; JOIN 0 leaves all.": "Entre dans des salons ; JOIN 0 les quitte tous.",
        "Leaves channels.": "Quitte des salons.",
        "Shows or changes a channel's topic; an empty one clears it.":
            "Montre ou change le sujet d'un salon ; un sujet vide l'efface.",
        "Asks somebody into a channel; into an invite-only one hosts only.":
            "Invite quelqu'un dans un salon ; s'il est en +i, réservé aux opérateurs.",
        "Removes people from a channel, or each from the channel at the same place.":
            "Expulse des gens d'un salon, ou chacun du salon à la même place.",
        "Shows or changes modes.": "Montre ou change des modes.",
        "What was said. A reference is msgid=… or timestamp=…, with LATEST also *.":
            "Ce qui s'est dit. Une référence est msgid=… ou timestamp=…, avec LATEST aussi *.",
        "Up to where you have read, on all of your clients.": "Jusqu'où vous avez lu, sur tous vos clients.",
        "Takes a message back: your own, or in a channel that you run.":
            "Retire un message : le vôtre, ou dans un salon que vous dirigez.",
        "Looks for messages: text= from= in= before= after= limit=.":
            "Cherche des messages : text= from= in= before= after= limit=.",
        "Asks those who run a closed channel to let you in.":
            "Demande à ceux qui dirigent un salon fermé de vous laisser entrer.",
        "In which language this server speaks to you: en, de, es, fr; * for the language of the network.":
            "En quelle langue le serveur vous parle : en, de, es, fr ; * pour celle du réseau.",
        "Who is in a channel.": "Qui est dans un salon.",
        "Lists channels. Conditions: >n <n C>n C<n T>n T<n mask !mask.":
            "Liste les salons. Conditions : >n <n C>n C<n T>n T<n masque !masque.",
        "Sends a message to people or channels.": "Envoie un message à des personnes ou des salons.",
        "Sends a message that nothing answers by itself.": "Envoie un message auquel rien ne répond de soi-même.",
        "Sends client-only tags without a text.": "Envoie des étiquettes entre clients, sans texte.",
        "What people and channels say of themselves.": "Ce que les personnes et les salons disent d'eux-mêmes.",
        "The keys of which your client is told.": "Les clés dont votre client est informé.",
        "Tells you when people come and go.": "Prévient quand des gens arrivent et partent.",
        "Gives you the rights of an account's roles.": "Vous donne les droits des rôles d'un compte.",
        "Disconnects somebody. For operators.": "Déconnecte quelqu'un. Pour les opérateurs.",
        "Tells everybody with user mode w. For operators.":
            "Prévient tous ceux qui ont le mode w. Pour les opérateurs.",
        "Reads tenants and certificates again. For operators.":
            "Relit les tenants et les certificats. Pour les opérateurs.",
        "Whether you stay on the network while no client is there.":
            "Si vous restez sur le réseau quand aucun client n'est là.",
        "Negotiates what your client understands.": "Négocie ce que votre client comprend.",
        "Changes your nickname.": "Change votre pseudo.",
        "Logs in to an account (SASL).": "Identifie avec un compte (SASL).",
        "Asks for a PONG.": "Demande un PONG.",
        "Says what somebody elsewhere said, as a bridge; for hosts of the channel.":
            "Dit, en tant que pont, ce que quelqu'un a dit ailleurs ; pour les opérateurs du salon.",
        "Gives a channel another name; all in it come along.":
            "Donne un autre nom à un salon ; tous ceux qui y sont suivent.",
        "The message of the day.": "Le message du jour.",
        "How many people and channels there are.": "Combien il y a de personnes et de salons.",
        "The server's version and what it supports.": "La version du serveur et ce qu'il prend en charge.",
        "The server's time, in UTC.": "L'heure du serveur, en UTC.",
        "What this server is.": "Ce qu'est ce serveur.",
        "Who runs this network.": "Qui gère ce réseau.",
        "The servers: there is one for everybody.": "Les serveurs : il y en a un pour tous.",
        "How long the server is up; which operators are here; whose accounts are operators', for operators.":
            "Depuis quand le serveur tourne ; quels opérateurs sont là ; quels comptes sont d'opérateurs, pour les opérateurs.",
        "The servers as a tree: there is one for everybody.": "Les serveurs en arbre : il y en a un pour tous.",
        "What there is, or what a command or a mode does.": "Ce qu'il y a, ou ce que fait une commande ou un mode.",
        "Of whom you want no messages and invitations, whatever their host if it is an account; alone, who they are.":
            "De qui vous ne voulez ni messages ni invitations, quel que soit l'hôte si c'est un compte ; seul, qui c'est.",
        "Neither a mask nor an account, which is written account:name":
            "Ni un masque ni un compte, qui s'écrit account:name",
        "What this network is like, for your client.": "Comment est ce réseau, pour votre client.",
        "Marks you as away, or as back without a reason.":
            "Signale votre absence, ou votre retour si aucune raison n'est donnée.",
        "Changes your real name.": "Change votre nom réel.",
        "The hosts of up to five people.": "Les hôtes de cinq personnes au plus.",
        "The addresses of up to five people.": "Les adresses de cinq personnes au plus.",
        "Which of these people are here.": "Lesquelles de ces personnes sont là.",
        "Who somebody is.": "Qui est quelqu'un.",
        "Who had a nickname before.": "Qui avait un pseudo auparavant.",
        "Who is there (WHOX). Flags: o operators; n u h i s r a what the mask is matched with.":
            "Qui est là (WHOX). Options : o opérateurs ; n u h i s r a à quoi le masque est comparé.",
        "Has what you would want to know at once be pushed to a device of yours.":
            "Fait envoyer à un appareil ce que vous voudriez savoir aussitôt.",
        "Gives you an account, called like your nickname.": "Vous donne un compte qui porte le nom de votre pseudo.",
        "Which client certificates log in to your account; ADD alone takes the one that you show.":
            "Quels certificats client identifient à votre compte ; ADD seul prend celui que vous montrez.",
    ]
}
