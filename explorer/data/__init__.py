"""Data sets, splits, forget sets and partitions."""

from explorer.data.dataset import Dataset, Split
from explorer.data.forget_set import ForgetSet
from explorer.data.loading import DATASETS, load_dataset
from explorer.data.partition import Partition, partition

__all__ = ["DATASETS", "Dataset", "ForgetSet", "Partition", "Split", "load_dataset", "partition"]
