"""Train a small neural network on scikit-learn's handwritten digits, by gradient descent in numpy."""

import argparse

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

HIDDEN = 48
BATCH = 20


def load_data(seed):
    """A deliberately small training set, so that the choice of hyperparameters shows."""
    images, labels = load_digits(return_X_y=True)
    return train_test_split(images / 16.0, labels, train_size=400, random_state=seed, stratify=labels)


class Network:
    """One hidden layer with rectified linear units, cross-entropy loss."""

    def __init__(self, rng, inputs, outputs):
        self.weights = [
            rng.normal(0, np.sqrt(2 / inputs), (inputs, HIDDEN)),
            np.zeros(HIDDEN),
            rng.normal(0, np.sqrt(2 / HIDDEN), (HIDDEN, outputs)),
            np.zeros(outputs),
        ]
        self.velocity = [np.zeros_like(weight) for weight in self.weights]

    def forward(self, images):
        w1, b1, w2, b2 = self.weights
        hidden = np.maximum(images @ w1 + b1, 0)
        scores = hidden @ w2 + b2
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        return hidden, scores / scores.sum(axis=1, keepdims=True)

    def step(self, images, labels, learning_rate, weight_decay, momentum):
        """One update from one batch; returns the batch's mean loss."""
        hidden, probabilities = self.forward(images)
        rows = np.arange(len(labels))
        loss = -np.log(probabilities[rows, labels] + 1e-12).mean()
        error = probabilities.copy()
        error[rows, labels] -= 1
        error /= len(labels)
        back = (error @ self.weights[2].T) * (hidden > 0)
        gradients = [images.T @ back, back.sum(axis=0), hidden.T @ error, error.sum(axis=0)]
        for index, gradient in enumerate(gradients):
            if self.weights[index].ndim == 2:
                gradient = gradient + weight_decay * self.weights[index]
            self.velocity[index] = momentum * self.velocity[index] - learning_rate * gradient
            self.weights[index] = self.weights[index] + self.velocity[index]
        return loss

    def accuracy(self, images, labels):
        return (self.forward(images)[1].argmax(axis=1) == labels).mean()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learning_rate", type=float, default=0.01)
    parser.add_argument("--weight_decay", type=float, default=0.0001)
    parser.add_argument("--momentum", type=float, default=0.9)
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()

    train_images, val_images, train_labels, val_labels = load_data(args.seed)
    rng = np.random.default_rng(args.seed)
    network = Network(rng, train_images.shape[1], 10)
    for epoch in range(1, args.epochs + 1):
        losses = []
        for batch in np.array_split(rng.permutation(len(train_labels)), len(train_labels) // BATCH):
            losses.append(
                network.step(
                    train_images[batch], train_labels[batch],
                    args.learning_rate, args.weight_decay, args.momentum,
                )
            )  # fmt: skip
        accuracy = network.accuracy(val_images, val_labels)
        print(f"epoch {epoch} train_loss={np.mean(losses):.4f} val_accuracy={accuracy:.4f}")


if __name__ == "__main__":
    np.seterr(all="ignore")  # a learning rate far too large is a result, not an error
    main()
