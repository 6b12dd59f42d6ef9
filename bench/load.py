"""Ask a site for pages as 20 readers do, from a process of its own: ``python -m bench.load --port 8000 /en/trials/ ...``.

Raw sockets, kept open; every answer is read to its end and its status checked. With ``--rate`` requests are offered at fixed
instants whether or not earlier ones are answered, and latency counts from the instant at which a request was due, so a site
that falls behind shows it. Without, each reader asks again as soon as it is answered, which gives the throughput.
Prints one JSON document: requests, errors, rate, p50, p95, p99 and worst in milliseconds, and the CPU seconds of this process.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from dataclasses import dataclass, field


@dataclass
class Result:
    latencies: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    bytes: int = 0


class Reader:
    """One connection that stays open."""

    def __init__(self, port: int, headers: str) -> None:
        self.port, self.headers = port, headers
        self.pipe: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, path: str) -> tuple[int, int]:
        """Return status and length of one answer."""
        if self.pipe is None:
            self.pipe = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 20)
        incoming, outgoing = self.pipe
        outgoing.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n{self.headers}\r\n".encode())
        head = await incoming.readuntil(b"\r\n\r\n")
        status = int(head[9:12])
        low = head.lower()
        where = low.find(b"content-length:")
        if where < 0:
            raise ValueError("an answer without a length")
        length = int(low[where + 15 : low.index(b"\r", where)])
        await incoming.readexactly(length)
        if b"connection: close" in low:
            outgoing.close()
            self.pipe = None
        return status, length


async def offer(port: int, paths: list[str], readers: int, rate: float, seconds: float, headers: str) -> tuple[Result, float]:
    """Offer requests for some seconds; return what came of them and the seconds until the last answer."""
    result, count, begun = Result(), 0, time.perf_counter()
    last = int(rate * seconds)

    async def read() -> None:
        nonlocal count
        reader = Reader(port, headers)
        while True:
            number, count = count, count + 1
            due = begun + number / rate if rate else time.perf_counter()
            if (rate and number >= last) or due > begun + seconds or time.perf_counter() > begun + 3 * seconds:
                return  # the last: a site that is hopelessly behind is not waited for
            pause = due - time.perf_counter()
            if pause > 0:
                await asyncio.sleep(pause)
            try:
                status, length = await reader.ask(paths[number % len(paths)])
                result.bytes += length
                if status != 200:
                    result.errors.append(f"{status} {paths[number % len(paths)]}")
            except (OSError, ValueError, asyncio.IncompleteReadError) as error:
                reader.pipe = None
                result.errors.append(f"{type(error).__name__} {paths[number % len(paths)]}")
            result.latencies.append(time.perf_counter() - due)

    await asyncio.gather(*(read() for _ in range(readers)))
    return result, time.perf_counter() - begun


def summary(result: Result, took: float) -> dict[str, object]:
    found = sorted(result.latencies)

    def at(share: float) -> float:
        return round(1000 * found[min(len(found) - 1, int(share * len(found)))], 1)

    return {
        "requests": len(found),
        "errors": len(result.errors),
        "first_errors": sorted(set(result.errors))[:3],
        "per_second": round(len(found) / took, 1),
        "p50_ms": at(0.5),
        "p95_ms": at(0.95),
        "p99_ms": at(0.99),
        "worst_ms": round(1000 * found[-1], 1),
        "kilobytes_each": round(result.bytes / len(found) / 1024, 1),
        "own_cpu_s": round(time.process_time(), 2),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--readers", type=int, default=20)
    parser.add_argument("--rate", type=float, default=0.0, help="requests offered a second; 0: as many as are answered")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--language", default="en")
    parser.add_argument("paths", nargs="+", help="paths, taken in turns")
    args = parser.parse_args()
    headers = f"Accept: text/html\r\nAccept-Language: {args.language}\r\nUser-Agent: bench\r\n"
    result, took = asyncio.run(offer(args.port, args.paths, args.readers, args.rate, args.seconds, headers))
    print(json.dumps(summary(result, took)))
    return 1 if result.errors else 0


if __name__ == "__main__":
    sys.exit(main())
