from datetime import date

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.orm.domains import DomainAnd
from odoo.tools import SQL

from .opening import open_first_readable

# A row's id is that of a journal item and which query it comes from.
QUERIES = 4
INVOICES = ("out_invoice", "out_refund", "out_receipt")
# The sections as measures, each added up by itself: as they prove each other, so that
# what was received is what the ones before it add up to.
MEASURES = {
    "billed": ("billed", SQL("effect")),
    "in_wallets": ("wallet", SQL("effect")),
    "left_open": ("open", SQL("effect")),
    "other": ("other", SQL("effect")),
    "received": ("received", SQL("-effect")),
    "apart": ("apart", SQL("amount")),
}
# In the context of a query: the period that it is searched for.
PERIOD = "fiado_billing_period"


class FiadoBilling(models.Model):
    """What was billed, what came in, and where the rest stayed, proven.

    Nothing is stored: each row is what one document did to the customers' accounts
    (their receivables and the two of the wallets). *Billed* is every posted invoice of
    a customer less the credit notes, with taxes, by accounting date: those of closed
    orders, those that the Pay wizard settled and those that nobody paid yet.
    *Received* is every payment that is in the books, and what bank statements brought
    directly; what was cancelled never came in. Money is what it is in company
    currency, and a row belongs to its order's salesperson, or else to who recorded it.

    How it proves itself: ``effect`` is what a row adds to the proof, and the effects of
    the rows of one journal entry add up to zero:

    ================================  ======  ======  ======  =====  ========  =======
    journal entry                     billed  wallet   open   other  received    sum
    ================================  ======  ======  ======  =====  ========  =======
    invoice of 55                       +55             −55                       0
    payment of 30                                       +30             −30       0
    25 left as debt                             −25     +25                       0
    credit note of 55 (reopened)        −55             +55                       0
    undone: debt of 25 taken back               +25     −25                       0
    100 of money credit sold                   +100    −100                       0
    5 of credit paid out                         −5      +5                       0
    their payment                                        −5              +5       0
    bank statement pays 25 of debt              +25                     −25       0
    25 of an invoice written off                        +25    −25                0
    25 forgiven                       apart: none of it                           0
    8.82 of late fee and interest     apart: none of it                           0
    ================================  ======  ======  ======  =====  ========  =======

    So whatever happened in whatever order, and whichever days, companies, salespeople
    or customers are chosen: billed − debts left + credits left and debts settled +
    money credits sold − credit used − credit paid out + undone − left open + other
    entries − received = 0. *Open* is what the documents of the period left open on
    receivables outside the wallets. It is zero where every order is closed; an invoice
    that is not paid yet stands there, and so does what is undone in another month than
    it was done in. Forgiven, transferred, adjusted and opening amounts settle no
    invoice and are no money: they stand apart, and so do accountants' entries on the
    wallets. A credit note that is left in the wallet is billed less and is a credit of
    the customer.

    The two sides come from different records, so a difference means that these don't
    agree: the invoices' lines and totals, the payments' amounts, the items on the
    customers' accounts.
    """

    _name = "fiado.billing"
    _description = "Billing"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "document"
    _depends = {
        "account.account": ["account_type"],
        "account.move": [
            "amount_total",
            "amount_total_signed",
            "commercial_partner_id",
            "company_id",
            "date",
            "fiado_order_id",
            "fiado_origin",
            "invoice_user_id",
            "journal_id",
            "move_type",
            "name",
            "origin_payment_id",
            "reversed_entry_id",
            "state",
            "statement_line_id",
        ],
        "account.move.line": [
            "account_id",
            "balance",
            "company_currency_id",
            "company_id",
            "date",
            "display_type",
            "move_id",
            "parent_state",
            "partner_id",
            "price_total",
            "product_id",
            "sale_line_ids",
        ],
        "account.payment": [
            "amount_company_currency_signed",
            "payment_method_line_id",
        ],
        "product.template": ["type"],
        "res.company": ["fiado_credit_account_id", "fiado_debt_account_id"],
        "sale.order": ["order_type", "user_id"],
        "sale.order.line": ["combo_item_id", "order_id"],
    }

    section = fields.Selection(
        selection=[
            ("billed", "Billed"),
            ("wallet", "Moved in wallets"),
            ("open", "Left open"),
            ("other", "Other entries"),
            ("received", "Received"),
            ("apart", "Apart"),
        ],
        readonly=True,
        help="Apart: what neither settled an invoice nor is money.",
    )
    figure = fields.Selection(
        selection=[
            ("service", "Services"),
            ("product", "Products"),
            ("package", "Packages"),
            ("subscription", "Subscriptions"),
            ("internal", "Internal sales"),
            ("other_sale", "Other items"),
            ("customer_debt", "Customer debts"),
            ("customer_credit", "Customer credits"),
            ("money_credit", "Money credits"),
            ("credit_used", "Credit used"),
            ("credit_paid_out", "Credit paid out"),
            ("undone", "Undone"),
            ("accounting", "Accounting entries"),
            ("open", "Left open outside the wallets"),
            ("written_off", "Written off"),
            ("received", "Received"),
            ("paid_out", "Paid out"),
            ("forgiven", "Forgiven"),
            ("late_charges", "Late charges"),
            ("transferred", "Transferred"),
            ("renegotiated", "Put into instalments"),
            ("adjusted", "Adjusted"),
            ("opening", "Brought over"),
        ],
        readonly=True,
    )
    # What was billed and what was received for it is not twice as much: only sections
    # are added up.
    amount = fields.Monetary(
        readonly=True, aggregator=None, help="In company currency."
    )
    effect = fields.Monetary(
        string="In the Proof",
        readonly=True,
        help="What this adds to the proof. All of it adds up to zero.",
    )
    billed = fields.Monetary(readonly=True)
    in_wallets = fields.Monetary(string="Moved in wallets", readonly=True)
    left_open = fields.Monetary(string="Left open", readonly=True)
    other = fields.Monetary(string="Other entries", readonly=True)
    received = fields.Monetary(readonly=True, help="Less what was paid out.")
    apart = fields.Monetary(readonly=True)
    date = fields.Date(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        readonly=True,
        help="The order's salesperson, or who recorded what has no order.",
    )
    sale_order_id = fields.Many2one("sale.order", string="Order", readonly=True)
    move_id = fields.Many2one("account.move", string="Journal Entry", readonly=True)
    payment_id = fields.Many2one("account.payment", readonly=True)
    payment_method_line_id = fields.Many2one(
        "account.payment.method.line", string="Payment Form", readonly=True
    )
    journal_id = fields.Many2one("account.journal", readonly=True)
    document = fields.Char(readonly=True)

    # -------------------------------------------------------------------------
    # QUERY
    # -------------------------------------------------------------------------

    # Both queries' columns have the same types, or else PostgreSQL computes all of them
    # where few are asked for. The period, which the search puts into the context, is in
    # the queries where the indexes are. And PostgreSQL knows how many items an account
    # has where that is given as a value, not where it is looked up.

    @property
    def _table_query(self):
        measures = SQL(", ").join(
            SQL(
                "CASE WHEN section = %s THEN %s END AS %s",
                section,
                amount,
                SQL.identifier(name),
            )
            for name, (section, amount) in MEASURES.items()
        )
        return SQL(
            "SELECT *, %s FROM (%s UNION ALL %s) billing",
            measures,
            self._get_billed_query(),
            self._get_items_query(),
        )

    # -------------------------------------------------------------------------
    # LOW-LEVEL METHODS
    # -------------------------------------------------------------------------

    @api.model
    def _search(self, domain, *args, **kwargs):
        domain = Domain(domain)
        conditions = list(domain)
        if len(conditions) == 1 and conditions[0][:2] == ("id", "in"):
            # So rows are fetched. By their ids alone they would only be found by
            # reading all there are; by their dates they are found through indexes.
            items = self.env["account.move.line"].sudo()
            items = items.browse({row_id // QUERIES for row_id in conditions[0][2]})
            domain &= Domain("date", "in", items.exists().mapped("date"))
        records = self.with_context(**{PERIOD: self._get_searched_period(domain)})
        return super(FiadoBilling, records)._search(domain, *args, **kwargs)

    @api.model
    def _get_searched_period(self, domain):
        """The first and the last day that the rows of a domain can have."""
        domain = domain.optimize(self)
        first, last = date.min, date.max
        for part in domain.children if isinstance(domain, DomainAnd) else [domain]:
            if getattr(part, "field_expr", None) != "date":
                continue
            days = part.value if part.operator == "in" else [part.value]
            days = [day for day in days if isinstance(day, date)]
            if part.operator in (">", ">=", "in"):
                first = max(first, min(days, default=first))
            if part.operator in ("<", "<=", "in"):
                last = min(last, max(days, default=last))
        return first, last

    # -------------------------------------------------------------------------
    # ACTIONS
    # -------------------------------------------------------------------------

    @api.readonly
    def action_open(self):
        """Open what is behind a row: its order, or the payment, invoice or entry where
        there is none, as far as the user may read it, or else the customer's wallet."""
        self.ensure_one()
        customer = self.partner_id.with_company(self.company_id)
        return (
            open_first_readable(self.sale_order_id, self.payment_id, self.move_id)
            or customer.action_open_wallet()
        )
