from odoo.addons.bemp_fiado.tests.common import FiadoCommon

REFUSAL = "A subscription order leaves no credit: receive the total only."


class FiadoSubscriptionCommon(FiadoCommon):
    """A shop that sells haircuts, and a club that customers subscribe to."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids |= cls.env.ref("sales_team.group_sale_manager")
        cls.template = cls.env["sale.subscription.template"].create(
            {"name": "Monthly", "code": "M", "invoicing_mode": "sale_and_invoice"}
        )
        cls.club = cls.env["product.product"].create(
            {
                "name": "Club",
                "type": "service",
                "invoice_policy": "order",
                "list_price": 80.0,
                "taxes_id": False,
                "property_account_income_id": cls.income.id,
                "subscribable": True,
                "subscription_template_id": cls.template.id,
            }
        )
        cls.pricelist = cls.env["product.pricelist"].create(
            {"name": "Prices", "company_id": cls.company.id}
        )

    def _subscribe(self, **values):
        """A subscription of Maria's to haircuts, made by a cashier."""
        return (
            self.env["sale.subscription"]
            .with_user(self.cashier)
            .with_company(self.company)
            .create(
                {
                    "company_id": self.company.id,
                    "partner_id": self.maria.id,
                    "template_id": self.template.id,
                    "pricelist_id": self.pricelist.id,
                    "date_start": "2026-03-01",
                    "recurring_next_date": "2026-03-10",
                    "sale_subscription_line_ids": [
                        (0, 0, {"product_id": self.haircut.id, "price_unit": 55.0})
                    ],
                    **values,
                }
            )
        )
