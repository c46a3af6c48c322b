// npm co-wechat-api: promises, httpx, json-bigint. Its prefixes are
// properties. It fetches a new token by itself when one is refused.
import jsqr from 'jsqr';
import { PNG } from 'pngjs';
import API from 'co-wechat-api';
import { alice, appid, assert, base, control, files, menu, refused, sameMenu, secret, templateID } from './setup.mjs';

function client(secret) {
  const api = new API(appid, secret);
  api.prefix = `${base}/cgi-bin/`;
  api.mpPrefix = `${base}/cgi-bin/`;
  api.snsPrefix = `${base}/sns/`;
  return api;
}
const api = client(secret);

// tokens: refused ones, and those that end early
assert.ok((await api.ensureAccessToken()).accessToken.length >= 136);
await refused(client('f'.repeat(32)).getIp(), 40125);
const first = (await api.ensureAccessToken()).accessToken;
assert.equal((await control('POST', 'expire', { kind: 'token' })).expired, 1);
assert.deepEqual((await api.getIp()).ip_list, ['127.0.0.1']);
assert.notEqual((await api.ensureAccessToken()).accessToken, first);

// menu
await api.createMenu(menu);
sameMenu(await api.getMenu());
assert.equal((await api.getMenuConfig()).selfmenu_info.button[1].sub_button.list.length, 1);
const added = await api.addConditionalMenu({ ...menu, matchrule: { client_platform_type: '2' } });
assert.ok((await api.tryConditionalMenu(alice)).button);
await api.delConditionalMenu(added.menuid);
await api.removeMenu();
await refused(api.getMenu(), 46003);

// users and tags
assert.equal((await api.getUser(alice)).openid, alice);
assert.equal((await api.getFollowers()).total, 1);
assert.equal((await api.batchGetUsers([alice])).user_info_list[0].subscribe, 1);
await api.updateRemark(alice, '老客户');
const { tag } = await api.createTags('会员');
await api.batchTagging([alice], tag.id);
assert.deepEqual((await api.getIdList(alice)).tagid_list, [tag.id]);
assert.equal((await api.getUsersFromTag(tag.id, '')).count, 1);
assert.equal((await api.getTags()).tags.length, 1);
await api.batchUnTagging([alice], tag.id);
await api.deleteTag(tag.id);

// messages: five in a row are allowed, the sixth is not
await api.sendText(alice, '你好');
const picture = await api.uploadMedia(`${files}/a.png`, 'image');
await api.sendImage(alice, picture.media_id);
await api.sendNews(alice, [{ title: '标题', description: 'd', url: 'https://example.com/', picurl: '' }]);
await api.sendMiniProgram(alice, { title: 't', appid, pagepath: 'pages/a', thumb_media_id: picture.media_id });
await api.sendText(alice, '五');
await refused(api.sendText(alice, '六'), 45047);
await api.sendTemplate(alice, templateID, '', '', { first: { value: '订单' } });
await refused(api.sendSubscribeMessage(alice, 'NOTE', 'pages/a', { thing1: { value: '开会' } }), 43101);
await control('POST', `users/${alice}/accept`, { value: 'NOTE' });
await api.sendSubscribeMessage(alice, 'NOTE', 'pages/a', { thing1: { value: '开会' } });

// media
assert.equal((await api.getMedia(picture.media_id)).length, (await import('node:fs')).statSync(`${files}/a.png`).size);
await refused(api.getMedia('nothing'), 40007);

// permanent materials, mass messages, and what else it asks of an account
const material = await api.uploadMaterial(`${files}/a.png`, 'image');
assert.ok(material.media_id && material.url);
assert.equal((await api.getMaterialCount()).image_count, 1);
assert.equal((await api.getMaterials('image', 0, 20)).item[0].media_id, material.media_id);
const mass = await api.massSendText('大家好', true);
assert.equal((await api.getMassMessageStatus(mass.msg_id)).msg_status, 'SEND_SUCCESS');
await refused(api.massSendText('x', true), 45028); // once a day
await refused(api.massSendText('x', '7'), 40152);
await refused(api.massSendText('x', [alice]), 40130);
await refused(api.uploadNewsMaterial({ articles: [] }), 45106); // it has ended
await api.previewText(alice, '预览');
assert.ok((await api.getIndustry()).primary_industry.first_class);
assert.deepEqual((await api.getCustomServiceList()).kf_list, []);
await api.removeMaterial(material.media_id);
await refused(api.removeMaterial(material.media_id), 40007);

// a QR code that a decoder reads, and that can be scanned
const code = await api.createTmpQRCode('door', 600);
const res = await fetch(api.showQRCodeURL(encodeURIComponent(code.ticket)));
const png = PNG.sync.read(Buffer.from(await res.arrayBuffer()));
assert.equal(jsqr(new Uint8ClampedArray(png.data), png.width, png.height)?.data, code.url);
await control('POST', 'users/bob/scan', { value: code.url });
const bob = (await api.getFollowers()).data.openid.at(-1);
assert.equal((await api.getUser(bob)).qr_scene_str, 'door');

// tickets and mini program login
const ticket = await api.getTicket('jsapi');
assert.ok(ticket.ticket && ticket.isValid());
assert.match((await api.getJsConfig({ url: 'https://example.com/', jsApiList: [] })).signature, /^[0-9a-f]{40}$/);
const login = await control('POST', `users/${alice}/code`);
const session = await api.code2Session(login.code);
assert.equal(session.openid, alice);
await refused(api.code2Session(login.code), 40163);
