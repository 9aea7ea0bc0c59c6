"""Reading as the web client does, next to plain SQL."""

import shops
from lxml import etree

from odoo.tools import SQL

# As the web client asks.
PAGE, COUNT_LIMIT = 80, 10_001


def create_reader(env, login, group):
    """The environment of a user with such rights, whose password is the login."""
    # Closings are measured with users of their own.
    user = shops.create_user(env, f"report_{login}", shops.SELLER, group)
    return env(user=user, context={"lang": "pt_BR", "tz": "America/Sao_Paulo"})


def page_of(model, view, domain, order=None):
    """A call that reads the first page of a list, with all of its columns."""
    view = model.env.ref(view)
    arch = etree.fromstring(model.get_view(view.sudo().id, "list")["arch"])
    specification = {
        node.get("name"): _specify(model._fields[node.get("name")])
        for node in arch.iterfind("field")
    }
    return lambda: model.web_search_read(
        domain, specification, limit=PAGE, order=order, count_limit=COUNT_LIMIT
    )


def _specify(field):
    limit = {"limit": 40} if field.type in ("one2many", "many2many") else {}
    return {"fields": {"display_name": {}}, **limit} if field.relational else {}


def count(rows):
    """The query of how many rows there are, as far as the web client counts."""
    text = "SELECT count(*) FROM (SELECT FROM (%s) row LIMIT %s) counted"
    return SQL(text, rows, COUNT_LIMIT)


def flow(*calls):
    """What :func:`.measuring.compare` takes: nothing to prepare, then the calls."""

    def calling():
        yield
        for call in calls:
            call()

    return calling
