from . import test_payment_demo
