"""`make bench`: speed and size of the product as ratios against stock SpiffWorkflow, in one run on one machine."""
