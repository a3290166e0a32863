"""Records what Python's jinja2 gives for every snippet of this folder.

    pip install jinja2==3.1.6
    python record.py

It reads snippets/*.jsonl and writes expected/*.json. Running it again gives the same bytes.
"""

import json
import pathlib
import re
import sys
import warnings
from datetime import datetime

import jinja2
from jinja2 import nodes
from jinja2.ext import Extension
from jinja2.sandbox import SandboxedEnvironment

VERSION = "3.1.6"
HERE = pathlib.Path(__file__).resolve().parent
SETTINGS = {
    "trimBlocks": "trim_blocks",
    "lstripBlocks": "lstrip_blocks",
    "keepTrailingNewline": "keep_trailing_newline",
}


class GenerationTag(Extension):
    """`{% generation %}…{% endgeneration %}` of chat templates: renders its body as it is."""

    tags = {"generation"}

    def parse(self, parser):
        opening = next(parser.stream)
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return nodes.CallBlock(self.call_method("write"), [], [], body, lineno=opening.lineno)

    def write(self, caller):
        return caller()


def tojson(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(
        value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys
    )


def raise_exception(message):
    raise jinja2.TemplateError(message)


def strftime_now(format):
    return datetime(2026, 1, 2).strftime(format)


def environment(settings):
    env = SandboxedEnvironment(
        extensions=["jinja2.ext.loopcontrols", "jinja2.ext.do", GenerationTag],
        **{SETTINGS[name]: value for name, value in settings.items()},
    )
    env.filters["tojson"] = tojson
    env.globals.update(raise_exception=raise_exception, strftime_now=strftime_now)
    return env


def check_values(value):
    """Values must mean the same after JSON.parse in JavaScript."""
    if isinstance(value, dict):
        for item in value.values():
            check_values(item)
    elif isinstance(value, list):
        for item in value:
            check_values(item)
    elif isinstance(value, float):
        assert not value.is_integer(), f"{value!r} is an integer in JavaScript"
    elif isinstance(value, int):
        assert abs(value) < 2**53, f"{value!r} is not exact in JavaScript"


def describe(problem, when):
    # str() of a syntax error adds the line and the source; the message alone is wanted.
    message = getattr(problem, "message", None) or str(problem)
    return {"error": f"{type(problem).__name__}: {message}", "when": when}


def record(snippet):
    assert set(snippet) <= {"template", "values", "settings"}, f"unknown key in {snippet}"
    check_values(snippet["values"])
    env = environment(snippet.get("settings", {}))
    try:
        template = env.from_string(snippet["template"])
    except Exception as problem:
        return describe(problem, "made")
    try:
        return {"text": template.render(snippet["values"])}
    except Exception as problem:
        return describe(problem, "rendered")


def main():
    if jinja2.__version__ != VERSION:
        sys.exit(f"This needs jinja2 {VERSION}, not {jinja2.__version__}: pip install jinja2=={VERSION}")
    warnings.simplefilter("ignore")
    target = HERE / "expected"
    target.mkdir(exist_ok=True)
    total = 0
    for file in sorted((HERE / "snippets").glob("*.jsonl")):
        rows = []
        for number, line in enumerate(file.read_text(encoding="utf8").split("\n"), 1):
            if not line:
                continue
            try:
                row = json.dumps(record(json.loads(line)), ensure_ascii=False)
            except (AssertionError, ValueError) as problem:
                sys.exit(f"{file.name}:{number}: {problem}")
            if re.search(r"\bat 0x[0-9a-f]{6,}", row):
                sys.exit(f"{file.name}:{number}: the result has an address in memory, so it is not the same every time: {row}")
            rows.append(row)
        text = "[\n" + ",\n".join(rows) + "\n]\n"
        (target / f"{file.stem}.json").write_text(text, encoding="utf8", newline="\n")
        total += len(rows)
        print(f"{file.stem}: {len(rows)}")
    print(f"{total} snippets")


if __name__ == "__main__":
    main()
