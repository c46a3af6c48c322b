// What a message looks like: one drawing for each type, as the client has them.
import {account, Component, html, icon, kind, W} from "./html.js";
import {act, fileURL, mini, openH5} from "./acts.js";
import {Said, stop} from "./text.js";

export function Card({shown: s, own, item}) {
	const draw = item.via === "template" || item.via === "subscribe" ? Template : drawings[s.type];
	if (!draw) return html`<${Bubble} cls=cd-unknown>${W.notDrawn(s.type || item.type)}<//>`;
	return html`<${draw} s=${s} own=${own} item=${item} />`;
}

const Bubble = ({cls = "", children}) => html`<div class=${"bb " + cls}>${children}<//>`;

class Text extends Component {
	render({s, item}) {
		const text = s.text ?? item.text ?? "";
		return html`<${Bubble}><${Said} text=${text} links=${s.links} whole=${this.state.whole} onWhole=${stop(() => this.setState({whole: true}))} /><//>`;
	}
}

// Picture is drawn when it is one of this origin or of the account's own server:
// no other server hears of it.
export class Picture extends Component {
	render({id, url, cls = "", alt = ""}) {
		const src = id && !/sample/.test(id) ? fileURL(id) : url && allowed(url) ? url : "";
		if (!src || this.state.broken === src) return html`<span class=${"cd-none " + cls}>${icon("image", 22)}<small>${hostOf(url) || id || ""}<//><//>`;
		return html`<img class=${"cd-img " + cls} src=${src} alt=${alt} loading=lazy referrerpolicy=no-referrer onError=${() => this.setState({broken: src})} />`;
	}
}

function allowed(url) {
	const {origin} = URL.parse(url) || {};
	return /^http/.test(origin) && [account()?.server_origin, location.origin].includes(origin);
}

export const hostOf = url => URL.parse(url)?.host || "";

const Image = ({s}) => html`<div class=cd-photo><${Picture} id=${s.media_id} url=${s.picture} alt=${kind("image")} /><//>`;

function Voice({s}) {
	const length = Math.min(60, Math.max(2, Math.round((s.spoken || "").length / 4)));
	return html`<div class=cd-voice><${Bubble}><span class=cd-wave style=${{width: 84 - 24 + Math.min(86, 7 * length) + "px"}}>${icon("voice", 20)}<i>${length}″</i><//><//>
		${s.spoken && html`<span class="ov cd-spoken">${s.spoken}<//>`}<//>`;
}

const Video = ({s}) => html`<div class=cd-poster><${Picture} id=${s.thumb_media_id} alt="" /><span class=cd-disc>${icon("play", 22)}<//>${s.title && html`<b>${s.title}</b>`}<//>`;

const Place = ({s}) => html`<div class="cd cd-place"><b>${s.title || W.ty_location}</b><small>${s.lat}, ${s.lng}<//><span class=cd-map>${icon("pin", 26)}<//><//>`;

const Link = ({s}) => html`<button class="cd cd-link" title=${s.url} onClick=${stop(() => openH5(s.url || ""))}>
	<b>${s.title}</b><span><small>${s.description}<//>${html`<${Picture} url=${s.picture} cls=cd-thumb />`}<//><//>`;

const Music = ({s}) => html`<div class="cd cd-music"><span class=cd-cover><${Picture} id=${s.thumb_media_id} cls=cd-thumb /><//><span><b>${s.title || W.ty_music}</b><small>${s.description}<//><//>${icon("play", 22)}<//>`;

function News({s}) {
	const list = s.articles || [];
	if (!list.length) return html`<${Bubble} cls=cd-unknown>${W.notDrawn("news")} ${s.media_id || s.id || ""}<//>`;
	const [first, ...others] = list;
	return html`<div class=cd-news>
		<button class=cd-head title=${first.url} onClick=${stop(() => openH5(first.url || ""))}>
			<span class=cd-wide><${Picture} url=${first.picurl} />${others.length > 0 && html`<b>${first.title}</b>`}<//>
			${others.length === 0 && html`<span class=cd-under><b>${first.title}</b><small>${first.description}<//><//>`}<//>
		${others.map(a => html`<button class=cd-more title=${a.url} onClick=${stop(() => openH5(a.url || ""))}><b>${a.title}</b><${Picture} url=${a.picurl} cls=cd-thumb /><//>`)}
	<//>`;
}

function Template({s, item}) {
	const lines = (s.fields || []).filter(f => f.value !== "");
	const go = s.appid ? () => mini(s.appid, s.pagepath) : s.url ? () => openH5(s.url) : null;
	return html`<div class=cd-temp><span class=cd-acct><i class="fc fc-acct fc-18" aria-hidden=true>${account()?.name.slice(0, 1)}</i>${account()?.name}<//>
		<b>${s.title || kindOf(item)}</b>
		<dl>${lines.map(f => html`<dt>${f.label || ""}</dt><dd>${f.value}</dd>`)}</dl>
		${go && html`<button class=cd-more-row onClick=${stop(go)}>查看详情${icon("next", 14)}<//>`}
	<//>`;
}
const kindOf = item => W["via_" + item.via];

const Mini = ({s}) => html`<button class="cd cd-mini" onClick=${stop(() => mini(s.appid, s.pagepath))}>
	<span class=cd-name>${icon("mini", 14)}${s.appid || W.miniprogram}<//><b>${s.title}</b><span class=cd-shot><${Picture} id=${s.thumb_media_id} url=${s.picture} /><//><small>${icon("mini", 12)}小程序<//><//>`;

const Menu = ({s}) => html`<${Bubble}><div class=cd-menu>${s.head && html`<p>${s.head}</p>`}
	${(s.options || []).map(o => html`<button class=tx-link onClick=${stop(() => act("text", {value: o.content, "menu-id": o.id}))}>${o.content}<//>`)}
	${s.tail && html`<p>${s.tail}</p>`}<//><//>`;

const File = ({s}) => html`<div class="cd cd-link"><b>${s.title}</b><span><small>${s.description}<//>${icon("save", 30)}<//><//>`;

const Transfer = ({s}) => html`<span class="ov ov-info">transfer_customer_service${s.kf_account ? " · " + s.kf_account : ""}<//>`;

const drawings = {
	text: Text, image: Image, voice: Voice, video: Video, shortvideo: Video, location: Place, link: Link, news: News, mpnews: News, mpnewsarticle: News, music: Music,
	msgmenu: Menu, miniprogrampage: Mini, file: File, transfer_customer_service: Transfer,
};
