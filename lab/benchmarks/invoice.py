"""What posting an ordinary invoice costs. Run with and without the addon."""

from odoo.fields import Command

from .measuring import in_turns, tell


def main(env):
    customer = env["res.partner"].create({"name": "Maria"})
    product = env["product.product"].create({"name": "Towel", "list_price": 10.0})

    def posting():
        invoice = env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": customer.id,
                "invoice_line_ids": [
                    Command.create({"product_id": product.id, "tax_ids": False})
                ],
            }
        )
        yield
        invoice.action_post()

    installed = env["ir.module.module"]._get("bemp_fiado").state == "installed"
    title = "with the addon" if installed else "without the addon"
    tell(title, in_turns(env, {"an ordinary invoice": posting}))
