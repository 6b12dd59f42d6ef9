"""Read agreements and reports of their signing, Chinese or English, into parties, dates, fields and statements with quotes."""

from qiupu.agreements.documents import Document, read_document
from qiupu.agreements.endpoint import Endpoint, add_answers, with_endpoint
from qiupu.agreements.local_model import Tagged, Tagger, load_tagger, with_tagger
from qiupu.agreements.propose import MeasureProposal, UnitProposal, propose_field, propose_measures, propose_units
from qiupu.agreements.reader import read
from qiupu.agreements.reading import Clause, Dates, FieldMention, Party, Person, Quoted, Reading, Statement, Value

__all__ = [
    "Clause",
    "Dates",
    "Document",
    "Endpoint",
    "FieldMention",
    "MeasureProposal",
    "Party",
    "Person",
    "Quoted",
    "Reading",
    "Statement",
    "Tagged",
    "Tagger",
    "UnitProposal",
    "Value",
    "add_answers",
    "load_tagger",
    "propose_field",
    "propose_measures",
    "propose_units",
    "read",
    "read_document",
    "with_endpoint",
    "with_tagger",
]
