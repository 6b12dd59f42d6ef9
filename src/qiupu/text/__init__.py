"""What a text is made of: its language, its folded form, words, sentences, translations and vectors.

Shared by the engines that read and match; it knows neither agreements nor matching.
"""

from qiupu.text.cache import VectorCache
from qiupu.text.fold import MAX_CHARS, Folded, fold, plain
from qiupu.text.language import LANGUAGES, language_of
from qiupu.text.lexicon import glosses, has_lexicon
from qiupu.text.sentences import Sentence, sentences_of
from qiupu.text.vectors import BundledEmbedder, Embedder, RemoteEmbedder, cached, load_embedder
from qiupu.text.words import Word, has_segmenter, words_of

__all__ = [
    "LANGUAGES",
    "MAX_CHARS",
    "BundledEmbedder",
    "Embedder",
    "Folded",
    "RemoteEmbedder",
    "Sentence",
    "VectorCache",
    "Word",
    "cached",
    "fold",
    "glosses",
    "has_lexicon",
    "has_segmenter",
    "language_of",
    "load_embedder",
    "plain",
    "sentences_of",
    "words_of",
]
