from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

METHOD = "res.partner.fiado_open_balance"


class FiadoWalletOpening(models.Model):
    """The balances that were brought over from elsewhere, and where Odoo's import
    brings over many of them.

    How it works: reading, a record is its wallet move, under the same id. Creating
    records is ``res.partner.fiado_open_balance`` on many customers at once, under the
    same references: what one of the two brought over, the other doesn't repeat. An
    import checks all rows of a batch first, and makes moves only if all are good.
    """

    _name = "fiado.wallet.opening"
    _description = "Opening Balance"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "reference"
    _depends = {
        "account.move": [
            "company_id",
            "date",
            "fiado_origin",
            "fiado_reference",
            "partner_id",
            "state",
        ],
        "account.move.line": ["account_id", "balance", "move_id"],
        "res.company": ["fiado_credit_account_id", "fiado_debt_account_id"],
    }

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        help="In a file: the name, the e-mail or the reference of the customer.",
    )
    amount = fields.Monetary(
        required=True,
        help="In company currency. Negative: what the customer owes; positive: what "
        "the customer has left.",
    )
    date = fields.Date(
        required=True,
        default=fields.Date.context_today,
        help="The day on which the balance was left. A debt is due the company's days "
        "to pay later.",
    )
    account_id = fields.Many2one(
        "account.account",
        string="Opening Account",
        required=True,
        default=lambda self: self._default_account_id(),
        help="The account on the other side.",
    )
    reference = fields.Char(
        required=True,
        help="Its own for each balance, such as the page of the notebook: a balance "
        "that is imported again under its reference is not brought over twice.",
    )
    company_id = fields.Many2one(
        "res.company", default=lambda self: self.env.company.root_id, readonly=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT move.id,
                   move.partner_id,
                   company.id AS company_id,
                   move.date,
                   opening.account_id,
                   opening.amount,
                   move.fiado_reference AS reference
              FROM account_move move
              JOIN res_company move_company ON move_company.id = move.company_id
              JOIN res_company company
                ON company.id = SPLIT_PART(move_company.parent_path, '/', 1)::int
             CROSS JOIN LATERAL (
                SELECT MIN(item.account_id) AS account_id,
                       SUM(item.balance) AS amount
                  FROM account_move_line item
                 WHERE item.move_id = move.id
                   AND item.account_id NOT IN (company.fiado_debt_account_id,
                                               company.fiado_credit_account_id)
                   ) opening
             WHERE move.fiado_origin = 'opening'
               AND move.state = 'posted'
            """
        )

    @api.model
    def _default_account_id(self):
        return self.env.company.sudo().root_id._get_fiado_opening_account().id

    # -------------------------------------------------------------------------
    # LOW-LEVEL METHODS
    # -------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        """Bring balances over, in the current company.

        :return: a record for each; of those that were brought over before, under the
            same reference and with the same values, the ones of then
        :raises UserError: one of them can't be brought over, so none is
        :raises AccessError: the user doesn't manage wallets
        """
        self._check_allowed()
        openings = self._get_openings(vals_list)
        for opening in openings:
            if opening.refusals:
                raise UserError(opening.message)
        by_reference = {opening.reference: opening for opening in openings}
        answers = self.env["fiado.request"]._once_for_each(
            self.env.company,
            METHOD,
            {opening.reference: opening.values for opening in openings},
            lambda references: self._bring_over([by_reference[r] for r in references]),
        )
        return self.browse(
            answers[opening.reference]["move_ids"][0] for opening in openings
        )

    def _convert_records(self, records, *, log=lambda message: None, savepoint):
        """Name all bad rows of a file, with the reason, before any move is made.

        The ORM would go through them one by one, move by move, and stop at the tenth.
        """
        self._check_allowed()
        bad = set()

        def log_row(message):
            if message.get("field") == "partner_id":
                # Odoo takes the first of several customers with this name.
                message["type"] = "error"
            if message["type"] == "error":
                bad.add(message["record"])
            log(message)

        rows = list(super()._convert_records(records, log=log_row, savepoint=savepoint))
        skipped = self.env.context.get("import_skip_records") or ()
        to_check = [
            (vals, info)
            for _id, _xid, vals, info in rows
            if info["record"] not in bad
            and not any(vals.get(name) is None for name in skipped)
        ]
        openings = self._get_openings([vals for vals, _info in to_check])
        for opening, (_vals, info) in zip(openings, to_check, strict=True):
            if opening.refusals:
                # Not under a field: there Odoo shows the values without the reasons.
                log_row({**info, "type": "error", "message": opening.message})
        if not bad:
            # What a row is known by is its reference.
            yield from ((False, False, vals, info) for _id, _xid, vals, info in rows)

    @api.model
    def get_import_templates(self):
        return [
            {
                "label": self.env._("Template for Opening Balances (XLSX)"),
                "template": "/bemp_fiado/static/xls/opening_balances.xlsx",
            },
            {
                "label": self.env._("Template for Opening Balances (CSV)"),
                "template": "/bemp_fiado/static/xls/opening_balances.csv",
            },
        ]

    # -------------------------------------------------------------------------
    # MOVES
    # -------------------------------------------------------------------------

    def _bring_over(self, openings):
        """Make the wallet moves of checked openings.

        :return: the single method's answers by reference
        """
        company = self.env.company
        # In the order of their days, so that what was paid then settles what was owed.
        openings = sorted(openings, key=lambda opening: opening.date)
        movements = [
            (
                opening.partner,
                opening.amount,
                opening.account,
                {
                    "date": opening.date,
                    "ref": self.env._("Opening balance"),
                    "company_id": opening.partner._get_fiado_company().id,
                    "fiado_reference": opening.reference,
                },
            )
            for opening in openings
        ]
        answers = self.env["fiado.ledger"]._operate_each(company, movements, "opening")
        return {
            opening.reference: answer
            for opening, answer in zip(openings, answers, strict=True)
        }
