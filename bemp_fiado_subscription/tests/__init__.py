from . import test_invoice
from . import test_odoo_internals
from . import test_order
from . import test_set_up
from . import test_translations
