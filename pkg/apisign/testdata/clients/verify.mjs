// A strict verifier of calls and answers, by Node's crypto alone.
import crypto from 'node:crypto';

const { body, header, url, public_key, symmetric, symmetric_sn } = JSON.parse(process.argv[2]);
const h = Object.fromEntries(Object.entries(header).map(([name, values]) => [name.toLowerCase(), values[0]]));
const at = [url, h['wechatmp-appid'], h['wechatmp-timestamp']];
const ok = crypto.verify('sha256', Buffer.from([...at, body].join('\n')), { key: public_key, padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }, Buffer.from(h['wechatmp-signature'], 'base64'));
const { iv, data, authtag } = JSON.parse(body);
const d = crypto.createDecipheriv('aes-256-gcm', Buffer.from(symmetric, 'base64'), Buffer.from(iv, 'base64'));
d.setAAD(Buffer.from([...at, symmetric_sn].join('|')));
d.setAuthTag(Buffer.from(authtag, 'base64'));
process.stdout.write(JSON.stringify({ ok, plain: d.update(Buffer.from(data, 'base64'), undefined, 'utf8') + d.final('utf8') }));
