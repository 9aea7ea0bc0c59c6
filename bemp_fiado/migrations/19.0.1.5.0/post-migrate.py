def migrate(cr, version):
    # Files are named by methods, in whatever language: the expressions that stood there
    # had translations.
    cr.execute(
        """
        UPDATE ir_act_report_xml
           SET print_report_name = jsonb_build_object(
               'en_US', print_report_name ->> 'en_US'
           )
         WHERE report_name LIKE 'bemp_fiado.%'
           AND print_report_name IS NOT NULL
        """
    )
