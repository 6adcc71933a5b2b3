"""A WHEP player on aiortc, which shares no code with any browser: prints what it received as JSON.

    /usr/bin/python3 aiortc-viewer.py WHEP_URL PICTURES
"""
import asyncio
import json
import sys
import urllib.request

from aiortc import RTCPeerConnection, RTCSessionDescription


async def main(url: str, pictures: int) -> None:
    connection = RTCPeerConnection()
    seen = []
    enough = asyncio.Event()

    async def watch(track) -> None:
        while True:
            frame = await track.recv()
            if track.kind == "video":
                seen.append([frame.width, frame.height])
            if len(seen) >= pictures:
                enough.set()

    connection.on("track", lambda track: asyncio.ensure_future(watch(track)))
    for kind in ("audio", "video"):
        connection.addTransceiver(kind, direction="recvonly")
    await connection.setLocalDescription(await connection.createOffer())
    offer = connection.localDescription.sdp.encode()
    request = urllib.request.Request(url, offer, {"Content-Type": "application/sdp"})
    reply = await asyncio.get_running_loop().run_in_executor(None, urllib.request.urlopen, request)
    await connection.setRemoteDescription(RTCSessionDescription(reply.read().decode(), "answer"))
    await asyncio.wait_for(enough.wait(), 25)
    print(json.dumps({"status": reply.status, "pictures": len(seen), "size": seen[-1]}), flush=True)
    await connection.close()


asyncio.run(main(sys.argv[1], int(sys.argv[2])))
