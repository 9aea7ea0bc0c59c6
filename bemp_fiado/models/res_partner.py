import math
import operator as py_operator
from urllib.parse import quote

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from .elevation import elevate

WALLET_READERS = (
    "sales_team.group_sale_salesman,"
    "account.group_account_invoice,account.group_account_readonly"
)
OPERATORS = {
    "<": py_operator.lt,
    "<=": py_operator.le,
    ">": py_operator.gt,
    ">=": py_operator.ge,
}
NEGATED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
# How far back a statement goes that nobody chose a period for.
STATEMENT_DAYS = 90
# In the context of a statement or reminder that is being sent. RPC can't send it.
LETTER = object()


class ResPartner(models.Model):
    _inherit = "res.partner"

    fiado_balance = fields.Monetary(
        string="Wallet Balance",
        help="What the customer has left (positive) or owes (negative) in the company.",
        compute="_compute_fiado_wallet",
        search="_search_fiado_balance",
        groups=WALLET_READERS,
    )
    fiado_debt = fields.Monetary(
        string="Debt",
        help="What the customer owes on fiado in the company.",
        compute="_compute_fiado_wallet",
        search="_search_fiado_debt",
        groups=WALLET_READERS,
    )
    fiado_credit = fields.Monetary(
        string="Credit in Wallet",
        help="What the customer has left in the company.",
        compute="_compute_fiado_wallet",
        search="_search_fiado_credit",
        groups=WALLET_READERS,
    )
    fiado_debt_since = fields.Date(
        string="In Debt Since",
        compute="_compute_fiado_wallet",
        groups=WALLET_READERS,
    )
    fiado_days_overdue = fields.Integer(
        string="Days Overdue",
        compute="_compute_fiado_wallet",
        groups=WALLET_READERS,
    )
    fiado_entry_ids = fields.Many2many(
        comodel_name="fiado.wallet.entry",
        string="Wallet Entries",
        compute="_compute_fiado_entry_ids",
        groups=WALLET_READERS,
    )
    fiado_enabled = fields.Boolean(
        string="Fiado Switched On",
        compute="_compute_fiado_enabled",
    )
    no_fiado = fields.Boolean(
        help="This customer leaves no new debt.",
        tracking=True,
        copy=False,
        groups="base.group_user",
    )
    fiado_moved_at = fields.Datetime(
        string="Wallet Moved At",
        help="Each movement of the wallet writes it first, so that only one runs at a "
        "time.",
        readonly=True,
        copy=False,
        groups="base.group_system",
    )

    # -------------------------------------------------------------------------
    # COMPUTE
    # -------------------------------------------------------------------------

    @api.depends("commercial_partner_id")
    @api.depends_context("company")
    def _compute_fiado_wallet(self):
        wallets = self.env["fiado.ledger"]._read_wallets(
            self.commercial_partner_id._origin, self.env.company
        )
        today = fields.Date.context_today(self)
        for partner in self:
            wallet = wallets.get(partner.commercial_partner_id._origin)
            partner.fiado_balance = wallet.balance if wallet else 0.0
            partner.fiado_debt = wallet.debt if wallet else 0.0
            partner.fiado_credit = wallet.credit if wallet else 0.0
            partner.fiado_debt_since = wallet.debt_since if wallet else False
            partner.fiado_days_overdue = wallet.get_days_overdue(today) if wallet else 0

    @api.depends("commercial_partner_id")
    @api.depends_context("company")
    def _compute_fiado_entry_ids(self):
        entries = self.env["fiado.wallet.entry"]
        for partner in self:
            partner.fiado_entry_ids = entries.search(
                partner._get_fiado_entry_domain(), limit=80
            )

    @api.depends_context("company")
    def _compute_fiado_enabled(self):
        self.fiado_enabled = self.env.company.sudo().root_id.fiado_enabled

    @api.constrains("property_account_receivable_id")
    def _check_fiado_receivable(self):
        self.sudo().property_account_receivable_id._fiado_check_no_receivable()

    def _search_fiado_balance(self, operator, value):
        return self._search_fiado_amount(
            "fiado_balance", operator, value, SQL("-SUM(amount_residual)")
        )

    def _search_fiado_debt(self, operator, value):
        return self._search_fiado_amount(
            "fiado_debt", operator, value, SQL("GREATEST(SUM(amount_residual), 0)")
        )

    def _search_fiado_credit(self, operator, value):
        return self._search_fiado_amount(
            "fiado_credit", operator, value, SQL("GREATEST(-SUM(amount_residual), 0)")
        )

    def _clean_fiado_amount(self, field_name, value):
        """A value that is searched for as the amount that Odoo takes it for."""
        try:
            amount = float(value or 0.0)
        except (TypeError, ValueError, OverflowError):
            amount = math.nan
        if not math.isfinite(amount):
            raise UserError(
                self.env._(
                    "%(field)s is searched by an amount: type a number.",
                    field=self._fields[field_name]._description_string(self.env),
                )
            )
        return amount

    def _search_fiado_amount(self, field_name, operator, value, amount):
        """A domain of the partners whose wallet amount compares so to the value.

        Only open items are read: who has none has zero, so where zero compares too,
        the domain excludes those whose amount doesn't.

        :raises UserError: the value is no amount
        """
        # The ORM doesn't ask whether the user may read what it searches by.
        self._check_field_access(self._fields[field_name], "read")
        company = self.env.company.sudo().root_id
        if operator == "in":
            values = [self._clean_fiado_amount(field_name, v) for v in value]
            zero_matches = any(company.currency_id.is_zero(v) for v in values)
            # In a query, a list is never empty.
            values = tuple(values) or (None,)
            condition, negated = SQL("IN %s", values), SQL("NOT IN %s", values)
        elif operator in OPERATORS:
            value = self._clean_fiado_amount(field_name, value)
            zero_matches = OPERATORS[operator](0.0, value)
            condition = SQL(f"{operator} %s", value)
            negated = SQL(f"{NEGATED[operator]} %s", value)
        else:
            return NotImplemented
        accounts = company.fiado_debt_account_id | company.fiado_credit_account_id
        if not accounts:
            return Domain.TRUE if zero_matches else Domain.FALSE
        ledger = self.env["fiado.ledger"]
        ledger._flush_items()
        query = SQL(
            """
            (SELECT partner_id
               FROM account_move_line
              WHERE account_id IN %s
                AND reconciled IS NOT TRUE
                AND parent_state = 'posted'
                AND partner_id IS NOT NULL
                AND %s
           GROUP BY partner_id
             HAVING %s %s)
            """,
            tuple(accounts.ids),
            ledger._get_of_company(company),
            amount,
            negated if zero_matches else condition,
        )
        return Domain(
            "commercial_partner_id", "not in" if zero_matches else "in", query
        )

    @api.constrains("parent_id", "is_company")
    def _check_fiado_walk_in(self):
        """Who stands for all that are not known has nobody's wallet, and theirs is
        nobody's."""
        companies = self.env["res.company"].sudo()
        walk_ins = companies.search(
            [("fiado_walk_in_partner_id", "!=", False)]
        ).fiado_walk_in_partner_id
        for partner in self.sudo():
            holder = partner.commercial_partner_id
            if partner in walk_ins and partner.parent_id:
                raise ValidationError(
                    self.env._(
                        "%(customer)s stands for all customers that are not known, so "
                        "it can't be a contact of another.",
                        customer=partner.name,
                    )
                )
            if holder in walk_ins - partner and partner._has_fiado_entries():
                raise ValidationError(
                    self.env._(
                        "%(customer)s has wallet entries, and %(walk_in)s stands for "
                        "all customers that are not known: choose another company for "
                        "this contact.",
                        customer=partner.name,
                        walk_in=holder.name,
                    )
                )

    def _has_fiado_entries(self):
        """Whether anything was ever posted in the wallets of these and their
        contacts."""
        accounts = self.env["fiado.ledger"]._get_all_wallet_accounts()
        return bool(
            self.env["account.move.line"]
            .sudo()
            .search_count(
                [
                    ("account_id", "in", accounts.ids),
                    ("partner_id", "child_of", self.ids),
                    ("parent_state", "=", "posted"),
                ],
                limit=1,
            )
        )

    # -------------------------------------------------------------------------
    # LOW-LEVEL METHODS
    # -------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get("no_fiado") for vals in vals_list):
            self._check_fiado_may_mark()
        return super().create(vals_list)

    def write(self, vals):
        if "no_fiado" in vals and any(
            partner.sudo().no_fiado != bool(vals["no_fiado"]) for partner in self
        ):
            self._check_fiado_may_mark()
        # Odoo takes some of the values out while it writes them.
        moves_wallet = not {"is_company", "parent_id"}.isdisjoint(vals)
        result = super().write(vals)
        if moves_wallet:
            # Another commercial partner holds the wallet now: it may have one already.
            self.env["fiado.ledger"]._tidy(self.commercial_partner_id)
        return result

    def _check_fiado_may_mark(self):
        """Who is held to a rule doesn't switch it off. Odoo gives contacts what their
        company has elevated.

        :raises AccessError: the user doesn't manage wallets
        """
        if not self.env.su and not self.env["fiado.policy"]._is_manager():
            raise AccessError(
                self.env._(
                    "Only who manages the customers' wallets says who leaves no debt: "
                    "ask them to change “No Fiado”."
                )
            )

    @api.model
    def _commercial_fields(self):
        # A contact that leaves its company takes the mark along.
        return super()._commercial_fields() + ["no_fiado"]

    def _increase_rank(self, field, n=1):
        partners = self
        if self.env.context.get("fiado_keep_rank"):
            # Odoo would count up after the commit, when the customer's next movement
            # may have begun: that one would fail to serialise and have to run again.
            partners = self.filtered(lambda partner: not partner.sudo()[field])
        return super(ResPartner, partners)._increase_rank(field, n)

    # -------------------------------------------------------------------------
    # ACTIONS
    # -------------------------------------------------------------------------

    @api.readonly
    def action_open_wallet(self):
        """Open the wallet of the customer in the current company."""
        holder = self.commercial_partner_id
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "bemp_fiado.res_partner_action_wallet"
        )
        return {**action, "res_id": holder.id, "display_name": holder.display_name}

    def action_fiado_receive(self):
        """Open the screen that takes the customer's payments or sells credit."""
        return self._get_fiado_screen("bemp_fiado.fiado_wallet_receive_action")

    def action_fiado_manage(self):
        """Open the screen of what only who manages wallets does to them."""
        return self._get_fiado_screen("bemp_fiado.fiado_wallet_adjust_action")

    def action_fiado_print_statement(self):
        """Ask for the period of the statement to print."""
        return self._get_fiado_screen("bemp_fiado.fiado_wallet_statement_action")

    def action_fiado_send_statement(self):
        """Ask for the period of the statement to send."""
        action = self.action_fiado_print_statement()
        action["name"] = self.env._("Send Statement")
        action["context"]["fiado_send"] = True
        return action

    def action_fiado_remind(self):
        """Open an e-mail that reminds the customer of the debt.

        :raises UserError: the customer owes nothing
        """
        self._check_fiado_owes()
        return self._get_fiado_composer("bemp_fiado.mail_template_reminder")

    def action_fiado_remind_whatsapp(self):
        """Open WhatsApp with a message that reminds the customer of the debt.

        :raises UserError: the customer owes nothing, or has no usable phone number
        """
        self._check_fiado_owes()
        holder = self.commercial_partner_id
        url = self._get_fiado_whatsapp_url(holder._get_fiado_reminder()["text"])
        if not url:
            raise UserError(
                self.env._(
                    "%(customer)s has no phone number that WhatsApp could call: "
                    "correct it, with the area code.",
                    customer=holder.display_name,
                )
            )
        # Who sells may remind customers, and not change them.
        elevate(holder).message_post(
            body=self.env._("Reminded by WhatsApp"),
            author_id=self.env.user.partner_id.id,
        )
        return {"type": "ir.actions.act_url", "url": url, "target": "new"}

    def _get_fiado_whatsapp_url(self, text):
        """The page that opens WhatsApp with a message to the customer, or ``False``
        where there is no number that it could call."""
        self.ensure_one()
        number = self._phone_format(fname="phone")
        if not number:
            number = self.commercial_partner_id._phone_format(fname="phone")
        return bool(number) and f"https://wa.me/{number.lstrip('+')}?text={quote(text)}"

    def _get_fiado_screen(self, action):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(action)
        action["context"] = {
            "default_partner_id": self.commercial_partner_id.id,
            "default_company_id": self.env.company.id,
        }
        return action

    def _get_fiado_composer(self, template, **context):
        """An e-mail to the customer in Odoo's own composer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send E-mail"),
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.commercial_partner_id.ids,
                "default_composition_mode": "comment",
                "default_template_id": self.env.ref(template).id,
                "default_email_layout_xmlid": "mail.mail_notification_light",
                "force_email": True,
                **context,
            },
        }

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        operations = super()._mail_get_operation_for_mail_message_operation(
            message_operation
        )
        # Statements and reminders are sent by those at the till, who may read the
        # customers and not always change them: those who have a wallet, and nothing
        # but these.
        if message_operation == "create" and (
            self.env.context.get("fiado_letter") is LETTER
        ):
            holders = self._get_fiado_holders()
            operations.update(dict.fromkeys(self & holders, "read"))
        return operations

    def _get_fiado_holders(self):
        """Those of these customers in whose wallets something moved ever, as far as the
        user may know."""
        rows = self.env["fiado.wallet.entry"]._read_group(
            [("partner_id", "in", self.ids)], ["partner_id"]
        )
        return self.browse(partner.id for (partner,) in rows)

    # -------------------------------------------------------------------------
    # WALLET
    # -------------------------------------------------------------------------

    def _get_fiado_entry_domain(self):
        return Domain("partner_id", "=", self.commercial_partner_id.id) & Domain(
            "company_id", "=", self.env.company.sudo().root_id.id
        )

    def _get_fiado_reminder(self):
        """What a reminder says of the customer's debt, in the customer's language.

        :return: dict of ``text``, and of what it is made of: ``company``, ``amount``
            (formatted), ``since``, ``days`` and, where it should have been paid by
            now, ``due``
        :raises AccessError: the user may not read wallets
        """
        self.ensure_one()
        self.env["fiado.wallet"].check_access("read")
        partner = self.with_context(lang=self.lang or self.env.lang)
        company = partner.env.company.sudo().root_id
        wallet = partner.env["fiado.ledger"]._read_wallets(
            partner.commercial_partner_id, company
        )[partner.commercial_partner_id]
        today = fields.Date.context_today(partner)
        values = {
            "customer": partner.name,
            "company": partner.env.company.name,
            "amount": company.currency_id.format(wallet.debt),
            "since": format_date(partner.env, wallet.debt_since),
            "days": (today - wallet.debt_since).days if wallet.debt_since else 0,
        }
        if wallet.debt_due and wallet.debt_due < today:
            due = format_date(partner.env, wallet.debt_due)
            text = partner.env._(
                "Hello %(customer)s, this is %(company)s. %(amount)s have been open on "
                "your tab for %(days)s days, since %(since)s; they were due on "
                "%(due)s. When could you settle this? Thank you!",
                **values,
                due=due,
            )
        else:
            due = False
            text = partner.env._(
                "Hello %(customer)s, this is %(company)s. A reminder: %(amount)s have "
                "been open on your tab for %(days)s days, since %(since)s. Thank you!",
                **values,
            )
        return {**values, "due": due, "text": text}

    def _check_fiado_owes(self):
        self.ensure_one()
        self.env["fiado.wallet"].check_access("read")
        if self.env.company.currency_id.compare_amounts(self.fiado_debt, 0.0) <= 0:
            raise UserError(
                self.env._(
                    "%(customer)s owes nothing: there is nothing to remind of.",
                    customer=self.display_name,
                )
            )

    # -------------------------------------------------------------------------
    # OPERATIONS
    # -------------------------------------------------------------------------

    def fiado_receive(self, amount, payment_method_line_id, reference=None):
        """Receive money outside any order: it pays the customer's debt, the rest is
        sold as money credit.

        :param float amount: in company currency
        :param int payment_method_line_id: the form through which it is received
        :param str reference: idempotency key: the same call with the same reference
            is done once and answered with the same answer
        :return: ``{"move_ids", "payment_ids", "balance"}``: the wallet move, the
            payment, and the wallet's balance afterwards
        :raises UserError: it can't be received; says what to do
        :raises AccessError: the user takes no payments
        """
        payment = {"payment_method_line_id": payment_method_line_id, "amount": amount}
        return self._fiado_receive([payment], reference)

    def _fiado_receive(self, payments, reference=None, shown=None):
        """As :meth:`fiado_receive`, through several payment forms in one go."""
        self.env["fiado.policy"]._check_sales_user()
        holder = self._get_fiado_holder()
        company = holder._get_fiado_company()
        request = self.env["fiado.request"]
        payments = request._clean_payments(payments, company, company.currency_id)
        if not payments:
            raise UserError(self.env._("Choose a payment form and type an amount."))

        def movement(wallet):
            amount = sum(payment["amount"] for payment in payments)
            holder._check_fiado_switched_on(wallet, amount)
            return {
                "amount": amount,
                "counterpart": holder._get_fiado_receivable(),
                "origin": "credit_sale",
                "payments": payments,
                "ref": self.env._("Received from %(customer)s", customer=holder.name),
            }

        values = {"payments": payments}
        return holder._fiado_move(
            company, "fiado_receive", values, movement, reference, shown
        )

    def fiado_pay_out(
        self, amount, payment_method_line_id, reason, reference=None, shown=None
    ):
        """Pay credit out to the customer.

        :param float amount: in company currency, not more than the credit
        :param int payment_method_line_id: the (outbound) form through which it is paid
        :param str reason: why
        :param str reference: idempotency key, as in :meth:`fiado_receive`
        :param dict shown: what the caller decided on, ``{"partner_id", "balance"}`` of
            the wallet: refused where it is something else by now
        :return: as :meth:`fiado_receive`
        :raises UserError: it can't be paid out; says what to do
        :raises AccessError: the user doesn't manage wallets
        """
        self.env["fiado.policy"]._check_manager()
        holder = self._get_fiado_holder()
        company = holder._get_fiado_company()
        request = self.env["fiado.request"]
        payments = request._clean_payments(
            [{"payment_method_line_id": payment_method_line_id, "amount": amount}],
            company,
            company.currency_id,
            payment_type="outbound",
        )
        reason = request._clean_reason(reason)

        def movement(wallet):
            holder._check_fiado_credit(wallet, payments[0]["amount"])
            return {
                "amount": -payments[0]["amount"],
                "counterpart": holder._get_fiado_receivable(),
                "origin": "payout",
                "payments": payments,
                "ref": reason,
            }

        values = {"payments": payments, "reason": reason}
        return holder._fiado_move(
            company, "fiado_pay_out", values, movement, reference, shown
        )

    def fiado_forgive(self, amount, reason, reference=None, shown=None):
        """Forgive debt, whole or in part, to the company's loss account.

        :param float amount: in company currency, not more than the debt
        :param str reason: why
        :param str reference: idempotency key, as in :meth:`fiado_receive`
        :param dict shown: what the caller decided on, ``{"partner_id", "balance"}`` of
            the wallet: refused where it is something else by now
        :return: as :meth:`fiado_receive`
        :raises UserError: it can't be forgiven; says what to do
        :raises AccessError: the user doesn't manage wallets
        """
        self.env["fiado.policy"]._check_manager()
        holder = self._get_fiado_holder()
        company = holder._get_fiado_company()
        request = self.env["fiado.request"]
        amount = request._clean_movement(amount, company.currency_id)
        reason = request._clean_reason(reason)

        def movement(wallet):
            holder._check_fiado_debt(wallet, amount)
            return {
                "amount": amount,
                "counterpart": holder._get_fiado_loss_account(wallet.company),
                "origin": "forgiveness",
                "ref": reason,
            }

        values = {"amount": amount, "reason": reason}
        return holder._fiado_move(
            company, "fiado_forgive", values, movement, reference, shown
        )

    def fiado_adjust(self, amount, account_id, reason, reference=None, shown=None):
        """Correct a wallet by hand.

        :param float amount: in company currency, positive in the customer's favour
        :param int account_id: the account on the other side
        :param str reason: why
        :param str reference: idempotency key, as in :meth:`fiado_receive`
        :param dict shown: what the caller decided on, ``{"partner_id", "balance"}`` of
            the wallet: refused where it is something else by now
        :return: as :meth:`fiado_receive`
        :raises UserError: it can't be adjusted so; says what to do
        :raises AccessError: the user doesn't manage wallets
        """
        self.env["fiado.policy"]._check_manager()
        holder = self._get_fiado_holder()
        company = holder._get_fiado_company()
        request = self.env["fiado.request"]
        amount = request._clean_movement(amount, company.currency_id, signed=True)
        account = request._clean_account(account_id, company)
        reason = request._clean_reason(reason)

        def movement(wallet):
            holder._check_fiado_switched_on(wallet, amount)
            return {
                "amount": amount,
                "counterpart": account,
                "origin": "adjustment",
                "ref": reason,
            }

        values = {"amount": amount, "account_id": account.id, "reason": reason}
        return holder._fiado_move(
            company, "fiado_adjust", values, movement, reference, shown
        )

    def fiado_transfer(
        self,
        partner_id,
        amount,
        reason,
        reference=None,
        shown=None,
        override_reason=None,
    ):
        """Move a balance to another customer: a duplicate, a relative, an employer.

        :param int partner_id: whose wallet takes it
        :param float amount: in company currency, in the sign of the balance that is
            moved: negative debt, positive credit; not more than there is
        :param str reason: why
        :param str reference: idempotency key, as in :meth:`fiado_receive`
        :param dict shown: what the caller decided on, ``{"partner_id", "balance"}`` of
            the wallet: refused where it is something else by now
        :param str override_reason: why the other customer may go over a limit
        :return: as :meth:`fiado_receive`, with the balance of this customer
        :raises UserError: it can't be moved; says what to do
        :raises AccessError: the user doesn't manage wallets
        """
        policy, request = self.env["fiado.policy"], self.env["fiado.request"]
        policy._check_manager()
        holder = self._get_fiado_holder()
        target_id = request._clean_id(partner_id, self.env._("The other customer"))
        target = self.browse(target_id)._get_fiado_holder()
        company = (holder | target)._get_fiado_company()
        amount = request._clean_movement(amount, company.currency_id, signed=True)
        reason = request._clean_reason(reason)
        override_reason = request._clean_reason(override_reason, required=False)
        values = {"target_id": target.id, "amount": amount, "reason": reason}
        if override_reason:
            # Not where there is none: calls of before that argument are kept without.
            values["override_reason"] = override_reason
        if target == holder:
            raise UserError(
                self.env._("Choose another customer: this is the same wallet.")
            )

        def operation(reference):
            ledger = self.env["fiado.ledger"]
            wallet, target_wallet = ledger._open_wallets(holder | target, company)
            target._check_fiado_active(target_wallet, amount)
            if amount < 0:
                holder._check_fiado_debt(wallet, -amount)
                policy._check_new_debt(
                    target_wallet,
                    target_wallet.get_new_debt(amount),
                    reason=override_reason,
                )
            else:
                holder._check_fiado_credit(wallet, amount)
            return ledger._transfer(
                wallet,
                target_wallet,
                amount,
                ref=reason,
                company_id=company.id,
                fiado_reference=reference,
            )

        return holder._fiado_once(
            "fiado_transfer",
            values,
            reference,
            operation,
            shown,
        )

    def fiado_open_balance(self, amount, date, account_id, reference=None, shown=None):
        """Bring a balance over from elsewhere, such as a notebook.

        :param float amount: in company currency; negative: debt, positive: credit
        :param date: the day on which it was left, not in the future
        :param int account_id: the account on the other side
        :param str reference: idempotency key, as in :meth:`fiado_receive`
        :param dict shown: what the caller decided on, ``{"partner_id", "balance"}`` of
            the wallet: refused where it is something else by now
        :return: as :meth:`fiado_receive`
        :raises UserError: it can't be brought over; says what to do
        :raises AccessError: the user doesn't manage wallets
        """
        self.env["fiado.policy"]._check_manager()
        holder = self._get_fiado_holder()
        company = holder._get_fiado_company()
        request = self.env["fiado.request"]
        amount = request._clean_movement(amount, company.currency_id, signed=True)
        account = request._clean_account(account_id, company)
        date = request._clean_past_date(date)
        self.env["fiado.policy"]._check_books_open(date)

        def movement(wallet):
            holder._check_fiado_switched_on(wallet, amount)
            return {
                "amount": amount,
                "counterpart": account,
                "origin": "opening",
                "date": date,
                "ref": self.env._("Opening balance"),
            }

        values = {"amount": amount, "account_id": account.id, "date": str(date)}
        return holder._fiado_move(
            company, "fiado_open_balance", values, movement, reference, shown
        )

    @api.readonly
    def fiado_statement(self, date_from=None, date_to=None):
        """The customer's statement in the current company.

        :param date_from: first day, or from the beginning
        :param date_to: last day, or up to now
        :return: ``{"opening_balance", "entries", "closing_balance"}``: amounts in
            company currency, positive in the customer's favour; entries as dicts, the
            oldest first: ``id``, ``date``, ``kind``, ``origin``, ``amount``,
            ``balance_after``, ``document``, ``label``, ``reference``, ``user_id``;
            ``due_date`` (of a debt) and ``open_amount``, what of it is not settled or
            used as of now; ``order_id``, ``services``, the names of what that order
            sold, and ``taken_by``, the name of its customer where that isn't the
            wallet's holder
        :raises UserError: a date that isn't one
        :raises AccessError: the user may not read wallets
        """
        request = self.env["fiado.request"]
        entries = self.env["fiado.wallet.entry"]
        entries.check_access("read")
        domain = self._get_fiado_holder()._get_fiado_entry_domain()
        period = domain
        date_from = request._clean_date(date_from)
        if date_from:
            period &= Domain("date", ">=", date_from)
        date_to = request._clean_date(date_to)
        if date_to:
            period &= Domain("date", "<=", date_to)
        opening = 0.0
        if date_from:
            before = domain & Domain("date", "<", date_from)
            [(opening,)] = entries._read_group(before, aggregates=["amount:sum"])
        lines = entries.search(period, order="date, id")._get_statement_lines()
        currency = self.env.company.currency_id
        opening = currency.round(opening or 0.0)
        return {
            "opening_balance": opening,
            "entries": lines,
            "closing_balance": currency.round(
                opening + sum(line["amount"] for line in lines)
            ),
        }

    def _get_fiado_statement_start(self):
        """The first day of a statement that nobody chose a period for: 90 days ago, or
        when the oldest of what is open now moved. All since is on it, so that the
        lines lead from one balance to the other.

        :raises AccessError: the user may not read wallets
        """
        entries = self.env["fiado.wallet.entry"]
        domain = self._get_fiado_entry_domain() & Domain("residual", "!=", 0.0)
        [(oldest,)] = entries._read_group(domain, aggregates=["date:min"])
        recent = fields.Date.subtract(
            fields.Date.context_today(self), days=STATEMENT_DAYS
        )
        return min(oldest or recent, recent)

    def _get_fiado_statement_name(self):
        """How the file of the statement is called."""
        return self.env._(
            "Statement %(customer)s %(date)s",
            customer=self.commercial_partner_id.name,
            date=fields.Date.context_today(self),
        )

    # What operations share -----------------------------------------------------

    def _fiado_move(self, company, method, values, movement, reference, shown):
        """Make one movement of this wallet, once.

        :param company: in which it moves
        :param str method: the public method that does it
        :param dict values: the method's arguments, cleaned
        :param movement: is called with the locked wallet; checks what may be refused,
            and returns the movement as arguments of ``fiado.ledger._operate``
        :param str reference: the method's, as it came
        :param dict shown: the method's, as it came
        :return: the method's answer
        """

        def operation(reference):
            ledger = self.env["fiado.ledger"]
            wallet = ledger._open_wallet(self, company)
            return ledger._operate(
                wallet,
                **movement(wallet),
                company_id=company.id,
                fiado_reference=reference,
            )

        return self._fiado_once(method, values, reference, operation, shown)

    def _fiado_once(self, method, values, reference, operation, shown=None):
        # The caller's rights were checked: from here on only values that the
        # operation made reach the accounts.
        request = self.env["fiado.request"]
        reference = request._clean_reference(reference)
        shown = request._clean_shown(shown)
        self.env["fiado.ledger"]._take_turn(self.commercial_partner_id)

        def operate():
            if shown:
                self._check_fiado_shown(shown)
            return operation(request._get_kept_reference(reference))

        return request._once(
            self.env.company,
            reference,
            f"res.partner.{method}",
            {"partner_id": self.id, **values},
            operate,
        )

    def _check_fiado_shown(self, shown):
        wallet = self.env["fiado.ledger"]._open_wallet(self, self.env.company)
        self.env["fiado.policy"]._check_unchanged(
            shown,
            {"partner_id": self.id, "balance": wallet.balance},
            wallet.company.currency_id,
        )

    def _get_fiado_holder(self):
        """Whose wallet this customer has: a commercial partner of the company.

        :raises UserError: there is none
        """
        if len(self.ids) != 1:
            raise UserError(self.env._("Choose one customer at a time."))
        self.check_access("read")
        holder = self.commercial_partner_id
        company = self.env.company.sudo()
        if holder == company.root_id.fiado_walk_in_partner_id:
            raise UserError(
                self.env._("An unidentified customer has no wallet: say who it is.")
            )
        own_company = holder.sudo().company_id
        if own_company and not (
            own_company in company.parent_ids or company in own_company.parent_ids
        ):
            raise AccessError(
                self.env._(
                    "%(customer)s is a customer of another company.",
                    customer=holder.sudo().name,
                )
            )
        if not company.root_id.fiado_journal_id:
            raise UserError(
                self.env._(
                    "Fiado was never switched on in this shop. The owner switches it "
                    "on in the settings."
                )
            )
        return holder

    def _get_fiado_company(self):
        """The company in which these holders' wallets move now: the one that the user
        works in, or a customer's own where that is a branch of it. Odoo records
        nothing of a branch's customers in the company above."""
        company = self.env.company
        branches = self.sudo().company_id.filtered(
            lambda branch: company in branch.parent_ids
        )
        return branches[:1].with_env(self.env) or company

    def _get_fiado_receivable(self):
        return self.sudo().with_company(self.env.company).property_account_receivable_id

    def _get_fiado_loss_account(self, company):
        """Where forgiven debts go.

        :raises UserError: no account was chosen
        """
        if not company.fiado_loss_account_id:
            raise UserError(
                self.env._(
                    "There is no account for forgiven debts: the owner chooses one in "
                    "the settings of Fiado."
                )
            )
        return company.fiado_loss_account_id

    def _check_fiado_switched_on(self, wallet, amount):
        """With the feature off, existing balances are settled and nothing more."""
        settled = self._get_fiado_settled(wallet, amount)
        if settled is not None and not wallet.company.fiado_enabled:
            raise UserError(
                self.env._(
                    "Fiado is switched off in this shop: only what %(customer)s owes "
                    "or has left can be settled (%(balance)s).",
                    customer=self.name,
                    balance=wallet.company.currency_id.format(settled),
                )
            )
        self._check_fiado_active(wallet, amount)

    def _check_fiado_active(self, wallet, amount):
        """Of an archived customer too, existing balances are settled and no more."""
        settled = self._get_fiado_settled(wallet, amount)
        if settled is not None and not self.active:
            raise UserError(
                self.env._(
                    "%(customer)s is archived: only what the customer owes or has "
                    "left can be settled (%(balance)s).",
                    customer=self.name,
                    balance=wallet.company.currency_id.format(settled),
                )
            )

    def _get_fiado_settled(self, wallet, amount):
        """How much of an amount settles the wallet, where the rest is a new balance;
        ``None`` where all of it does."""
        settled = abs(wallet.balance) if wallet.balance * amount < 0 else 0.0
        is_all = wallet.company.currency_id.compare_amounts(abs(amount), settled) <= 0
        return None if is_all else settled

    def _check_fiado_debt(self, wallet, amount):
        currency = wallet.company.currency_id
        if currency.compare_amounts(amount, wallet.debt) > 0:
            raise UserError(
                self.env._(
                    "%(customer)s owes %(debt)s: type no more than that.",
                    customer=self.name,
                    debt=currency.format(wallet.debt),
                )
            )

    def _check_fiado_credit(self, wallet, amount):
        currency = wallet.company.currency_id
        if currency.compare_amounts(amount, wallet.credit) > 0:
            raise UserError(
                self.env._(
                    "%(customer)s has %(credit)s of credit: type no more than that.",
                    customer=self.name,
                    credit=currency.format(wallet.credit),
                )
            )
