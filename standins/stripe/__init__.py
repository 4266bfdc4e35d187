"""A Stripe to develop and test with: it speaks HTTP to the real SDK on loopback, and no money moves.

`python -m standins.stripe` serves one. Objects have the keys and JSON types of Stripe's published samples (`fixtures.json`;
`shapes.json` holds each empty), which a test holds them to. The number of a card is looked at and forgotten: only Stripe's
public test numbers are taken, and brand, last four digits and expiry stay.

What it leaves out: conversion of currencies, coupons, trials, 3-D Secure, and every tax but Australia's GST.
"""
