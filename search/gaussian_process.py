"""Gaussian process regression with a Matern-5/2 kernel, fast enough to be fitted anew at every ask.

The predicting half has the interface that scikit-optimize's acquisition functions expect of a regressor, so
those are used as they are. What scikit-learn's generic kernels do not give is here: the marginal likelihood
with its gradient in a few matrix operations, priors on the kernel's parameters, and one length scale per
group of columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search.space import Array

# Log-normal priors (median, deviation of the logarithm). Lengths are in units of the cube's side; the noise
# is a share of the signal's variance. Chosen on the `tune` problems of benchmarks/search_quality.py.
LENGTH_PRIOR = (0.5, 0.9)
NOISE_PRIOR = (1e-3, 1.5)
# Shape and rate of the inverse gamma prior on the signal's variance (losses are standardised, so about 1).
SIGNAL_SHAPE, SIGNAL_RATE = 2.0, 2.0
LENGTH_BOUNDS = (0.02, 20.0)
NOISE_BOUNDS = (1e-6, 1.0)
SQRT5 = np.sqrt(5.0)


def _squared_distances(a: Array, b: Array) -> Array:
    """Squared Euclidean distances between rows, shape (len(a), len(b))."""
    squares = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1)[None, :] - 2.0 * (a @ b.T)
    return np.asarray(np.maximum(squares, 0.0))


def matern52(squared: Array) -> Array:
    """Matern-5/2 correlation of squared scaled distances.

    Source: Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006, equation 4.17.
    """
    scaled = SQRT5 * np.sqrt(squared)
    return np.asarray((1.0 + scaled + scaled**2 / 3.0) * np.exp(-scaled))


@dataclass
class _Likelihood:
    """Negative log posterior of the kernel's parameters, with the signal's variance integrated out.

    With A = R + noise * I, q = y' A^-1 y and an inverse gamma prior (a, b) on the signal's variance, the
    marginal density is proportional to |A|^-1/2 (b + q / 2)^-(a + n / 2).
    Source: Rasmussen and Williams 2006, section 5.4 for the gradient; Shah, Wilson and Ghahramani, Student-t
    Processes as Alternatives to Gaussian Processes, AISTATS 2014, for the integral.
    """

    losses: Array
    squares: Array  # (groups, n * n): squared differences summed over the columns of each group
    length_median: float

    def __call__(self, theta: Array) -> tuple[float, Array]:
        from scipy.linalg.lapack import dpotrf, dpotri

        n = len(self.losses)
        inverse_squares = np.exp(-2.0 * theta[:-1])
        noise = float(np.exp(theta[-1]))
        scaled = SQRT5 * np.sqrt(np.maximum((inverse_squares @ self.squares).reshape(n, n), 0.0))
        decay = np.exp(-scaled)
        matrix = (1.0 + scaled + scaled**2 / 3.0) * decay
        matrix[np.diag_indices(n)] = 1.0 + noise
        factor, failure = dpotrf(matrix, lower=1)
        if failure:
            return 1e10, np.zeros_like(theta)
        inverse = dpotri(factor, lower=1)[0]
        inverse = np.tril(inverse) + np.tril(inverse, -1).T
        alpha = inverse @ self.losses
        rate = SIGNAL_RATE + 0.5 * float(self.losses @ alpha)
        shape = SIGNAL_SHAPE + 0.5 * n
        value = shape * np.log(rate) + np.log(np.diag(factor)).sum()
        weight = 0.5 * (inverse - (shape / rate) * np.outer(alpha, alpha))
        slope = (weight * (1.0 + scaled) * decay).ravel()
        gradient = np.empty_like(theta)
        gradient[:-1] = (5.0 / 3.0) * inverse_squares * (self.squares @ slope)
        gradient[-1] = noise * np.trace(weight)
        middles = np.append(np.full(len(theta) - 1, np.log(self.length_median)), np.log(NOISE_PRIOR[0]))
        spreads = np.append(np.full(len(theta) - 1, LENGTH_PRIOR[1]), NOISE_PRIOR[1])
        away = (theta - middles) / spreads
        return float(value + 0.5 * (away**2).sum()), gradient + away / spreads


class GaussianProcess:
    """A Gaussian process fitted to points (n, c) and standardised losses (n,).

    `groups` (c,) numbers the length scale that each column uses. After `fit`, `predict` works like that of
    scikit-optimize's GaussianProcessRegressor, for the noise-free function.
    """

    def __init__(self, groups: NDArray[np.intp]) -> None:
        self.groups = groups
        self.theta = np.zeros(int(self.groups.max()) + 2)

    def fit(self, points: Array, losses: Array, starts: int = 2, iterations: int = 40) -> GaussianProcess:
        """Choose the kernel's parameters by maximum a posteriori and condition on the data."""
        from scipy.optimize import minimize

        n, group_count = len(points), len(self.theta) - 1
        squares = np.zeros((group_count, n * n))
        for column, group in enumerate(self.groups):
            squares[group] += ((points[:, None, column] - points[None, :, column]) ** 2).ravel()
        objective = _Likelihood(losses, squares, self._length_median(group_count))
        bounds = [tuple(np.log(LENGTH_BOUNDS))] * group_count + [tuple(np.log(NOISE_BOUNDS))]
        best = np.inf
        for start in self._starts(group_count)[:starts]:
            found = minimize(
                objective, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": iterations}
            )
            if found.fun < best:
                best, self.theta = found.fun, found.x
        return self.condition(points, losses)

    def condition(self, points: Array, losses: Array) -> GaussianProcess:
        """Condition on data with the kernel's parameters as they are."""
        from scipy.linalg import cho_solve, cholesky

        self.lengths = np.exp(self.theta[:-1])[self.groups]
        self.noise = float(np.exp(self.theta[-1]))
        self.scaled = points / self.lengths
        matrix = matern52(_squared_distances(self.scaled, self.scaled))
        matrix[np.diag_indices(len(points))] = 1.0 + self.noise + 1e-9
        self.factor = cholesky(matrix, lower=True, check_finite=False)
        self.alpha = cho_solve((self.factor, True), losses, check_finite=False)
        n = len(losses)
        self.signal = float((SIGNAL_RATE + 0.5 * losses @ self.alpha) / (SIGNAL_SHAPE + 0.5 * n - 1.0))
        return self

    @staticmethod
    def _length_median(group_count: int) -> float:
        return float(LENGTH_PRIOR[0] * max(1.0, np.sqrt(group_count / 4.0)))

    def _starts(self, group_count: int) -> list[Array]:
        median = np.log(self._length_median(group_count))
        noise = np.log(NOISE_PRIOR[0])
        return [
            np.append(np.full(group_count, median), noise),
            np.append(np.full(group_count, median - 1.0), noise + 2.0),
        ]

    def predict(
        self,
        points: Array,
        return_std: bool = False,
        return_mean_grad: bool = False,
        return_std_grad: bool = False,
    ) -> Any:
        """Mean (m,), then as asked deviation (m,) and, for one point, the gradients (c,) of both."""
        from scipy.linalg.lapack import dtrtrs

        scaled = points / self.lengths
        squared = _squared_distances(scaled, self.scaled)
        root = SQRT5 * np.sqrt(squared)
        decay = np.exp(-root)
        correlation = (1.0 + root + root**2 / 3.0) * decay
        mean = correlation @ self.alpha
        if not return_std:
            return mean
        half = dtrtrs(self.factor, correlation.T, lower=1)[0]
        variance = np.maximum(1.0 - (half**2).sum(axis=0), 1e-12)
        deviation = np.sqrt(self.signal * variance)
        if not return_mean_grad:
            return mean, deviation
        # d k / d x_j = -5/3 (1 + r) exp(-r) (x_j - x'_j) / length_j^2, with r = sqrt(5) times the distance
        jacobian = (-5.0 / 3.0) * ((1.0 + root) * decay).T * ((scaled[0] - self.scaled) / self.lengths)
        mean_gradient = self.alpha @ jacobian
        if not return_std_grad:
            return mean, deviation, mean_gradient
        solved = dtrtrs(self.factor, half, lower=1, trans=1)[0][:, 0]
        return mean, deviation, mean_gradient, -self.signal * (solved @ jacobian) / deviation[0]
