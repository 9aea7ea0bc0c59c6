from . import test_beside
