#!/usr/bin/env python3
"""Verifies the evidence of an agreement, as an Aldgate gateway hands it out.

    verify.py FILE [--log-key KEY]... [--witness-key KEY]... [--attachment FILE]...

FILE is a bundle (JSON), a signed PDF that carries one, or what stood on a day (JSON). Nothing is sent or fetched. The exit code
is 0 where everything that was checked holds, 1 where something does not, 2 where the file cannot be
read. Python 3.8 or newer is all it needs; it shares no code with the gateway. The form of a bundle
is stated in crates/evidence/README.md of Aldgate's sources.
"""

import argparse
import base64
import functools
import hashlib
import json
import re
import sys
import zlib

LARGEST = 16 * 1024 * 1024
LARGEST_PDF = 64 * 1024 * 1024
LARGEST_INTEGER = 2 ** 53
DEEPEST = 32
# Strings, objects, arrays and commas of a file, its texts included.
MAX_PARTS = 300_000
# Versions, decisions, acts, keys and attachments, each.
MAX_ITEMS = 2_000
# How often a PDF may name attached files.
MAX_NAMES = 32
# Of a passkey's public key.
MAX_KEY_BYTES = 4096

HOLDS, FAILS, UNCHECKED = "HOLDS", "DOES NOT HOLD", "NOT CHECKED"


class Unreadable(Exception):
    """The file cannot be read as evidence."""


class Given:
    """What the reader brings along: keys in text form, files as (name, bytes)."""

    def __init__(self, log_keys=(), witness_keys=(), files=()):
        self.log_keys = [VerifierKey(text) for text in log_keys]
        self.witness_keys = [VerifierKey(text) for text in witness_keys]
        self.files = list(files)


# Hashes, base64 and canonical JSON


def sha256(data):
    return hashlib.sha256(data).digest()


def hexdigest(data):
    return hashlib.sha256(data).hexdigest()


def unbase64(text, length=None):
    """Standard padded base64 in its one canonical form, or None."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except ValueError:
        return None
    if base64.b64encode(data).decode() != text or length not in (None, len(data)):
        return None
    return data


def unbase64url(text):
    """base64url without padding, or None."""
    if not isinstance(text, str) or not re.fullmatch(r"[A-Za-z0-9_-]*", text):
        return None
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return None
    return data if base64.urlsafe_b64encode(data).rstrip(b"=").decode() == text else None


ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def quoted(text):
    out = [ESCAPES.get(c) or ("\\u%04x" % ord(c) if c < " " else c) for c in text]
    return '"' + "".join(out) + '"'


def canonical_text(value):
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, list):
        return "[" + ",".join(canonical_text(item) for item in value) + "]"
    # RFC 8785 sorts names by their UTF-16 code units.
    names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
    return "{" + ",".join(quoted(n) + ":" + canonical_text(value[n]) for n in names) + "}"


def canonical(value):
    """RFC 8785 for values without fractions: bytes."""
    return canonical_text(value).encode("utf-8")


def parse(text):
    """JSON without the extensions that Python allows."""
    def refuse(name):
        raise ValueError("not JSON: " + name)

    try:
        return json.loads(text, parse_constant=refuse)
    except RecursionError:
        raise ValueError("nested too deeply")


def limited(value, deep=DEEPEST):
    """Whether a value keeps to whole numbers of at most 2^53, and is not nested too deeply."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return True
    if isinstance(value, (int, float)):
        return isinstance(value, int) and abs(value) <= LARGEST_INTEGER
    if deep == 0:
        return False
    items = value if isinstance(value, list) else value.values()
    return all(limited(item, deep - 1) for item in items)


class Budget:
    """How many parts may still be read."""

    PART = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[{,]', re.DOTALL)

    def __init__(self):
        self.left = MAX_PARTS

    def count(self, text):
        """Counts the parts of a JSON text without taking it apart."""
        for _ in self.PART.finditer(text):
            self.left -= 1
            if self.left < 0:
                raise Unreadable("the file holds more than the evidence of an agreement does")


def few(items):
    if len(items) > MAX_ITEMS:
        raise Unreadable("the file holds more than the evidence of an agreement does")


def once(names):
    if len(names) != len(set(names)):
        raise Unreadable("the file names a version or a key twice")


def within_bounds(body, budget):
    """The lists of a file, and that it names no version and no key of somebody twice."""
    few(body["keys"])
    once([(key["owner"], key["vkey"]) for key in body["keys"]])
    if body["format"] == "aldgate-day-v1":
        few(body["acts"])
        texts = [act["text"] for act in body["acts"]]
    else:
        few(body["versions"])
        few(body["decisions"])
        once([version["digest"] for version in body["versions"]])
        texts = [version["text"] for version in body["versions"] if version["text"] is not None]
        texts += [decision["act"]["text"] for decision in body["decisions"]]
    for text in texts:
        budget.count(text)


def get(value, *names):
    """A part of a JSON value, or None."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


# The shape of a bundle and of a statement. A tuple stands for "this or null".

ANY = object()
OPENING = {"salt": str, "value": ANY}
BUNDLE = {
    "seal": str,
    "body": {
        "format": str,
        "gateway": str,
        "made_at": int,
        "extent": str,
        "record": {"id": str, "title": str},
        "version": int,
        "versions": [{"number": int, "digest": str, "text": (str,)}],
        "decisions": [{
            "note": str,
            "who": (OPENING,),
            "proof": (OPENING,),
            "act": {"sequence": int, "salt": str, "text": str, "path": [str]},
        }],
        "checkpoint": str,
        "keys": [{"owner": str, "vkey": str, "from": int, "until": (int,)}],
    },
}
DAY = {
    "seal": str,
    "body": {
        "format": str,
        "gateway": str,
        "made_at": int,
        "record": {"id": str, "title": str},
        "day": str,
        "until": int,
        "in_force": ({"version": int, "digest": str},),
        "published": ANY,
        "acts": [{"sequence": int, "salt": str, "text": str, "path": [str]}],
        "checkpoint": str,
        "keys": [{"owner": str, "vkey": str, "from": int, "until": (int,)}],
    },
}
STATEMENT = {
    "format": str,
    "gateway": str,
    "record": str,
    "version": int,
    "digest": str,
    "line": str,
    "stage": str,
    "party": {"id": str, "name": str},
    "role": str,
    "role_since": (int,),
    "who": str,
    "outcome": str,
    "reason": str,
    "at": int,
    "proof": (str,),
}


def fits(value, shape):
    if shape is ANY:
        return True
    if isinstance(shape, tuple):
        return value is None or fits(value, shape[0])
    if isinstance(shape, list):
        return isinstance(value, list) and all(fits(item, shape[0]) for item in value)
    if isinstance(shape, dict):
        return (isinstance(value, dict) and value.keys() == shape.keys()
                and all(fits(value[name], part) for name, part in shape.items()))
    return type(value) is shape


def read_file(data, budget=None):
    """A bundle, or what stood on a day."""
    if len(data) > LARGEST:
        raise Unreadable("the file is too large")
    budget = budget or Budget()
    try:
        text = data.decode("utf-8")
        budget.count(text)
        value = parse(text)
        if not limited(value):
            raise Unreadable("the file is nested too deeply or holds a number it must not hold")
        form = get(value, "body", "format")
        if form == "aldgate-day-v1":
            sound = fits(value, DAY)
        else:
            sound = (form == "aldgate-evidence-v1" and fits(value, BUNDLE)
                     and value["body"]["extent"] in ("parties", "public"))
        if not sound:
            raise Unreadable("the file is not evidence in a known form")
        if canonical(value) != data:
            raise Unreadable("the file is not in canonical form: it was changed after it was made")
        within_bounds(value["body"], budget)
    except (ValueError, RecursionError) as fault:
        raise Unreadable("the file is neither JSON nor PDF: %s" % fault)
    return value


def read_bundle(data, budget=None):
    value = read_file(data, budget)
    if value["body"]["format"] != "aldgate-evidence-v1":
        raise Unreadable("the file is evidence in another form")
    return value


def read_statement(text):
    if not text.endswith("\n"):
        return None
    try:
        value = parse(text[:-1])
        sound = (limited(value) and fits(value, STATEMENT)
                 and value["format"] == "aldgate-statement-v1"
                 and canonical(value) + b"\n" == text.encode("utf-8"))
    except ValueError:
        return None
    return value if sound else None


# Signatures


P25519 = 2 ** 255 - 19
L25519 = 2 ** 252 + 27742317777372353535851937790883648493
D25519 = -121665 * pow(121666, P25519 - 2, P25519) % P25519
ROOT_OF_MINUS_ONE = pow(2, (P25519 - 1) // 4, P25519)


def ed_add(p, q):
    a = (p[1] - p[0]) * (q[1] - q[0]) % P25519
    b = (p[1] + p[0]) * (q[1] + q[0]) % P25519
    c = 2 * p[3] * q[3] * D25519 % P25519
    d = 2 * p[2] * q[2] % P25519
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P25519, g * h % P25519, f * g % P25519, e * h % P25519)


def ed_multiply(factor, point):
    result = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            result = ed_add(result, point)
        point = ed_add(point, point)
        factor >>= 1
    return result


def ed_point(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2 ** 255 - 1)
    if y >= P25519:
        return None
    square = (y * y - 1) * pow(D25519 * y * y + 1, P25519 - 2, P25519) % P25519
    x = pow(square, (P25519 + 3) // 8, P25519)
    if (x * x - square) % P25519:
        x = x * ROOT_OF_MINUS_ONE % P25519
    if (x * x - square) % P25519 or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P25519 - x
    return (x, y, 1, x * y % P25519)


ED_BASE = ed_point((4 * pow(5, P25519 - 2, P25519) % P25519).to_bytes(32, "little"))


def ed25519(public, message, signature):
    """RFC 8032, section 5.1.7."""
    if len(public) != 32 or len(signature) != 64:
        return False
    point = ed_point(public)
    s = int.from_bytes(signature[32:], "little")
    if point is None or s >= L25519:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L25519
    minus = (P25519 - point[0], point[1], 1, P25519 - point[3])
    x, y, z, _ = ed_add(ed_multiply(s, ED_BASE), ed_multiply(k, minus))
    inverse = pow(z, P25519 - 2, P25519)
    x, y = x * inverse % P25519, y * inverse % P25519
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


P256 = 2 ** 256 - 2 ** 224 + 2 ** 192 + 2 ** 96 - 1
B256 = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
N256 = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
G256 = (0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
        0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5)


def ec_add(p, q):
    if p is None or q is None:
        return q if p is None else p
    if p[0] == q[0]:
        if (p[1] + q[1]) % P256 == 0:
            return None
        slope = (3 * p[0] * p[0] - 3) * pow(2 * p[1], -1, P256)
    else:
        slope = (q[1] - p[1]) * pow(q[0] - p[0], -1, P256)
    x = (slope * slope - p[0] - q[0]) % P256
    return (x, (slope * (p[0] - x) - p[1]) % P256)


def ec_multiply(factor, point):
    result = None
    while factor:
        if factor & 1:
            result = ec_add(result, point)
        point = ec_add(point, point)
        factor >>= 1
    return result


def der_integers(data):
    """The two positive integers of an ECDSA signature in strict DER, or None."""
    if len(data) < 2 or data[0] != 0x30 or data[1] != len(data) - 2 or data[1] > 127:
        return None
    found, rest = [], data[2:]
    while rest:
        if len(rest) < 3 or rest[0] != 2 or not 0 < rest[1] <= len(rest) - 2:
            return None
        body, rest = rest[2:2 + rest[1]], rest[2 + rest[1]:]
        if body[0] & 0x80 or (body[0] == 0 and len(body) > 1 and not body[1] & 0x80):
            return None
        found.append(int.from_bytes(body, "big"))
    return found if len(found) == 2 else None


def ecdsa_p256(x, y, message, signature):
    x, y = int.from_bytes(x, "big"), int.from_bytes(y, "big")
    pair = der_integers(signature)
    on_curve = x < P256 and y < P256 and (y * y - x * x * x + 3 * x - B256) % P256 == 0
    if pair is None or not on_curve or not all(0 < n < N256 for n in pair):
        return False
    r, s = pair
    inverse = pow(s, N256 - 2, N256)
    e = int.from_bytes(sha256(message), "big")
    point = ec_add(ec_multiply(e * inverse % N256, G256), ec_multiply(r * inverse % N256, (x, y)))
    return point is not None and point[0] % N256 == r


SHA256_INFO = bytes.fromhex("3031300d060960864801650304020105000420")


def rsa_sha256(n, e, message, signature):
    """PKCS #1, version 1.5, with a modulus of 2048 to 8192 bits."""
    size, modulus, exponent = len(n), int.from_bytes(n, "big"), int.from_bytes(e, "big")
    if not 2048 <= modulus.bit_length() <= 8192 or n[0] == 0 or len(signature) != size:
        return False
    if exponent < 3 or exponent % 2 == 0 or exponent.bit_length() > 33:
        return False
    number = int.from_bytes(signature, "big")
    if number >= modulus:
        return False
    info = SHA256_INFO + sha256(message)
    expected = b"\0\1" + b"\xff" * (size - len(info) - 3) + b"\0" + info
    return pow(number, exponent, modulus).to_bytes(size, "big") == expected


# Signed notes (C2SP signed-note) and the tree (RFC 6962)


class VerifierKey:
    """A public key in the text form name+hash+key. Raises ValueError."""

    def __init__(self, text):
        parts = text.split("+", 2)
        key = unbase64(parts[2], 33) if len(parts) == 3 else None
        if key is None:
            raise ValueError("not a public key")
        named = sha256(parts[0].encode("utf-8") + b"\n" + key)
        spaced = any(c.isspace() or ord(c) < 32 or 127 <= ord(c) < 160 for c in parts[0])
        if not parts[0] or spaced or parts[1] != named[:4].hex() or key[0] not in (1, 4):
            raise ValueError("not a public key")
        self.text, self.name, self.hash, self.kind, self.public = text, parts[0], named[:4], key[0], key[1:]

    def __eq__(self, other):
        return isinstance(other, VerifierKey) and self.text == other.text

    def holds(self, text, signature):
        return self.kind == 1 and ed25519(self.public, text.encode("utf-8"), signature)

    def cosigned(self, text, signature):
        """The time (UTC seconds) of a witness's cosignature, or None."""
        if self.kind != 4 or len(signature) != 72:
            return None
        time = int.from_bytes(signature[:8], "big")
        message = "cosignature/v1\ntime %d\n%s" % (time, text)
        return time if ed25519(self.public, message.encode("utf-8"), signature[8:]) else None


class Note:
    """A text and its signatures: (name, key hash, bytes). Raises ValueError."""

    def __init__(self, note):
        text, middle, lines = note.rpartition("\n\n")
        if not middle or not text or not lines.endswith("\n"):
            raise ValueError("not a signed note")
        self.text, self.signatures = text + "\n", []
        for line in lines[:-1].split("\n"):
            name, space, encoded = line[2:].partition(" ")
            data = unbase64(encoded)
            if not line.startswith("\u2014 ") or not space or not name or data is None or len(data) < 4:
                raise ValueError("not a signed note")
            self.signatures.append((name, data[:4], data[4:]))

    def by(self, key):
        for name, mark, data in self.signatures:
            if (name, mark) == (key.name, key.hash):
                return data
        return None

    def sealed_by(self, key):
        data = self.by(key)
        return len(self.signatures) == 1 and data is not None and key.holds(self.text, data)


def read_note(note):
    try:
        return Note(note)
    except ValueError:
        return None


def leaf_hash(salt, act):
    commitment = base64.b64encode(sha256(salt + act.encode("utf-8")))
    return sha256(b"\0aldgate-act-v1\n" + commitment + b"\n")


def root_of(place, size, leaf, path):
    """The root an audit path leads to (RFC 9162, section 2.1.3.2), or None."""
    if not 0 <= place < size:
        return None
    last, found = size - 1, leaf
    for beside in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            found = sha256(b"\1" + beside + found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = sha256(b"\1" + found + beside)
        place, last = place >> 1, last >> 1
    return found if last == 0 else None


def read_checkpoint(text):
    lines = text.split("\n")
    if len(lines) < 3 or not re.fullmatch(r"0|[1-9][0-9]{0,15}", lines[1]):
        return None
    root = unbase64(lines[2], 32)
    return None if root is None else (lines[0], int(lines[1]), root)


# Passkeys (Web Authentication)


def cbor(data, deep=8):
    """One CBOR value and what follows it. Raises ValueError."""
    if not data or deep == 0:
        raise ValueError("not CBOR")
    kind, short, rest = data[0] >> 5, data[0] & 31, data[1:]
    if short >= 24:
        size = {24: 1, 25: 2, 26: 4, 27: 8}.get(short)
        if size is None or len(rest) < size:
            raise ValueError("not CBOR")
        short, rest = int.from_bytes(rest[:size], "big"), rest[size:]
    if kind == 0:
        return short, rest
    if kind == 1:
        return -1 - short, rest
    if kind in (2, 3):
        if len(rest) < short:
            raise ValueError("not CBOR")
        data, rest = rest[:short], rest[short:]
        return (data if kind == 2 else data.decode("utf-8")), rest
    if kind == 5:
        found = {}
        for _ in range(short):
            name, rest = cbor(rest, deep - 1)
            value, rest = cbor(rest, deep - 1)
            found.setdefault(name, value)
        return found, rest
    raise ValueError("not CBOR that a key is made of")


def cose_verify(key, message, signature):
    if len(key) > MAX_KEY_BYTES:
        return None
    try:
        key, _ = cbor(key)
    except (ValueError, TypeError):
        return None
    if not isinstance(key, dict):
        return None

    def data(label):
        return key.get(label) if isinstance(key.get(label), bytes) else None

    kind = (key.get(1), key.get(3))
    first, second, third = data(-1), data(-2), data(-3)
    if kind == (2, -7) and key.get(-1) == 1:
        if second is None or third is None or (len(second), len(third)) != (32, 32):
            return None
        return ecdsa_p256(second, third, message, signature)
    if kind == (1, -8) and key.get(-1) == 6 and second is not None:
        return ed25519(second, message, signature)
    if kind == (3, -257) and first and second:
        return rsa_sha256(first, second, message, signature)
    return None


def passkey(proof, statement):
    """None where the passkey's signature holds, else why it does not."""
    names = ("public_key", "authenticator_data", "client_data", "signature")
    parts = [unbase64url(get(proof, name)) for name in names]
    if None in parts or not isinstance(get(proof, "nonce"), str):
        return "a part of the passkey’s answer is missing"
    key, authenticator, client, signature = parts
    try:
        said = parse(client.decode("utf-8"))
    except ValueError:
        return "what the browser said about the passkey cannot be read"
    if get(said, "type") != "webauthn.get":
        return "the passkey was not used to sign in or decide"
    asked = sha256("aldgate-decision-v1\n{line}\n{digest}\n{outcome}\n{nonce}\n".format(
        nonce=proof["nonce"], **{n: statement[n] for n in ("line", "digest", "outcome")}).encode("utf-8"))
    if unbase64url(get(said, "challenge")) != asked:
        return "the passkey signed for another line, another text or another decision"
    origin = get(said, "origin")
    host = re.split("[:/]", origin.partition("://")[2])[0] if isinstance(origin, str) else ""
    labels = host.split(".")
    names = [".".join(labels[n:]).encode("utf-8") for n in range(len(labels))] if host else []
    if len(authenticator) < 37 or authenticator[:32] not in [sha256(name) for name in names]:
        return "the passkey belongs to another site than the one it was used on"
    if not authenticator[32] & 1:
        return "nobody was there when the passkey was used"
    held = cose_verify(key, authenticator + sha256(client), signature)
    if held is None:
        return "the passkey’s public key is of a kind that cannot be checked"
    return None if held else "the passkey’s signature does not hold"


# PDF


MARK = b"\n%aldgate-seal-v1 "
FIRST = b'{"body":{'
NEAR = 4096


def attached(pdf, at):
    """Where the attached file whose dictionary holds the place `at` begins, and whether it is packed;
    None where it does not begin as a bundle does."""
    start = pdf.find(b"stream", at, at + NEAR)
    begin = pdf.rfind(b" obj", max(0, at - NEAR), at)
    if start < 0 or begin < 0 or b"endobj" in pdf[begin:start]:
        return None
    packed = b"/FlateDecode" in pdf[begin:start]
    start += len(b"stream")
    start += pdf[start:start + 1] == b"\r"
    if pdf[start:start + 1] != b"\n":
        return None
    start += 1
    try:
        first = (zlib.decompressobj().decompress(memoryview(pdf)[start:], len(FIRST)) if packed
                 else pdf[start:start + len(FIRST)])
    except zlib.error:
        return None
    return (start, packed) if first == FIRST else None


def content(pdf, start, packed):
    """The attached file that begins there, or None."""
    if not packed:
        end = pdf.find(b"endstream", start)
        if end < 0:
            return None
        return pdf[start:end - 1] if pdf[end - 1:end] == b"\n" else pdf[start:end]
    inflate = zlib.decompressobj()
    try:
        data = inflate.decompress(memoryview(pdf)[start:], LARGEST + 1)
    except zlib.error:
        return None
    return data if inflate.eof and len(data) <= LARGEST else None


def extract(pdf):
    if len(pdf) > LARGEST_PDF:
        raise Unreadable("the PDF is too large")
    found, count, at = None, 0, pdf.find(b"/EmbeddedFile")
    while at >= 0:
        count += 1
        if count > MAX_NAMES:
            raise Unreadable("the PDF names more attached files than a document of a gateway")
        at += len(b"/EmbeddedFile")
        place = attached(pdf, at)
        if place is not None:
            if found not in (None, place):
                raise Unreadable("the PDF carries evidence more than once")
            found = place
        at = pdf.find(b"/EmbeddedFile", at)
    # Only the one is taken out of the file, and once.
    data = None if found is None else content(pdf, *found)
    if data is None:
        raise Unreadable("the PDF carries no evidence")
    return data


def unsealed(pdf):
    """The PDF without its seal, and the seal; or None."""
    at = pdf.find(MARK)
    line = at + len(MARK)
    end = pdf.find(b"\n", line) + 1
    if at < 0 or end == 0 or pdf.rfind(b"startxref") != end or pdf.find(MARK, line) >= 0:
        return None
    try:
        return pdf[:at + 1] + pdf[end:], pdf[line:end - 1].decode("utf-8")
    except ValueError:
        return None


# The checks


class Report(list):
    """Lines: (outcome, code, place, words)."""

    def add(self, outcome, code, place, said):
        self.append((outcome, code, place, said))

    def found(self, code, place, held, yes, no):
        self.add(HOLDS if held else FAILS, code, place, yes if held else no)
        return held

    def holds(self):
        return all(line[0] != FAILS for line in self)


@functools.lru_cache(maxsize=MAX_ITEMS)
def known_key(text):
    """A key that is read once, however often it is asked for; or None."""
    try:
        return VerifierKey(text)
    except ValueError:
        return None


def keys_of(body, owner, at):
    return keys_between(body, at, at, owner)


def keys_between(body, start, end, owner="log"):
    """The keys of an owner that were in use at some time from the first to the last."""
    for key in body["keys"]:
        until = key["until"]
        if key["owner"] == owner and key["from"] <= end and (until is None or start < until):
            read = known_key(key["vkey"])
            if read is not None:
                yield read


def sealing_key(note, text, body):
    note = read_note(note)
    if note is None or note.text != text:
        return None
    for key in keys_of(body, "log", body["made_at"]):
        if key.name == body["gateway"] and note.sealed_by(key):
            return key
    return None


def verify(data, given):
    """The report on a file. Raises Unreadable."""
    report, budget = Report(), Budget()
    if not data.startswith(b"%PDF-"):
        file = read_file(data, budget)
        if file["body"]["format"] == "aldgate-day-v1":
            check_day(file, given, report)
        else:
            check(file, given, budget, report)
        return report
    raw = extract(data)
    bundle = read_bundle(raw, budget)
    body, parts, held = bundle["body"], unsealed(data), False
    if parts is not None:
        text = "aldgate-document-v1\n%s\n%s\n%d\n%s\n%s\n" % (
            body["gateway"], body["record"]["id"], body["version"], hexdigest(raw), hexdigest(parts[0]))
        note = "%s\n\u2014 %s %s\n" % (text, body["gateway"], parts[1])
        held = sealing_key(note, text, body) is not None
    report.found("pdf.seal", "pdf", held,
                 "The PDF is, byte for byte, the one that the gateway made with this evidence.",
                 "The PDF is not the one that the gateway made with this evidence: its pages or the "
                 "evidence in it were changed or exchanged, or another program has saved it anew.")
    check(bundle, given, budget, report)
    return report


def check_origin(file, last, given, report):
    """Seal, keys and checkpoint; the checkpoint where it holds."""
    body = file["body"]
    text = "%s\n%s\n%s\n%s\n" % (
        body["format"], body["gateway"], body["record"]["id"], hexdigest(canonical(body)))
    sealed_by = sealing_key(file["seal"], text, body)
    report.found("bundle.seal", "seal", sealed_by is not None,
                 "The gateway sealed the whole file.",
                 "The file is not as the gateway sealed it, or the key was not the log’s or not in "
                 "use when the file was made.")
    for place, key in enumerate(body["keys"]):
        if known_key(key["vkey"]) is None:
            report.add(FAILS, "keys", "keys[%d]" % place,
                       "This is not a public key of the published form.")
    checkpoint, signed_by = check_checkpoint(body, last, given, report)
    if not given.log_keys:
        report.add(UNCHECKED, "log.key", "keys",
                   "No key of the log was given. Compare the key with the one the gateway "
                   "publishes, or with one you kept.")
    else:
        report.found("log.key", "keys", sealed_by in given.log_keys and signed_by in given.log_keys,
                     "The file and the log are signed with a key you gave.",
                     "The file or the log is not signed with any key you gave.")
    return checkpoint


def check(bundle, given, budget, report):
    body = bundle["body"]
    last = max([s["at"] for s in statements(body)], default=body["made_at"])
    checkpoint = check_origin(bundle, last, given, report)
    brought = [(name, data, hexdigest(data)) for name, data in given.files]
    texts = [check_text(body, place, brought, budget, report) for place in range(len(body["versions"]))]
    check_files(body, texts, brought, report)
    decided = [check_decision(body, place, checkpoint, report)
               for place in range(len(body["decisions"]))]
    seen = set()
    for place, one in enumerate(decided):
        if one is not None:
            after = one[0]["outcome"] if one[0]["outcome"] in ("overruled", "answered") else "decided"
            mark = (one[0]["line"], after)
            if mark in seen:
                report.add(FAILS, "decisions.once", "decisions[%d]" % place,
                           "The line %s is decided twice in this file." % mark[0])
            seen.add(mark)
    check_answers(body, texts, decided, report)
    check_everybody(body, texts, decided, report)


def statements(body):
    for decision in body["decisions"]:
        note = read_note(decision["note"])
        statement = None if note is None else read_statement(note.text)
        if statement is not None:
            yield statement


def check_checkpoint(body, last, given, report):
    note = read_note(body["checkpoint"])
    read = None if note is None else read_checkpoint(note.text)
    if read is None:
        report.add(FAILS, "checkpoint", "checkpoint", "This is not a checkpoint of a log.")
        return None, None
    signed_by = None
    for key in keys_between(body, last, body["made_at"]):
        data = note.by(key)
        if key.name == read[0] and data is not None and key.holds(note.text, data):
            signed_by = key
            break
    held = report.found("checkpoint", "checkpoint", read[0] == body["gateway"] and signed_by is not None,
                        "The gateway signed the root of its log with %d acts." % read[1],
                        "The checkpoint is of another log, or not signed by a key of the log that "
                        "was in use at the last act.")
    for number, (name, mark, data) in enumerate(note.signatures):
        if name == read[0]:
            continue
        place = "checkpoint.signatures[%d]" % number
        known = [k for k in given.witness_keys if (k.name, k.hash) == (name, mark)]
        if not known:
            report.add(UNCHECKED, "checkpoint.witness", place,
                       "Give the key of the witness %s to check it." % name)
            continue
        time = known[0].cosigned(note.text, data)
        report.found("checkpoint.witness", place, time is not None,
                     "%s saw this root at %s (UTC seconds)." % (name, time),
                     "The signature of %s does not hold." % name)
    return (read if held else None), signed_by


def check_text(body, place, brought, budget, report):
    version, at = body["versions"][place], "versions[%d]" % place
    data = None if version["text"] is None else version["text"].encode("utf-8")
    if data is None:
        data = next((f for _, f, digest in brought if digest == version["digest"]), None)
        if data is not None:
            budget.count(data.decode("utf-8", "replace"))
    if data is None:
        report.add(UNCHECKED, "version.text", at,
                   "The text of version %d is not in this file. Whoever has it can give it along: "
                   "its digest must be %s." % (version["number"], version["digest"]))
        return None
    text, fault = read_text(body, version, data)
    report.found("version.text", at, fault is None,
                 "The text of version %d has the digest %s." % (version["number"], version["digest"]),
                 fault)
    if fault is not None:
        return None
    stamp = [get(text, "packs", name) for name in ("name", "version", "digest")]
    report.add(UNCHECKED, "version.law", at + ".packs",
               "The text was written under %s %s, with the digest %s." % tuple(stamp))
    return text


def read_text(body, version, data):
    if hexdigest(data) != version["digest"]:
        return None, "The text is not the one with this digest: one of them was changed."
    try:
        text = parse(data.decode("utf-8"))
    except ValueError:
        return None, "The text is not a version of an agreement."
    number = get(text, "number")
    if get(text, "record") != body["record"]["id"] or type(number) is not int or number != version["number"]:
        return None, "The text is of another agreement or another version."
    if version["number"] == body["version"] and get(text, "title") != body["record"]["title"]:
        return None, "The text has another title than the file."
    if isinstance(text, dict) and "joins" in text:
        joined = (get(text, "joins", "version"), get(text, "joins", "digest"))
        if joined not in [(v["number"], v["digest"]) for v in body["versions"]]:
            return None, "The text joins a version that is not in the file."
    return text, None


def attachments_of(text):
    files = get(text, "attachments")
    return files if isinstance(files, list) else []


def check_files(body, texts, brought, report):
    digests = [(name, digest) for name, _, digest in brought]
    few([file for text in texts for file in attachments_of(text)])
    known = {version["digest"] for version in body["versions"]}
    for place, text in enumerate(texts):
        for number, file in enumerate(attachments_of(text)):
            digest, name = get(file, "digest"), get(file, "name")
            known.add(digest)
            at = "versions[%d].attachments[%d]" % (place, number)
            if digest in [d for _, d in digests]:
                report.add(HOLDS, "attachment", at, "“%s” is the file that was attached." % name)
            else:
                report.add(UNCHECKED, "attachment", at,
                           "Give “%s” along to check it: its digest must be %s." % (name, digest))
    for number, (name, digest) in enumerate(digests):
        if digest not in known:
            report.add(FAILS, "attachment.given", "given[%d]" % number,
                       "“%s” is neither attached to this agreement nor its text, or it was changed. "
                       "Its digest is %s." % (name, digest))


def check_decision(body, place, checkpoint, report):
    decision, at = body["decisions"][place], "decisions[%d]" % place
    note = read_note(decision["note"])
    statement = None if note is None else read_statement(note.text)
    if statement is None:
        report.add(FAILS, "decision.about", at, "This is not a sealed statement of a decision.")
        return None
    party = statement["party"]
    known = [(v["number"], v["digest"]) for v in body["versions"]]
    about = (statement["gateway"] == body["gateway"] and statement["record"] == body["record"]["id"]
             and (statement["version"], statement["digest"]) in known)
    holds = report.found("decision.about", at, about,
                         "%s: %s, %s, version %d. %s" % (
                             party["name"], statement["role"], statement["outcome"],
                             statement["version"], statement["reason"]),
                         "The decision is about another agreement, another gateway or another text.")
    key = next((k for k in keys_of(body, party["id"], statement["at"]) if note.sealed_by(k)), None)
    holds &= report.found("decision.seal", at, key is not None,
                          "Sealed for %s." % party["name"],
                          "The statement was changed, or it is not sealed with a key of %s that was "
                          "in use at the time." % party["name"])
    fault = log_fault(body, decision["act"], statement, note.text, key, checkpoint)
    holds &= report.found("decision.log", at, fault is None,
                          "Act %d of the log." % decision["act"]["sequence"], fault)
    who = decision["who"]
    if who is None:
        report.add(UNCHECKED, "decision.who", at, "The name of the person is not in this file.")
    else:
        report.found("decision.who", at,
                     isinstance(who["value"], str) and opens(who, statement["who"]),
                     "Decided by %s." % who["value"],
                     "The name is not the one the sealed statement is bound to.")
    check_proof(decision["proof"], statement, at, report)
    return statement, holds


def log_fault(body, act, statement, text, key, checkpoint):
    try:
        said = parse(act["text"])
    except ValueError:
        return "The act of the log cannot be read."
    detail = get(said, "detail")
    at = get(said, "at")
    if not (get(said, "kind") == "decision.sealed" and get(said, "subject") == body["record"]["id"]
            and get(said, "organisation") == statement["party"]["id"]
            and type(at) is int and at == statement["at"]
            and get(detail, "line") == statement["line"]
            and get(detail, "statement") == hexdigest(text.encode("utf-8"))):
        return "The act of the log is about another statement."
    if key is None or get(detail, "key") != key.text:
        return "The log names another key for this seal."
    return place_fault(act, checkpoint)


def place_fault(act, checkpoint):
    if checkpoint is None:
        return "There is no checkpoint that holds."
    salt, path = unbase64(act["salt"], 32), [unbase64(text, 32) for text in act["path"]]
    if salt is None or None in path:
        return "The salt or the way to the root is not made of hashes."
    if root_of(act["sequence"], checkpoint[1], leaf_hash(salt, act["text"]), path) != checkpoint[2]:
        return ("The act is not in the log at this place: act, salt, place, way or checkpoint was "
                "changed.")
    return None


def opens(opening, commitment):
    salt = unbase64(opening["salt"], 32)
    if salt is None:
        return False
    return hexdigest(b"aldgate-opening-v1\n" + salt + canonical(opening["value"])) == commitment


def openid(proof, statement):
    """What is wrong with an ID token as the proof of a decision; its signature is not checked."""
    issuer, token, nonce = (get(proof, name) for name in ("issuer", "id_token", "nonce"))
    if not all(isinstance(one, str) for one in (issuer, token, nonce)):
        return "a part of the proof is missing"
    parts = token.split(".")
    try:
        payload = parts[1] if len(parts) > 1 else ""
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except ValueError:
        return "the ID token cannot be read"
    if get(claims, "iss") != issuer:
        return "the ID token is of another provider"
    lines = ("aldgate-decision-v1", statement["line"], statement["digest"], statement["outcome"], nonce)
    asked = hashlib.sha256("".join(line + "\n" for line in lines).encode("utf-8")).digest()
    if get(claims, "nonce") != base64.urlsafe_b64encode(asked).decode("ascii").rstrip("="):
        return "the sign-in was for another line, another text or another decision"
    return None


def check_proof(proof, statement, at, report):
    bound = statement["proof"]
    if proof is None:
        report.add(UNCHECKED, "decision.proof", at,
                   "How the person was authenticated is not in this file." if bound else
                   "The person was signed in, and was not asked for a credential again.")
        return
    if bound is None or not opens(proof, bound):
        report.add(FAILS, "decision.proof", at,
                   "The proof is not the one the sealed statement is bound to.")
        return
    kind = get(proof["value"], "credential")
    if kind == "password":
        codes = [get(proof["value"], name) is True for name in ("totp", "recovery_code")]
        with_code = " and a code" if any(codes) else ""
        report.add(HOLDS, "decision.proof", at,
                   "The gateway says that the person gave their password%s. This is the gateway’s "
                   "word." % with_code)
    elif kind == "one_time_link":
        named_by = get(proof["value"], "named_by")
        named_by = named_by if isinstance(named_by, str) else "an organisation"
        sent_to = get(proof["value"], "sent_to")
        sent = ("a link sent to %s" % sent_to
                if get(proof["value"], "by_mail") is True and isinstance(sent_to, str)
                else "a link that %s handed over" % named_by)
        report.add(HOLDS, "decision.proof", at,
                   "The gateway says that %s named this person, who has no account, and that they used %s "
                   "and a code given to them apart from it. This is the gateway’s word." % (named_by, sent))
    elif kind == "passkey":
        fault = passkey(proof["value"], statement)
        report.found("decision.proof", at, fault is None,
                     "A passkey signed this decision on this text. This is the device’s own signature.",
                     "The passkey’s signature does not hold: %s." % fault)
    elif kind == "openid":
        fault = openid(proof["value"], statement)
        report.found("decision.proof", at, fault is None,
                     "A sign-in at %s is bound to this decision on this text. That the provider signed it is "
                     "the gateway’s word: its keys are not in this file." % get(proof["value"], "issuer"),
                     "The sign-in at the provider does not hold: %s." % fault)
    else:
        report.add(FAILS, "decision.proof", at, "The kind of credential is not known.")


def read_act(act):
    """Kind, time, place and detail of an act, or None."""
    try:
        said = parse(act["text"])
    except ValueError:
        return None
    kind, at = get(said, "kind"), get(said, "at")
    if not isinstance(kind, str) or type(at) is not int:
        return None
    return kind, at, act["sequence"], get(said, "detail"), get(said, "subject")


def check_day(file, given, report):
    body = file["body"]
    acts = [read_act(act) for act in body["acts"]]
    last = max([act[1] for act in acts if act], default=body["made_at"])
    checkpoint = check_origin(file, last, given, report)
    for place, (act, said) in enumerate(zip(body["acts"], acts)):
        fault = "The act is about something else."
        if said and said[0] in ("record.in_force", "register.entry") and said[4] == body["record"]["id"]:
            fault = place_fault(act, checkpoint)
        report.found("act.log", "acts[%d]" % place, fault is None,
                     "Act %d of the log." % act["sequence"], fault)

    def version(detail):
        number, digest = get(detail, "version"), get(detail, "digest")
        return (number, digest) if type(number) is int and isinstance(digest, str) else None

    in_force, item = body["in_force"], body["published"]
    chain = [act for act in acts if act and act[0] == "record.in_force"]
    stood("in_force", chain, body["until"], version,
          None if in_force is None else (in_force["version"], in_force["digest"]), report)
    chain = [act for act in acts if act and act[0] == "register.entry"]
    stood("published", chain, body["until"], lambda detail: get(detail, "item"),
          None if item is None else hexdigest(canonical(item)), report)


def stood(place, acts, until, of, answer, report):
    """Whether the acts of one kind, numbered from 1, give this answer at the end of the day."""
    code = "day." + place
    numbers = [get(act[3], "number") for act in acts]
    numbered = numbers == list(range(1, len(acts) + 1)) and all(type(n) is int for n in numbers)
    rising = all(a[2] < b[2] and a[1] <= b[1] for a, b in zip(acts, acts[1:]))
    if not numbered or not rising:
        report.add(FAILS, code, place, "The acts that say so are not numbered from 1 and in order: "
                                       "one was left out or put in.")
        return
    before = [act for act in acts if act[1] < until]
    after = [act for act in acts if act[1] >= until]
    if (of(before[-1][3]) if before else None) != answer:
        report.add(FAILS, code, place, "The acts say something else than the file.")
    elif not acts:
        report.add(UNCHECKED, code, place, "The file holds no act about it: that is the gateway’s word.")
    else:
        report.add(HOLDS, code, place, "At the end of the day: %s. %s" % (
            answer or "none", "Act %d, after that day, changed it." % after[0][2] if after else
            "That nothing changed it later is the gateway’s word."))


def check_answers(body, texts, decided, report):
    """How conditions were answered: by who leads, after them, and before anybody signed."""
    held = [one[0] for one in decided if one is not None and one[1]]
    for place, one in enumerate(decided):
        if one is None or one[0]["outcome"] not in ("conditions", "answered"):
            continue
        said, at = one[0], "decisions[%d]" % place
        wanted = "answered" if said["outcome"] == "conditions" else "conditions"
        other = next((s for s in held if (s["outcome"], s["line"]) == (wanted, said["line"])), None)
        if said["outcome"] == "answered":
            if other is None:
                report.add(FAILS, "decisions.answers", at,
                           "This answers conditions that are not in the file.")
            continue
        signed = [s["at"] for s in held
                  if (s["outcome"], s["version"]) == ("signed", said["version"])]
        if other is None:
            if signed:
                report.add(UNCHECKED, "decisions.answers", at,
                           "How these conditions were answered is not in this file.")
            continue
        leads = [get(text, "lead") for version, text in zip(body["versions"], texts)
                 if version["number"] == said["version"]]
        lead = leads[0] if leads else None
        sound = ((other["version"], other["digest"]) == (said["version"], said["digest"])
                 and (not isinstance(lead, str) or lead == other["party"]["id"])
                 and said["at"] <= other["at"] and all(other["at"] <= when for when in signed))
        report.found("decisions.answers", at, sound,
                     "%s answered: %s" % (other["party"]["name"], other["reason"]),
                     "The answer to these conditions is about another text, not by who leads, or was "
                     "not given between them and the first signature.")


def check_everybody(body, texts, decided, report):
    signed = {(one[0]["version"], one[0]["party"]["id"]) for one in decided
              if one is not None and one[1] and one[0]["outcome"] == "signed"}
    for place, (version, text) in enumerate(zip(body["versions"], texts)):
        at = "versions[%d]" % place
        if text is None:
            report.add(UNCHECKED, "decisions.everybody", at,
                       "Who had to sign stands in the text, which is not in this file.")
            continue
        parties = get(text, "parties")
        missing = [str(get(party, "name")) for party in (parties if isinstance(parties, list) else [])
                   if get(party, "registered") is True
                   and not (isinstance(get(party, "id"), str)
                            and (version["number"], get(party, "id")) in signed)]
        if missing:
            report.add(UNCHECKED, "decisions.everybody", at,
                       "This file shows no valid signature on version %d by: %s."
                       % (version["number"], ", ".join(missing)))
        else:
            report.add(HOLDS, "decisions.everybody", at,
                       "Every organisation that uses the gateway has signed version %d."
                       % version["number"])


def main():
    parser = argparse.ArgumentParser(description="Verifies the evidence of an agreement, offline.")
    parser.add_argument("file", help="a bundle (JSON) or a signed PDF")
    parser.add_argument("--log-key", action="append", default=[], help="a key of the log that you trust")
    parser.add_argument("--witness-key", action="append", default=[], help="a key of a witness that you trust")
    parser.add_argument("--attachment", action="append", default=[],
                        help="an attached file, or the text of a version")
    asked = parser.parse_args()
    try:
        files = []
        for name in asked.attachment:
            with open(name, "rb") as file:
                files.append((name, file.read()))
        given = Given(asked.log_key, asked.witness_key, files)
        with open(asked.file, "rb") as file:
            data = file.read(LARGEST_PDF + 1)
        report = verify(data, given)
    except (OSError, ValueError, Unreadable) as fault:
        print("It cannot be checked: %s" % fault, file=sys.stderr)
        return 2
    for outcome, code, place, said in report:
        print("%-13s  %-19s  %s\n%17s%s" % (outcome, code, place, "", said))
    print("Everything that was checked holds." if report.holds() else "Something does not hold.")
    return 0 if report.holds() else 1


if __name__ == "__main__":
    sys.exit(main())
