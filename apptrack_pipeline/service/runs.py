"""Brings Dagster's record of runs in line with the truth after the instance was killed.

Run as a program of its own, because importing Dagster takes a second and 100 MB that the supervisor would
keep. Opening the instance also creates Dagster's tables, so that the processes which start next do not do
so all at once.
"""

from __future__ import annotations

import sys


def fail_orphaned_runs() -> int:
    """End every run that has no worker any more, and return how many those were.

    To be called only while no run can have a worker: Dagster itself never notices such a run before its
    `max_runtime_seconds`.
    """
    from dagster import DagsterInstance, DagsterRunStatus, RunsFilter

    under_way = [DagsterRunStatus.STARTING, DagsterRunStatus.STARTED, DagsterRunStatus.CANCELING]
    with DagsterInstance.get() as instance:
        runs = instance.get_runs(RunsFilter(statuses=under_way))
        for run in runs:
            if run.status == DagsterRunStatus.CANCELING:
                instance.report_run_canceled(run, "The worker of this run was killed while it was canceled.")
            else:
                instance.report_run_failed(run, "The worker of this run was killed.")
    return len(runs)


if __name__ == "__main__":
    sys.stdout.write(f"{fail_orphaned_runs()}\n")
