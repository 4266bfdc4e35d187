"""Payments through Stripe.

Owns: what we sell as Stripe prices it, and the one gateway that speaks to Stripe, loaded on first use. Refuses: card
numbers, which only Stripe's own pages see; being half on, since without a key nothing is sold and the command says so; and
dialling anybody while nobody asks.
"""
