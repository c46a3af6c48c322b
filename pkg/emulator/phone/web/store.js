// The state of the page: one object, never changed in place. What is typed is not
// in it: a key in the input draws nothing else.
export const state = {
	lang: "zh", theme: "", overlay: true,
	conn: "", boot: "", ready: false, offset: 0,
	accounts: [], appid: "",
	users: [], user: "alice", chats: {}, unread: {}, menu: null,
	rows: [], sel: "", detail: null, query: "", filter: "all", fresh: 0,
	tab: "phone", bar: "menu", sheet: null, h5: [], edit: null, bytes: "reply", attempt: 0, sums: false,
	check: null, hint: "", toast: "", help: false, text: {},
};

const listeners = [];
let queued = false;

// set changes the state and draws once, before the next paint.
export function set(patch) {
	Object.assign(state, patch);
	if (queued) return;
	queued = true;
	const draw = () => {
		if (!queued) return;
		queued = false;
		for (const f of listeners) f(state);
	};
	if (document.hidden) setTimeout(draw, 0);
	else {
		requestAnimationFrame(draw);
		setTimeout(draw, 100); // a window that is covered paints no frame
	}
}

export const subscribe = f => listeners.push(f);

export const account = (s = state) => s.accounts.find(a => a.appid === s.appid) || s.accounts[0];

// somebody is who is there before anybody is: the first message makes them.
const nobody = {};
const somebody = name => nobody[name] || (nobody[name] = {openid: "", name, avatar: name.slice(0, 2) + ",24"});

export const me = (s = state) => s.users.find(u => u.openid === s.user || u.name === s.user) || somebody(s.user);

export const people = (s = state) => (s.users.length ? s.users : list(me(s)));
let lone = [];
const list = u => (lone[0] === u ? lone : (lone = [u]));

// zero: nothing was said yet, as far as that is known.
export const zero = (s = state) => s.ready && !(me(s).openid && (!s.chats[me(s).openid] || chat(s).length));

const none = [];
export const chat = (s = state) => s.chats[me(s).openid] || none;

export const rowOf = (key, s = state) => s.rows.find(r => r.key === key);

// shown are the rows that the filter and the search leave, the newest first.
let seen = [];
export function shown(s = state) {
	const [rows, filter, query, appid] = seen;
	if (rows === s.rows && filter === s.filter && query === s.query && appid === s.appid) return seen[4];
	const words = s.query.toLowerCase().split(/\s+/).filter(Boolean);
	const out = s.rows.filter(r => (!r.appid || r.appid === s.appid) && passes(r, s.filter) && words.every(w => haystack(r).includes(w)));
	seen = [s.rows, s.filter, s.query, s.appid, out];
	return out;
}

const passes = (r, filter) => filter === "all" || filter === "bad" && bad(r) || filter === r.kind;

export const bad = r => r.kind === "push" ? r.state !== "waiting" && (r.seen === "fault" || r.findings.some(f => f.severity === "error")) : r.errcode !== 0 || r.status >= 400 || r.status === 0;

export const cause = r => r.findings && (r.findings.find(f => f.severity === "error") || r.findings.find(f => f.severity === "warning"));

function haystack(r) {
	if (!r.hay) {
		const ids = (r.findings || []).map(f => f.id + " " + f.title).join(" ");
		r.hay = [r.label, r.path, r.query, r.msgid, r.body, r.response, ids, r.errcode || "", r.errmsg, r.rid, r.user, r.key].join(" ").toLowerCase();
	}
	return r.hay;
}
