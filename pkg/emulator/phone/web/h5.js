// The browser that the phone has: a page, what it called, and what the user
// answers.
import {Component, createRef, html, icon, mark, me, set, state, W, said, curl} from "./html.js";
import {answer, openH5, say, sheetList, upload} from "./acts.js";
import {hostOf, Picture} from "./cards.js";

const web = src => (/^http:\/\//.test(src) ? src : "about:blank");

export class H5 extends Component {
	frame = createRef();
	componentDidMount() {
		this.told = e => this.tell(e);
		addEventListener("message", this.told);
	}
	componentWillUnmount() {removeEventListener("message", this.told);}
	// tell takes the title from who is in the frame, on a host of the phone's.
	tell({source, origin, data}) {
		const {src} = this.props.sheet;
		if (source !== this.frame.current?.contentWindow || data?.wxdev !== "h5" || !/^http:\/\/s\d+\.localhost:/.test(origin) || new URL(origin).port !== new URL(src).port) return;
		this.setState({title: String(data.title).slice(0, 200), url: String(data.url).slice(0, 2000)});
	}
	render({sheet: {url, src, error}}, now) {
		const waits = c => c.state === "waiting";
		const calls = state.h5.filter(c => c.user === me().openid).reverse().sort((a, b) => waits(b) - waits(a));
		return html`<div class=sh-web><header class=ph-nav><button aria-label=${W.close} onClick=${() => set({sheet: null})}>${icon("bad", 22)}<//><h2 id=sh-title title=${now.url || url}>${now.title || hostOf(url)}</h2>
			${src ? html`<a href=${web(src)} target=_blank rel="noopener noreferrer" ...${said(W.openWindow)}>${icon("open", 20)}</a>` : html`<span />`}<//>
			${src ? html`<iframe ref=${this.frame} src=${web(src)} title=${now.title || url} />` : html`<p class=sh-how>${W.h5Soon(error)}</p><p class=sh-code>${url}</p>`}
			${calls.length > 0 && html`<ol class=h5-log role=log aria-label=${W.h5Calls}>${calls.map(c => html`<${Called} key=${c.id} c=${c} />`)}</ol>`}<//>`;
	}
}

const brief = o => Object.values(o || {}).flat().filter(v => typeof v !== "object").join(" · ").slice(0, 120);

function Called({c}) {
	const waits = c.state === "waiting";
	const words = waits ? W.h5Waits : c.state === "gone" ? W.h5Gone : c.call === "leave" ? W.h5Leaves : c.call === "wx.config" && c.ok ? W.h5Signed
		: c.share ? W["h5_" + c.share.to] : c.ok ? "→ " + (brief(c.result) || "ok") : c.findings ? "" : c.errmsg;
	return html`<li>${mark(waits ? "wait" : c.ok ? "ok" : c.state === "gone" ? "none" : "bad")}<div><code>${c.call}<//> <span>${words}<//>
		${c.findings?.map(f => html`<p><b class=${"tag" + (f.severity === "error" ? "" : " tag-warn")}>${f.id}</b> ${f.title}<small>${f.fix}<//></p>`)}
		${c.share && html`<div class="cd cd-link"><b>${c.share.title}</b><span><small>${c.share.desc || hostOf(c.share.link)}<//><${Picture} url=${c.share.img_url} cls=cd-thumb /><//><//>`}
		${c.call === "leave" && html`<button class="bt bt-go" onClick=${() => openH5(c.args.url)}>${W.h5Open(hostOf(c.args.url))}<//>`}
		${waits && html`<${Answer} c=${c} />`}<//></li>`;
}

// What may be chosen: a list of the emulator's, and of each its words and result.
const choices = {
	"wx.scanQRCode": ["qrcodes", q => [q.scene, q.url]],
	"wx.getLocation": ["places", p => [p.name, p.lat + "," + p.lng]],
	"wx.chooseImage": ["media", m => m.type === "image" && [m.filename || m.id, m.id]],
};

class Answer extends Component {
	state = {list: [], text: ""};
	componentDidMount() {
		const [kind, pick] = choices[this.props.c.call] || [];
		if (kind) sheetList(kind).then(a => this.setState({list: a[kind].map(pick).filter(Boolean).slice(0, 6)}), () => {});
	}
	async file(f) {
		try {
			answer(this.props.c, {result: (await upload(f)).media_id});
		} catch (err) {say(err.message);}
	}
	render({c}, {list, text}) {
		const call = body => curl("h5Answer", {session: c.session}, {id: c.id, ...body});
		const button = (words, body, cls = "") => html`<button type=button class=${"bt " + cls} data-curl=${call(body)} onClick=${() => answer(c, body)}>${words}<//>`;
		return html`<form class=h5-ask onSubmit=${e => {e.preventDefault(); answer(c, {result: text});}}>
			${list.map(([words, result]) => button(words, {result}))}
			${c.call === "wx.chooseImage" ? html`<label class="bt sh-pick">${W.chooseFile}<input type=file accept="image/*" aria-label=${W.chooseFile} onChange=${e => e.target.files[0] && this.file(e.target.files[0])} /><//>`
				: html`<input class=sh-in placeholder=${c.call === "wx.getLocation" ? W.latLng : W.h5Result} aria-label=${W.h5Result} value=${text} onInput=${e => this.setState({text: e.target.value})} />
				<button class="bt bt-go" data-curl=${call({result: text})}>${W.h5Give}<//>`}
			${button(W.cancel, {cancel: true})}${button(W.h5Fail, {fail: "system error"})}<//>`;
	}
}
