from . import test_close_order
