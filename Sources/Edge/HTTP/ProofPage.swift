import IRC

/// The page that does the work: no other resources, no framework.
struct ProofPage {
    let difficulty: Int
    /// What the network is called.
    let network: String
    /// By which the page's own script and style are known.
    let nonce: String

    private struct Texts {
        let title: String
        let working: String
        let done: String
        let failed: String
        let insecure: String
    }

    private static func texts(_ language: Language) -> Texts {
        switch language {
        case .english:
            Texts(
                title: "One moment",
                working: "Your browser does a little work, which keeps robots away.",
                done: "Done. Go back to your chat client and try again.",
                failed: "That did not work. Try again in your chat client and open the new page.",
                insecure: "Open this page by https."
            )
        case .german:
            Texts(
                title: "Einen Moment",
                working: "Dein Browser rechnet ein wenig, das hält Roboter fern.",
                done: "Fertig. Zurück zum Chatprogramm und dort noch einmal versuchen.",
                failed: "Das ging nicht. Im Chatprogramm noch einmal versuchen und die neue Seite öffnen.",
                insecure: "Diese Seite mit https öffnen."
            )
        case .spanish:
            Texts(
                title: "Un momento",
                working: "Tu navegador hace un pequeño cálculo que aleja a los robots.",
                done: "Listo. Vuelve a tu programa de chat e inténtalo de nuevo.",
                failed: "No ha funcionado. Inténtalo de nuevo en tu programa de chat y abre la página nueva.",
                insecure: "Abre esta página con https."
            )
        case .french:
            Texts(
                title: "Un instant",
                working: "Ton navigateur fait un petit calcul, ce qui éloigne les robots.",
                done: "C'est fait. Retourne à ton programme de chat et réessaie.",
                failed: "Cela n'a pas marché. Réessaie dans ton programme de chat et ouvre la nouvelle page.",
                insecure: "Ouvre cette page en https."
            )
        }
    }

    func html(in language: Language) -> String {
        let texts = Self.texts(language)
        return """
            <!doctype html>
            <html lang="\(language.rawValue)"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(texts.title)</title>
            <style nonce="\(self.nonce)">body{font:18px/1.5 system-ui,sans-serif;max-width:32em;margin:15vh auto;padding:0 1em}</style>
            </head><body><h1>\(Self.escaped(self.network))</h1>
            <p id="state" role="status" data-done="\(texts.done)" data-failed="\(texts.failed)" data-insecure="\(texts.insecure)">\(texts.working)</p>
            <noscript>JavaScript</noscript>
            <script nonce="\(self.nonce)">\(self.script)</script>
            </body></html>

            """
    }

    /// Many hashes are asked for at once: each is a promise of its own.
    private var script: String {
        """
        (async () => {
          const state = document.getElementById("state"), say = (what) => { state.textContent = state.dataset[what]; };
          if (!globalThis.crypto || !crypto.subtle) return say("insecure");
          const id = location.pathname.split("/").pop(), text = new TextEncoder(), bits = \(self.difficulty), batch = 512;
          const zeros = (bytes) => {
            let count = 0;
            for (const byte of bytes) { count += Math.clz32(byte) - 24; if (byte) break; }
            return count;
          };
          for (let first = 0; ; first += batch) {
            const hashes = await Promise.all(Array.from({ length: batch },
              (_, place) => crypto.subtle.digest("SHA-256", text.encode(id + ":" + (first + place)))));
            const place = hashes.findIndex((hash) => zeros(new Uint8Array(hash)) >= bits);
            if (place < 0) continue;
            const answer = await fetch(location.pathname, { method: "POST", body: String(first + place) }).catch(() => null);
            return say(answer && answer.ok ? "done" : "failed");
          }
        })();
        """
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}
