// npm node-easywechat: axios. Its base URL is http.baseURL of the config.
import { mkdtempSync, rmSync, createReadStream } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import easywechat from 'node-easywechat';
import socialite from 'node-socialite/dist/Providers/WeChat.js';
import FormData from 'form-data';
import { alice, appid, assert, authorised, base, control, files, menu, sameMenu, secret, templateID } from './setup.mjs';

const WeChat = socialite.default;
const cache = mkdtempSync(join(tmpdir(), 'easywechat-'));
process.on('exit', () => rmSync(cache, { recursive: true }));
const config = (more) => ({ app_id: appid, secret, http: { baseURL: `${base}/` }, file_cache: { path: `${cache}/` }, ...more });
const app = new easywechat.OfficialAccount(config({ use_stable_access_token: true }));
const client = app.getClient();

async function get(path, params) {
  return (await client.get(path, { params })).toObject();
}
async function post(path, json) {
  return (await client.post(path, { json })).toObject();
}
// code is the errcode of a call that is refused: with http.throw it throws.
async function code(promise) {
  return promise.then((answer) => answer.errcode, (err) => Number(/"errcode":\s*(-?\d+)/.exec(`${err.message}${JSON.stringify(err.response?.data ?? '')}`)?.[1]));
}

// tokens, of both kinds
const token = await app.getAccessToken().getToken();
assert.ok(token.length >= 136);
assert.equal(await app.getAccessToken().refresh(), token); // stable
const plain = new easywechat.OfficialAccount(config());
assert.notEqual(await plain.getAccessToken().refresh(), await plain.getAccessToken().refresh());
await assert.rejects(new easywechat.OfficialAccount(config({ secret: 'f'.repeat(32) })).getAccessToken().refresh(), /40125/);

// menu
await post('cgi-bin/menu/create', menu);
sameMenu(await get('cgi-bin/menu/get'));
await get('cgi-bin/menu/delete');
assert.equal(await code(get('cgi-bin/menu/get')), 46003);

// users and messages
assert.equal((await get('cgi-bin/user/info', { openid: alice })).subscribe, 1);
assert.equal((await post('cgi-bin/message/custom/send', { touser: alice, msgtype: 'text', text: { content: '你好' } })).errmsg, 'ok');
assert.equal(await code(post('cgi-bin/message/custom/send', { touser: alice, msgtype: 'text', text: { content: '' } })), 44004);
assert.ok((await post('cgi-bin/message/template/send', { touser: alice, template_id: templateID, data: { first: { value: '订单' } } })).msgid);
assert.equal(await code(post('cgi-bin/callback/check', { action: 'dns', check_operator: 'DEFAULT' })), 40201); // no url is set

// media
const form = new FormData();
form.append('media', createReadStream(`${files}/a.png`));
const upload = (await client.post('cgi-bin/media/upload', { params: { type: 'image' }, data: form, headers: form.getHeaders() })).toObject();
assert.ok(upload.media_id);

// an article: its cover is a permanent picture
const picture = new FormData();
picture.append('media', createReadStream(`${files}/a.png`));
const cover = (await client.post('cgi-bin/material/add_material', { params: { type: 'image' }, data: picture, headers: picture.getHeaders() })).toObject();
const article = { title: '标题', content: '<p>正文</p>', thumb_media_id: cover.media_id };
const draft = await post('cgi-bin/draft/add', { articles: [article] });
assert.equal((await post('cgi-bin/draft/get', { media_id: draft.media_id })).news_item[0].title, '标题');
assert.equal(await code(post('cgi-bin/draft/add', { articles: [{ ...article, thumb_media_id: upload.media_id }] })), 40007);
const job = await post('cgi-bin/freepublish/submit', { media_id: draft.media_id });
assert.equal((await post('cgi-bin/freepublish/get', { publish_id: job.publish_id })).publish_status, 0);

// JS-SDK
const js = await app.getUtils().buildJsSdkConfig('https://example.com/', ['scanQRCode']);
assert.match(js.signature, /^[0-9a-f]{40}$/);

// mini program login
const mini = new easywechat.MiniApp(config());
const login = await control('POST', `users/${alice}/code`);
const session = await mini.getUtils().codeToSession(login.code);
assert.equal(session.openid, alice);
assert.equal(Buffer.from(session.session_key, 'base64').length, 16);
await assert.rejects(mini.getUtils().codeToSession(login.code), /40163/);

// web authorisation: the page sends alice's phone back with a code
const wechat = new WeChat({ client_id: appid, client_secret: secret, redirect: 'https://example.com/back' });
wechat._baseUrl = `${base}/sns`;
const page = wechat.scopes(['snsapi_userinfo']).redirect();
const user = await wechat.userFromCode(await authorised(page));
assert.equal(user.getId(), alice);
assert.equal(user.getNickname(), '爱丽丝');
