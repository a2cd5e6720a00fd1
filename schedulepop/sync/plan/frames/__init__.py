"""The shapes that travel between the steps, one file per shape. Data only: no step, no rule."""
