// npm wechat-oauth: callbacks, urllib. Its hosts are fixed, but request can be replaced.
import { promisify } from 'node:util';
import OAuth from 'wechat-oauth';
import { alice, appid, assert, authorised, control, local, secret } from './setup.mjs';

function client(secret) {
  const oauth = new OAuth(appid, secret);
  const request = oauth.request.bind(oauth);
  oauth.request = (url, options, callback) => request(local(url), options, callback);
  return (name, ...args) => promisify(oauth[name].bind(oauth))(...args);
}
const call = client(secret);
const wrong = (promise, code) => assert.rejects(promise, (err) => err.code === code);

// web authorisation
const page = new OAuth(appid, secret).getAuthorizeURL('https://example.com/back', 's', 'snsapi_userinfo');
const token = await call('getAccessToken', await authorised(page));
assert.equal(token.data.openid, alice);
assert.equal((await call('getUser', alice)).nickname, '爱丽丝');
assert.equal((await call('verifyToken', alice, token.data.access_token)).errmsg, 'ok');
assert.equal((await call('refreshAccessToken', token.data.refresh_token)).data.openid, alice);
await wrong(call('getAccessToken', 'wrong'), 40029);
await wrong(client('f'.repeat(32))('getAccessToken', await authorised(page)), 40125);

// mini program login
const { code } = await control('POST', `users/${alice}/code`);
assert.equal((await call('getSessionKey', code)).data.openid, alice);
await wrong(call('getSessionKey', code), 40163);
