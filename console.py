"""The documents of `lotse …` for people: tables and panels on a terminal, plain lines in a pipe."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any, TypeAlias

import typer
from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from kb.errors import KbError

Document: TypeAlias = dict[str, Any]

# exit statuses of all commands
OK, ERROR, USAGE, NOTHING, INTERRUPTED = 0, 1, 2, 3, 130
Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout, nothing else there.")]

_VERDICT_STYLE = {"VERBATIM": "green", "NORM_IN_CONTEXT": "green", "NORM_PINNED": "green", "NORM_CHANGED": "yellow"}
_STATUS_STYLE = {"ANSWERED": "bold green", "PARTIAL": "bold yellow", "DECLINED": "bold red"}
_OP_STYLE = {"insert": "green underline", "delete": "red strike", "equal": ""}


def out() -> Console:
    """Standard output: as wide as the terminal, never wrapped or coloured in a pipe."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=10_000, no_color=True)
    return console


def err() -> Console:
    """Standard error, for progress and remarks."""
    return Console(stderr=True, highlight=False)


@contextmanager
def progress(label: str, *, hidden: bool = False) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr while something is done; takes (done, total). Nothing is shown in a pipe."""
    console = err()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=hidden or not console.is_terminal) as bar:
        task = bar.add_task(label, total=None)

        def tell(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield tell


def waiting() -> None:
    """Says on stderr why nothing happens."""
    err().print("Another process is indexing; waiting for it. Ctrl-C is safe: what is stored is indexed later.")


def initialised(document: Document) -> RenderableType:
    """What `lotse init` did."""
    if not document["starter"]:
        return Text(f"{document['home']} is ready and empty")
    changed = f"{document['changed']} files of the starter knowledge were new"
    return Text(f"{document['home']} is ready: {changed}, {document['seconds']} s")


def serving(document: Document) -> RenderableType:
    """Where the page is."""
    return Text(f"Lotse is at {document['url']} (Ctrl-C ends it)")


def put(document: Document, as_json: bool, draw: Callable[[Document], RenderableType]) -> None:
    """Prints a document on stdout, as JSON or drawn."""
    if as_json:
        _put_json(document)
    else:
        out().print(draw(document))


def _put_json(document: Document) -> None:
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    sys.stdout.flush()


def put_error(error: BaseException, given: Sequence[str]) -> None:
    """Prints what went wrong: a document where the command line asked for one, else lines on stderr."""
    told = _told(error, given)
    if "--json" in given:
        _put_json({"error": told})
        return
    named = (f"error: {told['message']}", *(f"  {key}: {told[key]}" for key in ("where", "next") if told[key]))
    sys.stderr.write("\n".join(named) + "\n")


def _told(error: BaseException, given: Sequence[str]) -> dict[str, str]:
    name = type(error).__name__
    if isinstance(error, KbError):
        return {"type": name, "message": error.message, "where": error.where, "next": error.next}
    if isinstance(error, (KeyboardInterrupt, typer.Abort)):
        again = "run the command again: it goes on where it was"
        return {"type": "Interrupted", "message": "interrupted", "where": "", "next": again}
    if isinstance(error, typer.TyperException):
        command = next((f" {word}" for word in given if not word.startswith("-")), "")
        message = error.format_message() or "no command was given"
        return {"type": "UsageError", "message": message, "where": "", "next": f"lotse{command} --help"}
    logging.getLogger("lotse").error("unforeseen error", exc_info=error)
    return {"type": name, "message": str(error) or name, "where": "", "next": "report it with the lines on stderr"}


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        table.add_column(heading, justify="right" if heading.startswith("#") else "left", overflow="fold")
    return table


def ingested(document: Document) -> RenderableType:
    """What `lotse ingest` and `lotse sync` did, source by source."""
    table = _table("source", "title", "rechtsstand", "#passages", "#added", "#changed", "#removed", "#unchanged")
    lines: list[RenderableType] = []
    for source in document["sources"]:
        counts = [str(source[key]) for key in ("passages", "added", "changed", "removed", "unchanged")]
        table.add_row(escape(source["id"]), escape(source["title"][:60]), str(source["rechtsstand"]), *counts)
        lines += [Text(f"{source['id']}: {warning}", style="yellow") for warning in source["warnings"]]
    if document["sources"]:
        lines.insert(0, table)
    lines += [Text(warning, style="yellow") for warning in document.get("warnings", [])]
    for failure in document.get("failed", []):
        lines.append(Text(f"{failure['where']}: {failure['message']} – {failure['next']}", style="red"))
    changed = sum(1 for source in document["sources"] if source["added"] or source["changed"] or source["removed"])
    checked = f"{len(document['sources']) + document.get('not_modified', 0)} sources"
    lines.append(Text(f"{checked}, {changed} changed, {document['seconds']} s"))
    if not document["indexed"]:
        later = (
            "Stored, but not searchable yet: another process is indexing, and it or the next command takes these in."
        )
        lines.append(Text(later, style="yellow"))
    return Group(*lines)


def sources(document: Document) -> RenderableType:
    """What is stored."""
    table = _table("source", "kind", "title", "rechtsstand", "last checked", "#states")
    for source in document["sources"]:
        table.add_row(
            escape(source["id"]),
            source["kind"],
            escape(source["title"][:70]),
            source["rechtsstand"],
            source["last_checked"],
            str(len(source["states"])),
        )
    return Group(table, Text(f"{len(document['sources'])} sources"))


def hits(document: Document) -> RenderableType:
    """What search found, best first."""
    parts: list[RenderableType] = []
    for hit in document["hits"]:
        found = ", ".join(f"{leg} {rank}" for leg, rank in hit["found_by"].items())
        head = Text.assemble((f"{hit['rank']:>2}  ", "dim"), (hit["norm"] or hit["locator"], "bold"))
        head.append(f"  {hit['heading']}")
        head.append(f"  ({hit['locator']}, {hit['rechtsstand']}; {found})", style="dim")
        parts += [head, Padding(Text(_short(hit["text"])), (0, 0, 0, 4))]
    if not parts:
        parts.append(Text("nothing found"))
    parts.append(Text(f"{document['ms']} ms", style="dim"))
    return Group(*parts)


def answer(document: Document) -> RenderableType:
    """An answer: status, statements under their headings with Beleg numbers, Belege with their verdicts."""
    parts: list[RenderableType] = [
        Text(document["question"], style="italic"),
        Text.assemble(
            (document["status"], _STATUS_STYLE[document["status"]]), f"  confidence {document['confidence']:.2f}"
        ),
    ]
    parts += [Text(f"! {notice}", style="yellow") for notice in document["notices"]]
    heading = None
    for statement in document["statements"]:
        if statement["heading"] != heading:
            heading = statement["heading"]
            parts += [Text(""), Text(heading, style="bold")]
        marks = "".join(f" [{number}]" for number in statement["citations"])
        parts.append(Text.assemble("• ", statement["text"], (marks, "cyan")))
    if document["open_points"]:
        parts += [Text(""), Text("Was noch zu klären ist", style="bold")]
        parts += [Text(f"• {point}") for point in document["open_points"]]
    if document["citations"]:
        parts.append(Text(""))
    for citation in document["citations"]:
        verdict = citation["verdict"]
        line = Text.assemble((f"[{citation['n']}] ", "cyan"), (citation["locator"], "bold"))
        line.append(f" – {citation['title']}, {citation['rechtsstand']} ")
        line.append(verdict, style=_VERDICT_STYLE.get(verdict, "red"))
        line.append(f" {citation['url']}", style="dim")
        parts.append(line)
    return Group(*parts)


def shown(document: Document) -> RenderableType:
    """One Norm or Absatz, or the difference of two states of it."""
    head = Text(document["ref"], style="bold")
    if "ops" in document:
        head.append(f"  {document['old_rechtsstand']} → {document['new_rechtsstand']}", style="dim")
        return Group(head, Text(""), _difference(document["ops"]))
    if document["title"]:
        head.append(f"  {document['title']}")
    parts: list[RenderableType] = [head, Text(f"Rechtsstand {document['rechtsstand']}", style="dim")]
    for change in document["pending"]:
        parts.append(Text(f"! {change['text']}", style="yellow"))
    if document["other_states"]:
        parts.append(Text(f"other wording in the text of {', '.join(document['other_states'])}", style="dim"))
    return Group(*parts, Text(""), Text(document["text"]), Text(""), Text(document["url"], style="dim"))


def _difference(ops: list[Document]) -> Text:
    """Deleted words as [-…-], inserted ones as {+…+}, so that a pipe shows them too."""
    text = Text()
    absatz: object = ops[0]["absatz"] if ops else None
    for op in ops:
        if op["absatz"] != absatz:
            absatz = op["absatz"]
            text.append("\n\n")
        if op["op"] == "equal":
            text.append(op["new"])
        if op["op"] in ("delete", "replace"):
            text.append(f"[-{op['old']}-]", style=_OP_STYLE["delete"])
        if op["op"] in ("insert", "replace"):
            text.append(f"{{+{op['new']}+}}", style=_OP_STYLE["insert"])
    return text


def checked(document: Document) -> RenderableType:
    """The findings of `lotse check`, what each topic has, and how much of it nobody could check."""
    lines: list[RenderableType] = [
        Text(f"{error['file']}:{error['line']}: {error['ref']}: {error['message']}", style="red")
        for error in document["errors"]
    ]
    table = _table("topic", "#German", "#English", "#questions", "#misconceptions", "#cells", "#FAQ", "#contacts")
    for row in document["coverage"]:
        table.add_row(*(str(value) for value in row.values()))
    counts = ", ".join(f"{count} {name}" for name, count in document["counts"].items())
    share = f"{100 * document['unverified_share']:.1f} % of the statements rest on a source that was not seen"
    return Group(table, *lines, Text(f"{len(document['errors'])} errors; {counts}; {share}"))


_POSSIBLE = {"ja": "green", "bedingt": "yellow", "nein": "red", "offen": "magenta"}


def matrix(document: Document) -> RenderableType:
    """One table a status: each column with its verdict, what it means, and where it stands."""
    names = {column["id"]: column["title"] for column in document["columns"]}
    tables: list[RenderableType] = []
    for row in document["rows"]:
        table = _table("", "", "", "Norm")
        table.title, table.title_justify = row["title"], "left"
        for cell in (cell for cell in document["cells"] if cell["row"] == row["id"]):
            verdict = Text(cell["verdict"], style=_POSSIBLE[cell["verdict"]])
            table.add_row(names[cell["column"]], verdict, " ".join((cell["text"], cell["gap"])).strip(), cell["norms"])
        tables.append(table)
    return Group(*tables)


def diagnosed(document: Document) -> RenderableType:
    """The findings of `lotse doctor`."""
    table = _table("finding", "#texts")
    for name in ("missing", "orphaned", "duplicate", "wrong_model", "stale"):
        found = document[name]
        table.add_row(name, str(found if isinstance(found, int) else len(found)))
    verdict = Text("database and indexes agree", style="green")
    if not document["ok"]:
        verdict = Text("database and indexes disagree: lotse doctor --rebuild", style="red")
    return Group(table, verdict)


def figures(document: Document) -> RenderableType:
    """The figures of `lotse evaluate`, one a line."""
    table = _table("figure", "#value")
    for name, value in _flat(document):
        table.add_row(name, f"{value:.3f}" if isinstance(value, float) else str(value))
    return table


def _flat(document: Document, prefix: str = "") -> list[tuple[str, Any]]:
    rows: list[tuple[str, Any]] = []
    for name, value in document.items():
        rows += _flat(value, f"{prefix}{name} ") if isinstance(value, dict) else [(f"{prefix}{name}", value)]
    return rows


def _short(text: str, characters: int = 240) -> str:
    line = " ".join(text.split())
    return line if len(line) <= characters else f"{line[:characters].rsplit(' ', 1)[0]} …"
