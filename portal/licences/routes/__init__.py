"""Addresses of licences, by subject: the pages, machines, registering a product, and what anybody needs to check one."""

from portal.kit.web import join
from portal.licences.routes import api, licences, machines, proof

bp = join("licences", licences.bp, machines.bp, api.bp, proof.bp)
