"""Fit the weights that pick an English agreement's date, and write them into the package.

``python tools/train_dates.py FOLDER`` takes the folder with CUAD's development half; it prints the F1 of five-fold
cross-validation by contract for several regularisations and cuts.
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
from bench.agreements import cuad_date  # noqa: E402  the path is set just above
from tools.calibrate import fit_table, report  # noqa: E402  as above

from qiupu.agreements.dates import find_dates  # noqa: E402
from qiupu.agreements.folding import fold  # noqa: E402
from qiupu.agreements.signing_date import NAMES, dated_candidates, expand  # noqa: E402

SOURCE = "fitted to the development half of CUAD v1 (The Atticus Project, CC BY 4.0) by tools/train_dates.py"
TARGET = ROOT / "src/qiupu/agreements/data/date_weights.json"


def main() -> None:
    """Fit, report, write."""
    folder = Path(sys.argv[1])
    strength = float(sys.argv[2]) if len(sys.argv) > 2 else 0.03
    documents = []
    for row in csv.DictReader((folder / "cuad_dev_answers.csv").open(encoding="utf-8")):
        text = fold((folder / "cuad_dev" / (Path(row["Filename"]).stem + ".txt")).read_text(encoding="utf-8"))
        kept, rows = dated_candidates(text, find_dates(text))
        label = cuad_date(row["Agreement Date-Answer"])
        documents.append((kept, expand(rows), label))
    reach = sum(any(one.value == label for one in kept) for kept, _, label in documents if label)
    print(f"candidates hold {reach / sum(label is not None for *_, label in documents):.3f} of the dates")
    order = np.random.default_rng(0).permutation(len(documents))
    tables = {}
    for c in (0.02, 0.03, 0.1):
        chances: dict[int, np.ndarray] = {}
        for part in range(5):
            test = set(order[part::5].tolist())
            model = _fit([d for i, d in enumerate(documents) if i not in test], c)
            chances |= {i: model.predict_proba(documents[i][1])[:, 1] for i in test if documents[i][0]}
        raw = [float(chance.max()) for chance in chances.values()]
        hits = [documents[i][0][int(np.argmax(chance))].value == documents[i][2] for i, chance in chances.items()]
        tables[c] = fit_table(raw, hits)
        print(f"C {c}: {report(raw, hits)}")
        for cut in (0.3, 0.35, 0.4):
            print(f"C {c} cut {cut}: {_score(documents, chances, cut)}")
    model = _fit(documents, strength)
    weights = [round(float(w), 4) for w in model.coef_[0]]
    TARGET.write_text(
        json.dumps({"source": SOURCE, "features": list(NAMES), "weights": weights, "calibration": tables[strength]}) + "\n",
        encoding="utf-8",
    )


def _score(documents: list, chances: dict[int, np.ndarray], cut: float) -> str:
    right = predicted = labelled = 0
    for i, (kept, _, label) in enumerate(documents):
        labelled += label is not None
        if kept and chances[i].max() >= cut:
            predicted += 1
            right += kept[int(np.argmax(chances[i]))].value == label
    return f"P {right / predicted:.3f} R {right / labelled:.3f} F1 {2 * right / (predicted + labelled):.3f}"


def _fit(documents: list, c: float) -> LogisticRegression:
    rows = np.vstack([rows for kept, rows, _ in documents if kept])
    truth = np.array([one.value == label for kept, _, label in documents for one in kept])
    return LogisticRegression(C=c, fit_intercept=False, max_iter=5000).fit(rows, truth)


if __name__ == "__main__":
    main()
