"""Write ``src/qiupu/text/reference.npz``: each bundled model's mean vector in each language, from our own sentences."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from qiupu.text import BundledEmbedder
from qiupu.text.vectors import MODELS

HERE = Path(__file__).parent


def main() -> None:
    """Compute the means and write them."""
    lines = (HERE / "reference_sentences.tsv").read_text(encoding="utf-8").splitlines()
    languages = lines[0].split("\t")
    columns = list(zip(*(line.split("\t") for line in lines[1:]), strict=True))
    means = {
        f"{model}:{language}": BundledEmbedder((model,)).encode(sentences, "passage").mean(axis=0).astype(np.float16)
        for model in MODELS
        for language, sentences in zip(languages, columns, strict=True)
    }
    np.savez(HERE.parent / "src/qiupu/text/reference.npz", **means)


if __name__ == "__main__":
    main()
