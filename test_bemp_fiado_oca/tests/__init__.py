from . import test_partner_statement
