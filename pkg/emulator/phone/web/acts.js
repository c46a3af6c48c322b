// What the page does: each is a call of the control API.
import {me, rowOf, set, state, address, curl} from "./html.js";
import {ask, detail, lang, scope, select} from "./wire.js";


// act lets the user do something, and looks at what comes of it.
export async function act(action, body = {}) {
	try {
		const out = await ask("act", {user: me().openid || me().name, action, wait: 0, ...scope()}, body);
		if (out.push) after(out.push);
		return out;
	} catch (err) {
		say(err.message);
	}
}

// callOf is that call as a line for a shell.
export const callOf = (action, body) => curl("act", {user: me().name || me().openid, action}, body);

// sheet opens a sheet of the phone; mini the one that names a mini program.
export const sheet = (kind, more) => set({sheet: {kind, ...more}});
export const mini = (appid, path) => sheet("opens", {what: "miniprogram", text: (appid || "") + " " + (path || "")});

export async function again(id, body) {
	try {
		const out = await ask("again", {id, wait: 0}, body);
		set({edit: null});
		if (out.push) after(out.push);
		return out;
	} catch (err) {
		say(err.message);
	}
}

// after selects a push of one's own, which the stream may tell of a little later.
function after(push) {
	const key = "p" + push;
	if (state.sel === key) return; // the stream was first
	if (rowOf(key)) return select(key);
	set({sel: key, detail: null, attempt: 0, edit: null});
	detail(key);
}

export async function check() {
	set({check: {busy: true}});
	try {
		set({check: await ask("check", lang(), {appid: state.appid})});
	} catch (err) {
		set({check: {ok: false, error: err.message, findings: []}});
	}
}

export async function text(kind, id) {
	try {
		const t = await ask(kind, {id, ...lang()});
		set({text: {...state.text, [kind + id]: t}});
		return t;
	} catch (err) {
		set({text: {...state.text, [kind + id]: "# " + err.message}});
	}
}

// openH5 asks for the address at which a page is shown inside the phone.
export async function openH5(url) {
	if (!/^https?:/i.test(url)) return;
	try {
		const {address: src} = await ask("h5", {}, {...scope(), user: me().openid, url});
		set({h5: [], sheet: {kind: "h5", url, src}});
	} catch (err) {
		set({sheet: {kind: "h5", url, error: err.message}});
	}
}

export const answer = (c, body) => ask("h5Answer", {session: c.session}, {id: c.id, ...body}).catch(err => say(err.message));

export const upload = file => ask("upload", {filename: file.name, ...scope()}, file);
export const sheetList = kind => ask(kind, {...scope(), ...(kind === "places" ? lang() : {})});
export const fileURL = id => address("file", {id}).url;
export const bytesURL = (which, id, n) => address(which, {id, n}).url;

// say shows a few words for a while.
let quiet;
export function say(text) {
	clearTimeout(quiet);
	set({toast: text});
	quiet = setTimeout(() => set({toast: ""}), 6000);
}
