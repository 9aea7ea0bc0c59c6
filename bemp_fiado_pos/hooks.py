"""What installing the addon finds to do."""


def post_init_hook(env):
    """Give the points of sale their payment method where fiado is on already."""
    companies = env["res.company"].search(
        [("fiado_enabled", "=", True), ("parent_id", "=", False)]
    )
    companies._fiado_set_up_points_of_sale()
