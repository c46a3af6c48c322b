// Why: the verdict, the deliveries, the steps, and below them the bytes.
import {account, bad, cause, Component, count, html, icon, kind, label, mark, Pure, ring, set, state, time, took, W, curl} from "./html.js";
import {again, text} from "./acts.js";
import {select} from "./wire.js";
import {Bytes} from "./bytes.js";
import {Edit} from "./edit.js";
import {Sums} from "./sums.js";
import {Start} from "./start.js";
import {named} from "./phone.js";

export class Detail extends Pure {
	render({row, detail, edit, rows, zero}) {
		count("detail");
		if (!row) return html`<section class=dz aria-label=${W.why} tabindex=-1>${zero ? html`<${Start} check=${this.props.check} />` : html`<p class=de-none>${W.selectFirst}</p>`}<//>`;
		const d = detail?.key === row.key && !detail.error ? detail.data : null;
		return html`<section class=dz aria-label=${W.why} tabindex=-1><div class=de>
			<${Title} row=${row} />
			${edit && html`<${Edit} key=${row.key} row=${row} d=${d} edit=${edit} />`}
			${row.kind === "push" ? html`<${Verdict} row=${row} d=${d} rows=${rows} />
				${(row.of > 1 && row.attempt > 1 || row.state === "waiting") && html`<${Deliveries} row=${row} d=${d} chosen=${this.props.attempt} />`}
				${d?.steps?.length > 0 ? html`<${Steps} d=${d} sums=${this.props.sums} />` : row.state === "waiting" && html`<${Waiting} row=${row} d=${d} />`}`
				: html`<${Refusal} row=${row} rows=${rows} code=${d?.code} />`}
			${detail?.key === row.key && detail.error ? html`<p class=de-none>${detail.error}</p>` : html`<${Bytes} row=${row} d=${d} tab=${this.props.bytes} attempt=${this.props.attempt} text=${this.props.text} />`}
		<//><//>`;
	}
}

function Title({row}) {
	const u = state.users.find(x => x.openid === row.user);
	const button = (i, words, key, f, call) => html`<button class=ac data-key=${key} data-curl=${call} onClick=${f}>${icon(i, 16)}<span>${words}<//><kbd>${key}</kbd><//>`;
	const id = row.id;
	return html`<header class=de-title><div><h2>${row.kind === "push" ? label(row.label) : row.path}</h2><span class=num>${time(row.at)}${u && " · " + named(u)}${row.again ? " · " + W.againOf(row.again) : ""}<//><//>
		${row.kind === "push" && html`<div class=de-acts>
			${button("resend", W.resend, "r", () => resend(row), curl("again", {id}, {}))}
			${button("edit", W.edit, "e", () => edit(row), curl("again", {id}, {set: {Content: "…"}}))}
			${button("copy", W.duplicate, "d", () => duplicate(row), curl("again", {id}, {msgid: "same"}))}
			${button("save", W.scenario, "s", () => keepScenario(row), curl("scenario", {id}))}<//>`}<//>`;
}

export const resend = row => again(row.id, {});
export const duplicate = row => again(row.id, {msgid: "same"});
export const edit = row => set({edit: state.edit ? null : {raw: false}, tab: "why"});
export async function keepScenario(row) {
	set({bytes: "scenario", tab: "why"});
	await text("scenario", row.id);
}

// Verdict is what the user saw, why, and what to do: nothing else.
function Verdict({row, d, rows}) {
	const first = cause(row) || row.findings[0];
	if (row.state === "waiting") {
		return html`<${Box} tone=wait small=${W.waitFor} big=${W.nth(row.attempt)} more=${row.attempt > 1 && W.cutBefore(row.attempt - 1)} />`;
	}
	if (row.state === "canceled") return html`<${Box} tone=none small=${W.stopped} big=${first?.title || W.notSent} more=${first?.evidence} fix=${first?.fix} />`;
	const broken = row.seen === "fault" || first?.severity === "error";
	const tone = broken ? "bad" : first && first.severity === "warning" ? "warn" : row.seen === "reply" ? "ok" : "none";
	const small = row.seen === "fault" ? W.userSees(row.fault || d?.fault || "") : broken || tone === "warn" ? outcome(row, d) : W.fine;
	const late = rows.find(r => r.kind === "api" && r.cause === row.id && r.errcode === 0 && r.path === "/cgi-bin/message/custom/send");
	return html`<${Box} tone=${tone} small=${small} id=${first?.id} big=${first ? first.title : outcome(row, d)} more=${first?.evidence} fix=${first?.fix}>
		${broken && row.attempt > 1 && html`<p>${W.thrice(row.attempt)}</p>`}
		${row.findings.filter(f => f !== first).map(f => html`<p class=de-also key=${f.id + f.variant}><b class=${"tag" + (f.severity === "error" ? "" : " tag-warn")}>${f.id}</b> ${f.title}${f.evidence ? html`<small>${f.evidence}<//>` : ""}${f.fix && html`<small>${W.fix}：${f.fix}<//>`}</p>`)}
		${late && html`<button class=de-jump onClick=${() => select(late.key)}>${icon("next", 13)}${W.lateJump(took(Math.max(0, late.at - row.at)), late.id)}<//>`}<//>`;
}

function outcome(row, d) {
	const type = d?.reply?.type;
	if (row.seen === "reply") {
		if (type === "news") return W.seenArticles(d.reply.articles?.length || 1);
		return type && type !== "text" ? W.seenType(kind(type)) : W.seenText;
	}
	if (row.seen === "fault") return W.seenFault;
	const said = (d?.reply?.body ?? row.response ?? "").trim();
	return W.seenNothing(said && said.length < 20 ? said : said ? type || "…" : W.emptyBody);
}

const marks = {ok: "ok", bad: "bad", none: "none", warn: "warn"};

function Box({tone, small, id, big, more, fix, children}) {
	return html`<div class=${"ve ve-" + tone} role=status>${tone === "wait" ? html`<span class=ve-ring>${ring(30)}<//>` : html`<span class=ve-mark>${icon(marks[tone] === "warn" ? "none" : marks[tone], 18)}<//>`}
		<div class=ve-in><p class=ve-small>${small}${id && html` <b class=${"tag" + (tone === "bad" ? "" : " tag-warn")}>${id}</b>`}</p><h3>${big}</h3>
		${more && html`<p>${more}</p>`}${children}${fix && html`<div class=ve-fix><b>${W.fix}</b><span>${fix}<//><//>`}<//><//>`;
}

// Deliveries are the tries of one message on a scale of five seconds, each with
// its own bytes.
class Deliveries extends Component {
	componentDidMount() {this.timer = setInterval(() => this.props.row.state === "waiting" && this.setState({}), 100);}
	componentWillUnmount() {clearInterval(this.timer);}
	render({row, d, chosen}) {
		const limit = limitOf();
		return html`<div class=dl role=group aria-label=${W.delivery}>${Array.from({length: row.of}, (_, i) => {
			const n = i + 1, a = d?.attempts?.[i];
			const now = row.state === "waiting" && n === row.attempt;
			const ms = now ? Date.now() + state.offset - row.since : n > row.attempt ? 0 : a?.times?.total || (n < row.attempt ? limit : 0);
			const tone = now ? "wait" : n > row.attempt ? "none" : a?.error || a?.status >= 400 || n < row.attempt ? "bad" : "ok";
			const words = now ? W.waits + " " + took(ms) : n > row.attempt ? W.ended : a?.status ? a.status + " · " + took(ms) : (a?.end === "timeout" || !a?.error || ms > 0.95 * limit ? W.timeout : W.noAnswer) + " " + took(ms);
			return html`<button class=${"dl-row dl-" + tone} aria-pressed=${chosen === n} disabled=${n > row.attempt} title=${a?.error || ""} onClick=${() => set({attempt: chosen === n ? 0 : n})}><b class=num>${n}/${row.of}</b><span class=dl-bar><i style=${{width: Math.min(100, 100 * ms / limit) + "%"}} /><//><span class=num>${words}<//><//>`;
		})}<//>`;
	}
}

const limitOf = () => account()?.push_limits?.timeout_ms || 5000;

// Steps are the stages of the last delivery; those that had nothing to do are
// left out before the first that failed.
function Steps({d, sums}) {
	const dull = ["body", "content"]; // unless something is wrong there
	const steps = d.steps.filter(s => (s.state !== "skipped" || s.id === "shown" || s.id === "answer") && !(s.state === "ok" && !s.findings && dull.includes(s.id)));
	const last = d.attempts.at(-1);
	return html`<section class=de-part><h4>${W.steps}</h4><ol class=sp>${steps.map(s => {
		const answer = s.id === "answer" && last?.times?.total && last.status;
		const sign = s.id === "send" && d.signature;
		return html`<li class=${"sp-row sp-" + s.state} key=${s.id}>${mark(s.state === "failed" ? "bad" : s.state === "ok" ? "ok" : "none")}<b>${sign ? W.step_sign : W["step_" + s.id]}${answer ? " " + last.status : ""}</b>
			<span>${answer ? html`<span class=num>${took(last.times.total)} / ${took(limitOf())}<//><span class=sp-bar><i style=${{width: Math.min(100, 100 * last.times.total / limitOf()) + "%"}} /><//>` : sign ? html`<span class=mono>sha1(sort(token, timestamp, nonce${d.msg_signature ? ", encrypt" : ""}))<//>` : s.state === "failed" && d.findings?.find(f => s.findings?.includes(f.id))?.title || s.text}
			${sign && html` <button class=lk aria-expanded=${sums} onClick=${() => set({sums: !sums})}>${W.sums}<//>`}<//></li>`;
	})}</ol>${sums && html`<${Sums} d=${d} />`}<//>`;
}

function Waiting({row, d}) {
	const a = d?.attempts?.at(-1);
	return html`<section class=de-part><h4>${W.steps}</h4><ol class=sp>${a?.address && html`<li class="sp-row sp-ok">${mark("ok")}<b>${W.step_connect}</b><span>${a.address}<//></li>`}
		<li class=sp-row>${mark("wait")}<b>${W.step_answer}</b><span>${W.waiting}<//></li></ol><//>`;
}

function Refusal({row, rows, code}) {
	const broken = bad(row);
	const u = broken && /custom.send$/.test(row.path) && state.users.find(x => x.openid === row.user);
	const from = row.cause && rows.find(r => r.key === "p" + row.cause);
	return html`<${Box} tone=${broken ? "bad" : "ok"} small=${broken ? W.apiRefused : W.apiFine} id=${row.errcode || ""} big=${broken ? row.errmsg || row.panic || "HTTP " + row.status : row.method + " " + row.path.split("/").at(-1)} more=${code?.meaning} fix=${code?.cause}>
		${u && html`<p>${W.windowsTitle}: ${u.windows?.map(w => w.title + " " + w.left + "/" + w.of).join(" · ") || W.windowsNone}</p>`}
		${from && html`<button class=de-jump onClick=${() => select(from.key)}>${icon("next", 13)}${W.causeJump(label(from.label), row.cause)}<//>`}<//>`;
}
