import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command


class FiadoScreen(models.AbstractModel):
    """What all screens share: each value that is sent to them is checked first.

    Browsers send only good ones, but a program may send anything; the ORM has no
    sentence for that, and reads through a record on the screen without asking whether
    the user may.
    """

    _name = "fiado.screen"
    _description = "Screen Whose Values Are Checked"

    @api.model
    def default_get(self, fields):
        # What a context says is no less sent from outside.
        defaults = super().default_get(fields)
        self._check_values(defaults)
        return defaults

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_values(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_values(vals)
        return super().write(vals)

    def onchange(self, values, field_names, fields_spec):
        for name, value in values.items():
            screen = self._get_screen_of_line(name)
            if screen is not None and isinstance(value, dict):
                # A line comes with the values of its screen in place of its id.
                screen._check_values(value)
            else:
                self._check_values({name: value})
        return super().onchange(values, field_names, fields_spec)

    def _get_screen_of_line(self, name):
        """The model of the screen that a line is on, if this field is for that."""
        field = self._fields.get(name)
        if field and field.type == "many2one":
            screen = self.env[field.comodel_name]
            return screen if hasattr(screen, "_check_values") else None
        return None

    @api.model
    def _check_values(self, vals):
        """Check values that a caller sent for this screen and the lines on it.

        :raises UserError: one that doesn't fit its field
        """
        for name, value in vals.items():
            field = self._fields.get(name)
            check = field and getattr(self, f"_check_{field.type}", None)
            if check:
                check(field, value)

    def _check_monetary(self, _field, value):
        if value is not None and value is not False:
            self.env["fiado.request"]._clean_number(value)

    def _check_char(self, field, value):
        self.env["fiado.request"]._clean_text(value, self._get_label(field))

    def _check_boolean(self, field, value):
        self.env["fiado.request"]._clean_flag(value, self._get_label(field))

    def _check_date(self, _field, value):
        self.env["fiado.request"]._clean_date(value)

    def _check_many2one(self, field, value):
        if value is None or value is False:
            return
        comodel = self.env[field.comodel_name]
        if isinstance(value, dict) and comodel._transient:
            # The screen that a line is on, as the line's onchange gets it.
            comodel._check_values(value)
            return
        self.env["fiado.request"]._clean_id(value, self._get_label(field))
        if comodel._name == "res.company":
            self._check_company_id(value)
        # Cashiers can't read accounts and payment forms at all: the methods that get
        # these check them.
        if comodel.has_access("read"):
            comodel.browse(value).check_access("read")

    def _check_company_id(self, company_id):
        """Who administrates Odoo reads companies to which the same user doesn't belong:
        what their customers have left and owe is still nothing to see.

        :raises AccessError: not one of the user's
        """
        if not self.env.su and company_id not in self.env.user.company_ids.ids:
            raise AccessError(
                self.env._(
                    "This is not a company of yours: change to one in which you work, "
                    "and open this screen again."
                )
            )

    def _check_selection(self, field, value):
        if value and value not in field.get_values(self.env):
            raise UserError(
                self.env._(
                    "%(label)s has no such choice.", label=self._get_label(field)
                )
            )

    def _check_one2many(self, field, value):
        for command in value or ():
            if command[0] in (Command.CREATE, Command.UPDATE):
                self.env[field.comodel_name]._check_values(command[2])

    def _get_label(self, field):
        return field._description_string(self.env)


class FiadoActingScreen(models.AbstractModel):
    """What the screens share that move a wallet: they do it once, and only on what
    was there to see. The browser gets both values when the screen opens and sends
    them back."""

    _name = "fiado.acting.screen"
    _inherit = "fiado.screen"
    _description = "Screen That Moves a Wallet"
    # The fields that choose what there is to see.
    _shown_by = ()

    reference = fields.Char(
        default=lambda self: self.env["fiado.request"]._get_screen_reference(),
        readonly=False,
        copy=False,
    )
    shown = fields.Char(compute="_compute_shown", store=True, readonly=False)

    @api.depends(lambda self: self._shown_by)
    def _compute_shown(self):
        for screen in self:
            shown = screen._get_to_show()
            screen.shown = json.dumps(shown) if shown else False

    def _get_to_show(self):
        """What a user decides on who looks at this screen, as the public methods take
        it; nothing where there is nothing yet."""
        return None

    def _get_shown(self):
        """What the user decided on.

        :raises UserError: not what a screen shows
        """
        try:
            shown = json.loads(self.shown or "{}")
        except ValueError:
            shown = self.shown
        return self.env["fiado.request"]._clean_shown(shown)
