"""Run the measurements of the pipeline."""

from bench import pipeline

pipeline.main()
