// The bar below the chat: the input, the menu of the account, the tiles.
import {Component, count, createRef, html, icon, Pure, set, state, W, said} from "./html.js";
import {act, callOf, mini, openH5, sheet} from "./acts.js";
import {face, someFaces} from "./text.js";

// Bar shows the menu first where there is one, as the client does.
export class Bar extends Pure {
	render({menu, bar, user}) {
		count("bar");
		const buttons = menu?.buttons || [];
		if (user.unsubscribed) {
			return html`<div class="br br-off"><button class=br-follow data-curl=${callOf("follow")} onClick=${() => act("follow")}>关注公众号<//><//>`;
		}
		if (buttons.length && bar === "menu") return html`<${Menu} buttons=${buttons} />`;
		return html`<${Input} hasMenu=${buttons.length > 0} user=${user} />`;
	}
}

class Input extends Component {
	box = createRef();
	state = {full: false, panel: ""};
	shouldComponentUpdate(props, state) {return state !== this.state || props.hasMenu !== this.props.hasMenu || props.user.openid !== this.props.user.openid;}
	send() {
		const value = this.box.current.value;
		if (!value.trim()) return;
		this.box.current.value = "";
		this.setState({full: false, panel: ""});
		this.grow();
		act("text", {value});
	}
	grow() {
		const b = this.box.current;
		b.style.height = "40px";
		if (b.scrollHeight > 44) b.style.height = Math.min(b.scrollHeight, 106) + "px";
	}
	key(e) {
		if (e.isComposing || e.keyCode === 229) return; // Enter picks a candidate
		if (e.key === "Enter" && !e.shiftKey) {
			e.preventDefault();
			this.send();
		} else if (e.key === "Escape") {
			e.stopPropagation();
			if (this.state.panel) this.setState({panel: ""});
			else this.box.current.blur();
		}
	}
	typed() {
		this.grow();
		if (state.bar !== "text") set({bar: "text"}); // a menu that comes now takes nothing away
		const full = this.box.current.value.trim() !== "";
		if (full !== this.state.full) this.setState({full});
	}
	panel(panel) {this.setState({panel: this.state.panel === panel ? "" : panel});}
	render({hasMenu, user}, {full, panel}) {
		count("input");
		return html`<div class=br-all><div class=br>
			${hasMenu && html`<button class=br-ic aria-label=${W.toMenu} title=${W.toMenu + " m"} onClick=${() => set({bar: "menu"})}>${icon("menu", 26)}<//>`}
			<button class=br-ic ...${said(W.ty_voice)} onClick=${() => sheet("voice")}>${icon("voice", 26)}<//>
			<textarea ref=${this.box} rows=1 class=br-input id=say aria-label=${W.type} data-curl=${callOf("text", {value: "…"})}
				onInput=${() => this.typed()} onKeyDown=${e => this.key(e)}><//>
			<button class=br-ic aria-label=${W.emoji} aria-expanded=${panel === "faces"} onClick=${() => this.panel("faces")}>${icon("smile", 28)}<//>
			${full ? html`<button class=br-send onClick=${() => this.send()}>发送<//>`
				: html`<button class=br-ic aria-label=${W.more} aria-expanded=${panel === "tiles"} onClick=${() => this.panel("tiles")}>${icon("circle", 28)}<//>`}
		<//>
		${panel === "tiles" && html`<${Tiles} user=${user} done=${() => this.setState({panel: ""})} />`}
		${panel === "faces" && html`<div class=br-faces role=group aria-label=${W.emoji}>${someFaces.map(f => html`<button title=${"[" + f + "]"} onClick=${() => {this.box.current.value += "[" + f + "]"; this.typed();}}>${face(f)}<//>`)}<//>`}
		<//>`;
	}
}

function Tiles({user, done}) {
	const ask = kind => () => {done(); sheet(kind);};
	const leave = () => {done(); act("unfollow");};
	const tiles = [
		["image", W.ty_image, ask("picture"), "image"], ["camera", W.camera, ask("picture"), "image"], ["voice", W.ty_voice, ask("voice"), "voice"], ["pin", W.ty_location, ask("place"), "location"],
		["scan", W.scan, ask("scan"), "scan"], ["link", W.ty_link, ask("link"), "link"], ["video", W.ty_video, () => {done(); act("video");}, "video"], ["leave", W.ty_unsubscribe, leave, "unfollow"],
	];
	return html`<div class=br-tiles>${tiles.map(([i, words, f, action]) => html`<button data-tile=${action} data-curl=${callOf(action)} onClick=${f}><i>${icon(i, 26)}</i>${words}<//>`)}<//>`;
}

class Menu extends Component {
	state = {open: ""};
	componentDidMount() {
		this.away = e => {if (!e.target.closest?.(".br-menu")) this.setState({open: ""});};
		document.addEventListener("click", this.away);
	}
	componentWillUnmount() {document.removeEventListener("click", this.away);}
	render({buttons}, {open}) {
		return html`<div class="br br-menu" role=group aria-label=${W.toMenu} onKeyDown=${e => {if (e.key === "Escape" && open) {e.stopPropagation(); this.setState({open: ""});}}}>
			<button class="br-ic br-keys" aria-label=${W.toKeys} title=${W.toKeys + " i"} onClick=${() => type()}>${icon("keys", 28)}<//>
			${buttons.map(b => html`<div class=br-slot>
				<button class=br-top aria-expanded=${b.sub?.length ? open === b.at : undefined} data-at=${b.at} data-curl=${b.sub?.length ? undefined : tapCurl(b)} title=${b.type}
					onClick=${() => (b.sub?.length ? this.setState({open: open === b.at ? "" : b.at}) : (this.setState({open: ""}), tap(b)))}>${b.sub?.length > 0 && icon("sub", 13)}<span>${b.name}<//><//>
				${open === b.at && html`<div class=br-sub>${b.sub.map(s => html`<button data-at=${s.at} data-curl=${tapCurl(s)} onClick=${() => {this.setState({open: ""}); tap(s);}}>${s.name}<small class=ov-note>${s.type}<//><//>`)}<//>`}
			<//>`)}
		<//>`;
	}
}

const tapCurl = b => callOf("tap", {value: b.at});

export function type() {
	set({bar: "text", tab: "phone"});
	setTimeout(() => document.getElementById("say")?.focus(), 30);
}

// tap does what a button of the menu does: some open a sheet first, whose choice
// is what the event tells.
async function tap(b) {
	const sheets = {scancode_push: "scan", scancode_waitmsg: "scan", location_select: "place", pic_sysphoto: "picture", pic_photo_or_album: "picture", pic_weixin: "picture"};
	if (sheets[b.type]) {
		sheet(sheets[b.type], {button: b});
		return;
	}
	const out = await act("tap", {value: b.at});
	if (!out) return;
	if (b.type === "view") openH5(b.url);
	else if (b.type === "miniprogram") mini(b.appid, b.pagepath);
	else if (b.media_id) sheet("opens", {what: "material", text: b.media_id});
	else if (b.article_id) sheet("opens", {what: "article", text: b.article_id});
}
