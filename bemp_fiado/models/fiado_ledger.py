from dataclasses import dataclass, replace

from odoo import api, models
from odoo.tools import SQL

from ..wallet import Balance, get_days_overdue


@dataclass(frozen=True, kw_only=True)
class Wallet(Balance):
    """What a customer's open items in one company say, in company currency.

    ``partner`` is a commercial partner, ``company`` a root company. ``debt_since`` and
    ``debt_due`` are the oldest date and due date of the debt. ``is_tidy`` says whether
    the items are as the ledger itself leaves them: all of them on one account and of
    one side.
    """

    partner: models.BaseModel
    company: models.BaseModel
    debt_since: object = False
    debt_due: object = False
    is_tidy: bool = True

    def round(self, amount):
        return self.company.currency_id.round(amount)

    def get_days_overdue(self, today):
        """For how many days the oldest debt is overdue; before it is due, none."""
        return get_days_overdue(self.debt_due, today)

    def get_account(self, side):
        """The wallet account of a side."""
        return self.company[f"fiado_{side}_account_id"]

    def split_by_account(self, amount):
        """As :meth:`split`, with the accounts of the sides."""
        return [(self.get_account(side), part) for side, part in self.split(amount)]


class FiadoLedger(models.AbstractModel):
    """The one place where wallets are read and wallet moves are built.

    How it works: an operation opens the wallet (which locks it), makes its checks on
    the amounts found, lets :meth:`_create_move` build the draft move, posts it with
    the operation's other moves in one batch and reconciles all of them at once with
    the plan of :meth:`_get_matching_plan`. Reading is in this file; each of the files
    ``fiado_ledger_*`` says what else is.
    """

    _name = "fiado.ledger"
    _description = "Wallet Ledger"

    # -------------------------------------------------------------------------
    # READ
    # -------------------------------------------------------------------------

    @api.model
    def _read_wallets(self, partners, company):
        """Read the open items of many customers in one query.

        What others than the ledger posted may leave a wallet untidy for a moment: a
        bank's payment of 80 on a debt of 55 that nobody moved to the credits yet. It
        reads as what it is, a credit of 25.

        :param partners: commercial partners
        :param company: any company: branches share the wallet of their root
        :return: dict of :class:`Wallet` by partner, one for each
        """
        return {
            partner: self._get_net(wallet)
            for partner, wallet in self._read_sides(partners, company).items()
        }

    def _get_net(self, wallet):
        if wallet.is_tidy:
            return wallet
        net = wallet.get_moved(0.0)
        return net if net.debt else replace(net, debt_since=False, debt_due=False)

    def _read_sides(self, partners, company):
        """As :meth:`_read_wallets`, with the debt and the credit as the two accounts
        have them: an untidy wallet's may be negative, or both of them open."""
        company = company.sudo().root_id
        wallets = {
            partner: Wallet(partner=partner, company=company) for partner in partners
        }
        if not (partners.ids and company.fiado_debt_account_id):
            return wallets
        self._flush_items()
        rows = self.env.execute_query(self._get_wallets_query(partners, company))
        for partner_id, debt, credit, debt_since, debt_due, is_tidy in rows:
            wallet = wallets[partners.browse(partner_id)]
            wallets[wallet.partner] = replace(
                wallet,
                debt=wallet.round(float(debt or 0.0)),
                credit=wallet.round(float(credit or 0.0)),
                debt_since=debt_since or False,
                debt_due=debt_due or False,
                is_tidy=is_tidy,
            )
        return wallets

    def _get_wallets_query(self, partners, company):
        # Exactly the condition of Odoo's partial index on open items: what is settled
        # is not read, however much it is.
        return SQL(
            """
            SELECT partner_id,
                   SUM(amount_residual) FILTER (WHERE account_id = %(debt)s),
                   SUM(-amount_residual) FILTER (WHERE account_id = %(credit)s),
                   MIN(COALESCE(fiado_since, date)) FILTER (WHERE amount_residual > 0),
                   MIN(date_maturity) FILTER (WHERE amount_residual > 0),
                   BOOL_AND(account_id = %(debt)s AND amount_residual >= 0)
                   OR BOOL_AND(account_id = %(credit)s AND amount_residual <= 0)
              FROM account_move_line
             WHERE account_id IN (%(debt)s, %(credit)s)
               AND partner_id IN %(partners)s
               AND reconciled IS NOT TRUE
               AND parent_state = 'posted'
               AND %(of_company)s
          GROUP BY partner_id
            """,
            debt=company.fiado_debt_account_id.id,
            credit=company.fiado_credit_account_id.id,
            of_company=self._get_of_company(company),
            partners=tuple(partners.ids),
        )

    @api.model
    def _get_of_company(self, company):
        """The condition that a journal item is the company's or a branch's of it: its
        wallet accounts may be in another company's books too.

        :param company: a root company
        """
        return SQL(
            "company_id IN (SELECT id FROM res_company WHERE parent_path LIKE %s)",
            f"{company.id}/%",
        )

    @api.model
    def _join_company(self, account=None):
        """The joins that give ``item``, of the items' table, its ``company``: the root
        of the company whose item it is, where it is on a wallet account of that one.

        :param SQL account: what is compared with the accounts
        """
        return SQL(
            """JOIN res_company item_company ON item_company.id = item.company_id
                JOIN res_company company
                  ON company.id = SPLIT_PART(item_company.parent_path, '/', 1)::int
                 AND %s IN (company.fiado_debt_account_id,
                            company.fiado_credit_account_id)""",
            account or SQL("item.account_id"),
        )

    @api.model
    def _open_wallet(self, partner, company):
        """Lock the wallet of a customer, put it in order if it isn't, and read it.

        :raises MissingError: the customer was deleted meanwhile
        """
        [wallet] = self._open_wallets(partner, company)
        return wallet

    @api.model
    def _open_wallets(self, partners, company):
        """As :meth:`_open_wallet`, for several customers, in their order."""
        self._lock(partners)
        wallets = self._read_sides(partners, company)
        untidy = partners.filtered(lambda partner: not wallets[partner].is_tidy)
        if untidy:
            self._tidy(untidy, company.sudo().root_id)
            wallets.update(self._read_sides(untidy, company))
        return [wallets[partner] for partner in partners]

    @api.model
    def _flush_items(self):
        self.env["account.move.line"].flush_model(
            [
                "account_id",
                "amount_residual",
                "company_id",
                "date",
                "date_maturity",
                "fiado_since",
                "parent_state",
                "partner_id",
                "reconciled",
            ]
        )

    @api.model
    def _forget_read(self, partners):
        """Have what was read of these wallets read again: they moved."""
        partners.invalidate_recordset(
            [
                "fiado_balance",
                "fiado_charges",
                "fiado_credit",
                "fiado_debt",
                "fiado_debt_since",
                "fiado_debt_today",
                "fiado_due_date",
                "fiado_overdue",
                "fiado_promise",
                "fiado_promised_on",
            ],
            flush=False,
        )
        self.env["sale.order"].invalidate_model(
            [
                "closing_payment_ids",
                "wallet_credit",
                "wallet_debt",
                "wallet_debt_since",
                "wallet_entry_ids",
                "wallet_promise",
            ],
            flush=False,
        )
        self.env["fiado.reminder.due"].invalidate_model(flush=False)
        self.env["fiado.wallet"].invalidate_model(flush=False)
        self.env["fiado.wallet.entry"].invalidate_model(flush=False)

    # -------------------------------------------------------------------------
    # ORIGINS
    # -------------------------------------------------------------------------

    # Which origins are of a kind. Addons that bring an origin add it where it belongs.

    @api.model
    def _get_sale_origins(self):
        """The origins of what a sale leaves in a wallet."""
        return ("order", "invoice")

    @api.model
    def _get_payment_origins(self):
        """The origins by which a customer pays a debt."""
        return (
            *self._get_sale_origins(),
            *self._get_credit_sale_origins(),
            "accounting",
        )

    @api.model
    def _get_credit_sale_origins(self):
        """The origins by which money credit is sold, or a debt is paid alone."""
        return ("credit_sale", "online")

    @api.model
    def _get_receivable_origins(self):
        """The origins of movements with a receivable on the other side."""
        return (
            *self._get_sale_origins(),
            *self._get_credit_sale_origins(),
            "refund",
            "payout",
            "reversal",
        )

    # -------------------------------------------------------------------------
    # ACCOUNTS
    # -------------------------------------------------------------------------

    @api.model
    def _get_on_wallet_accounts(self):
        """The condition that ``item``, of the items' table, is on a wallet account.

        The accounts are in it as values, since PostgreSQL uses its indexes on them for
        values alone: where they are joined from the companies, it reads every item.
        """
        return self._get_on_accounts(self._get_all_wallet_accounts())

    def _get_on_accounts(self, accounts):
        return SQL("item.account_id IN %s", tuple(accounts.ids) or (0,))

    def _get_all_wallet_accounts(self):
        companies = self.env["res.company"].sudo().search([("parent_id", "=", False)])
        return companies.fiado_debt_account_id | companies.fiado_credit_account_id
