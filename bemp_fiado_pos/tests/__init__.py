from . import test_invoice
from . import test_life
from . import test_odoo_internals
from . import test_order
from . import test_rules
from . import test_till
