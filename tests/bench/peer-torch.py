# Training iterations of the works of bench-train in plain torch, single precision: no ODE library, a loop in Python.
# SPDX-License-Identifier: MIT
# peer-torch.py WORK BATCH: prints the median of seconds of an iteration. WORK: tutorial (2-16-2, RK4, 20 steps) or
# circles (2-32-32-2, dopri5 at 1e-3 with one step size for the batch, logistic loss).
import sys
import time

import torch

torch.set_num_threads(1)
torch.manual_seed(0)

A = [[], [1 / 5], [3 / 40, 9 / 40], [44 / 45, -56 / 15, 32 / 9],
     [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
     [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
     [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84]]
E = [71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40]


def net(hidden):
    sizes = [2, *hidden, 2]
    layers = []
    for i in range(len(sizes) - 1):
        layers += [torch.nn.Linear(sizes[i], sizes[i + 1]), torch.nn.Tanh()]
    return torch.nn.Sequential(*layers[:-1])


def rk4(f, y, steps):
    h = 1.0 / steps
    for _ in range(steps):
        k1 = f(y)
        k2 = f(y + 0.5 * h * k1)
        k3 = f(y + 0.5 * h * k2)
        k4 = f(y + h * k3)
        y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return y


def rms(x):
    return float(x.detach().pow(2).mean().sqrt())


def dopri5(f, y, tol):
    k = [f(y)]
    scale = tol + tol * y.detach().abs()
    d0, d1 = rms(y / scale), rms(k[0] / scale)
    h = 0.01 * d0 / d1 if min(d0, d1) > 1e-5 else 1e-6
    d2 = rms((f(y + h * k[0]) - k[0]) / scale) / h
    h = min(100 * h, (0.01 / max(d1, d2)) ** 0.2)
    t = 0.0
    while t < 1:
        h = min(h, 1 - t)
        for i in range(1, 7):
            k.append(f(y + h * sum(a * x for a, x in zip(A[i], k) if a)))
        y1 = y + h * sum(a * x for a, x in zip(A[6], k) if a)
        scale = tol + tol * torch.maximum(y.detach().abs(), y1.detach().abs())
        error = rms(h * sum(e * x for e, x in zip(E, k) if e) / scale)
        if error <= 1:
            t, y, k = t + h, y1, [k[6]]
        else:
            k = [k[0]]
        h *= min(10, max(0.2, 0.9 * max(error, 1e-10) ** -0.2))
    return y


def work(name, batch):
    if name == "tutorial":
        f, y0, target = net([16]), torch.randn(batch, 2), torch.zeros(batch, 2)
        parameters = list(f.parameters())
        adam = torch.optim.Adam(parameters, lr=1e-3)

        def iterate():
            adam.zero_grad()
            (0.5 * (rk4(f, y0, 20) - target).pow(2).sum()).backward()
            adam.step()
        return iterate
    f, readout = net([32, 32]), torch.nn.Linear(2, 1)
    angle, inner = 6.283 * torch.rand(batch), torch.arange(batch) % 2 == 0
    radius = torch.where(inner, 0.5 * torch.rand(batch).sqrt(), 1 + 0.5 * torch.rand(batch))
    y0 = torch.stack([radius * angle.cos(), radius * angle.sin()], 1)
    label = torch.where(inner, 1.0, -1.0)
    adam = torch.optim.Adam([*f.parameters(), *readout.parameters()], lr=1e-3)

    def iterate():
        adam.zero_grad()
        score = readout(dopri5(f, y0, 1e-3))[:, 0]
        torch.nn.functional.softplus(-label * score).mean().backward()
        adam.step()
    return iterate


def main():
    iterate = work(sys.argv[1], int(sys.argv[2]))
    seconds = []
    for _ in range(50):
        start = time.perf_counter()
        iterate()
        seconds.append(time.perf_counter() - start)
    print(sorted(seconds)[len(seconds) // 2])


main()
