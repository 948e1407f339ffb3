"""The same cases put to pgmpy and pyAgrum, in ordinary and in expert use."""
