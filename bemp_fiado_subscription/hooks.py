"""What installing the addon finds to do."""


def post_init_hook(env):
    """Mark the orders of subscriptions that are there, closed ones too: that changes
    nothing of what they left."""
    env.flush_all()
    env.cr.execute(
        """
        UPDATE sale_order
           SET order_type = 'subscription'
         WHERE order_type = 'service'
           AND (order_subscription_id IS NOT NULL
                OR id IN (SELECT sale_order_id FROM sale_subscription))
        """
    )
    env.invalidate_all(flush=False)
