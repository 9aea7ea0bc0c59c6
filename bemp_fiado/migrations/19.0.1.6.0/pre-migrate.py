# What the text of reminders was until this version, in each language, without spaces.
UNCHANGED = {
    "en_US": "449fc006b18807f1d8621870e08eec71",
    "pt_BR": "4e6800a69e5e33aa2f611f74943fd629",
}


def migrate(cr, version):
    """Reminders say from this version on how to pay and how to get no more of them.
    Where the shop never changed the text, the new one takes its place; its own it
    keeps."""
    cr.execute(
        """
        SELECT template.id
          FROM mail_template template
          JOIN ir_model_data data
            ON data.res_id = template.id
           AND data.model = 'mail.template'
         WHERE data.module = 'bemp_fiado'
           AND data.name = 'mail_template_reminder'
        """
    )
    for (template_id,) in cr.fetchall():
        cr.execute(
            """
            SELECT body.key, MD5(REGEXP_REPLACE(body.value, '\\s+', '', 'g'))
              FROM mail_template, JSONB_EACH_TEXT(body_html) body
             WHERE id = %s
            """,
            [template_id],
        )
        if all(UNCHANGED.get(lang) == digest for lang, digest in cr.fetchall()):
            # The data of this version brings it anew, with its translations.
            cr.execute("DELETE FROM mail_template WHERE id = %s", [template_id])
            cr.execute(
                "DELETE FROM ir_model_data"
                " WHERE model = 'mail.template' AND res_id = %s",
                [template_id],
            )
