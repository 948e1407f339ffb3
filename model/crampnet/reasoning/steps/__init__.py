"""What to ask, examine or test next: candidates, their outcomes, effects, bundles and the reasoned stop."""
