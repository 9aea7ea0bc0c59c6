"""Databases that are prepared once and then kept or copied.

A database is prepared under a name of its own and gets its real name when it is
finished: what has the real name is complete, whatever was interrupted.
"""

import contextlib
import hashlib
import os
import shutil

from . import addons, oca, settings
from .locks import only_one
from .report import Failure, step

BASE_MODULES = ("sale_management", "l10n_br")
LANGUAGE, COUNTRY = "pt_BR", "BR"
SOURCE_LANGUAGE = "en"
PREFIX = f"fiado_{settings.CHECKOUT}"
UNFINISHED = "_unfinished"


def exists(odoo, name):
    return name in _names(odoo)


def base(odoo):
    """The name of a database with a Brazilian company and nothing of ours in it."""
    name = f"{PREFIX}_base_{_key(*_base_inputs(odoo))}"
    with only_one("databases"):
        if not _is_complete(odoo, name):
            _drop_family(odoo, f"{PREFIX}_base_")
            with _finished_as(odoo, name) as unfinished:
                _create_base(odoo, unfinished)
    return name


def with_main_addon(odoo):
    """The name of a copy of the base with the main addon in it, and nothing else."""
    return with_addons(odoo, [addons.MAIN])


def with_addons(odoo, names=None):
    """The name of a copy of the base with addons of the repository in it: all that can
    be installed by default."""
    found, _lacking = addons.installable(odoo.known_addons)
    names = [name for name in found if names is None or name in names]
    source = base(odoo)
    family = f"{PREFIX}_{_get_kind(names, found)}_"
    name = f"{family}{_key(source, *names, _get_fingerprint(names))}"
    with only_one("databases"):
        if not _is_complete(odoo, name):
            _drop_family(odoo, family)
            with _finished_as(odoo, name) as unfinished:
                _copy(odoo, source, unfinished)
                install(odoo, unfinished, names)
    return name


def _get_kind(names, found):
    """What a database with these addons is called, of which one is kept."""
    if names == [addons.MAIN]:
        return "main"
    if names == found:
        return "addons"
    # PostgreSQL takes no long names.
    bridges = (name for name in addons.for_users(names) if name != addons.MAIN)
    return "-".join(name.removeprefix(f"{addons.MAIN}_") for name in bridges)


def _get_fingerprint(names):
    fingerprint = addons.fingerprint(names)
    if names != [addons.MAIN]:
        # Bridges stand on them.
        fingerprint += oca.get_version()
    return fingerprint


@contextlib.contextmanager
def temporary_copy(odoo, source, suffix=""):
    """A copy of a database that is dropped in the end; yields its name.

    A program that needs several gives each a suffix, such as ``_2``.
    """
    _drop_orphaned_copies(odoo)
    name = f"{PREFIX}_run_{os.getpid()}{suffix}"
    with step("Copying the prepared database"):
        _copy(odoo, source, name)
    try:
        yield name
    finally:
        drop(odoo, name)


def keep_statistics(odoo, name):
    """Keep PostgreSQL from counting a database's rows by itself.

    A test's rows are never committed: what counts them in passing finds full pages
    without a row, and PostgreSQL then reads them all for each row it looks up.
    """
    odoo.server.query(
        """
        DO $$
        DECLARE
            name regclass;
        BEGIN
            FOR name IN SELECT oid FROM pg_class
                         WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
            LOOP
                EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = false)', name);
            END LOOP;
        END $$
        """,
        name,
    )


@contextlib.contextmanager
def copy_on(odoo, source, other):
    """A copy of a database on another server, that of the Odoo ``other``; yields its
    name. The server is left to drop it."""
    name = f"{PREFIX}_run_{os.getpid()}"
    with step("Copying the prepared database to a server of its own"):
        other.server.run("createdb", name)
        dump = odoo.server.run("pg_dump", "--no-owner", source)
        other.server.run("psql", "-Xq", "-d", name, text=dump)
        _copy_filestore(source, name)
    try:
        yield name
    finally:
        shutil.rmtree(settings.filestore(name), ignore_errors=True)


@contextlib.contextmanager
def prepared(odoo, name):
    """Prepare a database as a copy of the base, unless it is there already.

    Yields the name to prepare it under, or None when there is nothing to do.
    """
    source = None if exists(odoo, name) else base(odoo)
    with only_one("databases"):
        if exists(odoo, name):
            _check_is_ours(name)
            yield None
        else:
            with _finished_as(odoo, name) as unfinished:
                _copy(odoo, source, unfinished)
                yield unfinished


def install(odoo, name, modules):
    with step(f"Installing {', '.join(modules)}"):
        odoo.run(
            *("module", "install", "-d", name, *modules),
            log="install.log",
            failure=f"{', '.join(modules)} can't be installed.",
        )
    installed = odoo.server.query(
        "SELECT name FROM ir_module_module WHERE state = 'installed'", name
    )
    missing = set(modules) - set(installed)
    if missing:
        raise Failure(
            f"Odoo did not install {', '.join(sorted(missing))}.",
            f"See what it says in {settings.LOGS / 'install.log'}.",
        )


def set_note(odoo, name, text):
    """Keep a short text with a database; a copy does not have it."""
    odoo.server.query(f"COMMENT ON DATABASE \"{name}\" IS '{text}'")


def get_note(odoo, name):
    [note] = odoo.server.query(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database "
        f"WHERE datname = '{name}'"
    )
    return note


def drop(odoo, name):
    odoo.server.run("dropdb", "--if-exists", "--force", name)
    shutil.rmtree(settings.filestore(name), ignore_errors=True)


def _create_base(odoo, name):
    with step("Creating a database with a Brazilian company"):
        odoo.run(
            *("db", "init", name, "--language", LANGUAGE, "--country", COUNTRY),
            log="init.log",
            failure="The database can't be created.",
        )
    install(odoo, name, BASE_MODULES)
    # The new database speaks Portuguese only; the tests need the source language too.
    odoo.run(
        *("i18n", "loadlang", "-d", name, "-l", SOURCE_LANGUAGE),
        log="language.log",
        failure="English can't be added.",
    )


def _base_inputs(odoo):
    requirements = (settings.REQUIREMENTS / "odoo.txt").read_text()
    languages = (LANGUAGE, SOURCE_LANGUAGE)
    return (odoo.source.version, requirements, *languages, COUNTRY, *BASE_MODULES)


def _key(*inputs):
    return hashlib.sha256("\0".join(inputs).encode()).hexdigest()[:10]


@contextlib.contextmanager
def _finished_as(odoo, name):
    unfinished = name + UNFINISHED
    drop(odoo, unfinished)
    # A filestore without its database: the server was another one then.
    shutil.rmtree(settings.filestore(name), ignore_errors=True)
    yield unfinished
    settings.filestore(unfinished).mkdir(parents=True, exist_ok=True)
    settings.filestore(unfinished).rename(settings.filestore(name))
    odoo.server.query(f'ALTER DATABASE "{unfinished}" RENAME TO "{name}"')


def _copy(odoo, source, target):
    drop(odoo, target)
    odoo.server.run("createdb", "-T", source, target)
    _copy_filestore(source, target)


def _copy_filestore(source, target):
    # Odoo never changes a file of the filestore: the copies can share them.
    shutil.copytree(
        settings.filestore(source), settings.filestore(target), copy_function=os.link
    )


def _names(odoo):
    return set(odoo.server.query("SELECT datname FROM pg_database"))


def _is_complete(odoo, name):
    return exists(odoo, name) and settings.filestore(name).is_dir()


def _check_is_ours(name):
    if not settings.filestore(name).is_dir():
        raise Failure(
            f"The PostgreSQL server has a database {name} that was not made here.",
            f"Drop or rename it (dropdb {name}), or use another server (PGHOST).",
        )


def _drop_family(odoo, prefix):
    """Drop what was prepared for other inputs, and its leftovers."""
    for name in _names(odoo):
        if name.startswith(prefix):
            drop(odoo, name)


def _drop_orphaned_copies(odoo):
    """Drop the copies of scripts that were killed."""
    prefix = f"{PREFIX}_run_"
    for name in _names(odoo):
        process, _, _suffix = name.removeprefix(prefix).partition("_")
        if name.startswith(prefix) and not _is_alive(int(process)):
            drop(odoo, name)


def _is_alive(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
