"""The simulated company: every table of the course from one seed, and the truth behind it."""
