from odoo import api, fields, models


class FiadoWalletScreen(models.AbstractModel):
    """What could be charged of late fee and interest, on the screens about a wallet."""

    _inherit = "fiado.wallet.screen"

    charges = fields.Monetary(
        string="Late fee and interest until today", compute="_compute_charges"
    )
    debt_today = fields.Monetary(
        string="Owed today",
        compute="_compute_charges",
        help="The debt with late fee and interest until today.",
    )

    @api.depends("partner_id", "company_id")
    def _compute_charges(self):
        for screen in self:
            screen.charges = screen.debt_today = 0.0
            if not screen._has_charge_terms():
                continue
            wallet = screen._get_wallet()
            charges = self.env["fiado.ledger"]._read_charges([wallet])[wallet.partner]
            if charges:
                screen.charges = charges.amount
                screen.debt_today = wallet.debt + charges.amount

    def _has_charge_terms(self):
        """Whether there can be something to charge: if not, nothing is read for it."""
        company = self.company_id
        return bool(
            self.partner_id
            and company
            and self.env["fiado.ledger"]._get_charge_terms(company)
        )

    def _get_to_show(self):
        shown = super()._get_to_show()
        return shown and {**shown, **self._get_charges_to_show()}

    def _get_charges_to_show(self):
        return {"charges": self.charges} if self._has_charge_terms() else {}


class FiadoPaymentScreen(models.AbstractModel):
    """Late fee and interest on the screens that take payments: ticked where there is
    something to charge, and left off with one click by who may."""

    _inherit = "fiado.payment.screen"

    charge = fields.Boolean(
        compute="_compute_charge",
        store=True,
        readonly=False,
        help="Late fee and interest become debt, which the payment pays after what is "
        "older. Left off, those of what is paid now are given up.",
    )
    charges_refusal = fields.Char(compute="_compute_charges_refusal")

    @api.depends("charges")
    def _compute_charge(self):
        for screen in self:
            screen.charge = screen.charges > 0

    @api.depends("charges")
    def _compute_charges_refusal(self):
        policy = self.env["fiado.policy"]
        for screen in self:
            screen.charges_refusal = screen.charges > 0 and policy._get_waiver_refusal(
                screen.company_id
            )

    def _takes_charges(self):
        """Whether there is something to charge with what is paid here."""
        return self.charges > 0

    def _get_charged(self):
        """What is charged with what is paid here."""
        return self.charges if self.charge and self._takes_charges() else 0.0

    def _get_wanted_charges(self):
        """Whether to charge, as the public methods take it."""
        return self.charge if self._takes_charges() else None
