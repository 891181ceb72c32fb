"""An import is undone: what it created and nobody has touched since is taken back."""

from services.customer.taking_back import usecases

__all__ = ["usecases"]
