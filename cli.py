"""The command-line face: `lotse …`. One JSON document on stdout with --json, logs and progress on stderr.

Exit status: 0 ok, 1 error, 2 usage, 3 declined or nothing found.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import typer

import console
import quality
from console import ERROR, INTERRUPTED, NOTHING, OK, USAGE, Json
from ingest.starter import open_home
from kb.config import Config, load_config
from kb.errors import CitationError, KbError
from kb.model import Kind

if TYPE_CHECKING:
    from kb.knowledge_base import KnowledgeBase

app = typer.Typer(
    name="lotse",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Stichtag = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day the question is about; today by default.")
]


class NotStoredError(KbError):
    """The Norm or Absatz asked for is not in the store."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Runs a command line (that of the process by default) and exits with its status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        status = app(given, standalone_mode=False, prog_name="lotse")
    except BrokenPipeError:  # the reader of our output has gone, as in `lotse sources | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = OK
    except (Exception, KeyboardInterrupt) as error:
        console.put_error(error, given)
        status = _status_of(error)
    sys.exit(status)


def _status_of(error: BaseException) -> int:
    if isinstance(error, NotStoredError):
        return NOTHING
    if isinstance(error, (KeyboardInterrupt, typer.Abort)):
        return INTERRUPTED
    return USAGE if isinstance(error, typer.TyperException) and error.exit_code == USAGE else ERROR


@contextmanager
def _opened_kb(config: Config) -> Iterator[KnowledgeBase]:
    from kb.knowledge_base import open_kb

    with open_home(config):
        pass
    with open_kb(config) as kb:
        yield kb


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _facts(text: str | None) -> dict[str, Any] | None:
    try:
        facts = json.loads(text) if text is not None else None
    except json.JSONDecodeError as error:
        raise typer.BadParameter(f"--facts is not JSON: {error}") from error
    if facts is not None and not isinstance(facts, dict):
        raise typer.BadParameter("--facts must be a JSON object")
    return facts


def _print_version(value: bool) -> None:
    if value:
        from importlib.metadata import version

        sys.stdout.write(f"lotse {version('lotse')}\n")
        raise typer.Exit


@app.callback()
def lotse(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Checked, dated answers on German asylum and labour-market law. Everything lives in LOTSE_HOME."""


@app.command()
def init(
    no_starter: Annotated[bool, typer.Option("--no-starter", help="Leave it empty, for good.")] = False,
    as_json: Json = False,
) -> int:
    """Make LOTSE_HOME and index the starter knowledge; a second time does nothing.

    Example: lotse init
    """
    from ingest.starter import init_starter, leave_empty
    from kb.report import init_report

    since, config = time.perf_counter(), load_config()
    with open_home(config, starter=False) as store, console.progress("indexing", hidden=as_json) as progress:
        if no_starter:
            leave_empty(store)
        report = init_starter(store, config, progress=progress)
    console.put(
        init_report(config.home, is_in=report.is_in, changed=report.changed, seconds=time.perf_counter() - since),
        as_json,
        console.initialised,
    )
    return OK


@app.command()
def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files, folders or zips.", show_default=False)],
    kind: Annotated[Kind | None, typer.Option(help="What the sources are.")] = None,
    stand: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The date up to which the texts are known to stand.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Store and index statutes (XML, zip, Markdown), notes, PDF, HTML, DOCX and text.

    Example: lotse ingest folder/ --stand 2026-08-19
    """
    from ingest.build import ingest_paths
    from ingest.workers import parsers
    from kb.index import PATIENCE, update
    from kb.report import ingest_report

    since = time.perf_counter()
    config = load_config()
    with open_home(config) as store:
        with console.progress("reading", hidden=as_json) as progress, parsers(paths) as executor:
            outcome = ingest_paths(
                paths,
                store=store,
                config=config,
                kind=kind,
                stand=_day(stand),
                progress=progress,
                executor=executor,
            )
        with console.progress("indexing", hidden=as_json) as progress:
            report = update(store, config, progress=progress, wait_seconds=PATIENCE, waiting=console.waiting)
    seconds, errors = time.perf_counter() - since, outcome.errors
    document = ingest_report(
        outcome.results, errors, warnings=outcome.warnings, indexed=not report.locked, seconds=seconds
    )
    console.put(document, as_json, console.ingested)
    return ERROR if errors else OK


@app.command()
def sync(
    base_url: Annotated[str | None, typer.Option(help="The publisher, or a mirror of it.", show_default=False)] = None,
    only: Annotated[list[str] | None, typer.Option(help="Only these statutes, by slug or Kürzel.")] = None,
    more: Annotated[list[str] | None, typer.Argument(help="More statutes, after --only.", hidden=True)] = None,
    pause: Annotated[float, typer.Option(min=0, help="Seconds between two requests.")] = 0.2,
    as_json: Json = False,
) -> int:
    """Bring the catalogue's statutes up to date from the publisher; only what changed is sent and stored.

    Example: lotse sync --only aufenthg_2004 --only BeschV
    """
    from ingest.fetch import HttpClient
    from ingest.sync import catalogue
    from ingest.sync import sync as sync_statutes
    from kb.report import ingest_report

    since = time.perf_counter()
    config = load_config(base_url=base_url.rstrip("/")) if base_url else load_config()
    with open_home(config) as store, HttpClient() as http, console.progress("fetching", hidden=as_json) as progress:
        report = sync_statutes(
            catalogue(config, [*(only or ()), *(more or ())]),
            store=store,
            config=config,
            http=http,
            today=date.today(),
            pause_seconds=pause,
            progress=lambda told: progress(told.done, told.total),
        )
    not_modified, seconds = len(report.not_modified), time.perf_counter() - since
    errors = [failure.error for failure in report.failures]
    document = ingest_report(report.results, errors, not_modified=not_modified, seconds=seconds)
    console.put(document, as_json, console.ingested)
    return ERROR if errors else OK


@app.command()
def sources(as_json: Json = False) -> int:
    """List what is stored, with its Rechtsstand.

    Example: lotse sources --json
    """
    from kb.report import sources_report

    with open_home(load_config()) as store:
        document = sources_report(store.sources())
    console.put(document, as_json, console.sources)
    return OK


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="Words, a question or a reference.", show_default=False)],
    limit: Annotated[int, typer.Option("-k", "--limit", min=1, max=1000, help="Most hits.")] = 10,
    stichtag: Stichtag = None,
    as_json: Json = False,
) -> int:
    """Show what retrieval finds, best first, and by which leg.

    Example: lotse search "Identitätsklärung Frist" -k 5
    """
    from kb.report import search_report
    from kb.retrieve import retrieve

    with _opened_kb(load_config()) as kb:
        since = time.perf_counter()
        hits = retrieve(query, kb=kb, limit=limit, stichtag=_day(stichtag))
        document = search_report(query, hits, ms=(time.perf_counter() - since) * 1000)
    console.put(document, as_json, console.hits)
    return OK if hits else NOTHING


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="The question, as people ask.", show_default=False)],
    lang: Annotated[
        Literal["de", "en"] | None, typer.Option(help="Language of the answer; that of the question by default.")
    ] = None,
    stichtag: Stichtag = None,
    facts: Annotated[str | None, typer.Option(help="Known facts of the case, as a JSON object.")] = None,
    as_json: Json = False,
) -> int:
    """Answer a question, every legal sentence with its checked Beleg. Exit status 3: declined.

    Example: lotse ask "Wann bekommt mein Mentee eine Ausbildungsduldung?"
    """
    from kb.answer import answer
    from kb.evidence import Status
    from kb.report import answer_report

    known = _facts(facts)
    with _opened_kb(load_config()) as kb:
        since = time.perf_counter()
        given = answer(question, kb=kb, lang=lang, stichtag=_day(stichtag), facts=known)
        document = answer_report(given, ms=(time.perf_counter() - since) * 1000)
    console.put(document, as_json, console.answer)
    return NOTHING if given.status is Status.DECLINED else OK


@app.command()
def show(
    reference: Annotated[str, typer.Argument(help="A Norm or an Absatz.", show_default=False)],
    stichtag: Stichtag = None,
    diff: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Compare with the text in force on that day.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Show the stored wording of a Norm or an Absatz. Exit status 3: not stored.

    Example: lotse show "§ 60c Abs. 2 AufenthG" --diff 2025-04-02
    """
    from kb import report
    from kb import show as stored
    from kb.normref import parse_norm_ref

    ref = parse_norm_ref(reference)
    with open_home(load_config()) as store:
        try:
            new = stored.show(ref, store=store, stichtag=_day(stichtag))
            old = stored.show(ref, store=store, stichtag=_day(diff)) if diff else None
        except CitationError as error:
            raise NotStoredError(error.message, where=error.where, next=error.next) from error
    if old is None:
        console.put(report.show_report(new), as_json, console.shown)
    else:
        old, new = sorted((old, new), key=lambda state: state.rechtsstand)
        console.put(report.diff_report(old, new, stored.diff(old, new)), as_json, console.shown)
    return OK


@app.command()
def matrix(
    name: Annotated[Literal["foerderung", "arbeit"], typer.Argument(help="Support, or access to work.")],
    status: Annotated[list[str] | None, typer.Option(help="Only these statuses; all by default.")] = None,
    as_json: Json = False,
) -> int:
    """Show what a residence status means for each support or kind of work.

    Example: lotse matrix foerderung --status 16g
    """
    from kb.matrix import read_matrices
    from kb.report import matrix_report

    found = next((one for one in read_matrices(load_config().starter_folder) if one.id == name), None)
    known = [row.id for row in found.rows] if found else []
    if found is None or (unknown := [one for one in status or () if one not in known]):
        raise typer.BadParameter(
            f"no such status: {', '.join(unknown)}; there are {', '.join(known)}" if found else name
        )
    console.put(matrix_report(found, status or ()), as_json, console.matrix)
    return OK


app.command()(quality.check)
app.command()(quality.doctor)


@app.command()
def evaluate(
    file: Annotated[Path, typer.Argument(help="Questions, one JSON object a line.", show_default=False)],
    out: Annotated[Path | None, typer.Option(help="Write a line for each question there.")] = None,
    as_json: Json = False,
) -> int:
    """Measure retrieval and answers on a set of questions.

    Example: lotse evaluate questions.jsonl --out per_question.jsonl
    """
    from kb.answer import answer
    from kb.evaluate import evaluate as measure
    from kb.evaluate import read_items

    with _opened_kb(load_config()) as kb:
        document = measure(read_items(file), kb=kb, answer=answer, out=out)
    console.put(document, as_json, console.figures)
    return OK


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="A loopback address.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The next free one is taken if this is not.")] = 8501,
    no_sync: Annotated[bool, typer.Option("--no-sync", help="Do not fetch the law beside the page.")] = False,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open the page.")] = False,
    as_json: Json = False,
) -> int:
    """Open the page; `lotse sync` runs beside it. Ctrl-C ends both.

    Example: lotse serve --port 8600 --no-browser
    """
    import serve as page

    page.assert_loopback(host)
    config = load_config()
    with open_home(config):
        pass

    def ready(url: str) -> None:
        console.put({"url": url}, as_json, console.serving)
        if not (no_browser or page.is_headless()):
            page.open_browser(url)

    return page.serve(config, host=host, port=port, sync=not no_sync, say=console.err().print, ready=ready)


if __name__ == "__main__":
    main()
