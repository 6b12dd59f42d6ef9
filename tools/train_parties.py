"""Fit the weights that pick the parties out of the candidates of an English contract, and write them into the package.

``python tools/train_parties.py FOLDER`` takes the folder with CUAD's development half; a logistic model of a score of
features, so that every weight can be read. It prints the F1 of five-fold cross-validation by contract.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from bench.agreements import align, cuad_parties, same_name  # noqa: E402  the path is set just above
from tools.calibrate import fit_table, report  # noqa: E402  as above

from qiupu.agreements.folding import fold  # noqa: E402
from qiupu.agreements.parties_en import FEATURE_NAMES, candidates, expand  # noqa: E402
from qiupu.agreements.parties_of import CUT, choose  # noqa: E402
from qiupu.agreements.undersigned_en import undersigned  # noqa: E402

SOURCE = "fitted to the development half of CUAD v1 (The Atticus Project, CC BY 4.0) by tools/train_parties.py"
TARGET = ROOT / "src/qiupu/agreements/data/party_weights.json"


def main() -> None:
    """Fit, report, write."""
    folder = Path(sys.argv[1])
    documents = []
    for row in csv.DictReader((folder / "cuad_dev_answers.csv").open(encoding="utf-8")):
        text = fold((folder / "cuad_dev" / (Path(row["Filename"]).stem + ".txt")).read_text(encoding="utf-8"))
        labels = cuad_parties(row["Parties-Answer"])
        found = candidates(text)
        signers = undersigned(text)
        documents.append((found, labels, [any(same_name(one.name, label) for label in labels) for one in found], signers))
    reach = sum(align([one.name for one in found], labels) for found, labels, *_ in documents)
    print(f"candidates hold {reach / sum(len(labels) for _, labels, *_ in documents):.3f} of the parties")
    order = np.random.default_rng(0).permutation(len(documents))
    raw: list[float] = []
    hits: list[bool] = []
    for cut in (0.5, 0.55, 0.6, 0.65, 0.7):
        right = predicted = labelled = 0
        for fold_number in range(5):
            test = set(order[fold_number::5].tolist())
            model = _fit([d for i, d in enumerate(documents) if i not in test])
            for i in test:
                found, labels, _, signers = documents[i]
                if signers:
                    names = [one.name for one in signers]
                elif found:
                    chance = model.predict_proba(expand(np.array([one.features for one in found])))[:, 1]
                    chosen = choose(found, chance.tolist(), cut)
                    names = [one.name for one, *_ in chosen]
                    if cut == CUT:
                        raw += [p for _, p, _ in chosen]
                        hits += [any(same_name(one.name, label) for label in labels) for one, *_ in chosen]
                else:
                    names = []
                right += align(names, labels)
                predicted += len(names)
                labelled += len(labels)
        print(f"cut {cut}: P {right / predicted:.3f} R {right / labelled:.3f} F1 {2 * right / (predicted + labelled):.3f}")
    print(report(raw, hits))
    model = _fit(documents)
    weights = [round(float(w), 4) for w in model.coef_[0]]
    written = {"source": SOURCE, "features": list(FEATURE_NAMES), "weights": weights, "calibration": fit_table(raw, hits)}
    TARGET.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
    for name, weight in zip(FEATURE_NAMES, weights, strict=False):
        print(f"  {name:16s} {weight:+.2f}")


def _fit(documents: list) -> LogisticRegression:
    rows = expand(np.array([one.features for found, *_ in documents for one in found]))
    truth = np.array([hit for _, _, hits, _ in documents for hit in hits])
    return LogisticRegression(C=0.3, fit_intercept=False, max_iter=3000).fit(rows, truth)


if __name__ == "__main__":
    main()
