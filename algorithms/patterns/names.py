"""What the names of quantities mean: their words, synonyms, split of the data, direction."""

import re
from functools import lru_cache

_WORD = re.compile(r"[^\W\d_]+|\d+(?:\.\d+)?|%")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])|(?<=[a-z]{2})(?=[A-Z])")

# Words that mean the same in a log; the first is the one they are compared by.
_SYNONYMS = [
    ("train", "training", "trn", "trained"),
    (
        "val",
        "valid",
        "validation",
        "validate",
        "validating",
        "vali",
        "dev",
        "eval",
        "evaluation",
        "evaluating",
    ),
    ("test", "testing", "tst"),
    ("acc", "accuracy", "accuracies"),
    ("avg", "average", "mean", "averaged"),
    ("err", "error"),
    ("ppl", "perplexity"),
    ("rew", "reward", "rewards", "ret", "return", "returns"),
    ("ep", "episode", "episodic"),
    ("len", "length"),
    ("prec", "precision"),
    ("rec", "recall"),
    ("f", "fscore", "fmeasure"),
    ("lr", "learningrate"),
    ("iter", "iteration", "iterations", "it"),
    ("loss", "losses"),
    ("num", "number", "nr"),
    ("std", "stddev", "sd"),
    ("xent", "crossentropy"),
    ("ap", "averageprecision"),
    ("map", "meanaverageprecision"),
    ("mse", "meansquarederror"),
    ("mae", "meanabsoluteerror"),
    ("rmse", "rootmeansquarederror"),
    ("max", "maximum"),
    ("min", "minimum"),
    ("cur", "current"),
    ("prob", "probability"),
    ("tot", "total"),
    ("sec", "second", "seconds", "secs"),
]
_CANONICAL = {word: group[0] for group in _SYNONYMS for word in group}
_PHRASES = [
    (("learning", "rate"), "lr"),
    (("cross", "entropy"), "xent"),
    (("root", "mean", "squared", "error"), "rmse"),
    (("root", "mean", "square", "error"), "rmse"),
    (("mean", "squared", "error"), "mse"),
    (("mean", "square", "error"), "mse"),
    (("mean", "absolute", "error"), "mae"),
    (("mean", "average", "precision"), "map"),
    (("average", "precision"), "ap"),
    (("f", "score"), "f"),
    (("f", "measure"), "f"),
    (("f", "1", "score"), "f1"),
    (("f", "1"), "f1"),
]

_PHRASES_BY_WORD = {
    first: [item for item in _PHRASES if item[0][0] == first]
    for first in {phrase[0] for phrase, _ in _PHRASES}
}

TRAIN, VALIDATION, TEST = "train", "val", "test"
SPLITS = {TRAIN, VALIDATION, TEST}
RIVALS = {"best", "highest", "lowest", "previous", "prev", "last", "max", "min", "record", "improved", "peak"}
SPREADS = {"std", "stdev", "var", "variance", "stderr", "deviation"}
FILLERS = set(
    """
    a an and at by current cur finished for from got has in is it of on our overall per s that the this
    to was with
    """.split()
)
COUNTERS = set(
    """
    epoch epochs step steps iter batch batches global round rounds fold trial rank gpu worker pid seed
    generation ep update updates timesteps num samples
    """.split()
)
TIMES = set(
    """
    time eta sec ms elapsed runtime duration fps ips speed remaining hours min wps ups throughput
    latency
    """.split()
)
SETTINGS = {"lr", "momentum", "memory", "mem", "size", "decay", "dropout", "seed", "beta", "port", "weight"}

_MINIMISED = set(
    """
    loss err ppl xent rmse mse mae mape wer cer per ter nll logloss bpc bpb bits fid kl cost regret
    distance dist divergence residual deviance energy rmsle brier hinge ece eer der lpips epe time
    latency runtime mlogloss violation penalty misclassification smape rae rse crossentropy surprisal
    objective pinball rel absrel ade fde chamfer hausdorff incorrectly incorrect
    """.split()
)
_MAXIMISED = set(
    """
    acc auc auroc auprc prauc rocauc f f1 rew ret score prec rec map ap ar bleu rouge meteor cider chrf
    iou miou dice kappa mcc ndcg mrr hits hit hr psnr ssim r r2 spearman pearson spearmanr pearsonr
    correlation corr recall precision sensitivity specificity success win winrate likelihood ll elbo top
    gini ks exact em las uas fps throughput correct correctly is inception purity nmi ari silhouette
    lift sharpe fitness quality jaccard pck hota mota
    """.split()
)


# Loss and error, accuracy and precision in other languages, as stems.
_FOREIGN_MINIMISED = tuple(
    "损失 損失 误差 誤差 错误 손실 오차 verlust fehler perte erreur pérdida потер perda".split()
)
_FOREIGN_MAXIMISED = tuple(
    "准确 準確 精度 正解 召回 정확 genauigkeit précision exactitude precisión exactitud точност precisão acurácia"
    " doğruluk".split()
)


@lru_cache(maxsize=20000)
def words(name: str) -> tuple[str, ...]:
    """Return the words of a name as they are compared: lower case, synonyms made one.

    >>> words("Validation Avg accuracy"), words("val/AverageAcc@1")
    (('val', 'avg', 'acc'), ('val', 'avg', 'acc', '1'))
    """
    parts = [part.lower() for part in _WORD.findall(_CAMEL.sub(" ", name))]
    found: list[str] = []
    position = 0
    while position < len(parts):
        for phrase, short in _PHRASES_BY_WORD.get(parts[position], ()):
            if tuple(parts[position : position + len(phrase)]) == phrase:
                found.extend(words(short) if short == "f1" and len(phrase) > 2 else _plain(short))
                position += len(phrase)
                break
        else:
            found.extend(_plain(parts[position]))
            position += 1
    return tuple(found)


def _plain(word: str) -> tuple[str, ...]:
    if word == "f1":
        return ("f", "1")
    return (_CANONICAL.get(word, word),)


_DETECTION = re.compile(
    r"(?i)(?:bbox|box|segm|coco)?[\s_/-]*m?A(P|R)[\s_@/-]*(?:0?\.?(50|75|5|5:0?\.95|50:95)|(s|m|l)\w*)?"
)


def long_name(indicator: str) -> str | None:
    """Return how the COCO evaluation prints a short name: AP50 is "Average Precision (AP) @[ IoU=0.50 | …"."""
    match = _DETECTION.fullmatch(indicator.strip())
    if match is None:
        return None
    kind = "Precision (AP)" if match[1].upper() == "P" else "Recall (AR)"
    overlap = {"50": "0.50", "5": "0.50", "75": "0.75"}.get(match[2] or "", "0.50:0.95")
    area = {"s": "small", "m": "medium", "l": "large"}.get((match[3] or "").lower(), "all")
    return f"Average {kind} @[ IoU={overlap} | area={area} | maxDets=100 ]"


_COMPOUND = re.compile(r"[^\W_]+(?:[_/.-]+[^\W_]+)+")


def loose_text(text: str) -> str:
    """Return text without compounds: the `val` of `val_acc=0.9` or `data/val.csv` says nothing of what follows."""
    return _COMPOUND.sub(" ", text)


def split_of(found: tuple[str, ...] | list[str]) -> str | None:
    """Return the part of the data (train, val or test) that these words name last, if any."""
    return next((word for word in reversed(found) if word in SPLITS), None)


def suggest_direction(name: str) -> str | None:
    """Return "min" or "max" for a name that says which is better, else None."""
    lowered = name.lower()
    for stem in _FOREIGN_MINIMISED:
        if stem in lowered:
            return "min"
    for stem in _FOREIGN_MAXIMISED:
        if stem in lowered:
            return "max"
    votes = [
        "min" if word in _MINIMISED else "max"
        for word in _with_parts(words(name))
        if word in _MINIMISED or word in _MAXIMISED
    ]
    if not votes:
        return None
    lower = "min" in votes and votes[-1] != "max"
    if {"neg", "negative"} & set(words(name)) and "nll" not in words(name):
        lower = not lower  # scikit-learn's neg_mean_squared_error is maximised
    return "min" if lower else "max" if "max" in votes or votes[0] == "min" else None


def _with_parts(found: tuple[str, ...]) -> list[str]:
    """Add what a run-together word such as `multilogloss` or `valacc` ends with."""
    parts: list[str] = []
    for word in found:
        parts.append(word)
        if word not in _MINIMISED | _MAXIMISED and len(word) > 4:
            endings = [end for end in (_MINIMISED | _MAXIMISED) if len(end) > 2 and word.endswith(end)]
            parts.extend(endings[:1])
    return parts
