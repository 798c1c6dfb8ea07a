"""Whether everything works here: each check on its own, so that what is broken hides nothing else."""

from sg2im_cli.doctor.examination import examine_all
from sg2im_cli.doctor.finding import Finding, Status, works

__all__ = ["Finding", "Status", "examine_all", "works"]
