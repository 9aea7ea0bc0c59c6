"""A shop in which everything has happened once, and what its wallets say. Runs inside
Odoo, on databases of every released version: only what all of these know."""

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


def fill(env):
    """Live through some months in an empty database with the addon installed."""
    env = env(context=dict(env.context, lang="pt_BR", tz="America/Recife"))
    _Shop(env).live()
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
            env["account.account"].search([("account_type", "=", kind)], limit=1)
            for kind in ("equity", "expense")
        )

    def _customer(self, name, **values):
        return self.env["res.partner"].create({"name": name, **values})

    def _close(self, customer, price, paid, order_type="service", **values):
        order = self.order(customer, price, order_type=order_type)
        order.close_order(self.pay(paid), use_balance=True, **values)
        return order.sudo().with_user(self.env.user)

    def live(self):
        for date, happening in (
            ("2026-03-02", self._bring_over),
            ("2026-03-20", self._close_orders),
            ("2026-04-08", self._settle),
            ("2026-05-04", self._manage),
            ("2026-05-05", self._undo),
            ("2026-06-01", self._invoice),
            ("2026-06-02", self._begin),
        ):
            with freeze_time(f"{date} 15:00:00"):
                happening()
                self.env.flush_all()

    def _bring_over(self):
        self._customer("From the notebook").fiado_open_balance(
            -80.0, "2026-01-15", self.equity.id, reference="opening"
        )

    def _close_orders(self):
        self.in_debt = self._customer("In debt")
        self._close(self.in_debt, 55.0, 30.0, reference="closing")
        self.settled = self._customer("Settled")
        self._close(self.settled, 55.0, 0.0)
        self.in_part = self._customer("Settled in part", no_fiado=True)
        self.in_part.no_fiado = False
        self._close(self.in_part, 55.0, 0.0)
        self._close(self._customer("In credit"), 55.0, 60.0)
        self._close(self._customer("Of the house"), 55.0, 70.0, "internal")
        self._close(self._customer("Subscriber"), 90.0, 0.0, "subscription")
        self._close(self.env.company.fiado_walk_in_partner_id, 55.0, 55.0)

    def _settle(self):
        self._close(self.in_debt, 40.0, 0.0)
        self.settled.with_user(self.cashier).fiado_receive(
            55.0, self.cash.id, reference="settling"
        )
        self._close(self.in_part, 40.0, 65.0, debt_paid=25.0)
        self.in_part.no_fiado = True
        buyer = self._customer("Bought credit")
        buyer.with_user(self.cashier).fiado_receive(100.0, self.cash.id)
        self._close(buyer, 55.0, 0.0, credit_used=55.0)

    def _manage(self):
        paid_out = self._customer("Paid out")
        paid_out.fiado_receive(50.0, self.cash.id)
        paid_out.fiado_pay_out(20.0, self.cash_out.id, "Moves away", reference="payout")
        forgiven = self._customer("Forgiven")
        self._close(forgiven, 55.0, 0.0)
        forgiven.fiado_forgive(15.0, "An old customer")
        giver, taker = self._customer("Gave"), self._customer("Took over")
        self._close(giver, 55.0, 0.0)
        giver.fiado_transfer(taker.id, -25.0, "Family")
        self._customer("Adjusted").fiado_adjust(12.5, self.expense.id, "Wrong price")

    def _undo(self):
        reopened = self._customer("Reopened")
        order = self._close(reopened, 55.0, 30.0)
        order.reopen_order("Wrong service")
        order.close_order(self.pay(45.0), use_balance=True)
        cancelled = self._customer("Payment cancelled")
        self._close(cancelled, 55.0, 55.0)
        self.env["account.payment"].search(
            [("partner_id", "=", cancelled.id)]
        ).action_cancel()
        undone = self._customer("Undone")
        answer = undone.fiado_adjust(30.0, self.expense.id, "By mistake")
        self.env["fiado.wallet.entry"].search(
            [("move_id", "in", answer["move_ids"])]
        ).undo("By mistake")

    def _invoice(self):
        refunded = self._customer("Refunded")
        invoice = self._close(refunded, 55.0, 55.0).invoice_ids
        refund = invoice._reverse_moves(
            [{"invoice_date": fields.Date.today(), "ref": "Unhappy"}]
        )
        refund.action_post()
        refund.action_leave_in_wallet()
        order = self.order(self._customer("Invoiced"), 100.0).sudo()
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.action_post()
        shops.register_payment(
            invoice.with_env(self.env), self.cash, amount=70.0, fiado_use_balance=True
        )

    def _begin(self):
        self.order(self.in_debt)
        self.order(self.settled).action_confirm()
        self.order(self.settled).action_cancel()


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
    difference = {
        "check": "open_items",
        "partner_id": env.company.partner_id.id,
        "company_id": env.company.id,
        "expected": 1.0,
        "found": 0.0,
    }
    env["fiado.wallet"]._tell_managers(env.company, [difference])
    env["ir.filters"].create({"name": "Mine", "model_id": "fiado.wallet"})
    env["ir.exports"].create(
        {
            "name": "Mine",
            "resource": "fiado.wallet.entry",
            "export_fields": [Command.create({"name": "amount"})],
        }
    )
    # What users made for it is theirs: it stays, and must not be in the way.
    env["ir.default"].set("sale.order", "order_type", "internal")
    env.cr.commit()


def look_around(env):
    """What is wrong where the addon was uninstalled, and what the books say."""
    env = env(context=dict(env.context, lang="pt_BR"))
    return {
        "flaws": [*_find_leftovers(env), *_find_broken_views(env)],
        "books": tell_books(env),
    }


def _find_leftovers(env):
    for model, name, domain in (
        ("ir.model.data", "name", [("module", "=", "bemp_fiado")]),
        ("ir.model", "model", [("model", "like", "fiado")]),
        ("ir.model.fields", "name", [("name", "like", "fiado")]),
        ("ir.model.fields", "name", [("name", "in", ("closing_state", "order_type"))]),
        ("ir.ui.view", "name", [("arch_db", "like", "fiado")]),
        ("ir.actions.act_window", "name", [("res_model", "like", "fiado")]),
        ("ir.actions.server", "name", [("code", "like", "fiado")]),
        ("ir.actions.report", "name", [("report_name", "like", "fiado")]),
        ("ir.ui.menu", "name", [("name", "ilike", "fiado")]),
        ("ir.cron", "name", [("code", "like", "fiado")]),
        ("mail.template", "name", [("body_html", "like", "fiado")]),
    ):
        records = env[model].with_context(active_test=False).search(domain)
        if records:
            yield f"{model} keeps {records.mapped(name)}"
    env.cr.execute(
        """
        SELECT table_name || '.' || column_name
          FROM information_schema.columns
         WHERE table_schema = 'public'
           AND table_name NOT LIKE 'fiado\\_kept\\_%'
           AND (table_name LIKE 'fiado%' OR column_name LIKE '%fiado%'
                OR column_name IN ('closing_state', 'order_type'))
        """
    )
    yield from (f"the column {name} is left" for (name,) in env.cr.fetchall())


def _find_broken_views(env):
    user = env.ref("base.user_admin")
    for model in (
        *("sale.order", "res.partner", "account.move", "account.payment"),
        *("res.company", "res.users", "res.config.settings", "product.template"),
        *("ir.filters", "ir.exports"),
    ):
        records = env[model].with_user(user)
        actions = env["ir.actions.act_window"].search([("res_model", "=", model)])
        asked = {((False, "form"),)} | {
            tuple((view, kind) for view, kind in action.views if kind != "activity")
            for action in actions
        }
        fields = set()
        for views in sorted(asked, key=str):
            shown = records.get_views([*map(list, views)], {"load_filters": True})
            fields |= shown["models"][model]["fields"].keys()
            for kind, view in shown["views"].items():
                if "fiado" in view["arch"]:
                    yield f"the {kind} of {model} still speaks of fiado"
        if model != "res.config.settings":
            records.search([], limit=80).read(sorted(fields))
    for order in env["sale.order"].search([]):
        order.with_user(user).action_view_invoice()
        if order.state == "sale" and order.locked:
            order.with_user(user).action_unlock()
            order.with_user(user).action_lock()
    env["sale.order"].search([], limit=1).copy()
    env.cr.rollback()


def choose(env, settings):
    """Switch the feature on with the accounts that it had, as in the settings, and give
    the cashier the rights again."""
    accounts = {
        f"fiado_{name}_id": env["account.account"]
        .search([("code", "=", settings[name])], limit=1)
        .id
        for name in ("debt_account", "credit_account")
    }
    journal = env["account.journal"].search([("code", "=", settings["journal"])])
    env["res.config.settings"].create(
        {"fiado_enabled": True, "fiado_journal_id": journal.id, **accounts}
    ).execute()
    env["res.users"].search([("login", "=", CASHIER)]).group_ids |= env.ref(
        "bemp_fiado.group_fiado_user"
    )
    env.cr.commit()


# What the wallets say ----------------------------------------------------------


def tell(env):
    """What the addon says of the shop, as plain values by topic."""
    with freeze_time(DAY):
        return _tell(env)


def _tell(env):
    env = env(context=dict(env.context, lang="en_US", tz="America/Recife"))
    return {
        "wallets": _tell_wallets(env),
        "debtors": env["fiado.wallet"].search([]).read(DEBTOR.split(), load=False),
        **{topic: _read(env, *wanted) for topic, wanted in TOLD.items()},
        "audit": env["fiado.wallet"].audit(),
        "settings": _tell_settings(env),
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


def _tell_wallets(env):
    """Balance, statement and open items of every customer who ever had a wallet."""
    entries = env["fiado.wallet.entry"].search([])
    told = {}
    for customer in entries.partner_id.sorted("id"):
        own = entries.filtered(lambda e, customer=customer: e.partner_id == customer)
        told[customer.name] = {
            "balance": customer.fiado_balance,
            "debt": customer.fiado_debt,
            "credit": customer.fiado_credit,
            "debt_since": customer.fiado_debt_since,
            "statement": customer.fiado_statement(),
            "open": [
                [entry.document, entry.due_date, entry.residual]
                for entry in own.sorted("id")
                if entry.residual
            ],
        }
    return told


def _tell_settings(env):
    company = env.company
    names = ["fiado_enabled", "fiado_days", "fiado_overdue_block_days"]
    settings = {name: company[name] for name in names}
    for name in ("debt_account", "credit_account", "loss_account"):
        settings[name] = company[f"fiado_{name}_id"].code
    settings["journal"] = company.fiado_journal_id.code
    settings["walk_in"] = company.fiado_walk_in_partner_id.name
    return settings


def tell_reminders(env):
    """What an upgrade made of the reminders."""
    company = env.company
    template = env.ref("bemp_fiado.mail_template_reminder")
    switches = ("fiado_reminders", "fiado_receipt_emails")
    return {
        "stages": company.fiado_reminder_stage_ids.sorted("days").mapped("days"),
        "switched_on": [name for name in switches if company[name]],
        "texts": {
            lang: "stop_url" in template.with_context(lang=lang).body_html
            for lang, _name in env["res.lang"].get_installed()
        },
    }


def tell_books(env):
    """What accounting says, with or without the addon."""
    env = env(context=dict(env.context, lang="en_US"))
    accountant = env.ref("base.user_admin")
    return {
        "items": _read(env, "account.move.line", ITEM),
        "moves": _read(env, "account.move", MOVE),
        "integrity": [
            [row["journal_name"], row["status"]]
            for row in env.company.with_user(accountant)._check_hash_integrity()[
                "results"
            ]
        ],
    }
