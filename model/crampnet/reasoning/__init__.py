"""Floor 4: urgency and advice from a posterior. No input or output, no wording of its own."""
