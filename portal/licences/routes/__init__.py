"""Addresses of licences, by subject: registering a product, and what anybody needs to check a licence."""

from portal.kit.web import join
from portal.licences.routes import api, proof

bp = join("licences", api.bp, proof.bp)
