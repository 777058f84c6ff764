"""Programs run by hand: speed benchmarks, the files that assets/ ships, and the screenshots.

Studies of the quality of unlearning are in `studies`.
"""
