def migrate(cr, version):
    """Receipts that are printed again name the holder of the wallet as they did: it is
    kept with the order now."""
    cr.execute(
        """
        UPDATE pos_order
           SET fiado_payer = holder.name
          FROM account_move movement
          JOIN res_partner holder ON holder.id = movement.partner_id
         WHERE movement.fiado_pos_order_id = pos_order.id
           AND movement.state = 'posted'
           AND holder.id != pos_order.partner_id
           AND pos_order.fiado_payer IS NULL
        """
    )
