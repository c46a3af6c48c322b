// Sheets: what the client asks before something is sent. A dialog traps the focus
// and leaves on Escape by itself.
import {account, Component, createRef, html, icon, life, me, set, state, time, W} from "./html.js";
import {act, callOf, fileURL, say, sheetList, upload} from "./acts.js";
import {addUser, freeName} from "./phone.js";
import {H5} from "./h5.js";

const close = () => set({sheet: null});

export class Sheet extends Component {
	box = createRef();
	componentDidMount() {
		const d = this.box.current;
		d.show();
		(d.querySelector("[autofocus]") || d.querySelector("button, input"))?.focus();
	}
	render({sheet, user}) {
		const Body = bodies[sheet.kind];
		return html`<div class=sh-back onClick=${e => e.target === e.currentTarget && close()}>
			<dialog class=${"sh sh-" + sheet.kind} ref=${this.box} aria-modal=true aria-labelledby=sh-title onKeyDown=${e => this.key(e)} onClose=${close}>
				<${Body} sheet=${sheet} user=${user} /><//><//>`;
	}
	key(e) {
		if (e.key === "Escape") {
			e.stopPropagation();
			close();
		} else if (e.key === "Tab") trap(e, this.box.current);
	}
}

// trap keeps the focus inside: the sheet covers the phone, not the page.
function trap(e, box) {
	const all = [...box.querySelectorAll("button, input, textarea, select, a, iframe")].filter(x => !x.disabled && x.offsetParent);
	const last = e.shiftKey ? all[0] : all.at(-1);
	if (document.activeElement !== last) return;
	e.preventDefault();
	(e.shiftKey ? all.at(-1) : all[0])?.focus();
}

const Head = ({title, how}) => html`<h2 id=sh-title>${title}</h2>${how && html`<p class=sh-how>${how}</p>`}`;

const Foot = ({go, disabled, action, body}) => html`<div class=sh-foot><button type=button class=bt onClick=${close}>${W.cancel}<//>
	<button class="bt bt-go" disabled=${disabled} data-curl=${action && callOf(action, body)}>${go}<//><//>`;

const form = f => e => {e.preventDefault(); f(e);};

// press is what a button of the menu that needs an answer does with it: its event,
// and the message that follows it.
async function press(button, fields, action, body) {
	close();
	if (button) await act("tap", {value: button.at, ...fields});
	if (action) await act(action, body);
}

// Pick is a list that the emulator has, and a field for what is not in it.
class Pick extends Component {
	state = {text: ""};
	componentDidMount() {sheetList(this.props.kind).then(a => this.setState({list: a[this.props.kind]}), err => say(err.message));}
	render({kind, title, how, row, hint, words, action, read, body, go}, {list, text}) {
		const value = read(text.trim());
		return html`<form onSubmit=${form(() => value && go(value))}><${Head} title=${title} how=${how} />
			<div class=sh-list>${list?.slice(0, 20).map(x => {
				const [name, small, v] = row(x);
				return html`<button type=button class=sh-row onClick=${() => go(v)}><b>${name}</b><small>${small}</small><//>`;
			})}${list?.length === 0 && kind === "qrcodes" && html`<p class=sh-how>${W.noCodes}</p>`}<//>
			<input class=sh-in autofocus placeholder=${hint} aria-label=${hint} value=${text} onInput=${e => this.setState({text: e.target.value})} />
			<${Foot} go=${words} disabled=${!value} action=${action} body=${body(value || "…")} /></form>`;
	}
}

const Scan = ({sheet: {button: b}}) => html`<${Pick} kind=qrcodes title=${W.scan} how=${b ? b.type : W.scanHow} hint=${b ? W.scanResult : W.scanPaste} words=${W.scanGo}
	row=${c => [c.scene, (c.left_s ? W.leftFor(life(c.left_s)) : W.forever) + " · " + W.scanGets, b ? c.url : c.ticket]} read=${t => t}
	action=${b ? "tap" : "scan"} body=${t => (b ? {value: b.at, result: t} : {value: t})} go=${t => (b ? press(b, {result: t}) : press(null, null, "scan", {value: t}))} />`;

const at = p => ({lat: String(p.lat), lng: String(p.lng), scale: String(p.scale || 16), label: p.address || p.name || ""});
const PlaceSheet = ({sheet: {button: b}}) => html`<${Pick} kind=places title=${W.ty_location} how=${b?.type} hint=${W.latLng} words=${W.send}
	row=${p => [p.name, p.address + " · " + p.lat + ", " + p.lng, at(p)]}
	read=${t => {const m = /^(-?[\d.]+)\s*[,，]\s*(-?[\d.]+)$/.exec(t); return m && at({lat: m[1], lng: m[2]});}}
	action=location body=${p => p} go=${p => press(b, p, "location", p)} />`;

class PictureSheet extends Component {
	state = {kept: [], busy: false};
	componentDidMount() {sheetList("media").then(a => this.setState({kept: a.media.filter(m => m.type === "image").slice(0, 8)}), () => {});}
	send(body) {
		const b = this.props.sheet.button;
		press(b, b && {}, "image", body);
	}
	async file(f) {
		if (!f) return;
		this.setState({busy: true});
		try {
			const m = await upload(f);
			this.send({"media-id": m.media_id, "pic-url": location.origin + fileURL(m.media_id)});
		} catch (err) {
			this.setState({busy: false});
			say(err.message);
		}
	}
	render({sheet}, {kept, busy}) {
		return html`<form onSubmit=${form(() => this.send({}))} onDragOver=${e => e.preventDefault()} onDrop=${e => {e.preventDefault(); this.file(e.dataTransfer.files[0]);}}>
			<${Head} title=${W.ty_image} how=${sheet.button?.type} />
			<label class=sh-file>${icon("image", 26)}<span>${busy ? "…" : W.chooseFile}<//><input type=file accept="image/*" aria-label=${W.chooseFile} onChange=${e => this.file(e.target.files[0])} /><//>
			${kept.length > 0 && html`<p class=sh-how>${W.kept}</p><div class=sh-pics>${kept.map(m => html`<button type=button title=${m.filename} onClick=${() => this.send({"media-id": m.id, "pic-url": m.url})}><img src=${fileURL(m.id)} alt=${m.filename} /><//>`)}<//>`}
			<${Foot} go=${W.samplePic} action=image body=${{}} /><//>`;
	}
}

class Fields extends Component {
	render({title, fields, go, action, start = {}}) {
		const value = name => this.state[name] ?? start[name] ?? "";
		const body = Object.fromEntries(fields.map(([name]) => [name, value(name)]).filter(([, v]) => v));
		return html`<form onSubmit=${form(() => go(body))}><${Head} title=${title} />
			${fields.map(([name, words], i) => html`<label class=sh-field><span>${words}<//><input class=sh-in name=${name} autofocus=${i === 0} value=${value(name)} onInput=${e => this.setState({[name]: e.target.value})} /><//>`)}
			<${Foot} go=${W.send} disabled=${!value(fields[0][0])} action=${action} body=${body} /><//>`;
	}
}

const sends = action => body => press(null, null, action, body);
const Voice = () => html`<${Fields} title=${W.ty_voice} action=voice fields=${[["recognition", W.spoken]]} go=${sends("voice")} />`;
const Link = () => html`<${Fields} title=${W.ty_link} action=link fields=${[["title", W.linkTitle], ["url", W.linkURL]]} start=${{url: account()?.server_origin || ""}} go=${sends("link")} />`;
const User = () => html`<${Fields} title=${W.addUser} fields=${[["name", W.newUserName]]} start=${{name: freeName()}} go=${b => addUser(b.name).catch(err => say(err.message))} />`;

function Profile({user}) {
	const u = me(), a = account();
	const off = u.unsubscribed;
	return html`<div class=sh-profile><span class="fc fc-acct fc-64">${user.account?.slice(0, 1)}<//><${Head} title=${a?.name} how=${a?.appid + " · " + a?.original_id} />
		<button class=${"bt " + (off ? "bt-go" : "")} data-curl=${callOf(off ? "follow" : "unfollow")} onClick=${() => {close(); act(off ? "follow" : "unfollow");}}>${off ? "关注公众号" : "取消关注"}<//>
		<button class=bt onClick=${close}>${W.close}<//><//>`;
}

function Windows() {
	const u = me(), cs = u.cs || {};
	return html`<div><${Head} title=${W.windowsTitle} how=${cs.why || (u.windows?.length ? "" : W.windowsNone)} />
		<div class=sh-list>${(u.windows || []).map(w => html`<div class=sh-row><b>${w.title}</b><small>${W.left(w.left, w.of, time(w.until))} · ${life((Date.parse(w.until) - Date.now() - state.offset) / 1000)}<//><//>`)}<//>
		${cs.errcode > 0 && html`<p class=sh-code>errcode ${cs.errcode}</p>`}
		<div class=sh-foot><button class=bt onClick=${close}>${W.close}<//><//><//>`;
}

const Opens = ({sheet}) => html`<div><${Head} title=${W.opens(W[sheet.what])} how=${W.shownOnly} /><p class=sh-code>${sheet.text}</p><div class=sh-foot><button class=bt onClick=${close}>${W.close}<//><//><//>`;

const bodies = {scan: Scan, place: PlaceSheet, picture: PictureSheet, voice: Voice, link: Link, user: User, profile: Profile, windows: Windows, opens: Opens, h5: H5};
