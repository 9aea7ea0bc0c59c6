from odoo import api, fields, models
from odoo.tools import SQL


class FiadoWalletEntry(models.Model):
    """Entries of several journal items: debts in instalments.

    What such an entry is as a whole is read only where an item says that it has parts,
    so that all others cost nothing more.
    """

    _inherit = "fiado.wallet.entry"

    is_split = fields.Boolean(
        string="In Instalments",
        readonly=True,
        help="Whether this debt has several parts, each with its own due date.",
    )
    instalments = fields.Char(compute="_compute_instalments", compute_sudo=True)
    what = fields.Char(
        string="Movement",
        compute="_compute_what",
        help="What happened, and in which instalments it is to be paid.",
    )

    # -------------------------------------------------------------------------
    # QUERY
    # -------------------------------------------------------------------------

    def _get_of_parts(self, alone, together):
        """An expression of an entry's query: of ``item`` alone, or, where it has parts,
        of each ``part`` together."""
        return SQL(
            """CASE WHEN (item.fiado_part > 0) IS NOT TRUE THEN %(alone)s
                    ELSE (SELECT %(together)s FROM account_move_line part
                           WHERE %(of_entry)s) END""",
            alone=alone,
            together=together,
            of_entry=self._is_of_entry("part"),
        )

    def _is_first_part(self):
        """The condition that ``item`` is the first of its entry. That it says to be
        another isn't enough: accountants copy entries, and change the copies."""
        return SQL(
            """((item.fiado_part > 0) IS NOT TRUE
                OR NOT EXISTS (SELECT FROM account_move_line earlier
                                WHERE earlier.id < item.id AND %s))""",
            self._is_of_entry("earlier"),
        )

    def _is_of_entry(self, alias):
        """The condition that another journal item is of the same entry as ``item``."""
        return SQL(
            """(%(other)s.move_id = item.move_id
                AND %(other)s.fiado_part > 0
                AND %(other)s.partner_id = item.partner_id
                AND %(other)s.account_id = item.account_id)""",
            other=SQL.identifier(alias),
        )

    # -------------------------------------------------------------------------
    # READ
    # -------------------------------------------------------------------------

    @api.depends("move_id", "amount")
    @api.depends_context("lang")
    def _compute_instalments(self):
        by_entry = self._read_instalments()
        policy = self.env["fiado.policy"]
        for entry in self:
            plan = by_entry.get(entry.id)
            entry.instalments = plan and policy._get_instalments_text(
                [(part["due_date"], part["amount"]) for part in plan],
                entry.currency_id,
                is_short=False,
            )

    @api.depends("kind", "instalments")
    @api.depends_context("lang")
    def _compute_what(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for entry in self:
            said = (kinds.get(entry.kind), entry.instalments)
            entry.what = " · ".join(filter(None, said))

    def _read_instalments(self):
        """The instalments of those of these entries that left some, the first due
        first.

        :return: dict of lists by the entries' ids: of dicts of ``due_date``,
            ``amount``, and ``open_amount``, what of it is not settled as of now
        """
        split = self.filtered("is_split")
        if not split:
            return {}
        items = self.env["account.move.line"].sudo()
        parts = items.search(
            [
                ("move_id", "in", split.move_id.ids),
                ("move_id.reversed_entry_id", "=", False),
                ("fiado_part", ">", 0),
                ("balance", ">", 0.0),
            ],
            order="date_maturity, id",
        ).grouped(lambda part: (part.move_id, part.partner_id, part.account_id))
        return {
            entry.id: [
                self._read_instalment(day, of_day)
                for day, of_day in parts[key].grouped("date_maturity").items()
            ]
            for entry in split
            if (key := (entry.move_id, entry.partner_id, entry.account_id)) in parts
        }

    def _read_instalment(self, day, parts):
        # What was charged before is a part of its own.
        currency = parts.company_currency_id
        return {
            "due_date": day,
            "amount": currency.round(sum(parts.mapped("balance"))),
            "open_amount": currency.round(sum(parts.mapped("amount_residual"))),
        }
