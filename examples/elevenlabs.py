"""Gives an ElevenLabs agent a face. Open the address that it prints.

    pip install websockets
    AGENT_ID=… python3 examples/elevenlabs.py
"""
import asyncio, base64, json, os, urllib.request
import websockets

VISAVIS_URL = os.environ.get("VISAVIS_URL", "http://127.0.0.1:8080")
AGENT_URL = os.environ.get("AGENT_URL") or (
    "wss://api.elevenlabs.io/v1/convai/conversation?agent_id=" + os.environ["AGENT_ID"])


def open_session(rate):
    body = json.dumps({"sampleRateHz": rate}).encode()
    request = urllib.request.Request(VISAVIS_URL + "/api/v1/sessions", body, {"Content-Type": "application/json"})
    return json.load(urllib.request.urlopen(request))


async def listen(face):
    async for event in face:
        print(event, flush=True)


async def main():
    async with websockets.connect(AGENT_URL) as agent:
        await agent.send(json.dumps({"type": "conversation_initiation_client_data"}))
        start = json.loads(await agent.recv())["conversation_initiation_metadata_event"]
        session = open_session(int(start["agent_output_audio_format"].replace("pcm_", "")))
        print(session["viewUrl"], flush=True)
        async with websockets.connect(session["speakUrl"]) as face:
            listening = asyncio.create_task(listen(face))
            async for text in agent:
                event = json.loads(text)
                if event["type"] == "audio":
                    await face.send(base64.b64decode(event["audio_event"]["audio_base_64"]))
                elif event["type"] == "interruption":
                    await face.send('{"type": "clear"}')
                elif event["type"] == "ping":
                    await agent.send(json.dumps({"type": "pong", "event_id": event["ping_event"]["event_id"]}))
            listening.cancel()


asyncio.run(main())
