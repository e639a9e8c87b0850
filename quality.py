"""The commands that judge what is there: the starter knowledge against the texts, the indexes against the database."""

from __future__ import annotations

from typing import Annotated

import typer

import console
from console import ERROR, OK, Json
from ingest.starter import open_home
from kb.config import load_config


def check(
    write_lock: Annotated[
        bool, typer.Option("--write-lock", help="Pin the notes to the stored texts they were checked against.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Check the starter knowledge against the stored texts. Exit status 1: there are findings.

    Example: lotse check
    """
    from kb.check import check as check_starter
    from kb.report import check_report

    config = load_config()
    with open_home(config) as store:
        report = check_starter(store, config, write_lock=write_lock)
    console.put(check_report(report), as_json, console.checked)
    return ERROR if report.errors else OK


def doctor(
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Build both indexes anew from the database.")] = False,
    as_json: Json = False,
) -> int:
    """Compare database, lexical and vector index. Exit status 1: they disagree.

    Example: lotse doctor --rebuild
    """
    from kb.index import heal
    from kb.report import doctor_report

    config = load_config()
    with open_home(config) as store, console.progress("indexing", hidden=as_json) as progress:
        diagnosis = heal(store, config, rebuilds=rebuild, progress=progress, waiting=console.waiting)
    console.put(doctor_report(diagnosis), as_json, console.diagnosed)
    return OK if diagnosis.ok else ERROR
