"""The pipeline on many machines: a Faust worker over the topics of ``bunco.streams``."""
