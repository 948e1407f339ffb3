"""Floor 3: Network and Case -> Posterior, exactly: evidence, units and the engine."""
