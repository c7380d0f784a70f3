#!/usr/bin/env python3
# gst-wmspush - push ASF streams to Windows Media servers
# Copyright (C) 2026 The gst-wmspush authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reads what the status interface sent from standard input, strictly.

usage: check_status.py json|metrics|html

Prints it in a form that a test can look things up in, one "NAME=VALUE" or one
text a line, and fails with a reason when it is not well-formed.
"""

import html.parser
import json
import re
import sys


def flatten(name, value):
    """Lists of objects are named by their "path" or "address"."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from flatten(f"{name}.{key}" if name else key, inner)
    elif isinstance(value, list):
        yield f"{name}.count={len(value)}"
        for inner in value:
            key = inner.get("path") or inner.get("address")
            yield from flatten(f"{name}[{key}]", inner)
    else:
        yield f"{name}={value if isinstance(value, str) else json.dumps(value)}"


def unique(pairs):
    names = [name for name, _ in pairs]
    if len(names) != len(set(names)):
        raise ValueError(f"a name twice: {names}")
    return dict(pairs)


def check_json(text):
    yield from flatten("", json.loads(text, object_pairs_hook=unique))


NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"'
SAMPLE = re.compile(
    rf"({NAME})(?:\{{({LABEL}(?:,{LABEL})*)\}})? (-?[0-9]+(?:\.[0-9]+)?)")
META = re.compile(rf"# (HELP|TYPE) ({NAME}) (.+)")
ESCAPE = {r"\\": "\\", r"\"": '"', r"\n": "\n"}


def check_metrics(text):
    """The text exposition format 0.0.4."""
    if not text.endswith("\n"):
        raise ValueError("the last line does not end")
    types, helped, series, current = {}, set(), set(), None
    for line in text.removesuffix("\n").split("\n"):
        meta = META.fullmatch(line)
        if meta:
            kind, name, rest = meta.groups()
            known = helped if kind == "HELP" else types
            if name in known:
                raise ValueError(f"{kind} twice: {name}")
            if kind == "HELP":
                helped.add(name)
                continue
            if rest not in ("counter", "gauge"):
                raise ValueError(f"type: {line}")
            if (rest == "counter") != name.endswith("_total"):
                raise ValueError(f"name and type do not fit: {line}")
            types[name] = rest
            current = name
            continue
        sample = SAMPLE.fullmatch(line)
        if not sample:
            raise ValueError(f"no sample: {line!r}")
        name, labels, value = sample.groups()
        if name != current or name not in helped:
            raise ValueError(f"not below its HELP and TYPE: {line}")
        if not name.startswith("wms_publishing_point_"):
            raise ValueError(f"name: {line}")
        if types[name] == "counter" and value.startswith("-"):
            raise ValueError(f"a counter below 0: {line}")
        if (name, labels) in series:
            raise ValueError(f"twice: {line}")
        series.add((name, labels))
        labels = re.sub(r'\\["\\n]', lambda m: ESCAPE[m.group()], labels or "")
        yield f"{name}{{{labels}}}={value}" if labels else f"{name}={value}"


class Page(html.parser.HTMLParser):
    """Every element closed in its order, and none that could do anything."""

    VOID = {"meta"}
    KNOWN = VOID | {
        "html", "head", "title", "style", "body", "h1", "h2", "bdi", "section",
        "dl", "div", "dt", "dd", "span", "p", "form", "input", "button",
        "table", "thead", "tbody", "tr", "th", "td", "footer", "a"}
    ATTRIBUTES = {
        "lang", "charset", "http-equiv", "content", "name", "class", "method",
        "action", "type", "value", "href"}

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open = []
        self.lines = []

    def handle_starttag(self, tag, attrs):
        if tag not in self.KNOWN:
            raise ValueError(f"an element {tag}")
        for name, value in attrs:
            if name not in self.ATTRIBUTES or value is None:
                raise ValueError(f"an attribute {name} of {tag}")
            if name in ("action", "href"):
                self.lines.append(f"{name}={value}")
        if tag == "input":
            fields = dict(attrs)
            self.lines.append(f"input.{fields['name']}={fields['value']}")
        elif tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            raise ValueError(f"</{tag}> within {self.open}")

    def handle_data(self, data):
        if "style" in self.open:
            return
        if data.strip():
            self.lines.append(f"{self.open[-1]}={data.strip()}")


def check_html(text):
    if not text.startswith("<!DOCTYPE html>\n"):
        raise ValueError("no document type")
    # The parser takes a bare & as it is.
    if re.search(r"&(?!(amp|lt|gt|quot|#39);)", text):
        raise ValueError("a bare &")
    page = Page()
    page.feed(text)
    page.close()
    if page.open:
        raise ValueError(f"not closed: {page.open}")
    return page.lines


CHECKS = {"json": check_json, "metrics": check_metrics, "html": check_html}

if __name__ == "__main__":
    source = sys.stdin.buffer.read().decode("utf-8", "strict")
    for item in CHECKS[sys.argv[1]](source):
        sys.stdout.buffer.write((item + "\n").encode())
