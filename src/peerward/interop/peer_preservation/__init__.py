"""The released transcripts of "Peer-Preservation in Frontier Models", read, replayed, measured and compared.

Nothing of the authors' data is here: who imports it has downloaded it. ``find_sources`` and ``read_transcripts`` read
it one transcript at a time; ``import_each`` replays each on a company rebuilt from its replies, measures it with our
findings and holds these against the authors' labels; ``import_places`` does all and writes it to a folder.
"""

from peerward.interop.peer_preservation.cells import UNKNOWN, Cell
from peerward.interop.peer_preservation.imported import Imported, Tally, import_each
from peerward.interop.peer_preservation.importing import import_places
from peerward.interop.peer_preservation.reading import Broken, ImportingError, find_sources, read_transcripts
from peerward.interop.peer_preservation.shape import Message, Transcript

__all__ = [
    "UNKNOWN",
    "Broken",
    "Cell",
    "Imported",
    "ImportingError",
    "Message",
    "Tally",
    "Transcript",
    "find_sources",
    "import_each",
    "import_places",
    "read_transcripts",
]
