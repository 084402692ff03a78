"""A link with weather, where the kernel has no netem: packets between two network namespaces are late, overtake each
other or are lost, as netem(8) means it. Run in the first namespace; it makes the second, of which it is the process.

weather.py DELAY_MS JITTER_MS REORDER_PERCENT LOSS_PERCENT SEED

Says "ready <first address> <second address>", and at the end of stdin what became of the packets.
"""

import ctypes
import fcntl
import heapq
import os
import random
import select
import struct
import subprocess
import sys
import time

TUNSETIFF = 0x400454CA  # linux/if_tun.h
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000
CLONE_NEWNET = 0x40000000  # linux/sched.h
ADDRESSES = ("198.51.100.1", "198.51.100.2")  # RFC 5737
LARGEST = 65536


def main():
    delay, jitter, reorder, loss, seed = map(int, sys.argv[1:])
    ends = [open_end(ADDRESSES[0])]
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        sys.exit(f"unshare: {os.strerror(ctypes.get_errno())}")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    ends.append(open_end(ADDRESSES[1]))
    print("ready", *ADDRESSES, flush=True)
    carry(ends, (delay / 1000, jitter / 1000, reorder, loss), random.Random(seed))


def open_end(address):
    """The packets of a new interface, in the namespace where this process now is."""
    end = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(end, TUNSETIFF, struct.pack("16sH", b"weather", IFF_TUN | IFF_NO_PI))
    subprocess.run(["ip", "addr", "add", f"{address}/24", "dev", "weather"], check=True)
    subprocess.run(["ip", "link", "set", "weather", "up"], check=True)
    return end


def carry(ends, weather, chance):
    """Carries packets until stdin ends."""
    delay, jitter, reorder, loss = weather
    waiting = []  # due, number, where to, packet
    carried = lost = overtook = 0
    latest = {end: 0 for end in ends}
    while True:
        now = time.monotonic()
        while waiting and waiting[0][0] <= now:
            _, number, end, packet = heapq.heappop(waiting)
            overtook += number < latest[end]
            latest[end] = max(latest[end], number)
            os.write(end, packet)
        pause = waiting[0][0] - now if waiting else None
        readable, _, _ = select.select([*ends, sys.stdin], [], [], pause)
        if sys.stdin in readable:
            break
        for end in readable:
            packet = os.read(end, LARGEST)
            carried += 1
            if chance.randrange(100) < loss:
                lost += 1
                continue
            late = 0 if chance.randrange(100) < reorder else delay + chance.random() * jitter
            other = ends[1 - ends.index(end)]
            heapq.heappush(waiting, (time.monotonic() + late, carried, other, packet))
    print(f"carried {carried}, lost {lost}, overtaken {overtook}", flush=True)


main()
