from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.bemp_fiado.models.elevation import elevate

from ..till import RECEIPT, REFUND, SALE

ACTIVITY = "bemp_fiado_pos.mail_activity_type_offline"


class PosOrder(models.Model):
    """Whether an order may move the customer's wallet: asked by the till before it
    takes the money, and again when the order comes."""

    _inherit = "pos.order"

    @api.model
    def get_fiado_wallet(self, config_id, partner_id, sale_order_ids):
        """Whose wallet pays at a point of sale what the back office ordered, and how it
        is.

        :param int config_id: the point of sale
        :param int partner_id: the customer
        :param list sale_order_ids: the orders that are sold, or taken back
        :return: what the till knows of a customer's wallet (see ``_load_pos_data_read``
            of contacts), of this one; nothing, where they are put on several wallets
        """
        order, customer, sale_orders = self._get_fiado_asked(
            config_id, partner_id, sale_order_ids
        )
        company = order.env.company
        holders = customer._get_fiado_till_holders(company, sale_orders)
        if len(holders) > 1:
            return {}
        return customer._get_fiado_till_rows({customer: holders}, company)[customer.id]

    @api.model
    def get_fiado_refusal(
        self, config_id, partner_id, movement, kind=SALE, sale_order_ids=()
    ):
        """Why a point of sale may not move a wallet so, to be asked before the order is
        validated.

        :param int config_id: the point of sale
        :param int partner_id: the customer
        :param float movement: positive in the customer's favour, in company currency
        :param str kind: ``sale``, ``refund``, or ``receipt`` of money without a sale
        :param list sale_order_ids: the orders of the back office that are sold, or
            taken back
        :return: ``{"refusal", "needs_reason"}``: a sentence, empty where it may, and
            whether this user may go on with a reason
        """
        order, customer, sale_orders = self._get_fiado_asked(
            config_id, partner_id, sale_order_ids
        )
        company = order.env.company
        movement = self.env["fiado.request"]._clean_movement(
            movement, company.currency_id, signed=True
        )
        try:
            holder = customer._get_fiado_till_holder(company, sale_orders)
            wallet = (
                order.env["fiado.ledger"]
                .sudo()
                ._read_wallets(holder.sudo(), company)[holder]
            )
            refusal, is_limit = order._get_fiado_refusal(
                wallet, customer | holder, company, movement, kind
            )
        except (AccessError, UserError) as error:
            refusal, is_limit = str(error), False
        return {
            "refusal": refusal or "",
            "needs_reason": is_limit and self.env["fiado.policy"]._is_manager(),
        }

    @api.model
    def _get_fiado_asked(self, config_id, partner_id, sale_order_ids):
        """What a till asks about, checked and cleaned: these orders in its company, the
        customer, and the orders of the back office that the user may know."""
        request = self.env["fiado.request"]
        config = self.env["pos.config"].browse(
            request._clean_id(config_id, self.env._("The point of sale"))
        )
        config.check_access("read")
        self.check_access("create")
        order = self.with_company(config.company_id)
        partner_id = request._clean_id(partner_id, self.env._("The customer"))
        sale_orders = order.env["sale.order"].browse(
            request._clean_ids(sale_order_ids, self.env._("The orders"))
        )
        return (
            order,
            order.env["res.partner"].browse(partner_id),
            sale_orders.exists().filtered(lambda sale: sale.has_access("read")),
        )

    @api.model
    def _get_fiado_refusal(self, wallet, partners, company, movement, kind):
        """The sentence of the rule that is broken, if any, and whether it is a limit's,
        over which managers may go."""
        policy = self.env["fiado.policy"]
        refusal = policy._get_till_refusal(wallet, partners, company, movement, kind)
        if refusal:
            return refusal, False
        refusal = policy._get_limit_refusal(wallet, wallet.get_new_debt(movement))
        return refusal, bool(refusal)

    def _fiado_check_movement(self, wallet, movement):
        """Check an order's movement.

        :return: the sentence of a rule that was broken by a till without a connection:
            what was handed over there is not refused
        :raises UserError: it may not be
        """
        partners = self.partner_id | wallet.partner
        refusal, is_limit = self._get_fiado_refusal(
            wallet, partners, self.company_id, movement, self._get_fiado_kind()
        )
        refusal = self._get_fiado_sale_refusal(wallet, movement) or refusal
        if not refusal:
            return None
        if is_limit and self.fiado_reason and not self.fiado_offline:
            reason = self.env["fiado.request"]._clean_reason(self.fiado_reason)
            self.env["fiado.policy"]._check_limits(
                wallet, wallet.get_new_debt(movement), reason=reason
            )
            return None
        # Who may leave no balance may leave none without a connection either.
        if self.fiado_offline and self.env.user.has_group(
            "bemp_fiado.group_fiado_user"
        ):
            return refusal
        raise UserError(refusal)

    def _get_fiado_sale_refusal(self, wallet, movement):
        """Why an order of the back office leaves no such balance at the till either:
        for what it sells, such as to the shop's own people."""
        new_debt = wallet.get_new_debt(movement)
        left = -new_debt if new_debt else max(wallet.get_moved(movement).balance, 0.0)
        if not left:
            return None
        for order in self.sudo().lines.sale_order_origin_id:
            refusal = order._get_balance_refusal(left)
            if refusal:
                return refusal
        return None

    def _get_fiado_kind(self):
        if not self.lines:
            return RECEIPT
        return REFUND if self.is_refund or self.amount_total < 0 else SALE

    def _get_fiado_order_holder(self, holder):
        """Whose wallet the order moves.

        :param holder: whose wallet it moved already, if any
        :raises UserError: nobody's; says what to do
        """
        if not self.partner_id:
            raise UserError(self.env._("Choose the customer whose wallet it is."))
        if self.currency_id != self.company_id.currency_id:
            raise UserError(
                self.env._(
                    "The customers' wallets are in %(currency)s: receive the total in "
                    "another way.",
                    currency=self.company_id.currency_id.name,
                )
            )
        company_env = self.with_company(self.company_id).env
        if holder:
            return company_env["res.partner"].browse(holder.id)._get_fiado_holder()
        customer = company_env["res.partner"].browse(self.partner_id.id)
        return customer._get_fiado_till_holder(
            self.company_id, self._get_fiado_sale_orders()
        )

    # -------------------------------------------------------------------------
    # TELL
    # -------------------------------------------------------------------------

    def _fiado_tell_managers(self, partner, refusal):
        """Tell the wallets' managers of a rule that was broken offline."""
        note = self.env._(
            "%(order)s was sold without a connection: %(refusal)s",
            order=self.name,
            refusal=refusal,
        )
        partner = elevate(partner)
        partner.message_post(body=note, author_id=self.env.user.partner_id.id)
        managers = self.env.ref("bemp_fiado.group_fiado_manager").sudo().all_user_ids
        for manager in managers.filtered(
            lambda user: self.company_id in user.company_ids
        ):
            partner.activity_schedule(
                ACTIVITY, user_id=manager.id, note=Markup("<p>%s</p>") % note
            )
