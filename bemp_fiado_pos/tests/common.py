import uuid

from odoo import fields
from odoo.fields import Command

from odoo.addons.bemp_fiado.tests.common import FiadoCommon


class FiadoPosCommon(FiadoCommon):
    """A shop with a point of sale, and who stands there with the least rights."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids |= cls.env.ref("point_of_sale.group_pos_manager")
        cls.config = cls._create_config("Counter")
        cls.pay_cash = cls.config.payment_method_ids.filtered("is_cash_count")
        cls.pay_fiado = cls.config.payment_method_ids.filtered("fiado")
        cls.clearing = cls.company.account_default_pos_receivable_account_id
        cls.till = cls._new_till_user("till", "bemp_fiado.group_fiado_user")
        cls.till_helper = cls._new_till_user("till_helper")
        cls.till_manager = cls._new_till_user(
            "till_manager", "bemp_fiado.group_fiado_manager"
        )

    @classmethod
    def _create_config(cls, name, company=None):
        company = company or cls.company
        env = cls.env(context={**cls.env.context, "allowed_company_ids": company.ids})
        journal = cls.cash_journal.with_env(env).copy(
            {"code": f"T{cls.env['pos.config'].search_count([])}", "name": name}
        )
        methods = env["pos.payment.method"].create(
            [
                {"name": "Cash", "journal_id": journal.id},
                {"name": "Card", "journal_id": cls.bank_journal.id},
            ]
        )
        return env["pos.config"].create(
            {
                "name": name,
                "company_id": company.id,
                "payment_method_ids": [Command.set(methods.ids)],
            }
        )

    @classmethod
    def _new_till_user(cls, login, *groups):
        return cls._new_employee(login, "point_of_sale.group_pos_user", *groups)

    @classmethod
    def _open(cls, config=None, user=None):
        config = (config or cls.config).with_user(user or cls.till)
        config = config.with_company(config.company_id)
        config.open_ui()
        session = config.current_session_id
        if session.state == "opening_control":
            session.set_opening_control(0, None)
        return session

    def _end(self, session=None):
        """Close a session as its till does."""
        session = (session or self.session).with_user(self.till)
        cash = session.get_closing_control_data()["default_cash_details"]
        session.post_closing_cash_details(cash["amount"])
        self.assertTrue(session.close_session_from_ui()["successful"])
        self.env.invalidate_all()

    def _sell(self, *lines, pay=(), user=None, **values):
        """Send an order as the till does.

        :param lines: products, or pairs of a product and a quantity
        :param pay: pairs of a payment method and an amount
        :return: the order
        """
        data = self._prepare_order(*lines, pay=pay, **values)
        return self._send(data, user=user)

    def _send(self, *data, user=None):
        orders = self.env["pos.order"].with_user(user or self.till)
        orders = orders.with_company(self.session.company_id)
        orders = orders.with_context(lang="en_US")
        # What comes from the network is nobody's object.
        answer = orders.sync_from_ui([{**order} for order in data])
        self.env.invalidate_all()
        return self.env["pos.order"].browse(row["id"] for row in answer["pos.order"])[
            -1
        ]

    def _prepare_order(self, *lines, pay=(), partner=None, session=None, **values):
        session = session or self.session
        commands = [
            self._prepare_line(*line)
            if isinstance(line, tuple)
            else self._prepare_line(line)
            for line in lines
        ]
        total = sum(line[2]["price_subtotal_incl"] for line in commands)
        partner = self.maria if partner is None else partner
        return {
            "amount_paid": sum(amount for _method, amount in pay),
            "amount_return": 0,
            "amount_tax": 0,
            "amount_total": total,
            "date_order": fields.Datetime.to_string(fields.Datetime.now()),
            "fiscal_position_id": False,
            "pricelist_id": session.config_id.pricelist_id.id,
            "last_order_preparation_change": "{}",
            "lines": commands,
            "partner_id": partner and partner.id,
            "session_id": session.id,
            "payment_ids": [
                Command.create(
                    {
                        "amount": amount,
                        "name": fields.Datetime.to_string(fields.Datetime.now()),
                        "payment_method_id": method.id,
                        "uuid": str(uuid.uuid4()),
                    }
                )
                for method, amount in pay
            ],
            "uuid": str(uuid.uuid4()),
            "user_id": self.till.id,
            "to_invoice": False,
            "state": "paid",
            **values,
        }

    def _prepare_line(self, product, quantity=1, price=None, refunded=None):
        price = product.lst_price if price is None else price
        return Command.create(
            {
                "price_unit": price,
                "product_id": product.id,
                "price_subtotal": price * quantity,
                "price_subtotal_incl": price * quantity,
                "qty": quantity,
                "tax_ids": [Command.set([])],
                "uuid": str(uuid.uuid4()),
                **({"refunded_orderline_id": refunded.id} if refunded else {}),
            }
        )

    def _refund(self, order, pay, **values):
        lines = [
            self._prepare_line(line.product_id, -line.qty, line.price_unit, line)
            for line in order.lines
        ]
        data = self._prepare_order(pay=pay, partner=order.partner_id, **values)
        total = sum(line[2]["price_subtotal_incl"] for line in lines)
        return self._send(
            {**data, "lines": lines, "amount_total": total, "is_refund": True}
        )

    @staticmethod
    def _date(text):
        return fields.Date.to_date(text)

    def _clearing_open(self, company=None):
        """What is open on the account between the wallets and the sessions."""
        items = self.env["account.move.line"].search(
            [
                ("account_id", "=", self.clearing.id),
                ("parent_state", "=", "posted"),
                ("company_id", "=", (company or self.company).id),
            ]
        )
        return self.company.currency_id.round(sum(items.mapped("amount_residual")))

    def assertBooksTieOut(self):
        """The audit finds nothing, and billing is proven."""
        self.assertTiesOut()
        today = fields.Date.to_string(fields.Date.today())
        billing = self.env["fiado.billing"].with_company(self.company)
        figures = billing.get_figures("2026-01-01", today)
        self.assertEqual(figures["difference"], 0.0)
        return figures


class FiadoPosSaleCommon(FiadoPosCommon):
    """A till at which orders of the back office are paid."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.session = cls._open()
        # As Odoo has it, who confirms orders of the back office may sell there.
        cls.seller = cls._new_till_user(
            "seller",
            "bemp_fiado.group_fiado_user",
            "sales_team.group_sale_salesman_all_leads",
        )

    def _settle(self, sale, pay, refunded=None, **values):
        """Take orders of the back office to the till, and pay them there."""
        sign = -1 if refunded else 1
        lines = []
        for line in sale.sudo().order_line:
            sold = refunded and refunded.lines.filtered(
                lambda pos_line, line=line: pos_line.sale_order_line_id == line
            )
            command = self._prepare_line(
                line.product_id, sign * line.product_uom_qty, line.price_unit, sold
            )
            command[2].update(
                {
                    "sale_order_origin_id": line.order_id.id,
                    "sale_order_line_id": line.id,
                }
            )
            lines.append(command)
        total = sum(line[2]["price_subtotal_incl"] for line in lines)
        data = self._prepare_order(pay=pay, **values)
        data |= {"lines": lines, "amount_total": total, "is_refund": bool(refunded)}
        return self._send(data, user=self.seller)
