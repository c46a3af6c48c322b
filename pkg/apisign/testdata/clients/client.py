"""A client in Python, without any package: signs the envelope that it is given,
rightly or with the mistake that is named, and prints its call as raw HTTP."""
import base64, hashlib, json, os, re, subprocess, sys

given = json.loads(sys.argv[1])
mistake, keys, url, now, body = (given[n] for n in ("mistake", "keys", "url", "timestamp", "body"))
path = url.split("?")[0]


def numbers():
    """The modulus and the exponents of the private key, as openssl tells them."""
    text = subprocess.run(["openssl", "rsa", "-text", "-noout"], input=keys["private_key"].encode(), capture_output=True, check=True).stdout.decode()
    field = lambda name: int(re.sub(r"[\s:]", "", re.search(name + r":\n((?:\s+[0-9a-f:]+\n)+)", text).group(1)), 16)
    return field("modulus"), field("privateExponent")


def mgf1(seed, n, name):
    out, i = b"", 0
    while len(out) < n:
        out += hashlib.new(name, seed + i.to_bytes(4, "big")).digest()
        i += 1
    return out[:n]


def rsa(em):
    n, d = numbers()
    return pow(int.from_bytes(em, "big"), d, n).to_bytes(256, "big")


def pss(text, name="sha256", mgf="sha256", salt=32):
    digest = hashlib.new(name, text).digest()
    salted = os.urandom(salt)
    h = hashlib.new(name, bytes(8) + digest + salted).digest()
    db = bytes(256 - salt - len(h) - 2) + b"\1" + salted
    masked = bytearray(a ^ b for a, b in zip(db, mgf1(h, len(db), mgf)))
    masked[0] &= 0x7F
    return rsa(bytes(masked) + h + b"\xbc")


def bare(text):
    """The digest, encrypted with the private key: no DigestInfo."""
    digest = hashlib.sha256(text).digest()
    return rsa(b"\0\1" + b"\xff" * (253 - len(digest)) + b"\0" + digest)


signed = body
if mistake == "S17":
    signed = json.dumps(json.loads(body))  # with blanks; sent without
fields = [path, keys["appid"], str(now), signed]
if mistake == "S04":
    fields[0] = path.replace("https://api.weixin.qq.com", "")
if mistake == "S15":
    fields[2] = str(now) + "123"
if mistake == "S04 S17":
    fields[0], fields[3] = url, json.dumps(json.loads(body))
if mistake == "S03":
    fields.insert(3, keys["symmetric_sn"])
text = ("\r\n" if mistake == "S05" else "\n").join(fields).encode()
sign = {
    "S07": bare,
    "S08": lambda t: pss(t, salt=222),
    "S09": lambda t: pss(t, mgf="sha1"),
    "S10": lambda t: pss(t, "sha512", "sha512", 64),
    "S07 S03": bare,
}.get(mistake, pss)
if mistake == "S07 S03":
    text = "\n".join(fields[:3] + [keys["private_sn"], signed]).encode()
signature = base64.b64encode(sign(text)).decode()
if mistake == "S13":
    signature = sign(text).hex()
print(f"POST {url.replace('https://api.weixin.qq.com', '')} HTTP/1.1")
for name, value in {"Host": "api.weixin.qq.com", "wechatmp-appid": keys["appid"], "wechatmp-timestamp": now, "wechatmp-signature": signature, "content-length": len(body)}.items():
    print(f"{name}: {value}")
print()
print(body, end="")
