"""The pages that are asked for."""

__all__ = ["ASYNC_PAGE", "PAGE"]

PAGE = "/measured/"
ASYNC_PAGE = "/measured-async/"
