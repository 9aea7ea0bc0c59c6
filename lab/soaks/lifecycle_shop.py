"""A shop in which everything has happened once, and what its wallets say. Runs inside
Odoo, on databases of every released version: only what all of these know."""

from itertools import chain

import shops
from freezegun import freeze_time

from odoo import fields
from odoo.fields import Command

CASHIER = "lifecycle-cashier"
# What is overdue, and since when, is asked on one day.
DAY = "2026-07-01 15:00:00"
# What is told of it: by topic, of which model, which fields, and of which records.
TOLD = {
    "credits": (
        "fiado.credit.state",
        "partner_id balance debt credit credit_since sold sold_used sold_left given "
        "given_used given_left",
    ),
    "payments": (
        "fiado.payment",
        "name partner_id origin order_id wallet_move_id amount state date",
    ),
    "orders": (
        "sale.order",
        "name partner_id state locked order_type closing_state invoice_status "
        "amount_total",
    ),
    "calls": ("fiado.request", "reference method values answer"),
    "customers": ("res.partner", "name no_fiado active", [("no_fiado", "=", True)]),
}
DEBTOR = (
    "partner_id balance debt credit debt_since due_date days_overdue overdue not_due "
    "bucket last_payment_date overdue_1_30 overdue_31_60 overdue_61_90 overdue_over_90"
)
# What accounting says, with or without the addon.
ITEM = (
    "move_name account_id partner_id date date_maturity name balance amount_residual "
    "reconciled parent_state matching_number"
)
MOVE = "name state payment_state ref inalterable_hash"
# Where the addon's name may be left.
NAMED = (
    *(("ir.model.data", "module"), ("ir.model", "model"), ("ir.model.fields", "name")),
    *(("ir.ui.view", "arch_db"), ("ir.actions.act_window", "res_model")),
    *(("ir.actions.server", "code"), ("ir.actions.report", "report_name")),
    *(("ir.ui.menu", "name"), ("ir.cron", "code"), ("mail.template", "body_html")),
)
# Models with screens that the addon extends.
EXTENDED = (
    *("sale.order", "res.partner", "account.move", "account.payment", "res.company"),
    *("res.users", "res.config.settings", "product.template", "ir.filters"),
    "ir.exports",
)


def fill(env):
    """Live through some months in an empty database with the addon installed."""
    env = env(context=dict(env.context, lang="pt_BR", tz="America/Recife"))
    with freeze_time("2026-03-01 15:00:00") as clock:
        shop = _Shop(env)
        for day in chain(shop.sell(), shop.manage()):
            env.flush_all()
            clock.move_to(f"{day} 15:00:00")
        env.flush_all()
    env.cr.commit()


class _Shop(shops.Shop):
    def __init__(self, env):
        env.company.write({"fiado_enabled": True, "fiado_days": 20})
        env.company.fiado_overdue_block_days = 400
        env.company.fiado_journal_id.restrict_mode_hash_table = True
        env.ref("base.user_admin").group_ids |= (
            env.ref("sales_team.group_sale_manager")
            | env.ref("account.group_account_manager")
            # Checks the hash chain.
            | env.ref("account.group_account_user")
        )
        super().__init__(env, CASHIER)
        self.cash_out = shops.get_cash(env, "outbound")
        for form in (self.cash, self.cash_out):
            form.payment_account_id = form.journal_id.default_account_id
        self.equity, self.expense = (
            env["account.account"].search([("account_type", "=", kind)], limit=1).id
            for kind in ("equity", "expense")
        )

    def _get(self, name):
        """The customer of a name, who is made when something happens the first time."""
        partners = self.env["res.partner"]
        return partners.search([("name", "=", name)]) or partners.create({"name": name})

    def _close(self, name, price, paid, order_type="service", **values):
        order = self.order(self._get(name), price, order_type=order_type)
        order.close_order(self.pay(paid), use_balance=True, **values)
        return order.sudo().with_user(self.env.user)

    def _receive(self, name, amount, **values):
        customer = self._get(name).with_user(self.cashier)
        customer.fiado_receive(amount, self.cash.id, **values)

    def sell(self):
        """Let customers buy and pay; yields the day of what comes next."""
        yield "2026-03-02"
        self._get("From the notebook").fiado_open_balance(
            -80.0, "2026-01-15", self.equity, reference="opening"
        )
        yield "2026-03-20"
        self._close("In debt", 55.0, 30.0, reference="closing")
        self._close("Settled", 55.0, 0.0)
        self._close("Settled in part", 55.0, 0.0)
        self._close("In credit", 55.0, 60.0)
        self._close("Of the house", 55.0, 70.0, "internal")
        self._close("Subscriber", 90.0, 0.0, "subscription")
        self._close(self.env.company.fiado_walk_in_partner_id.name, 55.0, 55.0)
        yield "2026-04-08"
        self._close("In debt", 40.0, 0.0)
        self._receive("Settled", 55.0, reference="settling")
        self._close("Settled in part", 40.0, 65.0, debt_paid=25.0)
        self._get("Settled in part").no_fiado = True
        self._receive("Bought credit", 100.0)
        self._close("Bought credit", 55.0, 0.0, credit_used=55.0)

    def manage(self):
        """Let managers correct, undo and invoice; yields days too."""
        yield "2026-05-04"
        self._receive("Paid out", 50.0)
        self._get("Paid out").fiado_pay_out(
            20.0, self.cash_out.id, "Moves away", reference="payout"
        )
        self._close("Forgiven", 55.0, 0.0)
        self._get("Forgiven").fiado_forgive(15.0, "An old customer")
        self._close("Gave", 55.0, 0.0)
        self._get("Gave").fiado_transfer(self._get("Took over").id, -25.0, "Family")
        self._get("Adjusted").fiado_adjust(12.5, self.expense, "Wrong price")
        yield "2026-05-05"
        order = self._close("Reopened", 55.0, 30.0)
        order.reopen_order("Wrong service")
        order.close_order(self.pay(45.0), use_balance=True)
        self._close("Payment cancelled", 55.0, 55.0)
        cancelled = [("partner_id", "=", self._get("Payment cancelled").id)]
        self.env["account.payment"].search(cancelled).action_cancel()
        answer = self._get("Undone").fiado_adjust(30.0, self.expense, "By mistake")
        moved = [("move_id", "in", answer["move_ids"])]
        self.env["fiado.wallet.entry"].search(moved).undo("By mistake")
        yield "2026-06-01"
        self._invoice()
        yield "2026-06-02"
        self.order(self._get("In debt"))
        self.order(self._get("Settled")).action_confirm()
        self.order(self._get("Settled")).action_cancel()

    def _invoice(self):
        """Leave what is refunded, and what isn't paid of an invoice, in wallets."""
        invoice = self._close("Refunded", 55.0, 55.0).invoice_ids
        refund = invoice._reverse_moves(
            [{"invoice_date": fields.Date.today(), "ref": "Unhappy"}]
        )
        refund.action_post()
        refund.action_leave_in_wallet()
        order = self.order(self._get("Invoiced"), 100.0).sudo()
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.action_post()
        shops.register_payment(
            invoice.with_env(self.env), self.cash, amount=70.0, fiado_use_balance=True
        )


def keep_files_in_database(env):
    """Have the database hold all its files, so that a dump is complete."""
    env["ir.attachment"].search([("url", "=like", "/web/assets/%")]).unlink()
    env["ir.config_parameter"].set_param("ir_attachment.location", "db")
    env["ir.attachment"].force_storage()
    env.cr.commit()


def close_further(env):
    """Close one more order on fiado and settle it; return what the answers tell."""
    customer = env["res.partner"].search([("name", "=", "In debt")])
    before = customer.fiado_balance
    service = env["product.product"].search([("name", "=", "Haircut")], limit=1)
    order = env["sale.order"].create(shops.prepare_order(customer, service, 55.0))
    order.close_order([], use_balance=True)
    left = customer.fiado_receive(55.0, shops.get_cash(env).id)["balance"]
    return {"before": before, "after": left, "audit": env["fiado.wallet"].audit()}


# Without the addon -------------------------------------------------------------


def leave_behind(env):
    """What users and the daily job make of the addon's own records."""
    company = env.company
    difference = {"check": "open_items", "partner_id": company.partner_id.id}
    difference |= {"company_id": company.id, "expected": 1.0, "found": 0.0}
    env["fiado.wallet"]._tell_managers(company, [difference])
    env["ir.filters"].create({"name": "Mine", "model_id": "fiado.wallet"})
    lines = [Command.create({"name": "amount"})]
    export = {"name": "Mine", "resource": "fiado.wallet.entry", "export_fields": lines}
    env["ir.exports"].create(export)
    # What users made for it is theirs: it stays, and must not be in the way.
    env["ir.default"].set("sale.order", "order_type", "internal")
    env.cr.commit()


def look_around(env):
    """What is wrong where the addon was uninstalled, and what the books say."""
    env = env(context=dict(env.context, lang="pt_BR"))
    flaws = [*_find_leftovers(env), *_find_broken_screens(env)]
    return {"flaws": flaws, "books": tell_books(env)}


def _find_leftovers(env):
    own = ("closing_state", "order_type")
    looked_for = [(model, [(name, "ilike", "fiado")]) for model, name in NAMED]
    for model, domain in (*looked_for, ("ir.model.fields", [("name", "in", own)])):
        records = env[model].with_context(active_test=False).search(domain)
        if records:
            yield f"{model} keeps {records.mapped('display_name')}"
    env.cr.execute(
        """
        SELECT table_name || '.' || column_name
          FROM information_schema.columns
         WHERE table_schema = 'public'
           AND table_name NOT LIKE 'fiado\\_kept\\_%%'
           AND (table_name LIKE 'fiado%%' OR column_name LIKE '%%fiado%%'
                OR column_name IN %s)
        """,
        [own],
    )
    yield from (f"the column {name} is left" for (name,) in env.cr.fetchall())


def _find_broken_screens(env):
    user = env.ref("base.user_admin")
    for model in EXTENDED:
        records = env[model].with_user(user)
        actions = env["ir.actions.act_window"].search([("res_model", "=", model)])
        asked = {tuple(map(tuple, action.views)) for action in actions}
        fields = set()
        for views in sorted(asked | {((False, "form"),)}, key=str):
            views = [[view, kind] for view, kind in views if kind != "activity"]
            shown = records.get_views(views, {"load_filters": True})
            fields |= shown["models"][model]["fields"].keys()
            for kind, view in shown["views"].items():
                if "fiado" in view["arch"]:
                    yield f"the {kind} of {model} still speaks of fiado"
        if model != "res.config.settings":
            records.search([], limit=80).read(sorted(fields))
    orders = env["sale.order"].with_user(user).search([])
    for order in orders:
        order.action_view_invoice()
    locked = orders.filtered(lambda order: order.state == "sale" and order.locked)
    locked.action_unlock()
    locked.action_lock()
    orders[:1].sudo().copy()
    env.cr.rollback()


def choose(env, settings):
    """Switch the feature on with the accounts that it had, as in the settings, and give
    the cashier the rights again."""

    def find(model, name):
        return env[model].search([("code", "=", settings[name])], limit=1).id

    env["res.config.settings"].create(
        {
            "fiado_enabled": True,
            "fiado_journal_id": find("account.journal", "journal"),
            "fiado_debt_account_id": find("account.account", "debt_account"),
            "fiado_credit_account_id": find("account.account", "credit_account"),
        }
    ).execute()
    env["res.users"].search([("login", "=", CASHIER)]).group_ids |= env.ref(
        "bemp_fiado.group_fiado_user"
    )
    env.cr.commit()


# What the wallets say ----------------------------------------------------------


@freeze_time(DAY)
def tell(env):
    """What the addon says of the shop, as plain values by topic."""
    env = env(context=dict(env.context, lang="en_US", tz="America/Recife"))
    return {
        "wallets": tell_wallets(env),
        "debtors": env["fiado.wallet"].search([]).read(DEBTOR.split(), load=False),
        **{topic: _read(env, *wanted) for topic, wanted in TOLD.items()},
        "audit": env["fiado.wallet"].audit(),
        "settings": _tell_settings(env.company),
        "rights": {
            group: sorted(env.ref(f"bemp_fiado.{group}").all_user_ids.mapped("login"))
            for group in ("group_fiado_user", "group_fiado_manager")
        },
        "books": tell_books(env),
    }


def _read(env, model, names, domain=()):
    records = env[model].with_context(active_test=False).search(list(domain))
    rows = sorted(records.read(names.split(), load=False), key=lambda row: row["id"])
    # The ids of some are nobody's: nothing points to them.
    own = model.startswith("fiado.") and model != "fiado.payment"
    return [{**row, "id": None} for row in rows] if own else rows


def tell_wallets(env):
    """Balance, statement and open items of every customer who ever had a wallet."""
    entries = env["fiado.wallet.entry"].search([], order="id")
    names = ("balance", "debt", "credit", "debt_since")
    return {
        customer.name: {
            **{name: customer[f"fiado_{name}"] for name in names},
            "statement": customer.fiado_statement(),
            "open": [[e.document, e.due_date, e.residual] for e in own if e.residual],
        }
        for customer, own in entries.grouped("partner_id").items()
    }


def _tell_settings(company):
    names = ("fiado_enabled", "fiado_days", "fiado_overdue_block_days")
    accounts = ("debt_account", "credit_account", "loss_account")
    return {
        **{name: company[name] for name in names},
        **{name: company[f"fiado_{name}_id"].code for name in accounts},
        "journal": company.fiado_journal_id.code,
        "walk_in": company.fiado_walk_in_partner_id.name,
    }


def tell_reminders(env):
    """What an upgrade made of the reminders."""
    company = env.company
    template = env.ref("bemp_fiado.mail_template_reminder")
    languages = [code for code, _name in env["res.lang"].get_installed()]
    texts = {code: template.with_context(lang=code).body_html for code in languages}
    switches = ("fiado_reminders", "fiado_receipt_emails")
    return {
        "stages": company.fiado_reminder_stage_ids.sorted("days").mapped("days"),
        "switched_on": [name for name in switches if company[name]],
        "texts": {
            code: "the new one" if "stop_url" in text else "the old one"
            for code, text in texts.items()
        },
    }


def tell_books(env):
    """What accounting says, with or without the addon."""
    env = env(context=dict(env.context, lang="en_US"))
    company = env.company.with_user(env.ref("base.user_admin"))
    return {
        "items": _read(env, "account.move.line", ITEM),
        "moves": _read(env, "account.move", MOVE),
        "integrity": [
            [row["journal_name"], row["status"]]
            for row in company._check_hash_integrity()["results"]
        ],
    }
