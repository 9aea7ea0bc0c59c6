"""What installing the addon finds to do, and what outlives it."""

from odoo.addons.bemp_fiado.kept import put_aside, take_back

from .models.account_move import forget_origin
from .models.fiado_ledger import POS_ORIGINS

KEPT_FIELDS = {
    "account.move": ("fiado_origin", "fiado_pos_order_id"),
    "pos.order": (
        "fiado_before",
        "fiado_due_date",
        "fiado_offline",
        "fiado_pay_code",
        "fiado_payer",
        "fiado_reason",
    ),
    "pos.payment.method": ("fiado",),
}
# What the names of the tables begin with.
KEPT = "fiado_kept_pos"


def post_init_hook(env):
    """Take back what an earlier installation put aside, and give the points of sale
    their payment method where fiado is on already."""
    take_back(env, KEPT_FIELDS, KEPT)
    companies = env["res.company"].search(
        [("fiado_enabled", "=", True), ("parent_id", "=", False)]
    )
    companies._fiado_set_up_points_of_sale()


def uninstall_hook(env):
    """Put aside what the addon's columns say, and take its payment method off the
    points of sale: without the addon it would sell on Odoo's customer account."""
    put_aside(env, KEPT_FIELDS, KEPT)
    # Before the main addon, if it goes too, puts aside an origin that it doesn't know.
    moves = env["account.move"].search([("fiado_origin", "in", POS_ORIGINS)])
    forget_origin(moves)
    methods = env["pos.payment.method"].with_context(active_test=False)
    methods = methods.search([("fiado", "=", True)])
    configs = env["pos.config"].with_context(active_test=False)
    for config in configs.search([("payment_method_ids", "in", methods.ids)]):
        config.payment_method_ids -= methods
