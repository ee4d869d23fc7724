"""The fast Gaussian process agrees with scikit-optimize's on the same kernel, and its gradients are right."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import check_grad
from skopt.acquisition import gaussian_ei, gaussian_lcb, gaussian_pi
from skopt.learning import GaussianProcessRegressor
from skopt.learning.gaussian_process.kernels import ConstantKernel, Matern

from search.gaussian_process import GaussianProcess, _Likelihood

RNG = np.random.default_rng(3)
POINTS = RNG.random((25, 3))
LOSSES = np.sin(5 * POINTS[:, 0]) + POINTS[:, 1] ** 2 + 0.05 * RNG.standard_normal(25)
LOSSES = (LOSSES - LOSSES.mean()) / LOSSES.std()
ELSEWHERE = RNG.random((40, 3))


@pytest.fixture(scope="module")
def fitted():
    return GaussianProcess(np.arange(3)).fit(POINTS, LOSSES)


def test_mean_and_deviation_are_those_of_scikit_optimize(fitted):
    kernel = ConstantKernel(fitted.signal, "fixed") * Matern(fitted.lengths, "fixed", nu=2.5)
    noise = fitted.signal * (fitted.noise + 1e-9)
    reference = GaussianProcessRegressor(kernel, alpha=noise, optimizer=None, normalize_y=False)
    mean, deviation = reference.fit(POINTS, LOSSES).predict(ELSEWHERE, return_std=True)
    ours_mean, ours_deviation = fitted.predict(ELSEWHERE, return_std=True)
    assert np.allclose(ours_mean, mean, atol=1e-6)
    assert np.allclose(ours_deviation, deviation, atol=1e-5)


@pytest.mark.parametrize(
    "acquisition",
    [
        lambda x, model, gradient: gaussian_lcb(x, model, 1.5, gradient),
        lambda x, model, gradient: gaussian_ei(x, model, -0.5, 0.01, gradient),
        lambda x, model, gradient: gaussian_pi(x, model, -0.5, 0.01, gradient),
    ],
    ids=["ucb", "ei", "poi"],
)
def test_gradients_of_the_acquisition_functions_are_right(fitted, acquisition):
    for point in ELSEWHERE[:10]:
        error = check_grad(
            lambda x: acquisition(x[None], fitted, False)[0],
            lambda x: np.ravel(acquisition(x[None], fitted, True)[1]),
            point,
        )
        assert error < 1e-5


def test_the_gradient_of_the_likelihood_is_right():
    squares = np.stack([((POINTS[:, None, j] - POINTS[None, :, j]) ** 2).ravel() for j in range(3)])
    objective = _Likelihood(LOSSES, squares, 0.5)
    for theta in (np.array([-0.7, -0.7, -0.7, -6.0]), np.array([0.3, -2.0, 1.0, -2.0])):
        assert check_grad(lambda t: objective(t)[0], lambda t: objective(t)[1], theta) < 1e-3


def test_a_column_without_influence_gets_a_long_length_scale(fitted):
    assert fitted.lengths[2] > 2 * fitted.lengths[0]


def test_columns_of_a_group_share_their_length_scale():
    model = GaussianProcess(np.array([0, 1, 1])).fit(POINTS, LOSSES)
    assert model.lengths[1] == model.lengths[2] != model.lengths[0]
