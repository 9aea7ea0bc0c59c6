"""The words for what an order of a point of sale is to a wallet."""

# Something is sold, something comes back, or the customer only pays.
SALE, REFUND, RECEIPT = "sale", "refund", "receipt"
# In the context of an order's own changes of its payments: they count all together.
# RPC can't send it.
TOGETHER = object()
