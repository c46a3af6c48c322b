// npm wechat-api: callbacks, urllib. Its endpoint is a property.
import { promisify } from 'node:util';
import API from 'wechat-api';
import { alice, appid, assert, base, control, files, menu, refused, sameMenu, secret, templateID } from './setup.mjs';

const api = new API(appid, secret);
api.endpoint = base;
const call = (name, ...args) => promisify(api[name].bind(api))(...args);

// tokens
const token = await call('getLatestToken');
assert.ok(token.accessToken.length >= 136 && token.isValid());
const stranger = new API(appid, 'f'.repeat(32));
stranger.endpoint = base;
await refused(promisify(stranger.getIp.bind(stranger))(), 40125);

// menu
assert.equal((await call('createMenu', menu)).errmsg, 'ok');
sameMenu(await call('getMenu'));
assert.equal((await call('getMenuConfig')).is_menu_open, 1);
const added = await call('createCustomMenu', { ...menu, matchrule: { client_platform_type: '1' } });
assert.equal(typeof added.menuid, 'string');
assert.ok((await call('testCustomMenu', alice)).button);
await call('removeCustomMenu', added.menuid);
await call('removeMenu');
await refused(call('getMenu'), 46003);
await refused(call('createMenu', { button: [] }), 40016);

// users and tags
assert.equal((await call('getUser', alice)).subscribe, 1);
assert.deepEqual((await call('getFollowers')).data.openid, [alice]);
assert.equal((await call('batchGetUsers', [alice])).user_info_list.length, 1);
await call('updateRemark', alice, '老客户');
const { tag } = await call('createTag', '会员');
await call('membersBatchtagging', tag.id, [alice]);
assert.deepEqual((await call('getUserTags', alice)).tagid_list, [tag.id]);
assert.equal((await call('getTagUsers', tag.id, '')).count, 1);
assert.deepEqual((await call('getTags')).tags, [{ id: tag.id, name: '会员', count: 1 }]);
await call('editTag', tag.id, '贵宾');
await call('membersBatchuntagging', tag.id, [alice]);
await call('deleteTag', tag.id);
await refused(call('getUser', 'nobody'), 40003);

// messages
await call('sendText', alice, '你好 <b> & "引号"');
const picture = await call('uploadMedia', `${files}/a.png`, 'image');
await call('sendImage', alice, picture.media_id);
await call('sendNews', alice, [{ title: '标题', description: 'd', url: 'https://example.com/', picurl: '' }]);
await refused(call('sendText', 'nobody', 'x'), 40003);
assert.ok((await call('sendTemplate', alice, templateID, 'https://example.com/', { first: { value: '订单' } })).msgid > 0);
assert.equal((await call('getAllPrivateTemplate')).template_list.length, 1);

// media
const back = await call('getMedia', picture.media_id);
assert.ok(Buffer.isBuffer(back) && back.equals((await import('node:fs')).readFileSync(`${files}/a.png`)));
assert.ok((await call('uploadImage', `${files}/a.png`)).url.startsWith(base));

// permanent materials and mass messages
const material = await call('uploadMaterial', `${files}/a.png`, 'image');
assert.equal((await call('getMaterialCount')).image_count, 1);
assert.equal((await call('getMaterials', 'image', 0, 20)).item[0].media_id, material.media_id);
assert.ok((await call('getMaterial', material.media_id)).length > 0);
await refused(call('uploadNewsMaterial', { articles: [] }), 45106); // it has ended
await refused(call('uploadNews', { articles: [] }), 45106);
const mass = await call('massSendImage', material.media_id, true);
assert.equal((await call('getMassMessageStatus', mass.msg_id)).msg_status, 'SEND_SUCCESS');
await refused(call('massSendText', 'x', true), 45028); // once a day
await call('massSendText', 'x', [alice, 'nobody']);
await call('previewText', alice, '预览');
await refused(call('deleteMass', mass.msg_id), 40059); // only articles and videos can be
await call('removeMaterial', material.media_id);

// QR codes, tickets, addresses, quotas
assert.ok((await call('createTmpQRCode', 123, 604800)).ticket);
assert.ok((await call('createLimitQRCode', 'door')).ticket);
const config = await call('getJsConfig', { debug: false, jsApiList: ['scanQRCode'], url: 'https://example.com/' });
assert.match(config.signature, /^[0-9a-f]{40}$/);
assert.deepEqual((await call('getIp')).ip_list, ['127.0.0.1']);
await call('clearQuota', appid);

// a fault on demand is an error like any other
await control('POST', 'faults', { path: '/cgi-bin/getcallbackip', errcode: -1, count: 1 });
await refused(call('getIp'), -1);
await call('getIp');
