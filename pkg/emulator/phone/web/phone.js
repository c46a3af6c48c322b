// The phone: its users, its frame, and the strip of what the server may send.
import {account, chat, html, icon, life, me, people, Pure, Ticks, set, state, time, W, zero, curl} from "./html.js";
import {ask, choose, enter} from "./wire.js";
import {Chat, Face} from "./chat.js";
import {Bar} from "./bar.js";
import {Sheet} from "./sheets.js";
import {sheet} from "./acts.js";

export const named = u => u.nickname || u.name || u.openid.slice(0, 10);

export class Users extends Pure {
	render({users, user, unread}) {
		return html`<div class=us role=tablist aria-label=${W.users}>
			${users.map((u, i) => html`<button key=${u.openid || u.name} role=tab class=${"us-tab" + (u.unsubscribed ? " us-off" : "")} aria-selected=${u === user} title=${named(u) + (u.unsubscribed ? " · " + W.notFollowing : "") + (i < 9 ? "  " + (i + 1) : "")}
				onClick=${() => choose(u.openid || u.name)}><${Face} own user=${u} size=fc-24 /><span>${named(u)}<//>${unread[u.openid] > 0 && html`<i class=us-new>${unread[u.openid]}</i>`}<//>`)}
			<button class=us-add aria-label=${W.addUser} title=${W.addUser + " n"} data-curl=${curl("addUser", {}, {name: "bob"})} onClick=${() => sheet("user")}>${icon("plus", 18)}<//>
		<//>`;
	}
}

export async function addUser(name) {
	const {openid} = await ask("addUser", {appid: state.appid}, {name});
	state.user = openid;
	await enter();
	set({sheet: null});
}

export const freeName = () => ["alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi"].find(n => !state.users.some(u => u.name === n)) || "user" + (state.users.length + 1);

// Clock shows the emulator's time, which may be turned.
export class Clock extends Ticks {
	every = 1000;
	render({seconds}) {return time(Date.now() + state.offset, !!seconds);}
}

export function Phone({s}) {
	const u = me(s), a = account(s);
	const line = chat(s);
	const name = a?.name || "";
	const user = face(u, name);
	return html`<section class=pz aria-label=${W.phone}>
		<${Users} users=${people(s)} user=${u} unread=${s.unread} />
		<div class=pz-mid><div class=ph>
			<div class=ph-in>
				<div class=ph-status aria-hidden=true><b><${Clock} /></b><span class=ph-bars><i></i><i></i><i></i><i></i><//><span class=ph-cell><i></i><//><//>
				<header class=ph-nav><button aria-label=${W.back} tabindex=-1 onClick=${() => set({tab: "list"})}>${icon("back", 22)}<//><h1>${name}</h1>
					<button aria-label=${W.profile} onClick=${() => sheet("profile")}>${icon("dots", 24)}<//><//>
				<${Chat} items=${line} sel=${s.sel} rows=${s.rows} user=${user} lang=${s.lang} zero=${zero(s)} />
				<${Bar} menu=${s.menu} bar=${s.bar} user=${u} lang=${s.lang} />
				<div class=ph-home aria-hidden=true><i></i><//>
				${s.sheet && html`<${Sheet} key=${s.sheet.kind} sheet=${s.sheet} lang=${s.lang} user=${u} />`}
			<//>
		<//><//>
		<${Strip} user=${u} lang=${s.lang} />
	<//>`;
}

let seen = {}; // the same as long as it looks the same: lines are not drawn again
function face(u, name) {
	if (seen.avatar !== u.avatar || seen.account !== name) seen = {avatar: u.avatar, account: name};
	return seen;
}

// Strip says what would come of a customer-service message now.
class Strip extends Ticks {
	every = 5000;
	shouldComponentUpdate(p, s) {return p.user !== this.props.user || p.lang !== this.props.lang || s !== this.state;}
	render({user}) {
		const cs = user.cs || {left: 0, of: 0, errcode: 45015};
		const left = cs.until ? (Date.parse(cs.until) - Date.now() - state.offset) / 1000 : 0;
		const tags = (account()?.tags || []).filter(t => (user.tags || []).includes(t.id)).map(t => t.name);
		return html`<button class=${"st" + (cs.errcode ? " st-bad" : "")} title=${W.windowsTitle} onClick=${() => sheet("windows")}>
			<b>${W.cs}</b><span class=st-dots aria-hidden=true>${Array.from({length: Math.min(cs.of || 5, 8)}, (_, i) => html`<i class=${i < cs.left ? "on" : ""}></i>`)}<//>
			<span class=num>${cs.left}/${cs.of || 5}<//><span>${cs.errcode ? W.noWindow + " " + cs.errcode : html`${W.window("")}<b class=num>${life(left)}</b>`}<//>
			${tags.map(t => html`<span class=st-tag>${t}<//>`)}${user.platform && html`<span>${user.platform}<//>`}<//>`;
	}
}
