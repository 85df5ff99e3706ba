"""Who may import whom: stages stay apart, pure modules stay pure, and Dagster stays in its glue."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

import apptrack_pipeline

PACKAGE = "apptrack_pipeline"
ROOT = Path(apptrack_pipeline.__file__).parent
STAGES = ["ingestion", "correlation", "scraping", "analysis", "export"]
GLUE = {"assets", "sensors", "checks", "schedules"}
# Within a stage, these speak to the database; what is neither this nor glue is pure.
STORES = {"store", "intake", "letter_box", "rereading", "relinking", "responses", "hosts"}
# What stands behind a port speaks to the network or to the disk.
ADAPTERS = {"imap", "files", "oauth", "accounts", "network", "connections", "archive", "fetchers"}
OUTSIDE = {
    "dagster", "sqlalchemy", "psycopg", "psycopg_pool", "httpx", "httpcore", "imapclient", "imaplib", "msal"
}  # fmt: skip

PURE_BELOW_THE_STAGES = {
    f"{PACKAGE}.orchestration.stretches",
    f"{PACKAGE}.orchestration.days",
    f"{PACKAGE}.db.capture_body",
}

LAYERS = [
    {"domain", "settings"},
    {"postings"},
    {"db"},
    {"timeline"},
    {"orchestration"},
    set(STAGES),
    {"api", "definitions", "evaluation"},
    {"service", "cli", "demo", "__main__"},
]


def module_of(path: Path) -> str:
    parts = [PACKAGE, *path.relative_to(ROOT).with_suffix("").parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {module_of(path): path for path in sorted(ROOT.rglob("*.py"))}
MODULES = list(FILES)


@cache
def imports_of(module: str) -> frozenset[str]:
    """Every module that `module` imports, wherever in its text it does so, with what is taken from it."""
    found: set[str] = set()
    path = FILES[module]
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, base] if base else above)
            found.add(base)
            # `from package import module` names a module only with its last part.
            found.update(f"{base}.{alias.name}" for alias in node.names if f"{base}.{alias.name}" in FILES)
    return frozenset(found)


def outside(module: str) -> set[str]:
    return {name.partition(".")[0] for name in imports_of(module)} - {PACKAGE}


def ours(module: str) -> set[str]:
    return {name for name in imports_of(module) if name in FILES and name not in (PACKAGE, module)}


def everything_behind(module: str) -> set[str]:
    """All our modules that are loaded with `module`, itself included."""
    seen: set[str] = set()
    waiting = [module]
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        parents = (current.rsplit(".", n)[0] for n in range(1, current.count(".") + 1))
        waiting += [*ours(current), *(parent for parent in parents if parent in FILES)]
    return seen


def part(module: str) -> str:
    """The first folder or file below the package: `db` of `apptrack_pipeline.db.queues`."""
    return module.split(".")[1] if "." in module else ""


def last(module: str) -> str:
    return module.rpartition(".")[2]


def layer(module: str) -> int:
    return next(n for n, names in enumerate(LAYERS) if part(module) in names)


def is_pure(module: str) -> bool:
    if module in PURE_BELOW_THE_STAGES:
        return True
    if part(module) in {"evaluation", "postings"}:
        return True
    return part(module) in STAGES and module.count(".") >= 2 and last(module) not in GLUE | STORES | ADAPTERS


PURE = [module for module in MODULES if is_pure(module)]


def may_import_dagster(module: str) -> bool:
    return (
        last(module) in GLUE
        or (part(module) == "orchestration" and module not in PURE_BELOW_THE_STAGES)
        or module in {f"{PACKAGE}.definitions", f"{PACKAGE}.service.runs"}
    )


def listed(modules: Iterable[str]) -> str:
    return ", ".join(sorted(modules))


@pytest.mark.parametrize("module", [module for module in MODULES if module != PACKAGE])
def test_every_module_has_its_place_in_a_layer(module: str) -> None:
    assert any(part(module) in names for names in LAYERS), f"{module} is in none of the layers"


def test_the_modules_that_must_be_pure_are_known_as_pure() -> None:
    named = """correlation.fold correlation.names postings.parsing postings.jsonld scraping.choice
        analysis.offline analysis.skills analysis.resume export.rows export.csv_file
        orchestration.stretches postings.urls ingestion.capture db.capture_body
        scraping.addresses scraping.answers scraping.decompression scraping.robots scraping.turns"""
    assert {f"{PACKAGE}.{name}" for name in named.split()} <= set(PURE)


@pytest.mark.parametrize("module", PURE)
def test_a_pure_module_knows_no_dagster_no_database_and_no_network(module: str) -> None:
    assert outside(module) & OUTSIDE == set()


@pytest.mark.parametrize("module", PURE)
def test_a_pure_module_imports_only_pure_modules_and_the_words_that_all_share(module: str) -> None:
    shared = {f"{PACKAGE}.domain", f"{PACKAGE}.{part(module)}"}
    wrong = [name for name in ours(module) if name not in shared and not is_pure(name)]
    assert wrong == [], f"{module} imports {listed(wrong)}"


@pytest.mark.parametrize("module", PURE)
def test_a_pure_module_has_no_clock(module: str) -> None:
    tree = ast.parse(FILES[module].read_text(encoding="utf-8"))
    asked = [
        f"line {node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and ast.unparse(node.func)
        in {"dt.datetime.now", "datetime.now", "dt.date.today", "date.today", "time.time"}
    ]
    assert asked == []


@pytest.mark.parametrize("module", [module for module in MODULES if not may_import_dagster(module)])
def test_only_glue_imports_dagster(module: str) -> None:
    assert [name for name in imports_of(module) if name.partition(".")[0].startswith("dagster")] == []


@pytest.mark.parametrize("module", [module for module in MODULES if module != PACKAGE])
def test_imports_go_one_way(module: str) -> None:
    upwards = [name for name in ours(module) if layer(name) > layer(module)]
    assert upwards == [], f"{module} imports {listed(upwards)}"


@pytest.mark.parametrize("module", [module for module in MODULES if part(module) in STAGES])
def test_stages_meet_in_the_database_and_not_in_the_code(module: str) -> None:
    others = [name for name in ours(module) if part(name) in STAGES and part(name) != part(module)]
    assert others == [], f"{module} imports {listed(others)}"


@pytest.mark.parametrize("module", [f"{PACKAGE}.domain", f"{PACKAGE}.settings"])
def test_what_lies_below_all_else_imports_none_of_us(module: str) -> None:
    assert ours(module) == set()


API = [module for module in MODULES if part(module) == "api"]


@pytest.mark.parametrize("module", API)
def test_the_api_uses_of_the_stages_only_what_is_pure_or_a_store(module: str) -> None:
    wrong = [
        name
        for name in ours(module)
        if part(name) in {"orchestration", "definitions"} or (part(name) in STAGES and last(name) in GLUE)
    ]
    assert wrong == [], f"{module} imports {listed(wrong)}"


@pytest.mark.parametrize("module", API)
def test_nothing_that_the_api_loads_imports_dagster(module: str) -> None:
    wrong = [
        name
        for name in everything_behind(module)
        if any(found.partition(".")[0].startswith("dagster") for found in imports_of(name))
    ]
    assert wrong == [], f"{module} loads {listed(wrong)}"


def test_the_running_api_has_not_loaded_dagster() -> None:
    if f"{PACKAGE}.api.app" not in FILES:
        pytest.skip("there is no API yet")
    program = (
        f"import {PACKAGE}.api.app, sys\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules if name.startswith('dagster')}))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr


def test_the_supervisor_starts_without_dagster() -> None:
    # It lives as long as the product: Dagster would cost it a second and 100 MB.
    for module in (f"{PACKAGE}.cli", f"{PACKAGE}.service.supervisor", f"{PACKAGE}.service.up"):
        program = f"import {module}, sys; print('dagster' in sys.modules)"
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout.strip()) == (0, "False"), f"{module}: {done.stderr}"


def test_modules_do_not_import_one_another_in_circles() -> None:
    circles = [module for module in MODULES if any(_leads_back(name, module) for name in ours(module))]
    assert circles == []


def _leads_back(start: str, target: str) -> bool:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        current = waiting.pop()
        if current == target:
            return True
        if current not in seen:
            seen.add(current)
            waiting += ours(current)
    return False


@pytest.mark.parametrize("module", MODULES)
def test_every_module_says_what_belongs_into_it(module: str) -> None:
    assert ast.get_docstring(ast.parse(FILES[module].read_text(encoding="utf-8")))


@pytest.mark.parametrize("module", MODULES)
def test_no_module_has_a_name_that_says_nothing(module: str) -> None:
    assert last(module) not in {"utils", "util", "helpers", "common", "misc", "manager", "base"}
