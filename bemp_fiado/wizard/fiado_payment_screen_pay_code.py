from odoo import api, fields, models


class FiadoPaymentScreen(models.AbstractModel):
    """The code by which the customer pays at the till, from a phone. It shows by itself
    once the payment form is chosen that is paid so."""

    _inherit = "fiado.payment.screen"

    has_pay_code = fields.Boolean(compute="_compute_pay_code_form_ids")
    pay_code_form_ids = fields.Many2many(
        "account.payment.method.line",
        string="Forms paid by the code",
        compute="_compute_pay_code_form_ids",
    )
    show_pay_code = fields.Boolean(
        string="Show the pay code",
        compute="_compute_show_pay_code",
        store=True,
        readonly=False,
    )
    pay_code_amount = fields.Monetary(compute="_compute_pay_code")
    pay_code_image = fields.Binary(string="Pay code", compute="_compute_pay_code")
    pay_code_text = fields.Char(string="Copy and paste", compute="_compute_pay_code")

    # Never for what is typed: only the code itself is made anew then, where it shows.
    @api.depends("partner_id", "company_id")
    def _compute_pay_code_form_ids(self):
        for screen in self:
            company = screen.company_id.sudo().root_id
            payer = screen.partner_id.commercial_partner_id or company.partner_id
            account, method, _error = company._get_fiado_pay_account(payer)
            if screen.currency_id != company.currency_id:
                # Codes are in company currency, and so are wallets.
                account = account.browse()
            screen.has_pay_code = bool(account)
            screen.pay_code_form_ids = company._get_fiado_pay_forms(
                account, method, screen.payment_form_ids.sudo()
            )

    @api.depends("payment_ids.payment_method_line_id")
    def _compute_show_pay_code(self):
        for screen in self:
            # Whoever showed it by hand hides it by hand.
            screen.show_pay_code |= bool(screen._get_payments_by_code())

    @api.depends("show_pay_code", "partner_id", "payment_ids.amount")
    def _compute_pay_code(self):
        for screen in self:
            code = screen._get_pay_code() if screen.show_pay_code else {}
            screen.pay_code_amount = code.get("amount", 0.0)
            # A field of its own kind has no need for what pages are told of it.
            _kind, _comma, image = (code.get("image") or "").partition(",")
            screen.pay_code_image = image or False
            screen.pay_code_text = code.get("text", False)

    def _get_pay_code(self):
        holder = self.partner_id.commercial_partner_id
        customer = holder.with_company(self.company_id)
        return customer._get_fiado_pay_code(self._get_amount_by_code())

    def _get_amount_by_code(self):
        """What is paid by the code, in company currency."""
        return sum(self._get_payments_by_code().mapped("amount"))

    def _get_payments_by_code(self):
        forms = self.pay_code_form_ids._origin
        return self.payment_ids.filtered(
            lambda payment: payment.payment_method_line_id._origin in forms
        )
