"""The one configuration: a frozen record read from defaults, `LOTSE_HOME/lotse.toml` and the environment.

Later sources win: defaults, file, environment, keyword arguments. Reading it creates nothing and opens nothing.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from kb.errors import ConfigError

PUBLISHER = "https://www.gesetze-im-internet.de"

_ENVIRONMENT = {
    "database_url": "DATABASE_URL",
    "chroma_url": "CHROMA_URL",
    "embedder": "LOTSE_EMBEDDER",
    "base_url": "LOTSE_BASE_URL",
    "starter": "LOTSE_STARTER",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Where things live and how much of them. No live objects.

    home            folder of everything that is stored (`LOTSE_HOME`)
    database_url    SQLAlchemy address; "" = SQLite at home/lotse.db
    chroma_url      http address of a Chroma server; "" = embedded, in home/index
    embedder        folder of a static model, or the name of a sentence-transformers model; "" = the one we ship
    starter         folder of the starter knowledge; "" = the one we ship
    base_url        publisher of federal law
    passage_words   most words of a passage where the structure allows
    max_file_bytes  largest file that is read
    max_unzipped_bytes  most bytes a zip may hold unpacked
    """

    home: Path
    database_url: str = ""
    chroma_url: str = ""
    embedder: str = ""
    starter: str = ""
    base_url: str = PUBLISHER
    passage_words: int = 100
    max_file_bytes: int = 200_000_000
    max_unzipped_bytes: int = 1_000_000_000

    @property
    def database(self) -> str:
        """The SQLAlchemy address in force."""
        return self.database_url or f"sqlite:///{self.home / 'lotse.db'}"

    @property
    def files(self) -> Path:
        """Folder of the originals, by SHA-256."""
        return self.home / "files"

    @property
    def index(self) -> Path:
        """Folder of the index generations."""
        return self.home / "index"

    @property
    def embedder_folder(self) -> Path:
        """Folder of the static model in force (meaningless for a sentence-transformers name)."""
        return Path(self.embedder) if self.embedder else self.starter_folder / "embedding"

    @property
    def starter_folder(self) -> Path:
        """Folder of the starter knowledge in force."""
        return Path(self.starter) if self.starter else Path(__file__).parent / "starter"


def default_home(environ: Mapping[str, str] = os.environ) -> Path:
    """`LOTSE_HOME`, or the platform's folder for user data."""
    if named := environ.get("LOTSE_HOME"):
        return Path(named).expanduser()
    from platformdirs import user_data_path

    return user_data_path("lotse", appauthor=False)


def load_config(environ: Mapping[str, str] = os.environ, **given: Any) -> Config:
    """The configuration in force. Raises ConfigError for an unknown key or a value of the wrong type."""
    home = Path(given.pop("home", None) or default_home(environ))
    values: dict[str, Any] = {}
    file = home / "lotse.toml"
    if file.is_file():
        try:
            values.update(tomllib.loads(file.read_text(encoding="utf-8")))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigError(
                f"lotse.toml is not valid TOML: {error}", where=str(file), next="correct the line"
            ) from error
    values.update({key: environ[name] for key, name in _ENVIRONMENT.items() if environ.get(name)})
    values.update(given)
    types = {field.name: field.type for field in fields(Config) if field.name != "home"}
    if unknown := sorted(set(values) - set(types)):
        raise ConfigError(
            f"unknown setting: {', '.join(unknown)}",
            where=str(file),
            next=f"known settings: {', '.join(sorted(types))}",
        )
    for key, value in values.items():
        wanted = int if types[key] == "int" else str
        if not isinstance(value, wanted) or isinstance(value, bool):
            raise ConfigError(
                f"{key} must be {wanted.__name__}, not {value!r}", where=str(file), next="correct the value"
            )
    return Config(home=home, **values)
