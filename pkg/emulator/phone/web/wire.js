// What comes from the emulator and goes to it: fetch, and the stream of events.
import {address} from "./calls.js";
import {account, me, rowOf, set, state} from "./store.js";
import {W} from "./words.js";

// ask makes a call, and throws what the emulator says is wrong with it.
export async function ask(name, params, body) {
	const {method, url} = address(name, params);
	const init = {method, cache: "no-store"};
	if (body !== undefined) init.body = body instanceof Blob ? body : JSON.stringify(body);
	const res = await fetch(url, init);
	const kind = res.headers.get("Content-Type") || "";
	const answer = kind.startsWith("application/json") ? await res.json() : await res.text();
	if (!res.ok) throw new Error(answer.error || String(answer).slice(0, 200) || res.statusText);
	return answer;
}

let source, buffer, seq = 0, known = new Set();
export const lang = () => ({lang: state.lang});
export const scope = () => ({appid: state.appid});

// follow opens the stream. Each hello with another boot, and each gap, means that
// the state has to be read anew; a stream that breaks is resumed where it was.
export function follow() {
	source?.close();
	const {url} = address("events", {...lang(), after: seq || undefined, boot: state.boot});
	source = new EventSource(url);
	const on = (type, f) => source.addEventListener(type, e => {
		if (e.lastEventId) seq = Number(e.lastEventId);
		set({conn: "ok"});
		const data = JSON.parse(e.data);
		if (buffer && type !== "hello" && type !== "gap") buffer.push([f, data]);
		else f(data);
	});
	source.onerror = () => {
		set({conn: "lost"});
		if (source.readyState === EventSource.CLOSED) setTimeout(follow, 1500);
	};
	on("hello", d => {
		if (d.boot === state.boot) return;
		seq = d.seq;
		set({boot: d.boot});
		reload();
	});
	on("gap", d => {seq = d.seq; reload();});
	for (const type in events) on(type, events[type]);
}

// reload reads the whole state; what happens meanwhile is applied after it.
export async function reload() {
	const mine = buffer = [];
	try {
		const [accounts, clock] = await Promise.all([ask("accounts"), ask("clock")]);
		const appid = accounts.accounts.some(a => a.appid === state.appid) ? state.appid : accounts.accounts[0].appid;
		set({accounts: accounts.accounts, appid, offset: Date.parse(clock.time) - Date.now()});
		const [users, pushes, log] = await Promise.all([ask("users", {appid, ...lang()}), ask("pushes", lang()), ask("log", {kind: "api"})]);
		if (mine !== buffer) return; // another one has begun
		known = new Set();
		set({users: users.users.map(bare), chats: {}, unread: {}});
		const rows = [...pushes.pushes.map(pushRow), ...log.entries.map(apiRow)];
		set({rows: rows.sort((a, b) => b.at - a.at || b.id - a.id).slice(0, most)});
		await enter();
	} catch (err) {
		if (mine === buffer) setTimeout(() => mine === buffer && reload(), 1500);
		set({conn: "lost"});
		return;
	}
	if (mine !== buffer) return;
	buffer = null;
	set({ready: true});
	for (const [f, data] of mine) f(data);
	if (state.sel) detail(state.sel);
}

const most = 1000;
const bare = ({chat, ...user}) => user;

export async function enter() {
	const u = me();
	set({unread: {...state.unread, [u.openid]: 0}});
	if (!u.openid) {
		set({menu: null});
		return;
	}
	const wanted = [ask("menu", {user: u.openid, ...scope()}).catch(() => null)];
	if (!known.has(u.openid)) wanted.push(ask("chat", {user: u.openid, ...scope()}));
	const [menu, chat] = await Promise.all(wanted);
	if (chat) {
		known.add(u.openid);
		set({chats: {...state.chats, [u.openid]: chat.chat}});
	}
	if (me().openid === u.openid) set({menu});
}

const menuOf = async user => set({menu: await ask("menu", {user, ...scope()}).catch(() => null)});

// detail reads an exchange down to its bytes. While it is under way it is read
// again with each delivery.
export async function detail(key) {
	const id = key.slice(1);
	if (!id) return;
	try {
		const d = key[0] === "p" ? await ask("push", {id, ...lang()}) : await ask("entry", {id, ...lang()});
		if (state.sel === key) set({detail: {key, data: d}});
	} catch (err) {
		if (state.sel === key) set({detail: {key, error: err.message}});
	}
}

export const pushRow = p => ({
	key: "p" + p.id, kind: "push", id: p.id, appid: p.appid, user: p.user, label: p.label, msgid: p.msgid, at: Date.parse(p.started),
	state: p.state, attempt: p.attempt, of: p.of, since: Date.parse(p.started), ms: p.ms || 0, seen: p.seen, fault: p.fault,
	status: p.attempts?.at(-1)?.status || 0, findings: p.findings || [], body: "", response: p.reply?.body || "", again: p.again,
});

export const apiRow = e => ({
	key: "e" + e.id, kind: e.kind === "push" ? "other" : "api", id: e.id, appid: e.appid, at: Date.parse(e.time), path: e.path, method: e.method, query: e.query,
	status: e.status, errcode: e.errcode, errmsg: e.errmsg, rid: e.rid, ms: e.ms, user: e.user, cause: e.cause, body: e.body, response: e.response, panic: e.panic,
});

const put = (key, patch) => set({rows: state.rows.map(r => (r.key === key ? {...r, ...patch, hay: undefined} : r))});

// add puts a row on top. The newest push is followed as long as the newest is
// what is looked at; else it is only counted.
function add(row) {
	const newest = state.rows.find(r => r.kind === "push");
	const follows = row.kind === "push" && row.user === me().openid && (!state.sel || newest?.key === state.sel) && !state.edit;
	set({rows: [row, ...state.rows].slice(0, most)});
	if (follows) select(row.key);
	else if (state.sel) set({fresh: state.fresh + 1});
}

export function select(key) {
	const row = rowOf(key);
	const who = row?.kind === "push" && state.users.some(u => u.openid === row.user) && row.user;
	set({sel: key, attempt: 0, edit: null, text: {}, sums: false, bytes: state.bytes === "curl" ? "reply" : state.bytes});
	if (state.rows[0]?.key === key) set({fresh: 0});
	if (who && who !== me().openid) choose(who);
	detail(key);
}

export function choose(user) {
	set({user, sheet: null});
	return enter();
}

const events = {
	chat({appid, user, item}) {
		if (appid !== state.appid) return;
		meet(user);
		const lines = state.chats[user] || [];
		const i = lines.findLastIndex(l => l.id === item.id);
		if (i < 0 && user !== me().openid && item.from !== "user") set({unread: {...state.unread, [user]: (state.unread[user] || 0) + 1}});
		if (!known.has(user)) return;
		set({chats: {...state.chats, [user]: i < 0 ? [...lines, item].slice(-500) : lines.with(i, item)}});
	},
	user({appid, user}) {
		if (appid !== state.appid) return;
		const i = state.users.findIndex(u => u.openid === user.openid);
		const before = state.users[i];
		meet(user.openid);
		set({users: i < 0 ? [...state.users.filter(u => u.openid !== user.openid), user] : state.users.with(i, user)});
		const menuChanges = !before || before.unsubscribed !== user.unsubscribed || String(before.tags) !== String(user.tags) || before.platform !== user.platform;
		if (user.openid === me().openid && menuChanges) menuOf(user.openid);
	},
	"push.start"(p) {
		if (rowOf("p" + p.push)) return;
		const now = Date.now() + state.offset;
		add(pushRow({id: p.push, appid: p.appid, user: p.user, label: p.label, msgid: p.msgid, started: new Date(now), state: "waiting", attempt: 1, of: p.of}));
	},
	"push.attempt"(p) {
		const key = "p" + p.push;
		if (p.phase === "sent") put(key, {attempt: p.n, since: Date.now() + state.offset});
		else put(key, {status: p.status || 0});
		if (key === state.sel) detail(key);
	},
	"push.end"(p) {
		const key = "p" + p.push;
		put(key, {state: p.state, seen: p.seen, entry: p.entry});
		if (key === state.sel) detail(key);
	},
	entry(e) {
		if (e.kind !== "push" || !e.push) {
			if (!rowOf("e" + e.id)) add(apiRow(e));
			return;
		}
		const row = rowOf("p" + e.push.id);
		const took = row ? Math.max(Date.now() + state.offset - row.at, e.ms) : e.ms;
		put("p" + e.push.id, {
			status: e.status, seen: e.push.seen, fault: e.push.fault, findings: e.push.findings, body: e.body, response: e.response,
			attempt: e.push.attempts.length, ms: e.push.attempts.length > 1 ? took : e.ms, label: e.label, msgid: e.msgid,
		});
	},
	async account() {
		const {accounts} = await ask("accounts");
		set({accounts});
		const u = me();
		if (u.openid) menuOf(u.openid);
	},
	clock: c => set({offset: Date.parse(c.now) - Date.now()}),
	faults() {},
	h5(c) {
		const i = state.h5.findIndex(x => x.id === c.id);
		set({h5: i < 0 ? [...state.h5, c].slice(-100) : state.h5.with(i, c)});
	},
	log: () => set({rows: state.rows.filter(r => r.state === "waiting"), sel: "", detail: null, fresh: 0}),
	reset: () => {set({sel: "", detail: null, rows: [], check: null}); reload();},
};

// meet makes a user known who was not there when the state was read: their chat
// begins with what comes now.
function meet(openid) {
	if (!known.has(openid) && !state.users.some(u => u.openid === openid)) known.add(openid);
}

// speak changes the language: what the emulator words is asked for again.
export function speak(lang) {
	set({lang, detail: null, text: {}, boot: "", check: null});
	document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
	seq = 0;
	follow();
}

export const title = () => (account() ? account().name : "wxdev") + " · " + W.phone;
