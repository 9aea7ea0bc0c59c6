from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..charges import Terms

# What the law lets a shop charge at most of whoever pays late, in percent: the fee
# once, the interest a month. In Brazil that is CDC art. 52 § 1, and art. 161 § 1 CTN.
LEGAL_MAXIMUM = {"BR": {"fiado_late_fee": 2.0, "fiado_interest": 1.0}}


class ResCompany(models.Model):
    """What a shop charges of who pays late."""

    _inherit = "res.company"

    fiado_late_fee = fields.Float(
        string="Late Fee (%)",
        help="Charged once on a debt that is overdue. 0: none.",
        digits=(5, 2),
    )
    fiado_interest = fields.Float(
        string="Interest (% a month)",
        help="Simple interest on a debt that is overdue, by the day: a month counts as "
        "30 days. 0: none.",
        digits=(5, 2),
    )
    fiado_grace_days = fields.Integer(
        string="Days of Grace",
        help="Nothing is charged on a debt that is overdue for no more than so many "
        "days. Afterwards it counts from the due date.",
    )
    fiado_interest_account_id = fields.Many2one(
        comodel_name="account.account",
        string="Late Charges Account",
        help="The income account of late fee and interest.",
        check_company=True,
        domain="[('internal_group', '=', 'income')]",
        ondelete="restrict",
    )
    fiado_cashier_waives_charges = fields.Boolean(
        string="Cashiers May Leave Late Charges Off",
        help="Without this, only who manages wallets leaves late fee and interest off.",
    )

    _check_fiado_charges = models.Constraint(
        "CHECK (COALESCE(fiado_late_fee, 0) BETWEEN 0 AND 100"
        " AND COALESCE(fiado_interest, 0) BETWEEN 0 AND 100"
        " AND COALESCE(fiado_grace_days, 0) >= 0)",
        "Rates and days of grace can't be negative, nor a rate over 100 %.",
    )

    @api.constrains(*LEGAL_MAXIMUM["BR"], "account_fiscal_country_id", "country_id")
    def _check_fiado_legal_maximum(self):
        for company in self:
            maximum = LEGAL_MAXIMUM.get(company.account_fiscal_country_id.code, {})
            if any(company[name] > limit + 1e-9 for name, limit in maximum.items()):
                raise ValidationError(
                    self.env._(
                        "The legal maximum in %(country)s is a late fee of %(fee)g %% "
                        "and interest of %(interest)g %% a month: set no more than "
                        "that.",
                        country=company.account_fiscal_country_id.name,
                        fee=maximum["fiado_late_fee"],
                        interest=maximum["fiado_interest"],
                    )
                )

    def write(self, vals):
        if vals.get("fiado_late_fee") or vals.get("fiado_interest"):
            # Wallets that were set up before there was such an account get it now.
            self.filtered(
                lambda company: company.fiado_journal_id and not company.parent_id
            )._fiado_set_up(vals)
        return super().write(vals)

    def _get_fiado_charge_terms(self):
        """What this root company charges; false where it charges nothing."""
        if not self.fiado_enabled:
            return Terms()
        return Terms(
            fee=self.fiado_late_fee,
            interest=self.fiado_interest,
            grace_days=self.fiado_grace_days,
        )
