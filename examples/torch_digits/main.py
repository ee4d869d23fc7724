#!/usr/bin/env python3
"""A convolutional network in PyTorch on scikit-learn's handwritten digits, with a Keras-like progress line.

Needs `torch` and `scikit-learn` in the engine's interpreter.
"""

import argparse
import sys
import time

import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split


def get_args():
    parser = argparse.ArgumentParser(description="PyTorch digits")
    parser.add_argument("--batch-size", type=int, default=64, metavar="N")
    parser.add_argument("--epochs", type=int, default=8, metavar="N")
    parser.add_argument("--lr", type=float, default=1e-3, metavar="LR")
    parser.add_argument("--dropout", type=float, default=0.25)
    parser.add_argument("--channels", type=int, default=16)
    parser.add_argument("--optimizer", choices=["sgd", "adam", "rmsprop"], default="adam")
    parser.add_argument("--no-cuda", action="store_true", help="train on the processor")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


class Net(nn.Sequential):
    def __init__(self, channels, dropout):
        super().__init__(
            nn.Conv2d(1, channels, 3, padding=1), nn.ReLU(),
            nn.Conv2d(channels, 2 * channels, 3, padding=1), nn.ReLU(),
            nn.MaxPool2d(2), nn.Flatten(), nn.Dropout(dropout),
            nn.Linear(2 * channels * 16, 10),
        )  # fmt: skip


def get_loaders(batch_size, generator):
    digits = load_digits()
    images = torch.tensor(digits.images, dtype=torch.float32).unsqueeze(1) / 16
    data = TensorDataset(images, torch.tensor(digits.target))
    train, test = random_split(data, [1297, 500], generator=generator)
    return DataLoader(train, batch_size, shuffle=True, generator=generator), DataLoader(test, 500)


def progress(epoch, epochs, done, total, start, **values):
    """Redraw the line: a carriage return first, a line feed only at the end of the epoch."""
    width = 30
    filled = width * done // total
    bar = "=" * filled + (">" if filled < width else "") + "." * (width - filled - 1)
    text = " - ".join(f"{name}: {value:.4f}" for name, value in values.items())
    sys.stdout.write(f"\rEpoch {epoch}/{epochs} {done}/{total} [{bar}] - {time.time() - start:.0f}s - {text}")
    sys.stdout.flush()


def train(model, device, loader, optimizer, epoch, epochs):
    model.train()
    start, total_loss, hits, seen = time.time(), 0.0, 0, 0
    for done, (images, labels) in enumerate(loader, start=1):
        images, labels = images.to(device), labels.to(device)
        optimizer.zero_grad()
        scores = model(images)
        loss = nn.functional.cross_entropy(scores, labels)
        loss.backward()
        optimizer.step()
        total_loss += loss.item() * len(labels)
        hits += (scores.argmax(1) == labels).sum().item()
        seen += len(labels)
        progress(epoch, epochs, done, len(loader), start, loss=total_loss / seen, acc=hits / seen)


@torch.no_grad()
def evaluate(model, device, loader):
    model.eval()
    images, labels = next(iter(loader))
    images, labels = images.to(device), labels.to(device)
    scores = model(images)
    accuracy = (scores.argmax(1) == labels).float().mean().item()
    return nn.functional.cross_entropy(scores, labels).item(), accuracy


def main():
    args = get_args()
    torch.manual_seed(args.seed)
    device = torch.device("cuda" if torch.cuda.is_available() and not args.no_cuda else "cpu")
    train_loader, test_loader = get_loaders(args.batch_size, torch.Generator().manual_seed(args.seed))
    model = Net(args.channels, args.dropout).to(device)
    optimizers = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "rmsprop": torch.optim.RMSprop}
    optimizer = optimizers[args.optimizer](model.parameters(), lr=args.lr)
    for epoch in range(1, args.epochs + 1):
        train(model, device, train_loader, optimizer, epoch, args.epochs)
        loss, accuracy = evaluate(model, device, test_loader)
        print(f" - val_loss: {loss:.4f} - val_acc: {accuracy:.4f}")


if __name__ == "__main__":
    main()
