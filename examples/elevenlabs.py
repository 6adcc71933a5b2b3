"""Gives an ElevenLabs agent a face. Open the address that it prints.

    pip install websockets
    AGENT_ID=… python3 examples/elevenlabs.py
"""
import asyncio, base64, json, os, urllib.request, websockets

VISAVIS_URL = os.environ.get("VISAVIS_URL", "http://127.0.0.1:8080")
ELEVENLABS_URL = "wss://api.elevenlabs.io/v1/convai/conversation?agent_id=" + os.environ.get("AGENT_ID", "")


async def main():
    async with websockets.connect(os.environ.get("AGENT_URL", ELEVENLABS_URL)) as agent:
        await agent.send('{"type": "conversation_initiation_client_data"}')
        start = json.loads(await agent.recv())["conversation_initiation_metadata_event"]
        wish = {"sampleRateHz": int(start["agent_output_audio_format"].replace("pcm_", ""))}
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(VISAVIS_URL + "/api/v1/sessions", json.dumps(wish).encode(), headers)
        session = json.load(urllib.request.urlopen(request))
        print(session["viewUrl"], flush=True)
        # Nobody here reads what the face tells, so any number of its messages may wait.
        async with websockets.connect(session["speakUrl"], max_queue=None) as face:
            async for text in agent:
                event = json.loads(text)
                kind = event["type"]
                if kind == "audio": await face.send(base64.b64decode(event["audio_event"]["audio_base_64"]))
                if kind == "interruption": await face.send('{"type": "clear"}')
                if kind == "ping": await agent.send(json.dumps({"type": "pong", "event_id": event["ping_event"]["event_id"]}))


asyncio.run(main())
