from lxml import etree

from odoo.tests import tagged

from .common import FiadoCommon


@tagged("post_install", "-at_install")
class TestAccessible(FiadoCommon):
    """What phones, keyboards and screen readers need of the addon's own screens."""

    def _screens(self):
        names = [
            name
            for name, model in self.env.registry.items()
            if model._transient and model._original_module == "bemp_fiado"
        ]
        views = self.env["ir.ui.view"].search(
            [("model", "in", names), ("type", "=", "form"), ("mode", "=", "primary")]
        )
        for view in views:
            yield self.env[view.model], etree.fromstring(view.arch)

    def test_all_screens_are_made_for_fingers(self):
        screens = list(self._screens())
        self.assertGreater(len(screens), 7)
        for model, arch in screens:
            with self.subTest(model=model._name):
                self.assertIn("o_fiado_screen", arch.get("class", "").split())

    def test_amounts_are_typed_on_a_keypad(self):
        typed = set()
        for model, arch in self._screens():
            for node in arch.iter("field"):
                rows = next(node.iterancestors("field"), None)
                owner = model if rows is None else self._get_rows(model, rows)
                field = owner._fields[node.get("name")]
                if field.type != "monetary" or field.readonly:
                    continue
                typed.add((owner._name, field.name))
                with self.subTest(model=owner._name, field=field.name):
                    self.assertEqual(node.get("widget"), "fiado_amount")
        self.assertLessEqual(
            {
                ("sale.order.close", "debt_paid"),
                ("sale.order.close", "credit_used"),
                ("sale.order.close.payment", "amount"),
                ("fiado.wallet.receive", "amount"),
                ("fiado.wallet.receive.payment", "amount"),
                ("fiado.wallet.adjust", "amount"),
            },
            typed,
        )

    def _get_rows(self, model, node):
        return self.env[model._fields[node.get("name")].comodel_name]

    def test_checkboxes_say_all_of_what(self):
        view = self.env.ref("bemp_fiado.sale_order_close_view_form")
        arch = etree.fromstring(view.arch)
        for name in ("pay_all_debt", "use_all_credit", "use_all_advance"):
            labels = arch.findall(f".//label[@for='{name}']")
            with self.subTest(field=name):
                # The second one is for who doesn't see what stands beside it.
                self.assertEqual([label.get("string") for label in labels][1:], [None])
                self.assertIn("visually-hidden", labels[1].get("class"))
