// npm co-wechat-oauth: promises, httpx. Its hosts are fixed, but request can be replaced.
import OAuth from 'co-wechat-oauth';
import { alice, appid, assert, authorised, local, secret } from './setup.mjs';

function client(secret) {
  const oauth = new OAuth(appid, secret);
  const request = oauth.request.bind(oauth);
  oauth.request = (url, options) => request(local(url), options);
  return oauth;
}
const oauth = client(secret);
const wrong = (promise, code) => assert.rejects(promise, (err) => err.code === code);

const page = oauth.getAuthorizeURL('https://example.com/back', 's', 'snsapi_userinfo');
const token = await oauth.getAccessToken(await authorised(page));
assert.equal(token.data.openid, alice);
assert.equal((await oauth.getUser({ openid: alice, lang: 'zh_CN' })).nickname, '爱丽丝');
assert.equal((await oauth.verifyToken(alice, token.data.access_token)).errmsg, 'ok');
assert.equal((await oauth.refreshAccessToken(token.data.refresh_token)).data.openid, alice);
assert.equal((await oauth.getUserByCode(await authorised(page))).openid, alice);
await wrong(oauth.getAccessToken('wrong'), 40029);
await wrong(client('f'.repeat(32)).getAccessToken(await authorised(page)), 40125);
