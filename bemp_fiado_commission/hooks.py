"""What installing the addon finds to do, and what outlives it."""

from odoo.addons.bemp_fiado.kept import put_aside, take_back

KEPT_FIELDS = {
    "account.payment.method.line": ("is_commission_deduction",),
    "product.template": ("professional_commission_id",),
    "res.partner": ("package_commission_id", "product_commission_id"),
    "sale.order.line": ("professional_id",),
}
# What the names of the tables begin with.
KEPT = "fiado_kept_commission"


def post_init_hook(env):
    """Take back what an earlier installation put aside, and give the shops where fiado
    is on already the form that deducts."""
    take_back(env, KEPT_FIELDS, KEPT)
    _get_deduction_journals(env).active = True
    companies = env["res.company"].search(
        [("fiado_enabled", "=", True), ("parent_id", "=", False)]
    )
    companies._fiado_set_up_deduction()


def uninstall_hook(env):
    """Put aside what the addon's columns say, and offer the forms that deduct no more:
    without the addon everybody could choose them, and no bill would deduct it."""
    put_aside(env, KEPT_FIELDS, KEPT)
    journals = _get_deduction_journals(env)
    # Those Odoo doesn't archive.
    drafts = env["account.move"].search(
        [("journal_id", "in", journals.ids), ("state", "=", "draft")]
    )
    (journals - drafts.journal_id).active = False


def _get_deduction_journals(env):
    forms = env["account.payment.method.line"].search(
        [("is_commission_deduction", "=", True)]
    )
    return forms.journal_id
