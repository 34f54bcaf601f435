"""Bargaining over controls: moves as edits of the ledger, payoffs from the supply model, equilibria."""
