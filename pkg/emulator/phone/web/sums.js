// The arithmetic: what is signed, and what is in the envelope. The Token is
// nowhere in it.
import {html, W} from "./html.js";

const part = s => (s === "(token)" ? html`<i class=su-token>${W.token}</i>` : html`<span>${s.length > 60 ? s.slice(0, 44) + "…" + s.slice(-8) : s}<//>`);

const Sum = ({name, a, wrote}) => a && html`<div class=su><h5>${name}</h5><p class=su-how>${W.sorted}</p><div class=su-parts>${a.sorted.map((s, i) => html`${i > 0 && html`<b>+</b>`}${part(s)}`)}<//>
	<p class=su-sha>= ${a.sha1}${wrote && wrote !== a.sha1 && html`<em>${W.serverWrote} ${wrote}</em>`}</p><//>`;

const Layout = ({name, l}) => l && html`<div class=su><h5>${name}</h5><dl>${Object.entries(l).filter(([k, v]) => typeof v !== "object" && !["timestamp", "nonce", "msg_signature", "sha1"].includes(k)).map(([k, v]) => html`<dt>${k}</dt><dd>${String(v)}</dd>`)}</dl><//>`;

export const Sums = ({d}) => html`<div class=su-all><${Sum} name=${W.signature} a=${d.signature} /><${Sum} name=${W.msgSignature} a=${d.msg_signature} /><${Layout} name=${W.envelope} l=${d.encrypt} />
	<${Layout} name=${W.replyEnvelope} l=${d.reply_encrypt} />${d.reply_encrypt?.sorted && html`<${Sum} name=${W.msgSignature} a=${d.reply_encrypt} wrote=${d.reply_encrypt.msg_signature} />`}<//>`;
