// What a reload keeps is in the address: user, search, filter, selection.
import {me, set, state} from "./html.js";

export function read() {
	const p = new URLSearchParams(location.hash.slice(1));
	const patch = {};
	if (p.get("u")) patch.user = p.get("u");
	if (p.get("a")) patch.appid = p.get("a");
	patch.query = p.get("q") || "";
	patch.filter = ["push", "api", "bad"].includes(p.get("f")) ? p.get("f") : "all";
	patch.sel = /^[pe]\d+$/.test(p.get("x") || "") ? p.get("x") : "";
	if (["reply", "sent", "http", "curl"].includes(p.get("b"))) patch.bytes = p.get("b");
	set(patch);
}

// keep writes the address, without a step in the history.
export function keep() {
	const u = me();
	const p = new URLSearchParams();
	const put = (k, v, empty = "") => v && v !== empty && p.set(k, v);
	put("u", u.name || u.openid);
	if (state.accounts.length > 1) put("a", state.appid);
	put("q", state.query);
	put("f", state.filter, "all");
	put("x", state.sel);
	const hash = p.size ? "#" + p : "";
	if (hash !== location.hash) history.replaceState(null, "", location.pathname + hash);
}
