"""A TCP link that lets a Firebird server look like a 2.5 on the wire: protocols 10 to 12, Legacy_Auth, no encryption.

A client names the protocols it speaks in its first packet; of those, the ones of Firebird 3.0 and later are struck out
here. The server takes the best of the rest, and with it the login that these protocols have. The engine behind stays
the server's own. (Packet op_connect of the remote protocol, in XDR: 32-bit numbers, texts padded to four bytes.)
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading

OP_CONNECT = 1
NEWEST = 12
"""The newest protocol of Firebird 2.5."""

_CHUNK_BYTES = 65536
_HEAD = struct.Struct(">4i")  # operation, what comes next, version of this packet, architecture
_NUMBER = struct.Struct(">i")
_PROTOCOL = struct.Struct(">5i")  # version, architecture, least type, greatest type, weight
_PROTOCOL_MASK = 0x7FFF  # Firebird's own protocols carry a flag beside their number


class Protocol12Link:
    """Listens on `port` (loopback) and connects every client to `host`:`target_port`, striking out new protocols."""

    def __init__(self, host: str, target_port: int) -> None:
        self._target = (host, target_port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.struck_out = 0
        """Protocols struck out so far, over all connections: 0 says that nothing here had an effect."""
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more clients; those that are connected stay so."""
        # Closing alone leaves the thread in its accept.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError), socket.create_connection(self._target) as server:
            for end in (client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            offer, left = old_protocols(_first_packet(client))
            self.struck_out += left
            server.sendall(offer)
            threading.Thread(target=_carry, args=(server, client), daemon=True).start()
            _carry(client, server)


def old_protocols(packet: bytes) -> tuple[bytes, int]:
    """An op_connect without the protocols that 2.5 does not know, and how many it lost."""
    assert _HEAD.unpack_from(packet)[0] == OP_CONNECT
    start = _count_at(packet)
    (count,) = _NUMBER.unpack_from(packet, start)
    begin = _after_text(packet, start + _NUMBER.size)
    end = begin + count * _PROTOCOL.size
    offered = [packet[at : at + _PROTOCOL.size] for at in range(begin, end, _PROTOCOL.size)]
    kept = [one for one in offered if _PROTOCOL.unpack(one)[0] & _PROTOCOL_MASK <= NEWEST]
    between = packet[start + _NUMBER.size : begin]
    return packet[:start] + _NUMBER.pack(len(kept)) + between + b"".join(kept) + packet[end:], count - len(kept)


def _count_at(packet: bytes) -> int:
    return _after_text(packet, _HEAD.size)


def _after_text(packet: bytes, at: int) -> int:
    length: int = _NUMBER.unpack_from(packet, at)[0]
    return at + _NUMBER.size + (length + 3) // 4 * 4


def _first_packet(client: socket.socket) -> bytes:
    packet = b""
    while data := client.recv(_CHUNK_BYTES):
        packet += data
        if _is_whole(packet):
            break
    return packet


def _is_whole(packet: bytes) -> bool:
    try:
        start = _count_at(packet)
        count: int = _NUMBER.unpack_from(packet, start)[0]
        return len(packet) >= _after_text(packet, start + _NUMBER.size) + count * _PROTOCOL.size
    except struct.error:
        return False


def _carry(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(_CHUNK_BYTES):
            target.sendall(data)
    # Whichever side left, the other must see it: the carrier of the other direction ends by this too.
    for end in (source, target):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
