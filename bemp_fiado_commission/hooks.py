"""What installing the addon finds to do."""


def post_init_hook(env):
    """Give the shops where fiado is on already the form that deducts."""
    companies = env["res.company"].search(
        [("fiado_enabled", "=", True), ("parent_id", "=", False)]
    )
    companies._fiado_set_up_deduction()
