#!/usr/bin/env python3
"""Makes the golden numbers of every op in every dtype that it takes: python3 make_goldens.py (NumPy, SciPy, ml_dtypes).

Expected values are computed in a wider type by NumPy or SciPy and rounded once. Inputs come from a fixed seed and
include zeros of both signs, infinities, NaNs, subnormals and the ends of integer ranges where an op takes them.
"""
import os

import goldens_elementwise
import goldens_indexing
import goldens_linear_algebra
import goldens_reductions
import goldens_shapes

if __name__ == "__main__":
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden")
    os.makedirs(folder, exist_ok=True)
    for module in (goldens_elementwise, goldens_linear_algebra, goldens_reductions, goldens_shapes, goldens_indexing):
        for family in module.families():
            family.write(folder)
