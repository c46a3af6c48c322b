// A client in Node: prints its call as raw HTTP, right or with the mistake that is named.
import crypto from 'node:crypto';

const { mistake, keys, url, timestamp, params } = JSON.parse(process.argv[2]);
const is = (name) => mistake === name;
const path = url.split('?')[0];
const now = is('S02') ? timestamp * 1000 : timestamp;

let plain = JSON.stringify({ _n: crypto.randomBytes(16).toString('base64'), _appid: keys.appid, _timestamp: is('E12') ? String(now) : now, ...params });
if (is('E11')) plain = JSON.stringify(plain);
if (is('E13')) plain = JSON.stringify({ _n: 'x', _appid: keys.appid, _timestamp: now, access_token: 'T', ...params });

const key = is('E05') ? Buffer.from(keys.symmetric).subarray(0, 32) : is('E10') ? crypto.randomBytes(32) : Buffer.from(keys.symmetric, 'base64');
const iv = crypto.randomBytes(is('E06') || is('E09') ? 16 : 12);
const b64 = (b) => b.toString('base64');
let envelope;
if (is('E09')) {
  const c = crypto.createCipheriv('aes-256-cbc', key, iv);
  envelope = { iv: b64(iv), data: b64(Buffer.concat([c.update(plain), c.final()])), authtag: '' };
} else {
  const c = crypto.createCipheriv('aes-256-gcm', key, iv);
  c.setAAD(Buffer.from([is('E08') ? url : path, keys.appid, now, keys.symmetric_sn].join('|')));
  const data = Buffer.concat([c.update(plain), c.final()]);
  const tag = c.getAuthTag();
  envelope = { iv: b64(iv), data: b64(is('E07') ? Buffer.concat([data, tag]) : data), authtag: is('E07') ? '' : b64(tag) };
}
let body = JSON.stringify(envelope);
let signedBody = body;
if (is('S17')) signedBody = JSON.stringify(envelope, null, 2);
if (is('S18')) signedBody = plain;
if (is('E01')) body = JSON.stringify({ req_ts: now, req_data: body });
if (is('E02')) body = new URLSearchParams(envelope).toString();
if (is('E03')) body = signedBody = JSON.stringify(params);

let text = [is('S04') ? url : path, is('S16') ? keys.component : keys.appid, is('S15') ? now + 2 : now, signedBody].join('\n');
if (is('S03')) text = [path, keys.appid, now, keys.private_sn, signedBody].join('\n');
if (is('S05')) text += '\n';
if (is('S06')) text = ['POST', path, keys.appid, now, signedBody].join('\n');
if (is('S10')) text = crypto.createHash('sha256').update(text).digest('hex');
const pss = { key: is('S11') ? crypto.generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey : keys.private_key, padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: crypto.constants.RSA_PSS_SALTLEN_DIGEST };
let signature = b64(crypto.sign('sha256', Buffer.from(text), pss));
if (is('S07')) signature = crypto.createSign('RSA-SHA256').update(text).sign(keys.private_key, 'base64');
if (is('S08')) signature = b64(crypto.sign('sha256', Buffer.from(text), { key: keys.private_key, padding: pss.padding }));
if (is('S13')) signature = Buffer.from(signature, 'base64').toString('base64url');
if (is('S14')) signature = crypto.createHmac('sha256', Buffer.from(keys.symmetric, 'base64')).update(text).digest('base64');

const head = { 'Content-Type': 'application/json', 'Wechatmp-Appid': keys.appid, 'Wechatmp-TimeStamp': now, 'Wechatmp-Signature': is('S01') ? '' : signature };
process.stdout.write(`POST ${url.replace('https://api.weixin.qq.com', '')} HTTP/1.1\nHost: api.weixin.qq.com\n`);
for (const [name, value] of Object.entries(head)) process.stdout.write(`${name}: ${value}\n`);
process.stdout.write(`Content-Length: ${Buffer.byteLength(body)}\n\n${body}`);
