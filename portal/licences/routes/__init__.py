"""Addresses of licences, by subject: what anybody needs to check one."""

from portal.kit.web import join
from portal.licences.routes import proof

bp = join("licences", proof.bp)
