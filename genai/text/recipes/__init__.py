"""How each network is trained: its settings, the text of one step, the optimisers, the step."""
