#!/usr/bin/env python3
"""Writes trees.rsf, a small register as other programs write them. It shares no code with the crate:
`python3 trees.py > trees.rsf`."""

import hashlib
import sys

TIME = "2026-11-20T09:00:00Z"
leaves = []
systems = 0


def put(*fields):
    sys.stdout.buffer.write(("\t".join(fields) + "\n").encode())


def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def root(of):
    if not of:
        return hashlib.sha256(b"").digest()
    if len(of) == 1:
        return of[0]
    split = 1
    while split * 2 < len(of):
        split *= 2
    return node(root(of[:split]), root(of[split:]))


def assert_root():
    put("assert-root-hash", "sha-256:" + root(leaves).hex())


def item(text):
    put("add-item", text)
    return "sha-256:" + hashlib.sha256(text.encode()).hexdigest()


def entry(kind, key, time, *items):
    put("append-entry", kind, key, time, ";".join(items))
    if kind == "user":
        n = len(leaves) + 1
        hashes = ",".join(f'"{name}"' for name in items)
        leaf = (
            f'{{"index-entry-number":"{n}","entry-number":"{n}","entry-timestamp":"{time}",'
            f'"key":"{key}","item-hash":[{hashes}]}}'
        )
        leaves.append(hashlib.sha256(b"\0" + leaf.encode()).digest())


assert_root()
entry("system", "name", TIME, item('{"name":"tree"}'))
entry("system", "custodian", TIME, item('{"custodian":"Office of Trees"}'))
entry("system", "field:tree", TIME, item('{"cardinality":"1","datatype":"string","field":"tree"}'))
# An item that does not say of which field, or register, it is.
entry("system", "field:rings", TIME, item('{"cardinality":"1","datatype":"integer"}'))
entry("system", "register:tree", TIME, item('{"fields":["tree","rings"],"registry":"office-of-trees"}'))
assert_root()
alder = item('{"rings":9007199254740993,"tree":"1"}')
birch = item('{"names":["Birch","Bedwen"],"rings":295147905179352830000,"tree":"2"}')
cedar = item('{"rings":1e400,"tree":"3"}')  # No entry uses it.
dogwood = item('{"height":-0.10,"note":"said \\"soft\\" at 1e3 m, 5-","tree":"4"}')
entry("user", "1", TIME, alder)
entry("user", "2", TIME, birch)
entry("user", "4", TIME, dogwood)
assert_root()
item('{"rings":9007199254740993,"tree":"1"}')  # It is there already.
yew = item('{"tree":"5","trŷ":"ywen 😀"}')
entry("user", "5", "2026-11-21T09:00:00Z", yew, alder)
entry("user", "6", "2026-11-21T09:00:00Z", yew)
entry("user", "2", "2026-11-22T09:00:00Z", item('{"rings":18446744073709551616,"tree":"2"}'))
assert_root()
