from odoo import models

from odoo.addons.base_import.models.base_import import ImportValidationError


class BaseImport(models.TransientModel):
    _inherit = "base_import.import"

    def _read_csv(self, options):
        result = super()._read_csv(options)
        if self.res_model == "fiado.wallet.opening" and result:
            _length, rows = result
            self._fiado_check_rows_are_whole(rows)
        return result

    def _fiado_check_rows_are_whole(self, rows):
        # Odoo would fail over such a row without saying which.
        for number, row in enumerate(rows, start=1):
            if len(row) < len(rows[0]):
                raise ImportValidationError(
                    self.env._(
                        "Row %(number)s ends too early (“%(row)s”): the file is cut "
                        "off or was changed. Save or send it again, whole.",
                        number=number,
                        row=" ".join(row),
                    )
                )
