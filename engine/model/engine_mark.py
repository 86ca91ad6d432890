"""Who an engine is to the others that meet it in one ERP: where it runs, and which of them cannot be alive any more."""

from __future__ import annotations

from dataclasses import astuple, dataclass

_UNKNOWN = "-"


@dataclass(frozen=True, slots=True)
class EngineMark:
    """One run of one engine. Its texts hold neither blanks nor anything but ASCII; "" = not known."""

    life: str  # this run's own
    store: str  # stays with the store's file, and goes along with a copy of it
    machine: str  # the same over restarts of the machine (a cloned one has it too)
    cards: str  # its own network cards (a clone of its disk runs with others)
    boot: str  # this run of the machine
    folder: str  # the very lock file of the state folder, within this run of the machine
    host: str  # its name, for people
    pid: int

    def outlives(self, other: EngineMark, *, same_address: bool) -> bool:
        """Whether that one is ourselves, or a run before us that only the ERP's server still takes for connected.

        We hold the lock on the file that it held, or the machine was started anew since. A copied state folder has the
        store's id and another lock file; a cloned machine has the machine's id, and other network cards or another
        address (several machines may stand behind one).
        """
        if self.life == other.life:
            return True
        if self.store != other.store:
            return False
        if self.boot == other.boot:
            return bool(self.boot) and self.folder == other.folder
        known = bool(self.machine and self.cards)
        return known and (self.machine, self.cards) == (other.machine, other.cards) and same_address

    def __str__(self) -> str:
        return " ".join(str(part) or _UNKNOWN for part in astuple(self))

    @classmethod
    def parse(cls, text: str) -> EngineMark:
        """From what `str` made. Raises ValueError for anything else."""
        *texts, pid = ("" if part == _UNKNOWN else part for part in text.split())
        life, store, machine, cards, boot, folder, host = texts
        return cls(life, store, machine, cards, boot, folder, host, int(pid))
