"""The one exact engine: reduce, plan, run forward and back."""
