"""How the operations grow with the ledger, the open debts and the cashiers."""
