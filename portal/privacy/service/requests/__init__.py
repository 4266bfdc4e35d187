"""The queue of rights, by use case: how a request comes in, is proven, decided, carried out and answered (P32, P33)."""
