import http from 'k6/http';
import exec from 'k6/execution';
import encoding from 'k6/encoding';
import { randomBytes, sha1, sha256 } from 'k6/crypto';
import { check } from 'k6';

// {about}

const url = __ENV.WXDEV_URL || {url};
const mode = {mode};
const appid = {appid};
const users = {users};

// {shares}
const shares = {shares};
const turns = {turns};

export const options = {options};

const token = setting('WXDEV_TOKEN');
const aesKey = mode === 'plain' ? null : bytes(setting('WXDEV_AES_KEY') + '=');
let cipher;

function setting(name) {
  if (!__ENV[name]) {
    throw new Error(`${name} is not set`);
  }
  return __ENV[name];
}

function bytes(base64) {
  return new Uint8Array(encoding.b64decode(base64));
}

function utf8(text) {
  return bytes(encoding.b64encode(text));
}

// {setup}
export function setup() {
  return { first: Math.floor(Math.random() * 0x40000000), time: Math.floor(Date.now() / 1000) };
}

export default async function (run) {
  const n = exec.scenario.iterationInTest;
  const round = Math.floor(n / turns.length);
  const share = shares[turns[n % turns.length]];
  const openid = 'oWXDEV' + sha256(`openid bench ${((n + round) % users) + 1}`, 'base64rawurl').slice(0, 22);
  const now = Math.floor(Date.now() / 1000);
  // {event}
  const time = share.event ? Math.max(now, run.time + Math.floor(n / users)) : now;
  const values = { from: openid, time: String(time), id: msgID(run.first + n), n: String(n + 1) };

  const timestamp = String(now);
  const nonce = String(1000000000 + ((n % 1000000) * 387420489) % 1000000000); // {nonce}
  let body = fill(share.plain, values);
  let query = `signature=${sign(token, timestamp, nonce)}&timestamp=${timestamp}&nonce=${nonce}`;
  if (share.openid) {
    query += `&openid=${openid}`;
  }
  if (mode !== 'plain') {
    values.encrypt = await encrypt(body);
    body = fill(share.sealed, values);
    query += `&encrypt_type=aes&msg_signature=${sign(token, timestamp, nonce, values.encrypt)}`;
  }
  const answer = http.post(url + (url.includes('?') ? '&' : '?') + query, body, {
    headers: { 'Content-Type': {type}, 'User-Agent': 'Mozilla/4.0', Accept: '*/*', Pragma: 'no-cache' },
    redirects: 0,
    timeout: {timeout},
    tags: { name: 'push' }, // {tags}
  });
  check(answer, { 'status is 200': (r) => r.status === 200 });
}

function fill(parts, values) {
  return parts.map((part) => (typeof part === 'string' ? part : values[part.is])).join('');
}

// {msgid}
function msgID(n) {
  const fiveMinutes = Math.floor(Date.now() / 300000);
  return String(BigInt(fiveMinutes) * 4294967296n + BigInt((n * 4 + 1) % 4294967296));
}

function sign(...texts) {
  return sha1(texts.sort().join(''), 'hex');
}

// {encrypt}
async function encrypt(message) {
  if (!cipher) {
    cipher = await crypto.subtle.importKey('raw', aesKey, 'AES-CBC', false, ['encrypt']);
  }
  const text = utf8(message);
  const id = utf8(appid);
  const size = 20 + text.length + id.length;
  const padding = 32 - (size % 32);
  const plain = new Uint8Array(size + padding).fill(padding);
  plain.set(utf8(sha1(randomBytes(20), 'hex').slice(0, 16)));
  new DataView(plain.buffer).setUint32(16, text.length);
  plain.set(text, 20);
  plain.set(id, 20 + text.length);
  const sealed = await crypto.subtle.encrypt({ name: 'AES-CBC', iv: aesKey.slice(0, 16) }, cipher, plain);
  return encoding.b64encode(sealed.slice(0, plain.length));
}
