"""The operating-system side of a trial: its process, directories, environment, output and resource usage.

Nothing here knows about Django, RQ or the database; `jobs.execution` puts these parts together.
"""
