from odoo import api, models
from odoo.exceptions import UserError

# What of a customer the rules ask for, beside what Odoo gives to the till.
ASKED = (
    "active",
    "commercial_partner_id",
    "company_id",
    "credit_limit",
    "fiado_payer_id",
    "no_fiado",
)


class ResPartner(models.Model):
    """What the till knows of its customers' wallets."""

    _inherit = "res.partner"

    @api.model
    def _load_pos_data_read(self, records, config):
        """As Odoo's, with each customer's wallet in company currency:
        ``_fiado_holder`` (whose it is; ``False`` of the walk-in customer, who has
        none), ``_fiado_payer`` (the holder's name, where it is somebody else),
        ``_fiado_debt``, ``_fiado_credit``, ``_fiado_headroom`` (how much more may be
        owed; ``False`` without a limit) and ``_fiado_blocked`` (why no new debt, where
        there may be none)."""
        if not config.company_id.root_id.sudo().fiado_journal_id:
            return super()._load_pos_data_read(records, config)
        # In one query with what Odoo reads of them.
        customers = records.sudo().with_company(config.company_id)
        names = {*self._load_pos_data_fields(config), *ASKED}
        customers.fetch([name for name in names if self._fields[name].column_type])
        rows = super()._load_pos_data_read(records, config)
        known = self._get_fiado_till_wallets(
            customers.browse(row["id"] for row in rows), config.company_id
        )
        for row in rows:
            row.update(known[row["id"]])
        return rows

    @api.model
    def _get_fiado_till_wallets(self, customers, company):
        """What the till knows of these customers' wallets, by their ids."""
        return self._get_fiado_till_rows(
            {
                customer: customer._get_fiado_usual_holder(company)
                for customer in customers
            },
            company,
        )

    @api.model
    def _get_fiado_till_rows(self, holder_of, company):
        """What the till knows of wallets, by the ids of the customers for whom they
        pay.

        :param dict holder_of: whose wallet it is, by customer
        """
        holders = self.sudo().browse().union(*holder_of.values())
        wallets = self.env["fiado.ledger"].sudo()._read_wallets(holders, company)
        limits = self.env["fiado.policy"].sudo()._read_limits(holders, company)
        blocked = {
            holder: self._get_fiado_blocked(wallet, company)
            for holder, wallet in wallets.items()
        }
        walk_in = company.root_id.sudo().fiado_walk_in_partner_id
        known = {}
        for customer, holder in holder_of.items():
            _limit, headroom = limits.get(holder, (0.0, None))
            known[customer.id] = {
                "_fiado_holder": holder != walk_in and holder.id,
                "_fiado_payer": holder != customer and holder.name,
                "_fiado_debt": wallets[holder].debt,
                "_fiado_credit": wallets[holder].credit,
                "_fiado_headroom": False if headroom is None else headroom,
                "_fiado_blocked": blocked[holder] or "",
            }
        return known

    def _get_fiado_till_holders(self, company, sale_orders):
        """Whose wallet the till moves for this customer; several, where the orders of
        the back office that are sold together are not put on the same.

        Such an order says who pays for what its customer takes. Who chooses another
        customer at the till chooses that one's wallet.

        :param sale_orders: what is sold of the back office, or taken back
        """
        # Who may not know them all sells to them nevertheless.
        customer = self.sudo()
        usual = customer._get_fiado_usual_holder(company)
        told = (
            order.wallet_partner_id if order.partner_id == customer else usual
            for order in sale_orders.sudo()
        )
        return customer.browse().union(*told) or usual

    def _get_fiado_till_holder(self, company, sale_orders):
        """Whose wallet the till moves for this customer: see
        ``_get_fiado_till_holders``.

        :raises UserError: nobody's, or several ones'; says what to do
        """
        holders = self._get_fiado_till_holders(company, sale_orders)
        if len(holders) > 1:
            raise UserError(
                self.env._(
                    "%(orders)s are not put on the same wallet, but on those of "
                    "%(holders)s. Sell each on its own, or have the same payer chosen "
                    "in the orders.",
                    orders=", ".join(sale_orders.sudo().mapped("name")),
                    holders=", ".join(holders.mapped("name")),
                )
            )
        return self.browse(holders.id)._get_fiado_holder()

    @api.model
    def _get_fiado_blocked(self, wallet, company):
        policy = self.env["fiado.policy"]
        return policy._get_balance_refusal(
            wallet.partner, company, -1.0
        ) or policy._get_overdue_refusal(wallet)
