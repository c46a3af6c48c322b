// The first minutes: three steps to a reply, each with the one command that
// mends it.
import {account, Component, html, mark, state, took, W, curl} from "./html.js";
import {callOf, check} from "./acts.js";

export class Start extends Component {
	componentDidMount() {this.look();}
	componentDidUpdate() {this.look();}
	look() {if (account()?.url && !state.check) check();}
	render({check: c}) {
		const url = account()?.url;
		const done = c && !c.busy;
		const reached = done && (c.ok || c.accepted || c.findings.some(f => f.id !== "V01" && f.id !== "V02"));
		const one = !url ? "none" : !done ? "wait" : reached ? "ok" : "bad";
		const two = !done || !reached ? "none" : c.ok || c.accepted ? "ok" : "bad";
		const f = done && c.findings[0];
		return html`<div class=zs><h2>${W.three}</h2><ol>
			<li>${number(1, one)}<div><b>${!url ? W.noURL : one === "bad" ? W.oneBad : W.one}</b>${one === "bad" && f && html`<b class=tag>${f.id}</b>`}
				${!url ? html`<p>${W.noURLHow}</p><code>wxdev emulator --url http://127.0.0.1:8080/wechat<//>` : html`<p><span class=mono>${url}<//>${done ? " · " + took(c.ms || 0) : " · " + W.probing}</p>`}
				${one === "bad" && html`<p>${f ? f.title + (f.evidence ? "：" + f.evidence : "") : c.error}</p>${f?.fix && html`<p>${f.fix}</p>`}`}<//></li>
			<li>${number(2, two)}<div><b>${two === "bad" ? f.title : W.two}</b>${two === "bad" && html`<b class=tag>${f.id}</b>`}
				${two === "bad" && html`<p>${f.evidence}</p><p>${f.fix}</p><p>${W.twoHow}</p><code>eval "$(wxdev emulator --env)"<//>`}
				${done && html`<button class=lk data-curl=${curl("check", {}, {appid: state.appid})} onClick=${check}>${W.recheck}<//>`}<//></li>
			<li>${number(3, "none")}<div><b>${W.third}</b><p>${W.thirdHow}</p><code>${callOf("text", "value=你好")}<//><//></li>
		</ol><//>`;
	}
}

const number = (n, tone) => (tone === "none" ? html`<span class="mark mark-num">${n}<//>` : mark(tone));
