"""Whether Integra's own triggers stand in the base: they are the owner's choice, and half of them is no use."""

from __future__ import annotations

from collections.abc import Iterator

from connectors.cplus.changes import triggers
from connectors.cplus.survey.asking import Base
from engine.survey import Finding, Mark


def installed(base: Base) -> Iterator[Finding]:
    """Whole, none, or what is not as it should be; wrong only where the settings rely on them, or some are left."""
    state = triggers.state(base.session)
    if state.works:
        yield Finding("triggers.whole", Mark.OK, {"n": len(state.whole)})
    elif state.nothing:
        yield Finding("triggers.none", Mark.WRONG if base.options.change_log else Mark.OK)
    elif state.outdated:
        yield Finding("triggers.outdated", Mark.WRONG, {"names": ", ".join(state.faults)})
    else:
        yield Finding("triggers.broken", Mark.WRONG, {"names": ", ".join(state.faults)})


QUESTIONS = (installed,)
